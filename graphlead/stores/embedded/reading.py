"""Reading an embedded store: its tables and their shape, and the values of answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from graphlead.common.cypher import quoted
from graphlead.core.answers import Answer, Node, Relationship, Walk
from graphlead.core.arrays import Json
from graphlead.stores.embedded.load import version_in
from graphlead.stores.faults import REBUILD, QueryError, StoreError
from graphlead.stores.shape import KEYS, SCHEMA, text


class Result(Protocol):
    """The rows of an answer in the library's form."""

    def get_all(self) -> list[Any]: ...

    def get_n(self, count: int) -> list[Any]: ...

    def get_column_names(self) -> list[str]: ...

    def has_next(self) -> bool: ...

    def close(self) -> None: ...


class Connection(Protocol):
    """A connection that executes statements."""

    def execute(self, query: str, parameters: dict[str, Any] | None = None) -> Any: ...


def tables_of(connection: Connection, path: Path) -> Tables:
    """The properties of each label and type. Raises StoreError when the graph has another shape."""
    tables = ask(connection, "CALL show_tables() RETURN id, name, comment").get_all()
    found = version_in(next((comment for _, name, comment in tables if name == "Company"), ""))
    if found != SCHEMA:
        by = (
            "is not one of graphlead's"
            if found is None
            else f"has shape {found}, this version reads {SCHEMA}"
        )
        raise StoreError(f"the store {by}.", where=str(path), remedy=REBUILD)
    columns = {
        name: ask(connection, f"CALL table_info({text(name)}) RETURN name").get_all() for _, name, _ in tables
    }
    return Tables(
        {name: tuple(column for (column,) in rows) for name, rows in columns.items()},
        {int(number): str(name) for number, name, _ in tables if name in KEYS},
    )


def ask(connection: Connection, cypher: str, values: Mapping[str, object] | None = None) -> Result:
    """The rows of one statement. Raises QueryError for several."""
    found = connection.execute(cypher, dict(values or {}))
    if isinstance(found, list):
        raise QueryError("this is more than one statement.", remedy="Give one at a time.")
    result: Result = found
    return result


def in_use(connection: Connection, scores: pa.Table, name: str) -> bool:
    """Whether any company has, or will have, a value of this property: setting one costs as much as ten reads."""
    if scores[name].null_count < len(scores):
        return True
    asked = f"MATCH (c:Company) WHERE c.{quoted(name)} IS NOT NULL RETURN count(*)"
    return ask(connection, asked).get_all() != [[0]]


def rows_of(result: Result, limit: int | None, tables: Tables) -> tuple[tuple[object, ...], ...]:
    found = result.get_all() if limit is None else result.get_n(limit)
    return tuple(tuple(converted(value, tables.properties) for value in row) for row in found)


def nodes_of(query: Callable[..., Answer], tables: Tables, refs: Sequence[str]) -> list[Node]:
    """The nodes of these refs, by way of their keys: only by key is a node found without a scan."""
    found: list[Node] = []
    for label, offsets in tables.by_label(refs).items():
        key = quoted(KEYS[label])
        where = f"MATCH (n:{quoted(label)}) WHERE offset(id(n)) IN $offsets RETURN n.{key}"
        keys = [row[0] for row in query(where, {"offsets": offsets}).rows]
        rows = query(
            f"UNWIND $keys AS key MATCH (n:{quoted(label)} {{{key}: key}}) RETURN n", {"keys": keys}
        ).rows
        found += [node for (node,) in rows if isinstance(node, Node)]
    return found


Owned = Mapping[str, tuple[str, ...]]
"""The properties of each label and type; others in an answer are nulls that the store filled in."""


@dataclass(frozen=True)
class Tables:
    """The tables of a store: the properties of each label and type, and the label of each number of a table."""

    properties: Owned
    labels: Mapping[int, str]

    def by_label(self, refs: Sequence[str]) -> dict[str, list[int]]:
        """The offsets that refs name, by label."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for ref in refs:
            table, offset = ref.split(":")
            found[self.labels[int(table)]].append(int(offset))
        return dict(found)


def converted(value: object, owned: Owned) -> object:
    """The value as an Answer has it; the keys of a dict show whether it is a node, a relationship or a path."""
    if isinstance(value, list):
        return [converted(each, owned) for each in value]
    return _converted(value, owned) if isinstance(value, dict) else value


def _converted(value: Json, owned: Owned) -> object:
    if "_NODES" in value:
        nodes = tuple(_node(each, owned) for each in value["_NODES"])
        return Walk(nodes, tuple(_relationship(each, owned) for each in value["_RELS"]))
    if "_SRC" in value:
        return _relationship(value, owned)
    if "_LABEL" in value:
        return _node(value, owned)
    if value.keys() == {"offset", "table"}:
        return _ref(value)
    return {key: converted(each, owned) for key, each in value.items()}


def _node(value: Json, owned: Owned) -> Node:
    label = value["_LABEL"]
    return Node(_ref(value["_ID"]), label, value[KEYS[label]], _properties(value, owned[label]))


def _relationship(value: Json, owned: Owned) -> Relationship:
    relation = value["_LABEL"]
    return Relationship(
        ref=_ref(value["_ID"]),
        relation=relation,
        source=_ref(value["_SRC"]),
        target=_ref(value["_DST"]),
        properties=_properties(value, owned[relation]),
    )


def _properties(value: Json, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value[name] for name in names if value[name] is not None}


def _ref(internal: Json) -> str:
    return f"{internal['table']}:{internal['offset']}"
