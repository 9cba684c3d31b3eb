"""Registers with planted clients: columns as arrays, written as a cleaned register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph, Edges, Ownership
from graphlead.core.profile import Profile
from graphlead.core.register import Column, Register, Role
from graphlead.profile.build import profile_clients

TYPES = {Role.NUMBER: pa.float64(), Role.DATE: pa.date32(), Role.BOOLEAN: pa.bool_()}


def write_register(folder: Path, columns: Mapping[str, tuple[Role, Sequence[Any]]]) -> Register:
    """A register of {name: (role, values)} written into a folder; an industry column is NACE."""
    n = len(next(iter(columns.values()))[1])
    ids = pa.array([f"C{i}" for i in range(n)])
    values = {
        name: pa.array(given, TYPES.get(role, pa.string()), from_pandas=True)
        for name, (role, given) in columns.items()
    }
    pq.write_table(pa.table({"company_id": ids, **values}), folder / "companies.parquet")
    pq.write_table(pa.table({"source_id": pa.array([], pa.string())}), folder / "links.parquet")
    understood = tuple(
        Column(
            name=name,
            role=role,
            reason="",
            scheme="NACE" if role is Role.INDUSTRY else "",
            missing=values[name].null_count / n,
            distinct=50,
        )
        for name, (role, _) in columns.items()
    )
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=(Column(name="company_id", role=Role.ID), *understood),
        n_companies=n,
        n_links=0,
    )


def graph_of(
    n: int, group: Sequence[int] | None = None, **edges: tuple[str, Sequence[int], Sequence[int]]
) -> CompanyGraph:
    """A graph with these ownership groups; edges: relation=(source type, sources, targets)."""
    own = np.arange(n, dtype=np.int32) if group is None else np.asarray(group, np.int32)
    none = np.zeros(0, np.int32)
    facts = Ownership(
        group=own,
        ultimate_parent=own,
        in_cycle=np.zeros(n, bool),
        effective=Edges(none, none),
        effective_low=none.astype(np.float32),
        effective_high=none.astype(np.float32),
    )
    typed = {
        (kind, relation.replace("__", ":"), "company"): Edges(
            np.asarray(a, np.int32), np.asarray(b, np.int32)
        )
        for relation, (kind, a, b) in edges.items()
    }
    nodes = {"company": n, "holder": 0, "person": n}
    return CompanyGraph(nodes, {}, typed, facts)


def cohort_of(n: int, clients: Sequence[int], won: Sequence[str] | None = None) -> Cohort:
    rows = np.asarray(sorted(clients), np.int32)
    days = np.full(len(rows), "NaT", "datetime64[D]") if won is None else np.asarray(won, "datetime64[D]")
    return Cohort(n_companies=n, clients=rows, suppressed=np.zeros(0, np.int32), won=days)


def profile_of(
    register: Register, clients: Sequence[int], won: Sequence[str] | None = None, seed: int = 0
) -> Profile:
    n = register.n_companies
    return profile_clients(register, graph_of(n), cohort_of(n, clients, won), seed=seed)
