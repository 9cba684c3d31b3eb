"""What both stores are told about the graph besides its tables."""

from __future__ import annotations

from graphlead.core.property_graph import SCORED

SCHEMA = 3
"""Raised with every change of the graph's shape: a store of another shape has to be built again."""

KEYS = {"Company": "company_id", "Holder": "holder_id", "Person": "person_id", "Industry": "code",
        "Place": "place_key", "Run": "run_id"}  # fmt: skip

ADDED = ("group_id", "ultimate_parent_id", "in_cycle", "links", "is_client", "is_suppressed", "won", *SCORED)
"""What a run added to the companies of the register."""


def quoted(name: str) -> str:
    """A label, type or property name as a Cypher identifier, whatever characters it holds."""
    return "`" + name.replace("`", "``") + "`"


def text(value: str) -> str:
    """A Cypher string literal, for the places where a store takes no parameter: the path of a file to load."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
