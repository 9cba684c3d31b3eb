"""Cases: the rows of a sales task, with their outcomes; all that models, leak tests and figures ever see of a table."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Flags, Floats, Longs, Reals, require

Outcomes = npt.NDArray[np.int8]
"""1 for a case that converted (that left), 0 for one that did not, OPEN for one that is not decided."""
Days = npt.NDArray[np.datetime64]
OPEN = -1


class Kind(StrEnum):
    """How the values of a feature are to be read by a model."""

    NUMBER = "number"
    FLAG = "flag"
    CATEGORY = "category"
    TEXT = "text"


class Meaning(StrEnum):
    """What a column means to the people who work with it; actions fire on meanings, not on column names."""

    NONE = ""
    DECISION_MAKER = "decision_maker"
    BUDGET = "budget"
    DAYS_SINCE_CONTACT = "days_since_contact"
    SOURCE = "source"
    NPS = "nps"
    DAYS_SINCE_LOGIN = "days_since_login"
    DAYS_SINCE_PURCHASE = "days_since_purchase"
    LATENESS = "lateness"
    """The share of a customer's own gaps between visits that are shorter than the time since the last, in [0, 1]."""
    USAGE = "usage"
    CSM = "csm"
    VALUE = "value"
    TENURE = "tenure"
    FREQUENCY = "frequency"
    CONTRACT = "contract"
    SEGMENT = "segment"
    EMPLOYEES = "employees"
    REGION = "region"


@dataclass(frozen=True, kw_only=True)
class CaseColumn:
    """One feature of the cases: a column of ``Cases.features`` of the same name.

    source: the user's column, or the table of events, that it is made from, for reasons and leak tests; plain: it
    belongs to the plain rule (tenure, frequency) that every model has to beat; reason: why it was understood so.
    """

    name: str
    kind: Kind
    source: str
    meaning: Meaning = Meaning.NONE
    plain: bool = False
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Cases:
    """Rows with what is known of them on their day, and what became of them.

    ids: (n,) the user's ids as text; of known cases one may come several times, at different days. features: (n, c) one
    column per CaseColumn: float64 for NUMBER and FLAG (NaN where missing), text or None for CATEGORY and TEXT. outcome:
    (n,). day: (n,) the day up to which a row's features know anything, NaT where rows have none. group: (n,) the fold
    key: rows of one account, or of one ownership group, are trained on together or not at all. duration: (n,) time seen
    so far, missing where no column holds it; the outcome says whether it ended. value: (n,) what a case is worth,
    NaN where unknown. facts: (n, k) the user's columns as written, for the lists. account: (n,) the id or the name of
    the company behind a case as written, None where empty; missing where no column holds any. horizon: the days after
    ``day`` within which the outcome falls, 0 where it has no period. sequence: (n, steps, channels) what happened in
    each of the last steps of equal length before ``day``, the latest last, 0 where nothing did; missing where rows are
    no customers with events. channels: the source of each channel, as of a CaseColumn.
    """

    ids: npt.NDArray[np.object_]
    features: pd.DataFrame
    columns: tuple[CaseColumn, ...]
    outcome: Outcomes
    day: Days
    group: Longs
    facts: pd.DataFrame
    account: npt.NDArray[np.object_] | None = None
    duration: Reals | None = None
    value: Reals | None = None
    horizon: int = 0
    sequence: Floats | None = None
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        n, names = len(self.ids), [column.name for column in self.columns]
        require(list(self.features.columns) == names, "Cases", f"the features {names}", list(self.features))
        require(len(set(names)) == len(names), "Cases", "unique feature names", names)
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name not in ("columns", "horizon", "channels") and value is not None:
                require(len(value) == n, "Cases", f"{each.name} of {n} rows", len(value))
        require(bool(np.isin(self.outcome, (OPEN, 0, 1)).all()), "Cases", "outcomes of -1, 0, 1", "others")
        self._check_sequence()
        opened = self.ids[self.outcome == OPEN]
        require(len(set(opened)) == len(opened), "Cases", "each open case once", "ids twice")

    def _check_sequence(self) -> None:
        if self.sequence is None:
            require(not self.channels, "Cases", "no channels without a sequence", self.channels)
            return
        shape, dtype = self.sequence.shape, self.sequence.dtype
        require(
            len(shape) == 3 and dtype == np.float32,
            "Cases",
            "a float32 sequence of three axes",
            (shape, dtype),
        )
        require(
            shape[2] == len(self.channels) > 0, "Cases", f"{shape[2]} channels, one at least", self.channels
        )
        require(bool(np.isfinite(self.sequence).all()), "Cases", "a finite sequence", "missing values")

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def known(self) -> Flags:
        """The rows with an outcome, bool (n,)."""
        return np.asarray(self.outcome != OPEN)

    def rows(self, chosen: npt.NDArray[Any]) -> Self:
        """These rows, by mask or by position."""
        at = np.flatnonzero(chosen) if chosen.dtype == bool else chosen
        taken: dict[str, Any] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, pd.DataFrame):
                taken[each.name] = value.iloc[at].reset_index(drop=True)
            elif isinstance(value, np.ndarray):
                taken[each.name] = value[at]
        return replace(self, **taken)

    def stacked(self, more: Self) -> Self:
        """These cases, and below them others with the same features; a fact that one side lacks is None."""
        taken: dict[str, Any] = {}
        for each in fields(self):
            value, below = getattr(self, each.name), getattr(more, each.name)
            if isinstance(value, np.ndarray):
                taken[each.name] = np.concatenate([value, below])
        features = pd.concat([self.features, more.features], ignore_index=True)
        facts = pd.concat([self.facts, more.facts], ignore_index=True).astype(object)
        return replace(self, **taken, features=features, facts=facts.where(facts.notna(), None))

    def without(self, sources: Collection[str]) -> Self:
        """The same cases without the features that are made from these columns of the user."""
        columns = tuple(column for column in self.columns if column.source not in sources)
        features = self.features[[column.name for column in columns]]
        kept = [at for at, source in enumerate(self.channels) if source not in sources]
        return replace(
            self,
            columns=columns,
            features=features,
            sequence=self.sequence[:, :, kept] if self.sequence is not None and kept else None,
            channels=tuple(self.channels[at] for at in kept),
        )

    def with_features(self, columns: tuple[CaseColumn, ...], values: pd.DataFrame) -> Self:
        """The same cases with these features (n, len(columns)) after their own."""
        features = pd.concat([self.features, values], axis=1)
        return replace(self, columns=(*self.columns, *columns), features=features)

    def column(self, meaning: Meaning) -> CaseColumn | None:
        """The first feature with this meaning."""
        return next((column for column in self.columns if column.meaning is meaning), None)
