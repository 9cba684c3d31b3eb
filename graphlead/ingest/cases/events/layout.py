"""How tables of events were understood, so that later events give the same features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date

from graphlead.core.arrays import Json
from graphlead.core.cases import CaseColumn, Kind, Meaning
from graphlead.core.register import Column, Role
from graphlead.ingest.cases.events.feature import Cut
from graphlead.ingest.cases.events.uses import NUMERIC, Use
from graphlead.ingest.open_file import Source
from graphlead.ingest.plan import Reading

ROLES = {Use.FLAG: Role.BOOLEAN, Use.TIME: Role.DATE, Use.CUSTOMER: Role.ID} | dict.fromkeys(
    NUMERIC, Role.NUMBER
)
"""The role by which the values of a use are read; words where there is none."""


@dataclass(frozen=True, kw_only=True)
class EventOptions:
    """What the user says of the events; empty where it is to be found.

    columns: for each table, by the stem of its file, the use (a value of Use) or the meaning (a value of Meaning) of
    columns; under "" those of any table. as_of: events from this day on are not known; None is the day after the last
    event. within: days without a purchase that count as leaving. active: days within which a customer has bought.
    """

    id: str = ""
    item: str = ""
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    as_of: date | None = None
    within: int = 90
    active: int = 180
    seed: int = 0

    def wishes(self, source: Source, *, first: bool) -> dict[str, str]:
        """The use or the meaning that the user gives the columns of this table, by column."""
        stem = source.path.name.partition(".")[0]
        wishes = {**self.columns.get("", {}), **self.columns.get(stem, {})}
        if self.id and (first or self.id in source.names):
            wishes[self.id] = Use.CUSTOMER
        if self.item and first:
            wishes[self.item] = Use.ITEM
        return wishes


@dataclass(frozen=True, kw_only=True)
class EventColumn:
    """How one column is read. style, keeps_na: see Reading; levels: those that have features of their own."""

    name: str
    use: Use
    because: str
    style: str = ""
    keeps_na: bool = False
    meaning: Meaning = Meaning.NONE
    levels: tuple[str, ...] = ()

    def reading(self, source: str, family: str) -> Reading:
        """The SQL of its values, where it is the column ``source`` of a view."""
        column = Column(name=self.name, role=ROLES.get(self.use, Role.CATEGORY))
        return Reading(column=column, source=source, family=family, style=self.style, keeps_na=self.keeps_na)


@dataclass(frozen=True, kw_only=True)
class EventTable:
    """A table of events as understood. name: the stem of its file."""

    name: str
    columns: tuple[EventColumn, ...]

    def of(self, *uses: Use) -> tuple[EventColumn, ...]:
        """The columns with one of these uses."""
        return tuple(column for column in self.columns if column.use in uses)

    def one(self, use: Use) -> EventColumn | None:
        """The column with this use."""
        return next(iter(self.of(use)), None)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Everything that later events need to give the same features.

    tables: the first states the outcome. as_of: the day of the open cases; trained: that of those trained for.
    history, whole: the days from the first event to the first day learned from, and to ``trained``. features: those of
    the cases, in their order.
    """

    tables: tuple[EventTable, ...]
    as_of: date
    trained: date
    within: int
    active: int
    history: int = 0
    whole: int = 0
    features: tuple[CaseColumn, ...] = ()

    def cut(self, day: date) -> Cut:
        """The cut on a day; its month goes no further than what was trained for."""
        last = min(day, self.trained)
        return Cut(
            cut=day,
            month=12 * last.year + last.month,
            history=self.history,
            whole=self.whole,
            within=self.within,
        )

    def plan(self) -> list[tuple[str, str, str]]:
        """The rows (column, as, because) for the user; columns of further tables with the table's name."""
        first = self.tables[0]
        return [
            (column.name if table is first else f"{table.name}: {column.name}", _as(column), column.because)
            for table in self.tables
            for column in table.columns
        ]

    def to_json(self) -> Json:
        """The layout as JSON, read back by ``layout_of``."""
        return {**asdict(self), "as_of": self.as_of.isoformat(), "trained": self.trained.isoformat()}


def layout_of(content: Json) -> Layout:
    """The layout that ``to_json`` wrote."""
    tables = tuple(
        EventTable(name=each["name"], columns=tuple(_column_of(column) for column in each["columns"]))
        for each in content["tables"]
    )
    features = tuple(
        CaseColumn(**{**each, "kind": Kind(each["kind"]), "meaning": Meaning(each["meaning"])})
        for each in content["features"]
    )
    days = {name: date.fromisoformat(content[name]) for name in ("as_of", "trained")}
    return Layout(**{**content, **days, "tables": tables, "features": features})


def with_levels(table: EventTable, levels: Mapping[str, tuple[str, ...]]) -> EventTable:
    """The table with the levels, by column, that have features of their own."""
    columns = tuple(replace(column, levels=levels.get(column.name, ())) for column in table.columns)
    return replace(table, columns=columns)


def _column_of(content: Json) -> EventColumn:
    typed = {
        "use": Use(content["use"]),
        "meaning": Meaning(content["meaning"]),
        "levels": tuple(content["levels"]),
    }
    return EventColumn(**{**content, **typed})


def _as(column: EventColumn) -> str:
    return f"{column.use} ({column.meaning.replace('_', ' ')})" if column.meaning else str(column.use)
