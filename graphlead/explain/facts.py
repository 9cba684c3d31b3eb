"""Companies in words: their columns, their names, and what a group of them has in common."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.columns import coded
from graphlead.common.industries.titles import column_titles
from graphlead.common.levels import level_keys
from graphlead.common.places import placed
from graphlead.core.arrays import Ints
from graphlead.core.features import Cut, Level
from graphlead.core.register import PLACES, Register, Role
from graphlead.engines.names import core_names, words_at


class Facts:
    """The register's columns for some companies (m,), each read when first needed."""

    def __init__(self, register: Register, companies: Ints) -> None:
        self._register, self._companies = register, companies
        self._columns: dict[str, list[object]] = {}
        self._keys: dict[Level, list[str | None]] = {}
        self._titles: dict[Level, list[str | None]] = {}
        self._cores: dict[str, pa.Array] = {}

    def value(self, column: str, i: int) -> object:
        """The value of the i-th company; None where it is missing or there is no such column."""
        if column not in self._columns:
            self._columns[column] = self._read(column)
        return self._columns[column][i]

    def text(self, column: str, i: int) -> str:
        """The value of the i-th company as text for a reader."""
        return shown(self.value(column, i))

    def group(self, levels: Sequence[Level], i: int, one: str = "") -> str:
        """What the companies in the i-th company's group have in common: "in dairies (1051) in Fresno, CA".

        one: the value that counts where the company has several in one of the columns.
        """
        trades = [f"in {self._trade(level, i, one)}" for level in levels if self._title(level, i, one)]
        named = [self._named(level, i) for level in levels if level.cut is Cut.NAME]
        rest = [
            level
            for level in levels
            if level.cut is not Cut.NAME
            and self._role(level.column) not in PLACES
            and not self._title(level, i, one)
        ]
        marks = [level for level in rest if isinstance(self.value(level.column, i), bool)]
        marked = [f'marked "{readable(level.column)}"' for level in marks]
        common = [self._common(level, i, one) for level in rest if level not in marks]
        where = [f"in {self._place(level, i, one)}" for level in levels if self._role(level.column) in PLACES]
        shared = [f"with {' and '.join(common)}"] if common else []
        return " ".join([*trades, *named, *shared, *marked, *where])

    def words(self, level: Level, i: int) -> str:
        """The words of the i-th company's name at a level of names, in lower case; empty where it has none there."""
        if level.column not in self._roles:
            return ""
        if level not in self._keys:
            self._keys[level] = words_at(self._core_names(level.column), level.length).to_pylist()
        return self._keys[level][i] or ""

    def _named(self, level: Level, i: int) -> str:
        how = {0: "named", -1: "whose name ends in"}.get(level.length, "whose name begins with")
        return f'{how} "{self.words(level, i)}"'

    def _core_names(self, column: str) -> pa.Array:
        if column not in self._cores:
            self._cores[column] = core_names(self._register.rows([column], self._companies)[column])
        return self._cores[column]

    def _trade(self, level: Level, i: int, one: str) -> str:
        """The title of the i-th company's industry, in lower case within a sentence, and its code."""
        title = _CAPITALISED.sub(lambda word: word[0].lower(), self._title(level, i, one))
        return f"{title} ({self._at(level, i, one)})"

    def _title(self, level: Level, i: int, one: str) -> str:
        """The title of the i-th company's industry code; empty where there is none."""
        if self._role(level.column) is not Role.INDUSTRY:
            return ""
        if one and level.several:
            code = pa.array([self._at(level, i, one)])
            return column_titles(self._register, level.column).of(code)[0].as_py() or ""
        if level not in self._titles:
            codes = pa.array([self._at(level, j, "") for j in range(len(self._companies))], pa.string())
            self._titles[level] = column_titles(self._register, level.column).of(codes).to_pylist()
        return self._titles[level][i] or ""

    def _common(self, level: Level, i: int, one: str) -> str:
        value, column = self.value(level.column, i), readable(level.column)
        if isinstance(value, date):
            column = f'"{column}"'
        if level.cut is Cut.BANDS:
            return f"{column} {band(value, level.edges)}"
        return f"{column} {self._at(level, i, one)}"

    def _place(self, level: Level, i: int, one: str) -> str:
        value = self._at(level, i, one)
        if self._role(level.column) is Role.POSTCODE:
            return f"postcodes {value}..." if level.cut is Cut.AREA else f"postcode {value}"
        wider = [self.text(name, i) for name in reversed(level.within) if self._distinguishes(name, i)]
        return ", ".join(place_name(part) for part in [value, *wider[:1]])

    def _distinguishes(self, column: str, i: int) -> bool:
        """Whether a wider place is known, a single one, and not the same for the whole register."""
        several = column in self._roles and self._register.column(column).separator
        known = self.value(column, i) is not None
        return known and not several and len(coded(self._register, column).values) > 1

    def _at(self, level: Level, i: int, one: str) -> str:
        """The code or area of the i-th company at this level; the value itself where the level cuts nothing off."""
        if one and level.several:
            keys = level_keys(pa.array([one]), level, self._register.column(level.column))
            return one if level.cut is Cut.VALUE else shown(keys[0].as_py())
        if level.cut is Cut.VALUE or level.column not in self._roles:
            return self.text(level.column, i)
        if level not in self._keys:
            column = coded(self._register, level.column)
            keys = level_keys(column.values, level, self._register.column(level.column))
            self._keys[level] = column.spread(keys, self._companies).to_pylist()
        return shown(self._keys[level][i])

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {column.name: column.role for column in self._register.columns}

    def _role(self, column: str) -> Role | None:
        return self._roles.get(column)

    def _read(self, column: str) -> list[object]:
        if column not in self._roles:
            return [None] * len(self._companies)
        return list(placed(self._register, column).take(self._companies).to_pylist())


