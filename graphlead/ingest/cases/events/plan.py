"""The plan of a table of events: what each column is used as, and why. Names give hints, values decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from graphlead.common.words.headers import normalised
from graphlead.core.cases import Meaning
from graphlead.core.errors import InputError, Place, SettingsError, unknown
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.cases.events.layout import EventColumn, EventTable
from graphlead.ingest.cases.events.uses import (
    NUMERIC,
    SINGLE,
    Use,
    amount_use,
    customer_rank,
    item_rank,
    meaning_of,
    time_rank,
)
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.open_file import Source
from graphlead.ingest.plan import refuse_headerless, refuse_unsplit
from graphlead.ingest.roles import NUMBER_RULES, SURE, TEXT_RULES, Decision

MOST_LISTED = 20
_USES = {
    Role.NUMBER: Use.NUMBER,
    Role.BOOLEAN: Use.FLAG,
    Role.TEXT: Use.TEXT,
    Role.NAME: Use.SHOWN,
} | dict.fromkeys((Role.DATE, Role.IDENTIFIER, Role.CONTACT, Role.ADDRESS, Role.IGNORED), Use.IGNORED)


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column before its use is settled: its own decision by values, and the numbers behind it."""

    name: str
    found: Decision
    seen: Profile
    rows: int

    @property
    def use(self) -> Use:
        if self.seen.distinct == 1 and self.seen.filled >= SURE * self.rows:
            return Use.IGNORED
        return _USES.get(self.found.role, Use.CATEGORY)

    @property
    def because(self) -> str:
        if self.use is Use.IGNORED and self.seen.distinct == 1:
            return "the same value in every row"
        return (
            f"{self.found.reason}; one of several days" if self.found.role is Role.DATE else self.found.reason
        )

    def settled(self, use: Use, because: str) -> EventColumn:
        words = use in (Use.CUSTOMER, Use.ITEM, Use.CATEGORY)
        numeric = self.seen.share(max(self.seen.plain_numbers, self.seen.numbers)) > SURE
        style = "code with .0" if words and numeric else self.found.style
        return EventColumn(
            name=self.name,
            use=use,
            because=because,
            style=style,
            keeps_na=self.seen.share(self.seen.two_letters) > SURE,
            meaning=meaning_of(self.name) if use not in (*SINGLE, Use.IGNORED) else Meaning.NONE,
        )


def plan_table(
    db: Db, source: Source, wishes: Mapping[str, str], *, first: bool, as_of: date | None = None
) -> EventTable:
    """The use of every column of a table of events. ``wishes``: uses or meanings by column, for those set by the user.

    first: the table states the outcome, so its items and amounts count. as_of: rows of that day or later say nothing of
    a column, though all say which one has the time. Raises InputError when there is no column with the customer or the
    time, SettingsError when a wish names no column or no use.
    """
    refuse_headerless(source)
    refuse_unsplit(db, source)
    found = _plan(db, source, wishes, first=first)
    if as_of is None:
        return found
    past = _past(db, source, found, as_of)
    return _plan(db, past, wishes, first=first) if 0 < past.rows < source.rows else found


def _past(db: Db, source: Source, table: EventTable, as_of: date) -> Source:
    """The rows without a day, or with one before ``as_of``."""
    (when,) = table.of(Use.TIME)
    at = source.names.index(when.name)
    day = when.reading(source.columns[at], source.families[at]).value
    view = f"{source.view}_past"
    db.execute(
        f"CREATE TEMP VIEW {view} AS SELECT * FROM {source.view} "
        f"WHERE coalesce({day} < DATE '{as_of.isoformat()}', true)"
    )
    (rows,) = one_row(db, f"SELECT count(*) FROM {view}")
    return replace(source, view=view, rows=rows)


def _plan(db: Db, source: Source, wishes: Mapping[str, str], *, first: bool) -> EventTable:
    columns = _columns(db, source)
    forced = _forced(source, columns, wishes)
    chosen = {column.use: column for column in forced.values() if column.use in SINGLE}
    finders: tuple[tuple[Use, Callable[[list[_Column], Source], EventColumn | None]], ...] = (
        (Use.TIME, _time),
        (Use.CUSTOMER, _customer),
        *(((Use.ITEM, _item),) if first else ()),
    )
    for use, find in finders:
        taken = {*forced, *(column.name for column in chosen.values())}
        found = chosen.get(use) or find([each for each in columns if each.name not in taken], source)
        if found:
            chosen[use] = found
    decided = {column.name: column for column in chosen.values()} | forced
    if first:
        decided |= _amounts([each for each in columns if each.name not in decided], chosen)
    settled = (decided.get(each.name) or each.settled(each.use, each.because) for each in columns)
    return EventTable(name=source.path.name.partition(".")[0], columns=tuple(settled))


def _columns(db: Db, source: Source) -> list[_Column]:
    seen = profile(db, source)
    return [
        _Column(name=name, found=_decision(name, family, each), seen=each, rows=source.rows)
        for name, family, each in zip(source.names, source.families, seen, strict=True)
    ]


