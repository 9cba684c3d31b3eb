"""The graph, the features, the profile and the explanations put the same companies together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.common import columns
from graphlead.common.columns import coded
from graphlead.core.arrays import NONE, Ints
from graphlead.core.features import Cut, Level
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Column, Register, Role
from graphlead.explain.facts import Facts
from graphlead.features.build import build_features, plan_features
from graphlead.features.levels import encode
from graphlead.features.propagate import CpuPropagator
from graphlead.graph.build import build_graph
from graphlead.profile.groups import read_columns

CODES = ["C10.71", "10.71", "C11.01", "1071", None, "11.07"]
POSTCODES = ["N1 9GU", "N19GU", "N19 3QN", "n1 9gu", "SW1A 1AA", "SW1P 3PA"]
LINKS = ("source_id", "target_id", "kind", "source_name", "source_type")
ENDS = ("share_low", "share_high", "source", "target")

Partition = set[frozenset[int]]


@pytest.fixture
def register(tmp_path: Path) -> Register:
    ids = [f"c{i}" for i in range(len(CODES))]
    staff = pa.array([1.0, 2.0, None, 4.0, 5.0, 6.0])
    table = {"company_id": ids, "nace": CODES, "postcode": POSTCODES, "staff": staff}
    pq.write_table(pa.table(table), tmp_path / "companies.parquet")
    schema = pa.schema(
        [*((name, pa.string()) for name in LINKS), *((name, pa.float64()) for name in ENDS[:2]),
         *((name, pa.int32()) for name in ENDS[2:]), ("date", pa.date32())]
    )  # fmt: skip
    pq.write_table(schema.empty_table(), tmp_path / "links.parquet")
    understood = (
        Column(name="company_id", role=Role.ID), Column(name="nace", role=Role.INDUSTRY, scheme="NACE"),
        Column(name="postcode", role=Role.POSTCODE), Column(name="staff", role=Role.NUMBER),
    )  # fmt: skip
    return Register(
        companies=tmp_path / "companies.parquet",
        links=tmp_path / "links.parquet",
        columns=understood,
        n_companies=len(ids),
        n_links=0,
    )


def partition(groups: Sequence[object]) -> Partition:
    """Who is together; None and NONE are in no group."""
    return {
        frozenset(i for i, group in enumerate(groups) if group == each) for each in set(groups) - {None, NONE}
    }


def in_graph(graph: CompanyGraph, relation: str, node: str, level: int) -> list[str | None]:
    """The key of each company's node that is ``level`` characters long, on the way up from its finest node."""
    keys = graph.keys[node].to_pylist()
    edges, up = graph.edges["company", relation, node], graph.edges[node, "part_of", node]
    wider = dict(zip(up.source.tolist(), up.target.tolist(), strict=True))
    found: list[str | None] = [None] * graph.n_companies
    for company, at in zip(edges.source.tolist(), edges.target.tolist(), strict=True):
        nearer: int | None = at
        while nearer is not None and len(keys[nearer]) != level:
            nearer = wider.get(nearer)
        found[company] = None if nearer is None else keys[nearer]
    return found


def profiled(register: Register, label: str) -> list[int]:
    groupings = {g.label: g.codes for read in read_columns(register) for g in read.groupings}
    codes: Ints = groupings[label]
    return list(codes.tolist())


@pytest.mark.parametrize(
    ("length", "label", "together"),
    [
        (1, "nace (section)", {frozenset({0, 1, 2, 3, 5})}),
        (2, "nace (2 digits)", {frozenset({0, 1, 3}), frozenset({2, 5})}),
        (3, "nace (3 digits)", {frozenset({0, 1, 3}), frozenset({2, 5})}),
        (4, "nace (4 digits)", {frozenset({0, 1, 3}), frozenset({2}), frozenset({5})}),
    ],
)
def test_industries_are_the_same_everywhere(
    register: Register, length: int, label: str, together: Partition
) -> None:
    level = Level(column="nace", cut=Cut.CODE, length=length)
    facts = Facts(register, np.arange(6, dtype=np.int32))
    explained = [facts.group([level], i) if CODES[i] else None for i in range(6)]
    assert partition(in_graph(build_graph(register), "in_industry", "industry", length)) == together
    assert partition(encode(level, register).code.tolist()) == together
    assert partition(profiled(register, label)) == together
    assert partition(explained) == together


def test_postcode_areas_are_the_same_everywhere(register: Register) -> None:
    together = {frozenset({0, 1, 3}), frozenset({2}), frozenset({4}), frozenset({5})}
    level = Level(column="postcode", cut=Cut.AREA)
    facts = Facts(register, np.arange(6, dtype=np.int32))
    graph = build_graph(register)
    edges = graph.edges["company", "located_in", "place"]
    assert graph.keys["place"].take(pa.array(edges.target)).to_pylist() == [
        "postcode|N1", "postcode|N1", "postcode|N19", "postcode|N1", "postcode|SW1A", "postcode|SW1P",
    ]  # fmt: skip
    assert partition(encode(level, register).code.tolist()) == together
    assert partition(profiled(register, "postcode (area)")) == together
    assert [facts.group([level], i) for i in (0, 1, 2)] == [
        "in postcodes N1...", "in postcodes N1...", "in postcodes N19...",
    ]  # fmt: skip


def test_features_read_each_column_once(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: Counter[str] = Counter()
    read = Register.read

    def counting(self: Register, *names: str) -> pa.Table:
        reads.update(names)
        return read(self, *names)

    graph = build_graph(register)
    monkeypatch.setattr(Register, "read", counting)
    columns._kept.clear()
    build_features(plan_features(register, graph), register, graph, CpuPropagator())
    coded(register, "staff")
    assert reads == {"company_id": 1, "nace": 1, "postcode": 1, "staff": 1}
