"""One of two runs, as a comparison sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pandas as pd

from graphlead.pipeline.drifted import Inputs

MOST_REASONS = 3


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a verb speaks of its rows: of one, of what is predicted, and what its score is called, "" without one.

    Scores of different names are on different scales.
    """

    row: str
    happened: str
    not_happened: str
    score: str


class Described(Protocol):
    """A finished run. scored: a row an id, with id (text, unique), and score where the words have a name for it."""

    @property
    def path(self) -> Path: ...

    @property
    def words(self) -> Words: ...

    @property
    def scored(self) -> pd.DataFrame: ...

    def inputs(self) -> Inputs:
        """The columns that the results were made from."""
        ...


class Side(Described, Protocol):
    """A finished run that scores. scored: the best first, with rank (1 is the first) and listed (bool, on the list that
    is worked)."""

    def fates(self, ids: Sequence[str]) -> dict[str, str]:
        """For those of the ids that are known but not scored, why they are not."""
        ...

    def predictions(self) -> pd.DataFrame:
        """The probability of each id: id, probability."""
        ...
