"""The shape of the graph in the stores: its version, keys and added properties; strings for Cypher."""

from __future__ import annotations

from graphlead.core.property_graph import SCORED
from graphlead.core.sales_graph import LABELS

SCHEMA = 5
"""The version of the graph's shape, raised with every change: a store of another one has to be rebuilt."""

KEYS = {"Company": "company_id", "Holder": "holder_id", "Person": "person_id", "Industry": "code",
        "Place": "place_key", "Run": "run_id",
        **{label: next(iter(names)) for label, names in LABELS.items()}}  # fmt: skip

ADDED = (
    "group_id",
    "ultimate_parent_id",
    "in_cycle",
    "links",
    "is_client",
    "is_suppressed",
    "record_of",
    "won",
    *SCORED,
)
"""The properties that a run adds to the companies of the register."""


def text(value: str) -> str:
    """A Cypher string literal, for the places where a store takes no parameter: the path of a file to load."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
