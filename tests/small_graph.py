"""A small company graph written by hand, with everything that is awkward in it, as tables for a store."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph
from graphlead.core.property_graph import Projection
from graphlead.core.register import Column, Register, Role
from graphlead.graph.build import build_graph
from graphlead.graph.property_graph.projection import Standing, project

IDS = ["a", "b", "c", "d", "e'\"`\\", "f"]
COLUMNS: dict[str, tuple[Role, str, list[Any]]] = {
    "Firm": (Role.NAME, "", ["Alpha", "Beta", "Gamma\nof \"Delta\"", "Dörte; & Söhne", None, "Zeta"]),
    "country": (Role.COUNTRY, "", ["DE", "DE", "NA", None, "FR", "FR"]),
    "city": (Role.CITY, "", ["Bonn", "Ulm", None, None, "Lyon", "Lyon"]),
    "nace": (Role.INDUSTRY, "NACE", ["62.01", "62.02", None, "62.01", "10.1", "10.1"]),
    "score": (Role.NUMBER, "", [1.5, None, 3.0, 4.0, 5.0, 6.0]),
    "Rank": (Role.TEXT, "", ["x", "y", None, "z", "", "w"]),
    "id": (Role.IDENTIFIER, "", ["007", "008", None, "010", "011", "012"]),
    '_id': (Role.TEXT, "", ["p", None, None, None, None, None]),
    'na"me` x': (Role.TEXT, "", ["q", "r", None, None, None, None]),
    "founded": (Role.DATE, "", [date(1990, 1, 2), None, date(2001, 3, 4), None, None, date(2020, 2, 29)]),
    "exporter": (Role.BOOLEAN, "", [True, False, None, None, True, False]),
}  # fmt: skip
TYPES = {Role.NUMBER: pa.float64(), Role.DATE: pa.date32(), Role.BOOLEAN: pa.bool_()}

LINKS = [
    # source, target, kind, low, high, date, name, type
    ("a", "b", "owns", 0.6, 0.6, date(2020, 1, 1), None, "company"),
    ("b", "c", "owns", 0.5, 0.75, None, None, "company"),
    ("c", "a", "owns", 0.1, 0.1, None, None, "company"),
    ("b", "d", "owns", None, None, None, None, "company"),
    ("H1", "a", "owns", 0.25, 0.25, None, "Fund One", "holder"),
    ("P1", "f", "owns", 1.0, 1.0, None, "Ann Ody", "person"),
    ("P1", "f", "director", None, None, None, "Ann Ody", "person"),
    ("P1", "e'\"`\\", "director", None, None, None, "Ann Ody", "person"),
    ("a", "f", "supplies", None, None, date(2021, 1, 1), None, "company"),
    ("a", "f", "supplies", None, None, date(2022, 1, 1), None, "company"),
    ("P2", "a", "director", None, None, None, None, "person"),
]


def small_register(folder: Path, leave_out: tuple[str, ...] = (), links: int = len(LINKS)) -> Register:
    """The register, without the columns left out, and with the first ``links`` links."""
    columns = {name: values for name, values in COLUMNS.items() if name not in leave_out}
    table = {"company_id": pa.array(IDS)}
    table |= {
        name: pa.array(values, TYPES.get(role, pa.string())) for name, (role, _, values) in columns.items()
    }
    folder.mkdir(exist_ok=True)
    pq.write_table(pa.table(table), folder / "companies.parquet")
    rows = [
        dict(zip(("source_id", "target_id", "kind", "share_low", "share_high", "date", "source_name", "source_type"),
                 link, strict=True))
        | {"source": IDS.index(link[0]) if link[0] in IDS else None, "target": IDS.index(link[1])}
        for link in LINKS[:links]
    ]  # fmt: skip
    schema = pa.schema([
        ("source_id", pa.string()), ("target_id", pa.string()), ("kind", pa.string()), ("share_low", pa.float64()),
        ("share_high", pa.float64()), ("date", pa.date32()), ("source_name", pa.string()), ("source_type", pa.string()),
        ("source", pa.int32()), ("target", pa.int32()),
    ])  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "links.parquet")
    understood = tuple(
        Column(name=name, role=role, scheme=scheme) for name, (role, scheme, _) in columns.items()
    )
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=(Column(name="company_id", role=Role.ID), *understood),
        n_companies=len(IDS),
        n_links=len(rows),
    )


def small_graph(folder: Path) -> CompanyGraph:
    return build_graph(small_register(folder))


def small_projection(
    folder: Path, run_id: str = "r1", leave_out: tuple[str, ...] = (), links: int = len(LINKS)
) -> Projection:
    """Company b is a client since 2024-05-06, f is suppressed, and the others have scores."""
    register = small_register(folder, leave_out, links)
    won = np.array(["2024-05-06"], "datetime64[D]")
    cohort = Cohort(
        n_companies=len(IDS), clients=np.array([1], np.int32), suppressed=np.array([5], np.int32), won=won
    )
    scored = pa.table({
        "company": pa.array([3, 0, 2, 4], pa.int32()),
        "score": [0.9, 0.5, 0.25, 0.125],
        "rank": pa.array([1, 2, 3, 4], pa.int64()),
        "fit": ["Strong", "Weak", "Weak", "Weak"],
        "nearest_client_id": ["b", "b", None, None],
    })  # fmt: skip
    standing = Standing(scored, run_id, "2026-01-02T03:04:05+00:00")
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    return project(register, build_graph(register), cohort, standing, tables)
