"""Why rows moved between two runs, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from graphlead.experiments.compare.discovery import DiscoverySide
from graphlead.experiments.compare.moved import ENTERED, LEFT, UP
from graphlead.experiments.compare.sales import SalesSide
from graphlead.experiments.compare.side import Side

STRONGEST = 0.05
"""The change in log-odds from which a column is named, as for reasons."""
NAMED = 3
LONGEST = 60
"""Characters of a value that are quoted."""


def why_of(changes: pd.DataFrame, old: Side, new: Side) -> pd.Series:
    """The reason for each change (rows of ``changes_of``), as text."""
    ids = changes["id"].tolist()
    scored = [set(side.scored["id"]) for side in (old, new)]
    both = [each for each in ids if each in scored[0] and each in scored[1]]
    up = dict(zip(ids, changes["change"].isin([ENTERED, UP]), strict=True))
    found = _of_both(both, up, old, new)
    gone = [each for each in ids if each not in scored[1]]
    fresh = [each for each in ids if each not in scored[0]]
    found |= _of_one(gone, new, LEFT) | _of_one(fresh, old, ENTERED)
    return changes["id"].map(found)


def _of_one(ids: Sequence[str], side: Side, change: str) -> dict[str, str]:
    """Rows that one run did not score, by what it knows of them."""
    fates = side.fates(ids)
    where = "the register" if isinstance(side, DiscoverySide) else "the tables"
    if change == LEFT:
        return {each: fates.get(each, f"not in {where} any more") for each in ids}
    return {each: f"before: {fates[each]}" if each in fates else f"new in {where}" for each in ids}


def _of_both(ids: Sequence[str], up: Mapping[str, bool], old: Side, new: Side) -> dict[str, str]:
    if not ids:
        return {}
    if isinstance(old, SalesSide) and isinstance(new, SalesSide):
        return _of_cases(ids, up, old, new)
    assert isinstance(old, DiscoverySide) and isinstance(new, DiscoverySide)  # noqa: S101, runs of one verb
    return _of_companies(ids, old, new)


def _of_cases(ids: Sequence[str], up: Mapping[str, bool], old: SalesSide, new: SalesSide) -> dict[str, str]:
    """By the columns that moved the odds of each case into the direction in which it went."""
    moved = new.contributions(ids).sub(old.contributions(ids), fill_value=0.0)
    values = {str(name): (old.values(ids, str(name)), new.values(ids, str(name))) for name in moved}
    found = {}
    for at, each in enumerate(ids):
        towards = moved.iloc[at] if up[each] else -moved.iloc[at]
        order = towards[towards >= STRONGEST].sort_values(ascending=False, kind="stable").index
        seen = [_seen(*values[str(name)], at) for name in order]
        changed = [_change(*one) for one in seen if one[1] != one[2]]
        way = "more" if up[each] else "less"
        weighed = [f"{name} ({_quoted(after)}) counts for {way} than before"
                   for name, before, after in seen if before == after and after]  # fmt: skip
        found[each] = "; ".join([*changed, *weighed][:NAMED]) or (
            "the models weigh it otherwise" if seen else "its odds hardly changed, those of others did"
        )
    return found


def _seen(before: Mapping[str, list[str]], after: Mapping[str, list[str]], at: int) -> tuple[str, str, str]:
    """A column with its value before and now: of several features the first that changed, or else the first."""
    names = list(dict.fromkeys([*after, *before]))
    rows = [(name, _value(before, name, at), _value(after, name, at)) for name in names]
    return next((row for row in rows if row[1] != row[2]), rows[0])


def _value(values: Mapping[str, list[str]], name: str, at: int) -> str:
    return values[name][at] if name in values else ""


def _of_companies(ids: Sequence[str], old: DiscoverySide, new: DiscoverySide) -> dict[str, str]:
    """By what changed in the row of each company, or else by its nearest client."""
    before, after = old.facts(ids), new.facts(ids)
    nearest = old.nearest(ids), new.nearest(ids)
    found = {}
    for each in ids:
        rows = before[each], after[each]
        changed = [_change(name, rows[0][name], rows[1][name]) for name in rows[1]
                   if name in rows[0] and rows[0][name] != rows[1][name]]  # fmt: skip
        more = [f"and {len(changed) - NAMED} more columns"] if len(changed) > NAMED else []
        near = [side.get(each, "") for side in nearest]
        client = [f"its nearest client is {near[1]}, before {near[0]}"] * (near[0] != near[1] and all(near))
        found[each] = "; ".join([*changed[:NAMED], *more, *client]) or (
            "nothing of its own row changed: the companies around it, the clients or the models did"
        )
    return found


def _change(name: str, before: str, after: str) -> str:
    if not before:
        return f"{name} filled ({_quoted(after)})"
    return (
        f"{name} {_quoted(before)} -> {_quoted(after)}"
        if after
        else f"{name} emptied (was {_quoted(before)})"
    )


def _quoted(value: str) -> str:
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 3]}..."
