"""What sales runs add to a graph, in every store: the queries of what is there, and which runs a new one replaces."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.common.cypher import quoted
from graphlead.core.sales_graph import RELATIONS, RUN, Relation, SalesGraph
from graphlead.stores.shape import KEYS

REPLACED = f"MATCH (r:{RUN}) WHERE r.run_id = $run OR (r.verb = $verb AND r.about = $about) RETURN r.run_id AS run_id"
"""The runs that a run replaces: an earlier push of itself, and the last one of its verb about the same."""

LAST = {"Item": "SHOULD_BUY", "Segment": "IN_SEGMENT", "Arm": "IN_ARM|MEASURED"}
"""Nodes that go with the last relationship of these types that they have."""


def identity(sales: SalesGraph) -> dict[str, object]:
    """The parameters of REPLACED."""
    return {"run": sales.run_id, "verb": sales.verb, "about": sales.about}


def pairs() -> Iterator[tuple[Relation, str, str]]:
    """Every relation with each pair of labels that it joins."""
    return ((each, *ends) for each in RELATIONS.values() for ends in each.ends)


def pattern(relation: Relation, source: str, target: str) -> str:
    return f"(a:{source})-[r:{relation.name}]->(b:{target})"


def all_edges(relation: Relation, source: str, target: str) -> str:
    """The query of the relationships of a relation between two labels: the keys of the ends, then the properties."""
    read = [f"r.{quoted(name)}" for name in relation.properties]
    keys = [f"a.{KEYS[source]}", f"b.{KEYS[target]}"]
    return f"MATCH {pattern(relation, source, target)} RETURN {', '.join([*keys, *read])}"


def unused() -> Iterator[str]:
    """The statements that remove nodes without a relationship."""
    for label, types in LAST.items():
        yield f"MATCH (n:{label}) WHERE NOT EXISTS {{ MATCH (n)-[:{types}]-() }} DELETE n"
