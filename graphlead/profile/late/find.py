"""Columns known only afterwards: evidence for each, and which of them are left out.

A column is left out where its filling or its values alone give the outcome away. Those that are only suspected are judged
together, for they stand in for each other: where a quick model gains more from them than it loses without any column that
nothing speaks against, each that it gains from is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

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
"""The AUC of a single column from which it almost decides the outcome. Of the honest columns of seven real tables the
best has .76."""
NOTHING = 0.001
"""A gain in AUC that is none: less than the standard error of a difference between two models of MOST cases."""
STRONGEST = 5
"""Honest columns that are taken out one by one, those with the highest AUC alone: what others cost is less."""

AucOf = Callable[[Cases], float]
"""The cross-fitted AUC of a quick model of the known cases."""


@dataclass(frozen=True, kw_only=True)
class _Evidence:
    """What speaks against a column. sure: it is left out whatever a model gains from it; doubtful: by what it gains."""

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

    keep: columns to use all the same; absent: those that the table of open cases lacks. Raises SettingsError when one to keep is no
    column of the user.
    """
    for name in keep:
        if name not in cases.facts:
            raise unknown("column", name, map(str, cases.facts), "--keep")
    known = cases.rows(cases.known)
    aucs = _alone(known)
    evidence = _evidence(cases, known, aucs, absent)
    if not evidence:
        return ()
    few = known.rows(drawn(known.group.view("uint64"), MOST, "late"))
    honest = few.without(evidence.keys())
    base = _auc(honest, auc_of)
    gains = {name: _auc(few.without(evidence.keys() - {name}), auc_of) - base for name in evidence}
    doubtful = {name for name, seen in evidence.items() if seen.doubtful and name not in keep}
    together = _auc(few.without(evidence.keys() - doubtful), auc_of) - base if doubtful else 0.0
    strongest = sorted(set(aucs) - set(evidence), key=lambda name: -aucs[name])[:STRONGEST]
    costs = [base - _auc(honest.without([name]), auc_of) for name in strongest]
    worth = together if together > max([0.0, *costs]) else None
    found = [_late(name, seen, base, gains[name], worth, name in keep) for name, seen in evidence.items()]
    return tuple(sorted(found, key=lambda late: (late.verdict, -late.auc_alone)))


def left_out(found: Iterable[Late]) -> frozenset[str]:
    """The columns that no model may have."""
    return frozenset(late.column for late in found if late.verdict == LEFT_OUT)


def hidden_from_survival(found: Iterable[Late]) -> frozenset[str]:
    """The columns that a survival model may not have."""
    return frozenset(late.column for late in found if late.verdict == LEFT_OUT or late.tells_duration)


def _auc(cases: Cases, auc_of: AucOf) -> float:
    return auc_of(cases) if cases.columns else 0.5


def _alone(known: Cases) -> dict[str, float]:
    """The AUC of each of the user's columns alone, that of its best feature."""
    fold = folds_of(known)
    aucs: dict[str, float] = {}
    for column in known.columns:
        auc = alone(known.features[column.name], column.kind, known.outcome, fold)
        aucs[column.source] = max(auc, aucs.get(column.source, 0.0))
    return aucs


def _evidence(
    cases: Cases, known: Cases, aucs: dict[str, float], absent: Collection[str]
) -> dict[str, _Evidence]:
    filled, durations = filling(cases), tells_duration(known)
    found: dict[str, _Evidence] = {}
    for column in cases.columns:
        name = column.source
        sure = (
            "the open cases have no such column"
            if name in absent
            else filled[name].why() or _decides(aucs[name])
        )
        doubt = sure or suspicion(column, known.features[column.name])
        why = doubt or (_tells(durations[name]) if name in durations else "")
        if why and name not in found:
            found[name] = _Evidence(
                why=why,
                sure=bool(sure),
                doubtful=bool(doubt) and not sure,
                auc=aucs[name],
                filled=filled[name],
                tells_duration=name in durations,
            )
    return found


def _decides(auc: float) -> str:
    return f"it almost decides the outcome alone (AUC {auc:.3f})" if auc >= ALONE else ""


def _tells(helper: str) -> str:
    return f"tells the duration{f' (with {helper})' if helper else ''}"


def _late(name: str, seen: _Evidence, base: float, gain: float, worth: float | None, kept: bool) -> Late:
    """The finding; worth: what the doubtful columns gain together, None where an honest one is worth as much."""
    why, out = seen.why, seen.sure
    if seen.doubtful and worth is not None and gain > NOTHING:
        why, out = (
            f"{why}; with its like worth {100 * worth:.1f} points of AUC, more than any honest column",
            True,
        )
    return Late(
        column=name,
        verdict=LEFT_OUT if out and not kept else SUSPECTED,
        why=f"{why}; kept as asked" if kept else why,
        auc_alone=seen.auc,
        auc_with=base + gain,
        auc_without=base,
        filled_known=seen.filled.known,
        filled_open=seen.filled.open,
        tells_duration=seen.tells_duration,
    )
