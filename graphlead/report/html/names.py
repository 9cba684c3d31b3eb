"""The names of the nodes on the paths from leads to clients."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.codes import places_among
from graphlead.core.evidence import Evidence
from graphlead.core.register import Register, Role
from graphlead.report.html.content import Node

OWNERS = ("Holder", "Person")


def names_of(evidence: Sequence[Evidence], register: Register) -> dict[Node, str]:
    """The name of every company, holder and person on the ties of the evidence, where one is known."""
    nodes = sorted({node for each in evidence for tie in each.ties for node in tie.nodes})
    companies = [key for label, key in nodes if label == "Company"]
    owners = [node for node in nodes if node[0] in OWNERS]
    return _companies(companies, register) | _owners(owners, register)


def _companies(ids: list[str], register: Register) -> dict[Node, str]:
    columns = register.names_of(Role.NAME)[:1]
    if not columns or not ids:
        return {}
    place = places_among(pa.array(ids, pa.string()), register.ids())
    names = register.rows(columns, place)[columns[0]].to_pylist()
    return {("Company", key): name for key, name in zip(ids, names, strict=True) if name}


def _owners(nodes: list[Node], register: Register) -> dict[Node, str]:
    if not nodes:
        return {}
    keys = pa.array(sorted({key for _, key in nodes}), pa.string())
    wanted = pc.field("source_id").isin(keys) & pc.field("source_name").is_valid()
    table = pq.read_table(register.links, columns=["source_id", "source_name"], filters=wanted)
    names = dict(zip(*(table[name].to_pylist() for name in table.column_names), strict=True))
    return {(label, key): names[key] for label, key in nodes if key in names}
