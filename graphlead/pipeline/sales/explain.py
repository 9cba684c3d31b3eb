"""Why a case of a finished sales run has its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rapidfuzz import process

from graphlead.core.arrays import Json
from graphlead.core.cases import Cases
from graphlead.core.errors import InputError
from graphlead.explain.cases.reasons import reasons
from graphlead.explain.cases.shares import number
from graphlead.pipeline.sales.deliver import policy
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.report.sales.words import WORDS


@dataclass(frozen=True, kw_only=True)
class ExplainedCase:
    """A case with its probability, what to do, and why.

    rank: among the ``scored`` cases, None for one that is not scored. outcome: None for an open case. heldout: whether
    the models that gave the probability did not learn from the case. contributions: (column, value, log-odds) of each
    column, the strongest first.
    """

    id: str
    probability: float
    rank: int | None
    scored: int
    outcome: bool | None
    heldout: bool
    action: str
    reasons: tuple[str, ...]
    contributions: tuple[tuple[str, str, float], ...]

    def to_json(self) -> Json:
        names = ("column", "value", "log_odds")
        rows = [dict(zip(names, each, strict=True)) for each in self.contributions]
        return {**vars(self), "reasons": list(self.reasons), "contributions": rows}


def explain_case(run: FinishedSales, wanted: str) -> ExplainedCase:
    """The case with this id: the open one, else the known one of the last day.

    Raises InputError, with the id most like it, where there is none.
    """
    trained, cases = run.trained, run.trained.cases
    at = _place(cases, wanted)
    row = cases.rows(np.array([at]))
    known = cases.rows(cases.known)
    contributions = trained.fitted.contributions(row)
    probability, heldout = _probability(run, at, row)
    seen = trained.fitted.with_rhythm
    found = reasons(seen(known), seen(row), contributions, WORDS[run.verb].happened)[0]
    order = contributions.iloc[0].sort_values(key=np.abs, ascending=False, kind="stable")
    ranks = run.scored.loc[run.scored["id"] == wanted, "rank"]
    opened = not cases.known[at]
    return ExplainedCase(
        id=wanted,
        probability=probability,
        rank=int(ranks.iloc[0]) if len(ranks) and opened == bool(run.metrics["open"]) else None,
        scored=len(run.scored),
        outcome=None if opened else bool(row.outcome[0] == 1),
        heldout=heldout,
        action=str(policy(run.settings, cases).advice(row, np.array([probability]))[0]),
        reasons=tuple(filter(None, map(str, found))),
        contributions=tuple(
            (str(name), _value(seen(row), str(name)), float(each)) for name, each in order.items()
        ),
    )


def _place(cases: Cases, wanted: str) -> int:
    """The position of the case with this id that is open, or is of the last day."""
    same = np.flatnonzero(cases.ids == wanted)
    if not len(same):
        near = process.extractOne(wanted, [str(each) for each in cases.ids])
        raise InputError(
            f"there is no case with the id {wanted!r}.",
            where="explain",
            remedy=f"Did you mean {near[0]!r}?" if near else "The run has none.",
        )
    latest = np.lexsort((cases.day[same], ~cases.known[same]))[-1]
    return int(same[latest])


def _probability(run: FinishedSales, at: int, row: Cases) -> tuple[float, bool]:
    """The probability of a case, and whether it is of models that did not learn from it."""
    cases, heldout = run.trained.cases, run.trained.fitted.heldout
    own = np.flatnonzero(np.flatnonzero(cases.known)[heldout.rows] == at)
    if len(own):
        return float(heldout.chosen[own[0]]), True
    return float(run.trained.fitted.predict(row)[0]), not cases.known[at]


def _value(row: Cases, source: str) -> str:
    """What stands in the column, as written, or as it is known of events and of the register."""
    if source in row.facts:
        written = row.facts[source].iloc[0]
        return "" if written is None else str(written)
    names = [column.name for column in row.columns if column.source == source]
    values = row.features[names].iloc[0].dropna()
    return ", ".join(number(each) if isinstance(each, float) else str(each) for each in values)
