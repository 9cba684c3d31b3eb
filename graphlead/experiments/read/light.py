"""The results of an experiment read without a run's folder."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from graphlead.core.arrays import Json
from graphlead.experiments.read.question import Question
from graphlead.experiments.read.reading import reading
from graphlead.experiments.read.units import units_of
from graphlead.experiments.rows import read_texts

Table = pd.DataFrame | Path | str


def read_lightly(table: Table, question: Question, outcomes: Table | None = None) -> Json:
    """What the table shows, as in experiment.json; errors are those of ``units_of``."""
    frame = None if outcomes is None else _frame(outcomes)
    units = units_of(_frame(table), question, _name(table, "table"), frame, _name(outcomes, "outcomes"))
    return reading(units, question)


def _frame(table: Table) -> pd.DataFrame:
    return table if isinstance(table, pd.DataFrame) else read_texts(Path(table))


def _name(table: Table | None, name: str) -> str:
    return name if table is None or isinstance(table, pd.DataFrame) else str(table)
