"""The values of a Neo4j driver's answers as ours have them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import neo4j.graph
import neo4j.time

from graphlead.core.answers import Node, Relationship, Walk
from graphlead.stores.shape import KEYS


def converted(value: object) -> object:
    """The value as an Answer has it."""
    if isinstance(value, neo4j.graph.Path):
        nodes = tuple(_node(node) for node in value.nodes)
        return Walk(nodes, tuple(_relationship(each) for each in value.relationships))
    if isinstance(value, neo4j.graph.Node):
        return _node(value)
    if isinstance(value, neo4j.graph.Relationship):
        return _relationship(value)
    if isinstance(value, list):
        return [converted(each) for each in value]
    if isinstance(value, dict):
        return {key: converted(each) for key, each in value.items()}
    return plain(value)


def plain(value: object) -> object:
    """Times in Python's own types, also in a list; values without a Python type as text."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, neo4j.time.Date | neo4j.time.DateTime | neo4j.time.Time):
        return value.to_native()
    if value is None or isinstance(value, str | bool | int | float | bytes | dict):
        return value
    return str(value)


def _node(node: neo4j.graph.Node) -> Node:
    label = min(node.labels, key=lambda each: (each not in KEYS, each), default="")
    properties = _properties(node)
    return Node(node.element_id, label, str(properties.get(KEYS.get(label, ""), node.element_id)), properties)


def _relationship(found: neo4j.graph.Relationship) -> Relationship:
    source, target = (
        node.element_id if node is not None else "" for node in (found.start_node, found.end_node)
    )
    return Relationship(
        ref=found.element_id, relation=found.type, source=source, target=target, properties=_properties(found)
    )


def _properties(found: Mapping[str, Any]) -> dict[str, object]:
    return {name: converted(value) for name, value in found.items()}
