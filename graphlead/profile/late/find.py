"""Columns known only afterwards: evidence for each, and which of them are left out.

A column is left out where its filling or its values alone give the outcome away. Those that are only suspected are
judged together, for they stand in for each other: where a quick model gains more from them than it loses without any
column that nothing speaks against, each that it gains from is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from graphlead.common.deal import drawn
from graphlead.core.cases import Cases
from graphlead.core.errors import unknown
from graphlead.core.late import LEFT_OUT, SUSPECTED, Late
from graphlead.profile.late.alone import alone, folds_of
from graphlead.profile.late.duration import tells_duration
from graphlead.profile.late.filled import Filled, filling
from graphlead.profile.late.words import suspicion

MOST = 20_000
"""Cases that columns are judged by at most: the AUC's standard error is then below half a point."""
ALONE = 0.95
"""The AUC of a single column from which it almost decides the outcome. Of the honest columns of six real tables the
best has .76."""
NOTHING = 0.001
"""A gain in AUC that is none: less than the standard error of a difference between two models of MOST cases."""
STRONGEST = 5
"""Honest columns that are taken out one by one, those with the highest AUC alone: what others cost is less."""

AucOf = Callable[[Cases], float]
"""The cross-fitted AUC of a quick model of the known cases."""


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What speaks against a column; why: "" for nothing. sure: it is left out whatever a model gains from it; doubtful:
    by what it gains."""

    why: str
    sure: bool
    doubtful: bool
    auc: float
    filled: Filled
    tells_duration: bool


def find_late(
    cases: Cases, auc_of: AucOf, keep: Collection[str] = (), absent: Collection[str] = ()
) -> tuple[Late, ...]:
    """The columns that are, or may be, known only afterwards, those left out first.

    keep: columns to use all the same; absent: those that the table of open cases lacks. Raises SettingsError when one
    to keep is no column of the user.
    """
    for name in keep:
        if name not in cases.facts:
            raise unknown("column", name, map(str, cases.facts), "--keep")
    known = cases.rows(cases.known)
    evidence = _evidence(cases, known, absent)
    if not any(seen.why for seen in evidence.values()):
        return ()
    few = known.rows(drawn(known.group.view(np.uint64), MOST, "late"))
    found = _judged(few, evidence, auc_of, frozenset(keep))
    return tuple(sorted(found, key=lambda late: (late.verdict, -late.auc_alone)))


def _judged(
    cases: Cases, evidence: Mapping[str, _Evidence], auc_of: AucOf, keep: frozenset[str]
) -> Iterator[Late]:
    """The findings, with what a quick model of these cases gains from each column."""
    against = {name: seen for name, seen in evidence.items() if seen.why}
    honest = cases.without(against)
    base = _auc(honest, auc_of)
    doubtful = {name for name, seen in against.items() if seen.doubtful} - keep
    together = _auc(cases.without(against.keys() - doubtful), auc_of) if doubtful else base
    strongest = sorted(evidence.keys() - against.keys(), key=lambda name: -evidence[name].auc)[:STRONGEST]
    least = min([base, *(_auc(honest.without([name]), auc_of) for name in strongest)])
    dear = _distance(together) - _distance(base) > _distance(base) - _distance(least)
    for name, seen in against.items():
        gained = _auc(cases.without(against.keys() - {name}), auc_of)
        worth = together - base if dear and name not in keep else None
        yield _late(name, seen, base, gained, worth, name in keep)


def _distance(auc: float) -> float:
    """The distance of the two outcomes' scores in standard deviations that gives this AUC, were both normal: near 1,
    where AUC has little room left, a gain counts as what it is (Green and Swets 1966)."""
    return float(2**0.5 * norm.ppf(np.clip(auc, 1e-6, 1 - 1e-6)))


def left_out(found: Iterable[Late]) -> frozenset[str]:
    """The columns that no model may have."""
    return frozenset(late.column for late in found if late.verdict == LEFT_OUT)


def hidden_from_survival(found: Iterable[Late]) -> frozenset[str]:
    """The columns that a survival model may not have."""
    return frozenset(late.column for late in found if late.verdict == LEFT_OUT or late.tells_duration)


def _auc(cases: Cases, auc_of: AucOf) -> float:
    return auc_of(cases) if cases.columns else 0.5


def _evidence(cases: Cases, known: Cases, absent: Collection[str]) -> dict[str, _Evidence]:
    """What there is against each of the user's columns; of one with several features, that against the first counts
    that has any."""
    filled, durations, fold = filling(cases), tells_duration(known), folds_of(known)
    found: dict[str, _Evidence] = {}
    for column in cases.columns:
        name, values = column.source, known.features[column.name]
        auc = alone(values, column.kind, known.outcome, fold)
        sure = "the open cases have no such column" if name in absent else filled[name].why() or _decides(auc)
        doubt = "" if sure else suspicion(column, values)
        seen = _Evidence(
            why=sure or doubt or (_tells(durations[name]) if name in durations else ""),
            sure=bool(sure),
            doubtful=bool(doubt),
            auc=auc,
            filled=filled[name],
            tells_duration=name in durations,
        )
        if name not in found or not found[name].why:
            found[name] = seen
    return found


def _decides(auc: float) -> str:
    return f"it almost decides the outcome alone (AUC {auc:.3f})" if auc >= ALONE else ""


def _tells(helper: str) -> str:
    return f"tells the duration{f' (with {helper})' if helper else ''}"


def _late(name: str, seen: _Evidence, base: float, gained: float, worth: float | None, kept: bool) -> Late:
    """The finding; worth: what the doubtful columns gain together, None where an honest one is worth as much."""
    why, out = seen.why, seen.sure
    if seen.doubtful and worth is not None and gained - base > NOTHING:
        why, out = (
            f"{why}; with its like worth {100 * worth:.1f} points of AUC, more than any honest column",
            True,
        )
    return Late(
        column=name,
        verdict=LEFT_OUT if out and not kept else SUSPECTED,
        why=f"{why}; kept as asked" if kept else why,
        auc_alone=seen.auc,
        auc_with=gained,
        auc_without=base,
        filled_known=seen.filled.known,
        filled_open=seen.filled.open,
        tells_duration=seen.tells_duration,
    )
