"""What sales runs add to the graph: customers, items, segments and arms, and how they are related."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from graphlead.core.arrays import require
from graphlead.core.property_graph import Kind

TYPES = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.float64(),
    Kind.INTEGER: pa.int64(),
    Kind.FLAG: pa.bool_(),
    Kind.DAY: pa.date32(),
}
RUN = "SalesRun"
"""The label of a run of a sales verb; every relationship below has the ``run_id`` of one."""

LABELS: Mapping[str, Mapping[str, Kind]] = {
    "Customer": {"customer_id": Kind.TEXT},
    "Item": {"item": Kind.TEXT},
    "Segment": {
        "segment": Kind.TEXT,
        "offer": Kind.TEXT,
        "customers": Kind.INTEGER,
        "value": Kind.NUMBER,
    },
    "Arm": {"arm": Kind.TEXT},
    RUN: {"run_id": Kind.TEXT, "verb": Kind.TEXT, "about": Kind.TEXT, "finished": Kind.TEXT},
}
"""The nodes that sales runs add, with their properties, the key first."""


@dataclass(frozen=True)
class Relation:
    """A type of relationship: the pairs of labels that it joins, and its properties; the last is ``run_id``."""

    name: str
    ends: tuple[tuple[str, str], ...]
    own: Mapping[str, Kind]

    @property
    def properties(self) -> dict[str, Kind]:
        return {**self.own, "run_id": Kind.TEXT}

    @property
    def schema(self) -> pa.Schema:
        """Of a table of its relationships: the keys of both ends, then the properties."""
        own = {name: TYPES[kind] for name, kind in self.properties.items()}
        return pa.schema({"from": pa.string(), "to": pa.string(), **own})


RELATIONS = {
    each.name: each
    for each in (
        Relation("IS_COMPANY", (("Customer", "Company"),), {}),
        Relation(
            "CHURN_RISK",
            (("Customer", RUN),),
            {
                "probability": Kind.NUMBER,
                "rank": Kind.INTEGER,
                "intervention": Kind.TEXT,
                "reason": Kind.TEXT,
                "value": Kind.NUMBER,
                "value_at_risk": Kind.NUMBER,
            },
        ),
        Relation(
            "SHOULD_BUY",
            (("Customer", "Item"), ("Company", "Item")),
            {"rank": Kind.INTEGER, "score": Kind.NUMBER, "kind": Kind.TEXT, "why": Kind.TEXT},
        ),
        Relation(
            "IN_SEGMENT",
            (("Customer", "Segment"),),
            {
                "value_class": Kind.TEXT,
                "recency": Kind.NUMBER,
                "frequency": Kind.NUMBER,
                "monetary": Kind.NUMBER,
            },
        ),
        Relation("IN_ARM", (("Customer", "Arm"), ("Company", "Arm")), {}),
        Relation(
            "MEASURED",
            ((RUN, "Arm"),),
            {
                "outcome": Kind.TEXT,
                "n": Kind.INTEGER,
                "rate": Kind.NUMBER,
                "lift": Kind.NUMBER,
                "low": Kind.NUMBER,
                "high": Kind.NUMBER,
                "p_value": Kind.NUMBER,
            },
        ),
        Relation(
            "MOVED",
            ((RUN, "Customer"), (RUN, "Company")),
            {"change": Kind.TEXT, "old_rank": Kind.INTEGER, "new_rank": Kind.INTEGER, "why": Kind.TEXT},
        ),
    )
}
"""The relationships that sales runs add, by name."""


@dataclass(frozen=True, kw_only=True)
class SalesEdges:
    """Relationships of one type between two labels; ``table`` has the schema of the relation.

    A relationship to a company that the graph does not have is left out.
    """

    relation: Relation
    source: str
    target: str
    table: pa.Table

    def __post_init__(self) -> None:
        name = self.relation.name
        ends = (self.source, self.target)
        require(ends in self.relation.ends, "SalesEdges", f"ends of {name}", ends)
        require(self.table.schema.equals(self.relation.schema), name, "its schema", self.table.schema)


@dataclass(frozen=True, kw_only=True)
class SalesGraph:
    """What a run of a sales verb adds to a graph. It replaces an earlier run of the same verb about the same.

    about: the product of prospects, or the list of an experiment; empty for what there is once. nodes: by label, a
    table with the properties of LABELS.
    """

    run_id: str
    verb: str
    about: str
    finished: str
    nodes: Mapping[str, pa.Table]
    edges: tuple[SalesEdges, ...]

    def __post_init__(self) -> None:
        for label, table in self.nodes.items():
            require(table.column_names == list(LABELS[label]), label, "its properties", table.column_names)

    @property
    def rows(self) -> int:
        """The number of nodes and relationships."""
        return sum(map(len, self.nodes.values())) + sum(len(each.table) for each in self.edges)


def node_schema(label: str) -> pa.Schema:
    """Of a table of nodes of this label."""
    return pa.schema({name: TYPES[kind] for name, kind in LABELS[label].items()})
