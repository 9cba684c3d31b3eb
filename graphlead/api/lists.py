"""The lists of a run as DataFrames."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.spreadsheets import restored
from graphlead.core.errors import damage
from graphlead.pipeline.finished import FinishedRun

NUMBERS = ("rank", "rank_all", "score", "steps")
"""The columns of lists that are numbers, beside those of the register."""


def list_of(path: Path, run: FinishedRun) -> pd.DataFrame:
    """A list of companies of the run's register, text as it was written: a postcode of 00100, a country of NA."""
    with damage(path):
        names = pd.read_csv(path, nrows=0).columns
    register = run.whole_register.companies
    with damage(register):
        schema = pq.read_schema(register)
    typed = {each.name for each in schema if not pa.types.is_string(each.type)}
    with damage(path):
        texts = {name: str for name in names if name not in typed and name not in NUMBERS}
        return restored(pd.read_csv(path, dtype=texts, keep_default_na=False, na_values=[""]))
