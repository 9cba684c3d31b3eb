"""An engine finds the candidates that one machine finds, and so the same companies."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.clients import Match
from graphlead.core.register import Register
from graphlead.engines import local
from graphlead.engines.local import LocalEngine
from graphlead.engines.tables import ROW, Tables
from graphlead.ingest import ingest
from graphlead.match import block, match_clients, wanted
from graphlead.match.distributed import candidates
from graphlead.match.distributed import resolve as distributed

one_machine = importlib.import_module("graphlead.match.resolve")
DATA = Path(__file__).parents[2] / "data"
COMPANIES = pd.read_csv(DATA / "companies.csv", dtype=str).head(900)
TYPED = pd.read_csv(DATA / "clients.csv", dtype=str)
Pairs = set[tuple[int, int]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """Companies of the sample with web sites, several of them with one site, and some names with two parts."""
    folder = tmp_path_factory.mktemp("register")
    table = COMPANIES.copy()
    table["website"] = [f"https://www.site{i % 300}.example/" if i % 3 else "" for i in range(len(table))]
    table.loc[::40, "name"] += " dba " + table["name"].shift(7).fillna("Corner Shop")
    table.to_csv(folder / "companies.csv", index=False)
    return ingest(folder / "companies.csv", None, folder)[0]


def typed(register: Register) -> pd.DataFrame:
    """Lines as somebody types them: of the sample, with a letter missing, in another order, shortened, initials."""
    rows = register.read("name", "city", "postcode").to_pandas().iloc[5::11].reset_index(drop=True)
    spelled: list[Callable[[str], str]] = [
        str,
        lambda name: name[:4] + name[5:],
        lambda name: " ".join(reversed(name.split())),
        lambda name: name.split()[0],
        lambda name: "".join(word[0] for word in name.split()),
        lambda name: name.replace(" ", ""),
    ]
    rows["name"] = [spelled[i % len(spelled)](name) for i, name in enumerate(rows["name"])]
    return pd.concat([TYPED[["name", "city"]], rows, rows.head(3)], ignore_index=True)


LISTS: dict[str, Callable[[Register], pd.DataFrame]] = {
    "names and places": typed,
    "names alone": lambda register: typed(register)[["name"]],
    "ids": lambda register: pd.DataFrame({"company_id": [*register.ids().to_pylist()[::60], "nobody", None]}),
    "sites": lambda register: pd.DataFrame({"website": ["site4.example", "http://site7.example/x", "none.example"]}),
    "an address": lambda register: typed(register)
    .assign(address=lambda lines: lines["postcode"].fillna("") + " " + lines["city"].fillna(""))
    .drop(columns=["city", "postcode"]),
}  # fmt: skip


def pairs_of(patch: pytest.MonkeyPatch, where: Any, name: str) -> list[Pairs]:
    """The candidates that this function finds from now on, call by call."""
    found: list[Pairs] = []
    original = getattr(where, name)

    def recorded(*given: Any) -> Any:
        line, company = original(*given)
        found.append(set(zip(line.tolist(), company.tolist(), strict=True)))
        return line, company

    patch.setattr(where, name, recorded)
    return found


def by_engine(
    register: Register, folder: Path, lines: pd.DataFrame, reviewed: pd.DataFrame | None = None
) -> Match:
    folder.mkdir()
    with LocalEngine(folder) as engine:
        engine.read("companies", register.companies, number=ROW)
        return distributed.match_by_engine(
            Tables(engine, folder), "companies", register, lines, reviewed=reviewed
        )


def assert_same(one: Match, other: Match) -> None:
    pd.testing.assert_frame_equal(one.table, other.table)
    pd.testing.assert_frame_equal(one.review, other.review)
    assert (one.date_column, one.alone) == (other.date_column, other.alone)


@pytest.mark.parametrize("name", LISTS)
def test_an_engine_finds_what_one_machine_finds(
    whole: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(local, "BATCH", 256)
    here = pairs_of(monkeypatch, one_machine, "find_candidates")
    there = pairs_of(monkeypatch, distributed, "candidates_of")
    lines = LISTS[name](whole)
    expected = match_clients(lines, whole)
    assert_same(expected, by_engine(whole, tmp_path / "work", lines))
    assert here == there
    assert expected.counts()["unmatched"] < len(lines)


def test_bounds_on_what_many_share_are_kept(
    whole: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "BATCH", 256)
    for module in (block, candidates, wanted):
        monkeypatch.setattr(module, "POSTINGS", 6)
    for bound, most in {"MOST_ALIKE": 2, "MOST_AT_DOMAIN": 1, "CANDIDATES": 4}.items():
        monkeypatch.setattr(block, bound, most)
    here = pairs_of(monkeypatch, one_machine, "find_candidates")
    there = pairs_of(monkeypatch, distributed, "candidates_of")
    lines = typed(whole).assign(website=[f"site{i % 320}.example" for i in range(len(typed(whole)))])
    assert_same(match_clients(lines, whole), by_engine(whole, tmp_path / "work", lines))
    assert here == there
    assert np.bincount([line for line, _ in here[0]]).max() == 4


def test_decisions_in_review_count_as_on_one_machine(whole: Register, tmp_path: Path) -> None:
    lines = typed(whole)
    review = match_clients(lines, whole).review
    review["accept"] = np.resize(["yes", "no", "no"], len(review))
    review.loc[review["line"].duplicated(), "accept"] = "no"
    expected = match_clients(lines, whole, reviewed=review)
    assert_same(expected, by_engine(whole, tmp_path / "work", lines, review))
    assert (expected.table["evidence"] == "chosen in review").any()
