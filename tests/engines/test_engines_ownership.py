"""Ownership groups by connected component are those of one machine, whatever the engine and the order of the links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components
from spark_engine import spark_master

from graphlead.core.arrays import Ints
from graphlead.core.engine import Engine
from graphlead.core.errors import InputError
from graphlead.core.register import Column, Register, Role
from graphlead.engines.registry import open_engine
from graphlead.engines.tables import ROW, Tables
from graphlead.graph.build import build_graph
from graphlead.graph.ownership.components import Components, totals
from graphlead.pipeline.distributed.ownership import GROUPED, Grouped, group_by_component

__all__ = ["spark_master"]

N = 900
LINKS = pa.schema([
    ("source_id", pa.string()), ("target_id", pa.string()), ("kind", pa.string()), ("share_low", pa.float64()),
    ("share_high", pa.float64()), ("date", pa.date32()), ("source_name", pa.string()), ("source_type", pa.string()),
    ("source", pa.int32()), ("target", pa.int32()),
])  # fmt: skip
KINDS = [
    "owns",
    "owns",
    "shareholder",
    "parent",
    "ultimate_parent",
    "subsidiary_of",
    "owned_by",
    "it's kin",
    None,
]
BOUNDS = [
    None,
    (0.3, 0.3),
    (0.51, 0.51),
    (0.6, 0.6),
    (1.0, 1.0),
    (0.25, 0.5),
    (0.25, 0.75),
    (0.5, 0.75),
    (0.2, 0.2),
]


def links_of(seed: int) -> pa.Table:
    """Links within neighbourhoods of the companies, so that there are components of all sizes: chains, rings,
    crossed holdings, several statements on one stake, holders and persons of one id, and holders with stakes all over.
    """
    draw = np.random.default_rng(seed)
    target = draw.integers(0, N, N * (1 + seed % 3))
    source = (target + draw.integers(-3, 4, len(target))) % N
    ring = np.arange(40, 80)
    rows = [
        _row(draw, f"C{s}", "company", s, t)
        for s, t in zip(source, target, strict=True)
        if draw.random() < 0.6
    ]
    rows += [_row(draw, f"C{s}", "company", s, t) for s, t in zip(ring, np.roll(ring, 1), strict=True)]
    for i, t in enumerate(draw.integers(0, N, N // 3)):
        holder = f"H{t // 6 + draw.integers(0, 2)}" if i % 3 else "FAR"
        rows.append(_row(draw, holder, ["holder", "person", "company"][i // 3 % 3], None, t))
    rows += [row | _bounds(draw) for row in rows[::4]]
    return pa.Table.from_pylist([rows[at] for at in draw.permutation(len(rows))], schema=LINKS)


def _row(
    draw: np.random.Generator, source_id: str, kind: str, source: int | None, target: int
) -> dict[str, Any]:
    link = {"source_id": source_id, "target_id": f"C{target}", "source_type": kind, "source": source}
    days = [None, 18_000, 18_001]
    return link | {
        "target": target, "kind": KINDS[draw.integers(len(KINDS))], "date": days[draw.integers(3)], **_bounds(draw),
    }  # fmt: skip


def _bounds(draw: np.random.Generator) -> dict[str, float | None]:
    low, high = BOUNDS[draw.integers(len(BOUNDS))] or (None, None)
    return {"share_low": low, "share_high": high}


def write(folder: Path, links: pa.Table) -> Register:
    """A register with these links, which stand in one file and, for engines, in several in another order."""
    pq.write_table(pa.table({"company_id": [f"C{i}" for i in range(N)]}), folder / "companies.parquet")
    pq.write_table(links, folder / "links.parquet")
    (folder / "links").mkdir()
    turned, size = links.take(pa.array(np.arange(len(links))[::-1])), -(-len(links) // 3)
    for part in range(3):
        pq.write_table(turned.slice(part * size, size), folder / "links" / f"{part}.parquet")
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=(Column(name="company_id", role=Role.ID),),
        n_companies=N,
        n_links=len(links),
    )


def by_engine(engine: Engine, folder: Path, **given: int) -> Ints:
    engine.read("companies", folder / "companies.parquet", number=ROW)
    engine.read("links", folder / "links")
    kinds = sorted({kind for kind in KINDS if kind})
    work = folder / f"work-{len(list(folder.glob('work-*')))}"
    work.mkdir()
    return group_by_component(Tables(engine, work), kinds, "companies", N, **given)


@pytest.mark.parametrize("seed", range(4))
def test_duckdb_finds_the_groups_of_one_machine(tmp_path: Path, seed: int) -> None:
    register = write(tmp_path, links_of(seed))
    expected = build_graph(register).ownership.group
    assert 0.1 * N < np.count_nonzero(expected != np.arange(N)) < 0.9 * N
    with open_engine("duckdb", "", tmp_path) as engine:
        found = by_engine(engine, tmp_path)
    assert found.dtype == expected.dtype
    np.testing.assert_array_equal(found, expected)


def test_spark_finds_the_groups_of_one_machine(tmp_path: Path, spark_master: str) -> None:
    register = write(tmp_path, links_of(11))
    with open_engine("spark", spark_master, tmp_path) as engine:
        found = by_engine(engine, tmp_path)
        with pytest.raises(InputError, match=r"holders there are .* links\) and .* links\)"):
            by_engine(engine, tmp_path, most=10)
    np.testing.assert_array_equal(found, build_graph(register).ownership.group)


def test_components_come_whole_whatever_the_batches(tmp_path: Path) -> None:
    """A component that spans batches is one table, and several small ones are worked out at once."""
    links = links_of(5)
    owned = np.array([kind in {"owns", "shareholder", "parent"} for kind in links["kind"].to_pylist()])
    links = links.filter(pa.array(owned))
    expected = build_graph(write(tmp_path, links)).ownership.group
    component = _components(links)
    table = links.append_column("component", pa.array(component[links["target"].to_numpy()]))
    for size in (1, 7, 50, len(table)):
        batches = table.sort_by("component").combine_chunks().to_batches(max_chunksize=size)
        made = list(Grouped()(iter(batches)))
        assert len(made) <= len(np.unique(component))
        group = np.arange(N)
        for batch in made:
            assert batch.schema == GROUPED
            group[batch["company"].to_numpy()] = batch["grp"].to_numpy()
        np.testing.assert_array_equal(group, expected)


def _components(links: pa.Table) -> Ints:
    """The component of each company, holders and persons as nodes of their own."""
    ids = [
        f"C{source}" if source is not None else f"{source_id} {source_type == 'person'}"
        for source, source_id, source_type in zip(
            *(links[name].to_pylist() for name in ("source", "source_id", "source_type")), strict=True
        )
    ]
    nodes = {f"C{i}": i for i in range(N)}
    source = np.array([nodes.setdefault(each, len(nodes)) for each in ids])
    ends = (source, links["target"].to_numpy())
    matrix = sp.coo_matrix((np.ones(len(ids)), ends), shape=(len(nodes), len(nodes)))
    return np.asarray(connected_components(matrix, directed=False)[1][:N])


@pytest.mark.parametrize("size", [1, 17, 400])
def test_pairs_in_batches_connect_as_all_at_once(size: int) -> None:
    draw = np.random.default_rng(size)
    one, two = draw.integers(0, 1000, (2, 400))
    components = Components(1000)
    for start in range(0, 400, size):
        components.connect(one[start : start + size], two[start : start + size])
    whole = connected_components(
        sp.coo_matrix((np.ones(400), (one, two)), shape=(1000, 1000)), directed=False
    )[1]
    first = components.first()
    np.testing.assert_array_equal(first, np.unique(whole, return_index=True)[1][whole])
    counts = totals(first, np.bincount(two, minlength=1000))
    assert counts.sum() == 400
    assert counts[first[two[0]]] == np.isin(two, np.flatnonzero(first == first[two[0]])).sum()


def test_a_pair_that_comes_many_times_connects() -> None:
    components = Components(5)
    components.connect(np.full(256, 3), np.full(256, 1))
    assert components.first().tolist() == [0, 1, 2, 1, 4]
    components.connect(np.array([4, 0]), np.array([3, 0]))
    assert components.first().tolist() == [0, 1, 2, 1, 1]


def planted() -> pa.Table:
    """A fund that holds 30 companies, C0 as parent of 9 of them by links from below; apart from them a pair, and what
    a person with the fund's id holds.
    """
    rows = [_link("FUND", "holder", None, t, "owns") for t in range(30)]
    rows += [_link("FUND", "person", None, t, "owns") for t in (50, 51)]
    rows += [_link(f"C{s}", "company", s, 0, "subsidiary_of") for s in range(1, 10)]
    rows += [_link("C12", "company", 12, 11, "owns"), _link("C101", "company", 101, 100, "owns")]
    return pa.Table.from_pylist(rows, schema=LINKS)


def _link(source_id: str, kind: str, source: int | None, target: int, name: str) -> dict[str, Any]:
    return {
        "source_id": source_id, "target_id": f"C{target}", "source_type": kind, "source": source, "target": target,
        "kind": name, "share_low": 0.04, "share_high": 0.04,
    }  # fmt: skip


def test_a_component_that_is_too_large_is_refused_with_its_size_and_its_largest_holders(
    tmp_path: Path,
) -> None:
    write(tmp_path, planted())
    with open_engine("duckdb", "", tmp_path) as engine:
        with pytest.raises(InputError) as raised:
            by_engine(engine, tmp_path, most=39)
        assert raised.value.problem == (
            "30 companies are connected by 40 ownership links; one executor works on 39 connected ones at most. "
            "The largest holders there are FUND (30 links) and C0 (9 links)."
        )
        assert "shares below 5 %" in raised.value.remedy


def test_a_component_of_just_the_most_links_is_worked_out(tmp_path: Path) -> None:
    write(tmp_path, planted())
    with open_engine("duckdb", "", tmp_path) as engine:
        assert (by_engine(engine, tmp_path, most=40) == np.arange(N)).all()


@pytest.mark.parametrize(("source", "target"), [(N, 1), (1, N), (-1, 1)])
def test_a_link_with_a_company_that_there_is_not_is_refused(tmp_path: Path, source: int, target: int) -> None:
    write(tmp_path, pa.Table.from_pylist([_link("C1", "company", source, target, "owns")], schema=LINKS))
    with open_engine("duckdb", "", tmp_path) as engine, pytest.raises(InputError, match="not one of the 900"):
        by_engine(engine, tmp_path)
