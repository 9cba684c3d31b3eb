"""Seconds and peak memory of the graph and its ownership maths at scale, and the same facts by NetworkX on a part.

    python scripts/bench/ownership.py [--companies 1000000] [--part 20000] [--seed 0]

The register is generated: groups with sizes from a power law, grown as trees of majorities with minority owners
beside them, a tenth of the shares unknown and a tenth given as bands, cross-holdings, one holder outside the register
with 100,000 stakes, and an industry and a place for every company.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import networkx as nx
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.core.arrays import NONE
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Column, Register, Role
from graphlead.graph.build import build_graph, stakes_of
from graphlead.graph.ownership.control import controllers
from graphlead.graph.ownership.facts import ownership_of
from graphlead.graph.ownership.pairs import SMALLEST
from graphlead.graph.ownership.stakes import Ledger

T = TypeVar("T")
COLUMNS = (
    Column(name="company_id", role=Role.ID),
    Column(name="naics", role=Role.INDUSTRY, scheme="NAICS"),
    Column(name="country", role=Role.COUNTRY),
    Column(name="region", role=Role.REGION),
    Column(name="city", role=Role.CITY),
)
BANDS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


def group_trees(n: int, rng: np.random.Generator) -> np.ndarray:
    """The parent of each company, NONE at the top of its group: Zipf sizes, random recursive trees."""
    sizes = np.minimum(rng.zipf(2.2, n), n // 50)
    first = np.concatenate([[0], np.cumsum(sizes)])
    first = first[: np.searchsorted(first, n)]
    start = np.repeat(first, np.diff(np.r_[first, n]))
    place = np.arange(n) - start
    parent = start + (rng.random(n) * np.maximum(place, 1)).astype(np.int64)
    return np.where(place == 0, NONE, np.minimum(parent, n - 1))


def stakes(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """source (NONE: a holder), target, low, high of every ownership link."""
    parent = group_trees(n, rng)
    child = np.flatnonzero(parent != NONE)
    minority, crossing, by_holders = n // 20, n // 500, min(100_000, n // 2)
    source = np.r_[parent[child], rng.integers(0, n, minority), child[rng.integers(0, len(child), crossing)],
                   np.full(by_holders, NONE)]  # fmt: skip
    target = np.r_[
        child, rng.integers(0, n, minority), np.zeros(crossing, int), rng.choice(n, by_holders, False)
    ]
    back = slice(len(child) + minority, len(child) + minority + crossing)
    target[back] = parent[source[back]]
    share = np.r_[
        rng.choice([1.0, 0.9, 0.75, 0.51], len(child)), rng.uniform(0.01, 0.3, len(source) - len(child))
    ]
    low, high = share.copy(), share.copy()
    style = rng.random(len(source))
    band = np.clip(np.searchsorted(BANDS, share) - 1, 0, 3)
    low[style < 0.1], high[style < 0.1] = BANDS[band][style < 0.1], BANDS[band + 1][style < 0.1]
    low[style > 0.9] = high[style > 0.9] = np.nan
    keep = source != target
    return source[keep], target[keep], low[keep], high[keep]


def write_register(folder: Path, n: int, seed: int) -> None:
    """companies.parquet and links.parquet of n companies."""
    rng = np.random.default_rng(seed)
    region, city = rng.integers(0, 300, n), rng.integers(0, 100, n)
    companies = {
        "company_id": pc.binary_join_element_wise("C", pa.array(np.arange(n)).cast(pa.string()), ""),
        "naics": pa.array(rng.integers(110000, 990000, 1000)[rng.zipf(1.3, n) % 1000]).cast(pa.string()),
        "country": pa.array(np.array(["DE", "FR", "US"])[region % 3]),
        "region": pa.array(region).cast(pa.string()),
        "city": pa.array(region * 100 + city).cast(pa.string()),
    }
    pq.write_table(pa.table(companies), folder / "companies.parquet")
    source, target, low, high = stakes(n, rng)
    outside = source == NONE
    ids = companies["company_id"]
    links = {
        "source_id": pc.if_else(
            pa.array(outside), "HOLDER", ids.take(pa.array(np.where(outside, 0, source)))
        ),
        "target_id": ids.take(pa.array(target)),
        "kind": pa.array(np.full(len(source), "owns")),
        "share_low": pa.array(low, from_pandas=True),
        "share_high": pa.array(high, from_pandas=True),
        "date": pa.nulls(len(source), pa.date32()),
        "source_name": pa.nulls(len(source), pa.string()),
        "source_type": pc.if_else(pa.array(outside), "holder", "company"),
        "source": pa.array(source.astype(np.int32), mask=outside),
        "target": pa.array(target.astype(np.int32)),
    }
    pq.write_table(pa.table(links), folder / "links.parquet")


def register_of(n: int, seed: int, folder: Path) -> Register:
    """Generate in another process, so that its memory is not counted here."""
    folder.mkdir()
    process = get_context("spawn").Process(target=write_register, args=(folder, n, seed))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit("the register could not be generated")
    links = folder / "links.parquet"
    return Register(
        companies=folder / "companies.parquet",
        links=links,
        columns=COLUMNS,
        n_companies=n,
        n_links=pq.read_metadata(links).num_rows,
    )


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def by_networkx(book: Ledger, n: int, n_nodes: int) -> int:
    """Groups, cycles and effective shares of the same stakes, one node at a time; returns the number of pairs."""
    inside = book.owner < n
    rows = zip(
        book.owner[inside].tolist(), book.owned[inside].tolist(), book.middle[inside].tolist(), strict=True
    )
    owning = nx.DiGraph()
    owning.add_weighted_edges_from(rows)
    controller = controllers(book, n, n_nodes)
    control = nx.Graph((i, above) for i, above in enumerate(controller.tolist()) if above != NONE)
    sum(1 for _ in nx.connected_components(control))
    sum(1 for _ in nx.strongly_connected_components(owning))
    return sum(len(walked(owning, owner)) for owner in owning if owning.out_degree(owner))


def walked(owning: nx.DiGraph, owner: int) -> dict[int, float]:
    """The effective shares of an owner, by the series A + A^2 + ... without its own returns."""
    total: dict[int, float] = {}
    front = {owner: 1.0}
    while front:
        ahead: dict[int, float] = {}
        for node, share in front.items():
            for owned, data in owning.adj[node].items():
                if owned != owner:
                    ahead[owned] = ahead.get(owned, 0.0) + share * data["weight"]
        front = {node: share for node, share in ahead.items() if share >= SMALLEST}
        for node, share in front.items():
            total[node] = total.get(node, 0.0) + share
    return total


def report(graph: CompanyGraph, register: Register, seconds: float) -> None:
    facts = graph.ownership
    sizes = np.bincount(facts.group)
    print(
        f"{graph.n_companies:,} companies, {register.n_links:,} links: {seconds:.1f} s, peak {peak_gib():.2f} GiB"
    )
    print(f"  {sum(map(len, graph.edges.values())):,} edges, {np.count_nonzero(sizes):,} groups (largest "
          f"{sizes.max():,}), {facts.in_cycle.sum():,} companies on cycles, {len(facts.effective):,} "
          "effective shares")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--companies", type=int, default=1_000_000)
    parser.add_argument("--part", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        register = register_of(arguments.companies, arguments.seed, Path(folder) / "whole")
        graph, seconds = timed(lambda: build_graph(register))
        report(graph, register, seconds)
        part = register_of(arguments.part, arguments.seed, Path(folder) / "part")
        book, holders, persons = stakes_of(part)
        outside = len(holders) + len(persons)
        facts, ours = timed(lambda: ownership_of(book, part.n_companies, outside))
        pairs, theirs = timed(lambda: by_networkx(book, part.n_companies, part.n_companies + outside))
    print(
        f"{part.n_companies:,} companies, ownership alone: {ours:.2f} s for {len(facts.effective):,} shares with"
    )
    print(f"  bounds; NetworkX {theirs:.2f} s for {pairs:,} without: {theirs / ours:.1f} times as long")


if __name__ == "__main__":
    main()
