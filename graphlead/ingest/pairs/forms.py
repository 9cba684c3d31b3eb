"""How each column of two tables is compared, by its name and by its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphlead.common.words.headers import normalised
from graphlead.core.drift import Form
from graphlead.engines.duckdb import Db
from graphlead.ingest.cases.identity import find_id, is_order
from graphlead.ingest.cases.profiled import Profiled
from graphlead.ingest.cases.understood import ReadColumn
from graphlead.ingest.cases.uses import Use, style_of, use_of_values
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.open_file import Source

SCORE = r"(conversion_|churn_)?probability(_pct)?|((lead|churn|predicted)_)?score|uplift"
"""What the columns of a model are called; they are compared apart."""
RANK = r"rank(_all)?"
OWN_VALUES, FEWEST_VALUES = 0.5, 50
"""The share of different values, and how many, from which a category says who a row is, not what it is like."""

_FORMS = {
    Use.NUMBER: Form.NUMBER, Use.FLAG: Form.CATEGORY, Use.CATEGORY: Form.CATEGORY, Use.DATE: Form.DATE,
    Use.TEXT: Form.FILLED, Use.IGNORED: Form.FILLED,
}  # fmt: skip

WIDTH = (Use.FLAG, Use.DATE, Use.NUMBER, Use.CATEGORY, Use.TEXT, Use.IGNORED)
"""Uses by the values that each can hold, the fewest first: 0 and 1 are numbers, numbers are words."""


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two tables, with the profiles of its columns by name."""

    source: Source
    seen: Mapping[str, Profile]
    db: Db

    def family(self, name: str) -> str:
        return self.source.families[self.source.names.index(name)]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """How one column is compared. reads: how it is read from the old and from the new table, None for not at all."""

    name: str
    form: Form
    why: str = ""
    reads: tuple[ReadColumn | None, ReadColumn | None] = (None, None)
    score: bool = False


def planned(old: Side, new: Side, id_: str, exclude: tuple[str, ...]) -> tuple[Planned, ...]:
    """How every column of either table is compared, those of the new one first."""
    names = {name: _same(name, old.source.names) for name in new.source.names}
    ids = {id_} if id_ else {_id(side) for side in (old, new)}
    found = [
        _column(old, new, before, name, ids) if before else Planned(name=name, form=Form.NEW)
        for name, before in names.items()
    ]
    taken = set(names.values())
    gone = [Planned(name=name, form=Form.GONE) for name in old.source.names if name not in taken]
    return tuple(each for each in [*found, *gone] if each.name not in exclude)


def id_of(db: Db, source: Source) -> str:
    """The column with the ids of the rows, "" where there is none."""
    return _id(Side(source=source, seen=dict(zip(source.names, profile(db, source), strict=True)), db=db))


def _id(side: Side) -> str:
    profiled = Profiled(db=side.db, source=side.source, seen=tuple(side.seen.values()))
    at = find_id(side.source.names, "leads", profiled.counts, side.source.rows)
    return "" if at is None else side.source.names[at]


def _same(name: str, others: tuple[str, ...]) -> str:
    """The column of this name, or else the only one that differs from it in capitals, spaces and the like."""
    if name in others:
        return name
    alike = [other for other in others if normalised(other) == normalised(name)]
    return alike[0] if len(alike) == 1 else ""


def _column(old: Side, new: Side, before: str, name: str, ids: set[str]) -> Planned:
    sides = ((old, before), (new, name))
    seen = [side.seen[each] for side, each in sides]
    nothing = _nothing(name, ids, seen)
    if nothing:
        return Planned(name=name, form=Form.NOTHING, why=nothing)
    stated, use, style, because = _use(sides)
    form = _FORMS[use]
    if form is Form.CATEGORY and _is_own(seen[0]) and _is_own(seen[1]):
        form, because = Form.FILLED, "nearly every row has a value of its own"
    as_read = Use.TEXT if form is Form.FILLED else use
    reads = [_read(side, each, as_read, style, sides[stated]) for side, each in sides]
    score = form is Form.NUMBER and re.fullmatch(SCORE, normalised(name)) is not None
    return Planned(name=name, form=form, why=because, reads=(reads[0], reads[1]), score=score)


def _use(sides: tuple[tuple[Side, str], tuple[Side, str]]) -> tuple[int, Use, str, str]:
    """Which side states how the column is read, and its use, style and reason: the old one, unless it is empty or the
    new one holds more kinds of values."""
    found = [use_of_values(name, side.family(name), side.seen[name]) for side, name in sides]
    filled = [bool(side.seen[name].sampled) for side, name in sides]
    wider = WIDTH.index(found[1][0]) > WIDTH.index(found[0][0])
    stated = 1 if filled[1] and (wider or not filled[0]) else 0
    return stated, *found[stated]


def _nothing(name: str, ids: set[str], seen: list[Profile]) -> str:
    """Why there is nothing to compare, "" where there is something."""
    if name in ids:
        return "ids of the rows"
    if not any(each.filled for each in seen):
        return "empty in both tables"
    if re.fullmatch(RANK, normalised(name)):
        return "places in lists of their own"
    return "numbers that count up" if is_order(name, seen[0]) else ""


def _is_own(seen: Profile) -> bool:
    return not seen.filled or (seen.uniqueness > OWN_VALUES and seen.distinct > FEWEST_VALUES)


def _read(side: Side, name: str, use: Use, style: str, stated: tuple[Side, str]) -> ReadColumn:
    """A column as it is read: in the style of the side that states it, unless this file has another type of values."""
    if side.family(name) != stated[0].family(stated[1]):
        style = style_of(use, name, side.family(name), side.seen[name])
    return ReadColumn(name=name, use=use, because="", style=style, unknown_is_a_value=use is Use.CATEGORY)
