"""Columns of a table of cases that are known only afterwards, or may be."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from graphlead.core.arrays import Json

LEFT_OUT, SUSPECTED = "left out", "suspected"


@dataclass(frozen=True, kw_only=True)
class Late:
    """One column of the user, and why it is taken to be known only afterwards.

    verdict: LEFT_OUT of the models, or SUSPECTED and used. auc_alone: of this column alone; auc_with, auc_without: of
    a quick model of the columns that nothing speaks against, with this one and without it; all cross-fitted.
    filled_known, filled_open: shares of known and of open cases with a value, the latter None without open cases.
    tells_duration: it gives the duration away, which no survival model may have.
    """

    column: str
    verdict: str
    why: str
    auc_alone: float
    auc_with: float | None
    auc_without: float | None
    filled_known: float
    filled_open: float | None
    tells_duration: bool = False

    def to_json(self) -> Json:
        """The entry of metrics.json."""
        return asdict(self)
