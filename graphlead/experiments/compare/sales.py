"""A finished run of ``convert`` or ``churn`` as one side of a comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Longs
from graphlead.core.cases import Cases
from graphlead.core.drift import Form
from graphlead.experiments.compare.side import Words
from graphlead.explain.cases.shares import number
from graphlead.pipeline.drifted import Inputs, case_inputs
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.report.sales.words import WORDS

OUTCOME = "outcome of the known cases"


@dataclass(frozen=True)
class SalesSide:
    """The run, by its folder."""

    run: FinishedSales

    @property
    def path(self) -> Path:
        return self.run.path

    @property
    def words(self) -> Words:
        words = WORDS[self.run.verb]
        return Words(
            row=words.case,
            happened=words.happened,
            not_happened=f"did not {words.happens}",
            score="probability",
        )

    @cached_property
    def scored(self) -> pd.DataFrame:
        table = self.run.scored
        listed = np.arange(len(table)) < int(self.run.metrics["listed"])
        found = pd.DataFrame(
            {"id": table["id"], "score": table["probability"], "rank": table["rank"], "listed": listed}
        )
        return found.drop_duplicates("id").reset_index(drop=True)

    @property
    def cases(self) -> Cases:
        """The cases as the models see them."""
        return self.run.trained.cases

    @cached_property
    def places(self) -> pd.Series:
        """The row of each scored id among the cases: the open one, or else the one of the last day."""
        cases, opened = self.cases, bool(self.run.metrics["open"])
        at = np.flatnonzero(cases.known != opened)
        at = at[np.argsort(cases.day[at], kind="stable")] if not opened else at
        return pd.Series(at, index=cases.ids[at]).groupby(level=0).last()

    def inputs(self) -> Inputs:
        rows = self.cases.rows(self.places.reindex(self.scored["id"]).to_numpy(np.int64))
        outcome = self.cases.outcome[self.cases.known]
        words = self.words
        return {
            **case_inputs(rows),
            OUTCOME: (
                Form.CATEGORY,
                pd.Series(np.where(outcome == 1, words.happened, words.not_happened), dtype=object),
                "",
            ),
        }

    def fates(self, ids: Sequence[str]) -> dict[str, str]:
        known = self.cases.known
        outcomes = dict(zip(self.cases.ids[known], self.cases.outcome[known], strict=True))
        words = self.words
        return {
            each: f"known by now: {words.happened if outcomes[each] == 1 else words.not_happened}"
            for each in ids
            if each in outcomes
        }

    def predictions(self) -> pd.DataFrame:
        return self.scored.rename(columns={"score": "probability"})[["id", "probability"]]

    @property
    def id_column(self) -> str:
        """What the column with the ids is called in the user's table, "" where there is none."""
        understood = self.run.found.understood
        return next((str(each["name"]) for each in understood.get("columns", ()) if each["use"] == "id"), "")

    def contributions(self, ids: Sequence[str]) -> pd.DataFrame:
        """What each of the user's columns adds to the log-odds of these scored cases, (ids, columns)."""
        rows = self.cases.rows(self._at(ids))
        return self.run.trained.fitted.contributions(rows).set_axis(pd.Index(ids), axis=0)

    def values(self, ids: Sequence[str], source: str) -> dict[str, list[str]]:
        """What stands in a column of the user for these scored cases, as written, "" where it is empty, by its name; of
        events and of the register, the features that are made of them, by theirs."""
        rows = self.cases.rows(self._at(ids))
        if source in rows.facts:
            return {source: ["" if each is None else str(each) for each in rows.facts[source]]}
        names = [column.name for column in rows.columns if column.source == source]
        return {name: [_shown(each) for each in rows.features[name]] for name in names}

    def _at(self, ids: Sequence[str]) -> Longs:
        return self.places.reindex(pd.Index(ids)).to_numpy(np.int64)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return "" if math.isnan(value) else number(value)
    return str(value)