def readable(column: str) -> str:
    """The name of a column as a reader writes it: "seasonal workers" for seasonal_workers."""
    return column.replace("_", " ").strip() or column


def place_name(value: str) -> str:
    """A place in capital letters as it is usually written: "New York" for NEW YORK; codes such as TX stay."""
    return (
        _WORD.sub(lambda word: word[0].capitalize(), value) if value.isupper() and len(value) > 3 else value
    )


_CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][Ss]\b)?")


def band(value: object, edges: Sequence[float]) -> str:
    """The band between ``edges`` that contains a number or date: "20 to under 50", "under 5", "250 or more"."""
    number = years(value) if isinstance(value, date) else float(str(value))
    place = int(np.searchsorted(np.asarray(edges), number, side="right"))
    ends = [str(_day(edge)) if isinstance(value, date) else shown(edge) for edge in edges]
    if place == 0:
        return f"{'before' if isinstance(value, date) else 'under'} {ends[0]}"
    if place == len(edges):
        return f"from {ends[-1]} on" if isinstance(value, date) else f"{ends[-1]} or more"
    return f"{ends[place - 1]} to {'before' if isinstance(value, date) else 'under'} {ends[place]}"


def years(day: date) -> float:
    """A day as a year with its fraction."""
    return 1970 + (day - date(1970, 1, 1)).days / 365.2425


def _day(year: float) -> date:
    return date(1970, 1, 1) + timedelta(days=round((year - 1970) * 365.2425))


def shown(value: object) -> str:
    """The value as text for a reader: 1,200 for 1200.0, yes for true."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        number = float(value)
        if number == round(number):
            return f"{round(number):,}"
        digits = max(0, 2 - math.floor(math.log10(abs(number))))
        return f"{number:,.{digits}f}"
    return str(value)


class Names:
    """The names of companies, holders and persons, and their keys in the graph.

    A company without a name goes by its id; holders and persons have the name that the links give, else their key.
    """

    def __init__(self, register: Register, keys: Mapping[str, pa.Array], wanted: dict[str, Ints]) -> None:
        self._nodes = {label: np.unique(nodes) for label, nodes in wanted.items()}
        self._keys: dict[str, pa.Array] = {}
        self._names: dict[str, pa.Array] = {}
        for label, nodes in self._nodes.items():
            if label == "company":
                self._keys[label], names = _of_companies(register, nodes)
            else:
                self._keys[label] = keys[label].take(pa.array(nodes)).cast(pa.string())
                owner = label in ("holder", "person")
                names = _of_owners(register, self._keys[label]) if owner else self._keys[label]
            self._names[label] = pc.coalesce(_filled(names), self._keys[label])

    def name_of(self, label: str, node: int) -> str:
        return str(self._names[label][self._place(label, node)].as_py())

    def key(self, label: str, node: int) -> str:
        return str(self._keys[label][self._place(label, node)].as_py())

    def names(self, label: str, nodes: Ints) -> pa.Array:
        """The names of nodes (m,) of a label."""
        return self._names[label].take(pa.array(np.searchsorted(self._nodes[label], nodes)))

    def _place(self, label: str, node: int) -> int:
        return int(np.searchsorted(self._nodes[label], node))


def _of_companies(register: Register, companies: Ints) -> tuple[pa.Array, pa.Array]:
    """The ids and the names (m,) of companies."""
    columns = ["company_id", *register.names_of(Role.NAME)[:1]]
    table = register.rows(columns, companies)
    ids, names = (table[name].combine_chunks().cast(pa.string()) for name in (columns[0], columns[-1]))
    return ids, names


def _of_owners(register: Register, keys: pa.Array) -> pa.Array:
    """The first name in the links of each of these owners (m,), null where they give none."""
    if "source_name" not in pq.read_schema(register.links).names or not len(keys):
        return pa.nulls(len(keys), pa.string())
    here = pc.field("source_id").isin(keys) & pc.field("source_name").is_valid()
    found = pq.read_table(register.links, columns=["source_id", "source_name"], filters=here)
    first = found.group_by("source_id", use_threads=False).aggregate([("source_name", "first")])
    place = pc.index_in(keys, value_set=first["source_id"].combine_chunks().cast(pa.string()))
    return first["source_name_first"].combine_chunks().cast(pa.string()).take(place)


def _filled(texts: pa.Array) -> pa.Array:
    """The texts, null where they are empty."""
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
