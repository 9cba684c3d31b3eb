"""Small registers written by hand, and stakes written as tuples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_register import MakeRegister

from graphlead.core.register import Column, Register, Role

LINKS = pa.schema(
    [
        ("source_id", pa.string()),
        ("target_id", pa.string()),
        ("kind", pa.string()),
        ("share_low", pa.float64()),
        ("share_high", pa.float64()),
        ("date", pa.date32()),
        ("source_name", pa.string()),
        ("source_type", pa.string()),
        ("source", pa.int32()),
        ("target", pa.int32()),
    ]
)


@pytest.fixture
def make_register(tmp_path: Path) -> MakeRegister:
    """make_register(ids, links, columns={name: (role, scheme, values)}); a link is a dict with source_id, ..."""

    def make(
        ids: Sequence[str],
        links: Sequence[dict[str, Any]] = (),
        columns: dict[str, tuple[Role, str, Sequence[Any]]] | None = None,
    ) -> Register:
        columns = columns or {}
        index = {company: i for i, company in enumerate(ids)}
        table = {"company_id": list(ids)} | {name: values for name, (_, _, values) in columns.items()}
        schema = pa.schema([(name, pa.string()) for name in table])
        pq.write_table(pa.table(table, schema=schema), tmp_path / "companies.parquet")
        rows = [
            dict.fromkeys(LINKS.names)
            | {"source_type": "company" if link["source_id"] in index else "holder"}
            | link
            | {"source": index.get(link["source_id"]), "target": index[link["target_id"]]}
            for link in links
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema=LINKS), tmp_path / "links.parquet")
        understood = tuple(
            Column(name=name, role=role, scheme=scheme) for name, (role, scheme, _) in columns.items()
        )
        return Register(
            companies=tmp_path / "companies.parquet",
            links=tmp_path / "links.parquet",
            columns=(Column(name="company_id", role=Role.ID), *understood),
            n_companies=len(ids),
            n_links=len(rows),
        )

    return make
