"""Small registers and graphs written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_register import MakeRegister

from graphlead.core.graph import CompanyGraph, Edges, Ownership
from graphlead.core.register import Column, Register, Role

TYPES = {Role.NUMBER: pa.float64(), Role.BOOLEAN: pa.bool_(), Role.DATE: pa.date32()}
LINKS = pa.schema([("source_id", pa.string()), ("target_id", pa.string()), ("kind", pa.string())])


MakeGraph = Callable[..., CompanyGraph]


@pytest.fixture
def make_register(tmp_path: Path) -> MakeRegister:
    """make_register({name: (role, values) or (role, values, scheme)})."""
    made = 0

    def make(columns: dict[str, tuple[Any, ...]]) -> Register:
        nonlocal made
        made += 1
        n = len(next(iter(columns.values()))[1])
        arrays: dict[str, pa.Array] = {"company_id": pa.array([f"c{i}" for i in range(n)])}
        understood = [Column(name="company_id", role=Role.ID)]
        for name, (role, values, *scheme) in columns.items():
            arrays[name] = pa.array(values, TYPES.get(role, pa.string()))
            missing = arrays[name].null_count / n
            understood.append(Column(name=name, role=role, scheme="".join(scheme), missing=missing))
        companies, links = tmp_path / f"companies-{made}.parquet", tmp_path / f"links-{made}.parquet"
        pq.write_table(pa.table(arrays), companies)
        pq.write_table(LINKS.empty_table(), links)
        return Register(companies=companies, links=links, columns=tuple(understood), n_companies=n, n_links=0)

    return make


@pytest.fixture
def make_graph() -> MakeGraph:
    """make_graph(n, {(source type, kind, "company"): pairs}, group): holders are numbered as in the pairs."""

    def make(
        n: int,
        links: dict[tuple[str, str, str], Sequence[tuple[int, int]]] | None = None,
        group: Sequence[int] | None = None,
    ) -> CompanyGraph:
        nodes = {"company": n}
        edges = {}
        for key, pairs in (links or {}).items():
            ends = np.array(pairs, np.int32).reshape(-1, 2)
            edges[key] = Edges(ends[:, 0].copy(), ends[:, 1].copy())
            if key[0] != "company":
                nodes[key[0]] = max(nodes.get(key[0], 0), int(ends[:, 0].max(initial=-1)) + 1)
        alone = np.arange(n, dtype=np.int32)
        none = np.zeros(0, np.float32)
        no_edges = Edges(alone[:0], alone[:0], none)
        groups = alone if group is None else np.array(group, np.int32)
        facts = Ownership(
            group=groups,
            ultimate_parent=alone,
            in_cycle=np.zeros(n, bool),
            effective=no_edges,
            effective_low=none,
            effective_high=none,
        )
        return CompanyGraph(nodes, {}, edges, facts)

    return make
