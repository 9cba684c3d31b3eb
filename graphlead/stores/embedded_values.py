"""Values of the embedded store, which are dicts with marked keys, as the values of an Answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphlead.carriers import Json, Node, Relationship, Walk
from graphlead.stores.shape import KEYS

Owned = Mapping[str, tuple[str, ...]]
"""The properties of each label and type: the store fills those of other labels in with nulls."""


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
    """The value as an Answer has it: nodes, relationships and paths told apart by the keys that mark them."""
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
        _ref(value["_ID"]),
        relation,
        _ref(value["_SRC"]),
        _ref(value["_DST"]),
        _properties(value, owned[relation]),
    )


def _properties(value: Json, names: tuple[str, ...]) -> dict[str, object]:
    return {name: value[name] for name in names if value[name] is not None}


def _ref(internal: Json) -> str:
    return f"{internal['table']}:{internal['offset']}"
