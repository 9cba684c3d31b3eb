"""A graph written by hand for the query library: cycles, unknown shares, NULLs, multi-edges, two runs, all planted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.clients import Cohort
from graphlead.core.graph import CompanyGraph
from graphlead.core.property_graph import Projection
from graphlead.core.register import Column, Register, Role
from graphlead.graph.build import build_graph
from graphlead.graph.property_graph.projection import Standing, project

RUN, EARLIER = "2026-03-01 new", "2026-02-01 old"
LINK = pa.schema([
    ("source_id", pa.string()), ("target_id", pa.string()), ("kind", pa.string()), ("share_low", pa.float64()),
    ("share_high", pa.float64()), ("date", pa.date32()), ("source_name", pa.string()), ("source_type", pa.string()),
    ("source", pa.int32()), ("target", pa.int32()),
])  # fmt: skip
COLUMNS = (
    Column(name="company_id", role=Role.ID),
    Column(name="name", role=Role.NAME),
    Column(name="nace", role=Role.INDUSTRY, scheme="NACE"),
    Column(name="country", role=Role.COUNTRY),
    Column(name="region", role=Role.REGION),
    Column(name="city", role=Role.CITY),
    Column(name="head count", role=Role.NUMBER),
)

COMPANIES = [
    # id, name, nace, country, region, city, head count
    ("a1", "Alder Holding", "64.20", "DE", "North", "Kiel", 40.0),
    ("a2", "Alder Mid", "62.01", "DE", "North", "Kiel", 200.0),
    ("a3", "Alder Soft", "62.01", "DE", "North", "Kiel", 90.0),
    ("a4", "Alder Labs", "62.02", "DE", "South", "Ulm", 12.0),
    ("b1", "Birch One", "10.11", "DE", "South", "Ulm", 300.0),
    ("b2", "Birch Two", "10.11", "DE", "South", "Ulm", 310.0),
    ("b3", None, "10.12", "DE", "South", None, None),
    ("c1", "Cedar Trade", "62.01", "FR", "Midi", "Nice", 55.0),
    ("c2", "Cedar Works", None, None, None, None, None),
    ("d1", "Dogwood's \"Best\"", "62.09", "FR", "Midi", "Nice", 75.0),
    ("d2", "Dogwood Past", "62.09", "FR", "Midi", "Nice", 5.0),
    ("e1", "Elm Alone", "01.11", "FR", "Nord", "Lille", 1.0),
]  # fmt: skip
IDS = [row[0] for row in COMPANIES]
CLIENTS = {"a3": "2021-05-01", "b2": "2024-01-01", "c2": None}
RANKS = {"d1": 1, "c1": 2, "a2": 3, "b1": 4, "a4": 5, "a1": 6, "e1": 7}
EARLIER_RANKS = {"c1": 1, "e1": 2, "d1": 3, "a1": 4, "a2": 5, "b1": 6, "a4": 7}
NO_LEAD = "b3"
"""Scored, but without a rank."""

LINKS: list[tuple[str, str, str, float | None, float | None, date | None, str | None, str]] = [
    ("P1", "a1", "owns", 0.8, 0.8, date(2019, 1, 1), "Pia One", "person"),
    ("P2", "a1", "owns", None, None, None, "Paul Two", "person"),
    ("a1", "a2", "owns", 0.6, 0.6, date(2020, 1, 1), None, "company"),
    ("a1", "a2", "owns", None, None, date(2022, 1, 1), None, "company"),
    ("a2", "a3", "owns", 0.75, 0.75, date(2022, 7, 1), None, "company"),
    ("a1", "a3", "owns", 0.1, 0.1, None, None, "company"),
    ("H1", "a3", "owns", 0.15, 0.15, date(2024, 6, 1), "Hill Fund", "holder"),
    ("a3", "a4", "owns", None, None, None, None, "company"),
    ("b1", "b2", "owns", 0.9, 0.9, None, None, "company"),
    ("b2", "b3", "owns", 0.6, 0.6, None, None, "company"),
    ("b3", "b1", "owns", 0.2, 0.2, None, None, "company"),
    ("H2", "b1", "owns", 0.7, 0.7, date(2025, 2, 1), "Hutt Capital", "holder"),
    ("H1", "c1", "owns", 0.51, 0.51, None, "Hill Fund", "holder"),
    ("H1", "c2", "owns", None, None, None, "Hill Fund", "holder"),
    ("H1", "d1", "owns", 0.25, 0.5, None, "Hill Fund", "holder"),
    ("P3", "a3", "director", None, None, None, "Petra Three", "person"),
    ("P3", "c1", "director", None, None, None, "Petra Three", "person"),
    ("P3", "c1", "director", None, None, None, "Petra Three", "person"),
    ("P4", "b2", "director", None, None, None, "Peer Four", "person"),
    ("P4", "d1", "director", None, None, None, "Peer Four", "person"),
    ("P4", "d2", "director", None, None, None, "Peer Four", "person"),
    ("c1", "d1", "supplies", None, None, date(2021, 1, 1), None, "company"),
    ("c1", "d1", "supplies", None, None, date(2022, 1, 1), None, "company"),
    ("c1", "a3", "supplies", None, None, None, None, "company"),
]  # fmt: skip


def register_of(
    folder: Path, companies: Sequence[tuple[object, ...]], links: Sequence[tuple[object, ...]]
) -> Register:
    """A register in ``folder`` of companies (in the order of COLUMNS) and links (in the order of LINK)."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [column.name for column in COLUMNS]
    types = [pa.float64() if column.role is Role.NUMBER else pa.string() for column in COLUMNS]
    values = zip(*companies, strict=True)
    table = {name: pa.array(column, type_) for name, type_, column in zip(names, types, values, strict=True)}
    pq.write_table(pa.table(table), folder / "companies.parquet")
    index = {row[0]: i for i, row in enumerate(companies)}
    rows = [
        dict(zip(LINK.names, link, strict=False)) | {"source": index.get(link[0]), "target": index[link[1]]}
        for link in links
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=LINK), folder / "links.parquet")
    paths = folder / "companies.parquet", folder / "links.parquet"
    return Register(
        companies=paths[0], links=paths[1], columns=COLUMNS, n_companies=len(companies), n_links=len(rows)
    )


def queried_graph(folder: Path) -> tuple[Projection, CompanyGraph]:
    """The graph, its companies with the scores of RUN."""
    register = register_of(folder, COMPANIES, LINKS)
    graph = build_graph(register)
    clients = np.array([IDS.index(company) for company in CLIENTS], np.int32)
    won = np.array([day or "NaT" for day in CLIENTS.values()], "datetime64[D]")
    cohort = Cohort(
        n_companies=len(IDS), clients=clients, suppressed=np.array([IDS.index("d2")], np.int32), won=won
    )
    standing = Standing(scores_of(RANKS), RUN, RUN[:10])
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    return project(register, graph, cohort, standing, tables), graph


def scores_of(ranks: dict[str, int]) -> pa.Table:
    """Scores that fall with the rank; the first three fit strongly, and NO_LEAD has the lowest score."""
    companies, rank = [*ranks, NO_LEAD], [*ranks.values(), None]
    return pa.table({
        "company": pa.array([IDS.index(company) for company in companies], pa.int32()),
        "company_id": pa.array(companies, pa.string()),
        "score": [1 - (each or 9) / 10 for each in rank],
        "rank": pa.array(rank, pa.int64()),
        "fit": ["Strong" if each and each <= 3 else "Weak" for each in rank],
    })  # fmt: skip
