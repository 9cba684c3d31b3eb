"""The picture of a company, from what a run has in its folder."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.clients import Cohort
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.register import Column, Register, Role
from graphlead.graph.build import build_graph
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.picture import picture
from graphlead.runs.layout import RunFolder

N = 300
"""C0 is owned by a holder and a person, who directs all others; C7 and C200 are clients, C8 is suppressed."""


@pytest.fixture
def run(tmp_path: Path) -> FinishedRun:
    """What a picture reads of a finished run."""
    return _run(tmp_path, _register(tmp_path))


def _run(tmp_path: Path, register: Register) -> FinishedRun:
    ids = np.array([f"C{i}" for i in range(N)])
    scored = np.setdiff1d(np.arange(N), [7, 8, 200])
    score = scored / N
    rank = (N - scored).astype(np.int32)
    table = {"company_id": ids[scored], "score": score, "rank": rank, "rank_all": rank}
    pq.write_table(pa.table(table), tmp_path / "scores.parquet")
    clients = np.array([7, 200], np.int32)
    cohort = Cohort(
        n_companies=N,
        clients=clients,
        suppressed=np.array([8], np.int32),
        won=np.full(2, "NaT", "datetime64[D]"),
    )
    parts = {"register": register, "graph": build_graph(register), "cohort": cohort}
    return cast(FinishedRun, SimpleNamespace(path=tmp_path, folder=RunFolder(tmp_path), **parts))


def _register(folder: Path) -> Register:
    companies = {
        "company_id": [f"C{i}" for i in range(N)],
        "name": ["Twin" if i in {1, 2} else f"Company {i}" for i in range(N)],
        "city": ["Oslo" if i % 2 else "Bergen" for i in range(N)],
    }
    pq.write_table(pa.table(companies), folder / "companies.parquet")
    owners = [("H", "C0", "owns", 0.6, 0.6, "Holding", "holder", None, 0),
              ("P", "C0", "owns", None, None, "Ada", "person", None, 0)]  # fmt: skip
    directs = [("P", f"C{i}", "director", None, None, "Ada", "person", None, i) for i in range(1, N)]
    names = (
        "source_id",
        "target_id",
        "kind",
        "share_low",
        "share_high",
        "source_name",
        "source_type",
        "source",
        "target",
    )
    columns = dict(zip(names, map(list, zip(*owners, *directs, strict=True)), strict=True))
    table = pa.table(columns).append_column("date", pa.nulls(N + 1, pa.date32()))
    for name, kind in (
        ("share_low", pa.float64()),
        ("share_high", pa.float64()),
        ("source", pa.int32()),
        ("target", pa.int32()),
    ):
        table = table.set_column(table.column_names.index(name), name, table[name].cast(kind))
    pq.write_table(table, folder / "links.parquet")
    understood = (
        Column(name="company_id", role=Role.ID),
        Column(name="name", role=Role.NAME),
        Column(name="city", role=Role.CITY),
    )
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=understood,
        n_companies=N,
        n_links=N + 1,
    )


def drawn(path: Path) -> dict[str, Any]:
    found = re.search(r'id="data">(.*?)</script>', path.read_text("utf-8"), re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def test_one_step_shows_the_owners_with_their_shares(run: FinishedRun) -> None:
    assert picture(run, "C0", run.path / "ego.html", hops=1) == 4
    data = drawn(run.path / "ego.html")
    names = [node["name"] for node in data["nodes"]]
    assert names == ["Company 0", "Holding", "Ada", "BERGEN"]
    ties = {
        (names[edge["source"]], names[edge["target"]], edge["name"], edge["note"]) for edge in data["edges"]
    }
    assert (
        ties
        == {
            ("Holding", "Company 0", "owns", "60%"),
            ("Ada", "Company 0", "owns", "0–40%"),
            ("Company 0", "BERGEN", "located in", ""),
        }
        or ("Ada", "Company 0", "owns", "share unknown") in ties
    )


def test_industries_are_drawn_with_their_titles(tmp_path: Path) -> None:
    register = _register(tmp_path)
    codes = pa.array(["41.20" if i else "none" for i in range(N)])
    pq.write_table(register.read().append_column("nace", codes), register.companies)
    columns = (*register.columns, Column(name="nace", role=Role.INDUSTRY, scheme="NACE"))
    run = _run(tmp_path, replace(register, columns=columns))
    picture(run, "C1", run.path / "ego.html", hops=1)
    nodes = drawn(run.path / "ego.html")["nodes"]
    title = "4120 Construction of residential and non-residential buildings"
    assert {node["name"] for node in nodes if node["look"] == "industry"} == {title}
    picture(run, "C0", run.path / "other.html", hops=1)
    nodes = drawn(run.path / "other.html")["nodes"]
    assert {node["name"] for node in nodes if node["look"] == "industry"} == {"industry NONE"}


def test_a_hub_keeps_clients_owners_and_the_highest_scores(run: FinishedRun) -> None:
    assert picture(run, "Company 0", run.path / "ego.html", most=20) == 20
    nodes = drawn(run.path / "ego.html")["nodes"]
    assert {node["key"] for node in nodes if node["look"] == "client"} == {"C7", "C200"}
    assert {node["name"] for node in nodes if node["look"] in {"holder", "person"}} == {"Holding", "Ada"}
    others = [node["key"] for node in nodes if node["look"] == "company"]
    assert others == [f"C{i}" for i in range(N - len(others), N)]
    assert {node["name"] for node in nodes if node["look"] == "place"} == {"OSLO", "BERGEN"}
    left_out = N + 2 - (len(nodes) - 2)
    assert f"{left_out} more are not drawn" in (run.path / "ego.html").read_text("utf-8")


@pytest.mark.parametrize(("company", "what"), [("C7", "Client"), ("C8", "Company, never to propose")])
def test_clients_and_suppressed_companies_may_be_asked_about(
    run: FinishedRun, company: str, what: str
) -> None:
    picture(run, company, run.path / "ego.html", most=30)
    asked = drawn(run.path / "ego.html")["nodes"][0]
    assert (asked["key"], asked["look"], asked["what"], asked["score"]) == (company, "asked", what, None)


def test_what_cannot_be_drawn_is_refused(run: FinishedRun) -> None:
    with pytest.raises(InputError, match="2 companies have the name 'twin'"):
        picture(run, "twin", run.path / "ego.html")
    with pytest.raises(InputError, match="no company"):
        picture(run, "Nobody at all", run.path / "ego.html")
    with pytest.raises(SettingsError, match="0 is out of range"):
        picture(run, "C0", run.path / "ego.html", hops=0)
    with pytest.raises(SettingsError, match="from 2 to 1000"):
        picture(run, "C0", run.path / "ego.html", most=1)
    assert not (run.path / "ego.html").exists()
