"""The noise of customers, and who is set aside for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import read_parquet, write_parquet
from graphlead.core.arrays import Flags, Json
from graphlead.core.customers import Customers
from graphlead.core.segment import SegmentSettings
from graphlead.profile.customers.build import FEWEST
from graphlead.profile.customers.noise.build import CLEANERS, find_noise, noisiest
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

CLEAR = 0.9
"""The vote from which all three cleaners agree on a customer: counted in the report where none is set aside."""


def look_for_noise(
    run: Run, customers: Customers, settings: SegmentSettings, console: Console
) -> pd.DataFrame:
    """How noisy each customer is, as in noise.parquet; with fewer than FEWEST customers nothing is compared."""

    def make(folder: RunFolder) -> None:
        scores = find_noise(customers, settings.seed) if len(customers) >= FEWEST else _unknown(customers)
        column = CLEANERS.get(settings.noise)
        aside = noisiest(scores[column].to_numpy(np.float64)) if column else np.zeros(len(customers), bool)
        table = scores.assign(set_aside=aside)
        write_parquet(folder.noise_scores, pa.Table.from_pandas(table, preserve_index=False))

    with console.stage("looking for noise"):
        found: pd.DataFrame = read_parquet(run.stage("noise", make).noise_scores).to_pandas()
    return found


def set_aside(scores: pd.DataFrame) -> Flags:
    """Whether each customer is set aside (n,)."""
    return scores["set_aside"].to_numpy(bool)


def noise_summary(scores: pd.DataFrame, settings: SegmentSettings) -> Json:
    """By what customers are set aside, how many, and on how many all cleaners agree."""
    aside = int(scores["set_aside"].sum())
    return {
        "cleaner": settings.noise,
        "set_aside": aside,
        "share": aside / len(scores) if len(scores) else 0.0,
        "clear": int((scores["votes"] >= CLEAR).sum()),
        "clear_from": CLEAR,
    }


def _unknown(customers: Customers) -> pd.DataFrame:
    names = ("distance", "clusters", "lof", "hcleaner", "votes")
    return pd.DataFrame({"id": customers.ids, **dict.fromkeys(names, np.full(len(customers), np.nan))})