def _decision(name: str, family: str, seen: Profile) -> Decision:
    if not seen.filled:
        return Decision(Role.IGNORED, "empty")
    if family == "boolean":
        return Decision(Role.BOOLEAN, "a true/false column")
    if family == "date":
        return Decision(Role.DATE, "a date column")
    rules = NUMBER_RULES if family in ("whole", "number") else TEXT_RULES
    return next(found for rule in rules if (found := rule(normalised(name), seen)))


def _forced(source: Source, columns: list[_Column], wishes: Mapping[str, str]) -> dict[str, EventColumn]:
    """The columns set by the user."""
    by_name = {column.name: column for column in columns}
    found = {}
    for name, wish in wishes.items():
        if name not in by_name:
            raise unknown("column", name, source.names, str(source.path))
        column, word = by_name[name], wish.lower()
        if word in set(Use):
            found[name] = _checked(column.settled(Use(word), "set by you"), column, source)
        elif word in set(Meaning) and word:
            found[name] = replace(column.settled(column.use, "set by you"), meaning=Meaning(word))
        else:
            known = [*map(str, Use), *filter(None, map(str, Meaning))]
            raise unknown("use of a column", wish, known, Place.of(source.path, column=name))
    return found


def _checked(column: EventColumn, own: _Column, source: Source) -> EventColumn:
    """The column, if it has numbers where its use needs them."""
    if column.use in NUMERIC and not own.seen.share(max(own.seen.numbers, own.seen.comma_numbers)) > 0:
        raise SettingsError(
            f"there is no number to multiply or to add: {column.name!r} cannot be the {column.use}.",
            where=Place.of(source.path, column=column.name),
            remedy="Name a column of numbers, or leave it out: purchases are then counted.",
        )
    return column


def _time(columns: list[_Column], source: Source) -> EventColumn | None:
    days = [each for each in columns if each.found.role is Role.DATE]
    if not days:
        shown = ", ".join(each.name for each in columns[:MOST_LISTED])
        raise InputError(
            f"no column has the time of the events, among {shown}.",
            where=str(source.path),
            remedy=f'Name it in [columns.{source.path.name.partition(".")[0]}]: "COLUMN" = "time".',
        )
    ranks = [(rank if (rank := time_rank(each.name)) is not None else 99, at) for at, each in enumerate(days)]
    best = days[min(ranks)[1]]
    return best.settled(
        Use.TIME, f"{best.found.reason}; the time of the events" if len(days) > 1 else best.found.reason
    )


def _customer(columns: list[_Column], source: Source) -> EventColumn | None:
    able = [each for each in columns if each.found.role is not Role.DATE and each.seen.filled]
    ranked = [
        (each.seen.distinct == 1, rank, at)
        for at, each in enumerate(able)
        if (rank := customer_rank(each.name)) is not None
    ]
    if not ranked:
        repeated = [each.name for each in able if each.use is not Use.NUMBER and each.seen.uniqueness < SURE]
        shown = ", ".join(repeated[:MOST_LISTED]) or "none"
        raise InputError(
            f"no column is called like the customer; columns that may be: {shown}.",
            where=str(source.path),
            remedy=f"Say --id {repeated[0] if repeated else 'COLUMN'}.",
        )
    best = able[min(ranked)[-1]]
    return best.settled(Use.CUSTOMER, f"its name; {best.seen.distinct:,} different values")


def _item(columns: list[_Column], source: Source) -> EventColumn | None:
    able = [each for each in columns if each.found.role is not Role.DATE and each.seen.distinct > 1]
    ranked = [(rank, at) for at, each in enumerate(able) if (rank := item_rank(each.name)) is not None]
    best = able[min(ranked)[1]] if ranked else None
    return best.settled(Use.ITEM, f"its name; {best.seen.distinct:,} different values") if best else None


def _amounts(columns: list[_Column], chosen: Mapping[Use, EventColumn]) -> dict[str, EventColumn]:
    """The amount, the quantity and the price: by name, or else the only number as the quantity."""
    numbers = [each for each in columns if each.found.role is Role.NUMBER]
    found: dict[Use, _Column] = {}
    for each in numbers:
        use = amount_use(each.name)
        if use and use not in found and use not in chosen:
            found[use] = each
    have = {*found, *chosen}
    if Use.PRICE in found and Use.AMOUNT in have:
        del found[Use.PRICE]
    elif Use.PRICE in found and Use.QUANTITY not in have:
        found[Use.AMOUNT] = found.pop(Use.PRICE)
    if found or have & {Use.AMOUNT, Use.QUANTITY, Use.PRICE}:
        return {each.name: each.settled(use, "its name; numbers") for use, each in found.items()}
    plain = [each for each in numbers if each.use is Use.NUMBER and meaning_of(each.name) is Meaning.NONE]
    if len(plain) != 1:
        return {}
    return {plain[0].name: plain[0].settled(Use.QUANTITY, "the only number: how large an event is")}
