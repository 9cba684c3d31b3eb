"""What a register knows around the companies of cases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from graphlead.core.arrays import NONE, Ints, Longs, require
from graphlead.core.cases import CaseColumn, Cases

SUMMED = "outcomes around, summed up"
SCORE = "score as a new client (discovery)"
IN_SHORT = (SUMMED, SCORE)
"""The columns that sum up what a register knows: the outcomes around by all relations, and a finished run's score."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a register knows around the companies of n cases.

    company: int32 (n,), the index of each case's company, NONE where it was not found; company_id: (n,) its id. group:
    (n,) the fold key, one for all cases of an ownership group. columns and features: (n, c) as in Cases.
    """

    company: Ints
    company_id: pd.Series[str]
    group: Longs
    columns: tuple[CaseColumn, ...]
    features: pd.DataFrame

    def __post_init__(self) -> None:
        lengths = {len(self.company), len(self.company_id), len(self.group), len(self.features)}
        require(len(lengths) == 1, "Around", "a row for each case", lengths)

    @property
    def matched(self) -> float:
        """The share of the cases with a company."""
        return float((self.company != NONE).mean()) if len(self.company) else 0.0

    def folded(self, cases: Cases) -> Cases:
        """The cases as they are, in folds by ownership group."""
        return replace(cases, group=self.group)

    def in_short(self, cases: Cases) -> Cases:
        """The cases with what is around them in the columns that sum it up alone, in folds by ownership group."""
        columns = tuple(column for column in self.columns if column.name in IN_SHORT)
        names = [column.name for column in columns]
        return self.folded(cases).with_features(columns, self.features[names])

    def joined(self, cases: Cases) -> Cases:
        """The cases with what is around them, in folds by ownership group."""
        return self.folded(cases).with_features(self.columns, self.features)
