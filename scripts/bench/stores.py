"""Times the graph stores on a generated register: build, load, bulk import, write-back of scores, and memory.

    scripts/make_world out/1m --companies 1000000 --clients 5000
    .venv/bin/python scripts/bench/stores.py out/1m out/1m-stores [--neo4j] [--links 2000000]

``--neo4j`` also loads a throw-away server (scripts/neo4j) over Bolt and by neo4j-admin. The register, its graph and the
tables are made once, in the second folder; scores are random. ``--links`` cuts the tables of relationships to that
many rows in all, the effective shares first.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.memory import Meter
from graphlead.core.clients import Cohort
from graphlead.core.property_graph import SCORED, EdgeTable, Projection
from graphlead.graph.build import build_graph
from graphlead.graph.files import load_graph, save_graph
from graphlead.graph.property_graph.projection import Standing, project
from graphlead.ingest import ingest, load_register
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.admin_csv import export
from graphlead.stores.neo4j.store import Neo4jStore

SERVER = Path(__file__).parents[1] / "neo4j"


@contextmanager
def timed(what: str) -> Iterator[None]:
    used = time.process_time()
    with Meter() as meter:
        yield
    print(f"{what}: {meter.seconds:.1f} s ({time.process_time() - used:.1f} s of this process), "
          f"at most {meter.peak_mb / 1024:.2f} GiB", flush=True)  # fmt: skip


def in_another_process(work: object, *arguments: object) -> None:
    """Run ``work`` in another process, so that its memory is not counted here."""
    process = get_context("spawn").Process(target=work, args=arguments)  # type: ignore[arg-type]
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"failed: {work}")


def prepare(world: Path, folder: Path) -> None:
    """The register and the graph of a world, made once."""
    if not (folder / "graph").exists():
        (folder / "register").mkdir(parents=True, exist_ok=True)
        register, _ = ingest(world / "companies.parquet", world / "links.parquet", folder / "register")
        save_graph(build_graph(register), folder / "graph")


def tables(folder: Path, run_id: str) -> Projection:
    """The tables, with random scores for all but 5,000 clients."""
    register, graph = load_register(folder / "register"), load_graph(folder / "graph")
    n, draw = register.n_companies, np.random.default_rng(0)
    clients = np.sort(draw.choice(n, min(5000, n // 20), replace=False)).astype(np.int32)
    cohort = Cohort(
        n_companies=n,
        clients=clients,
        suppressed=np.empty(0, np.int32),
        won=np.full(len(clients), np.datetime64("2024-01-01")),
    )
    company = np.flatnonzero(cohort.candidates()).astype(np.int32)
    order = draw.permutation(len(company))
    table = {"company": company, "score": 1 - order / len(order), "rank": order + 1,
             "fit": pa.array(np.where(order < n // 10, "Strong", "Weak"))}  # fmt: skip
    out = folder / "tables"
    out.mkdir(exist_ok=True)
    return project(register, graph, cohort, Standing(pa.table(table), run_id, "2026-01-01"), out)


def reduced(projection: Projection, most: int, folder: Path) -> Projection:
    """The same with at most ``most`` relationships, those of the smaller tables first."""
    kept: list[EdgeTable] = []
    for table in sorted(projection.edges, key=lambda table: (table.relation == "EFFECTIVE_OWNS", table.rows)):
        rows = min(table.rows, max(0, most - sum(each.rows for each in kept)))
        file = folder / f"reduced-{table.file.name}"
        pq.write_table(pq.read_table(table.file).slice(0, rows), file)
        kept.append(replace(table, file=file, rows=rows))
    return replace(projection, edges=tuple(kept))


def scores_of(projection: Projection) -> pa.Table:
    table = pq.read_table(projection.table("Company").file, columns=["company_id", *SCORED])
    return table.filter(table["run_id"].is_valid())


def embedded(projection: Projection, folder: Path) -> None:
    store = EmbeddedStore(folder / "graph.lbug")
    with timed("embedded: build"):
        store.build(projection)
    scores = scores_of(projection)
    with timed(f"embedded: write back {len(scores):,} scores"):
        store.write_scores(scores, "another run", "2026-01-02")


def server(*arguments: str, cwd: Path | None = None) -> str:
    return subprocess.run([SERVER, *arguments], check=True, capture_output=True, text=True, cwd=cwd).stdout


def over_bolt(projection: Projection) -> None:
    started = server("start")
    environment = dict(re.findall(r"(NEO4J_\w+)=(\S+)", Path(started.split("'")[1]).read_text()))
    try:
        with closing(Neo4jStore(Address.from_environment(environment))) as store:
            with timed("Neo4j: load over Bolt, scores with it"):
                store.build(projection)
            scores = scores_of(projection)
            with timed(f"Neo4j: write back {len(scores):,} scores"):
                store.write_scores(scores, "another run", "2026-01-02")
    finally:
        server("stop")


def by_admin(projection: Projection, folder: Path) -> None:
    out = folder / "csv"
    out.mkdir(exist_ok=True)
    with timed("Neo4j: export for neo4j-admin"):
        export(projection, out)
    with timed("Neo4j: neo4j-admin database import full"):
        server("admin", "database", "import", "full", "@import.args", "neo4j", cwd=out)
    server("stop")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--neo4j", action="store_true")
    parser.add_argument("--links", type=int)
    arguments = parser.parse_args()
    os.environ.setdefault("GRAPHLEAD_NEO4J_DIR", str(arguments.folder.absolute() / "neo4j"))
    os.environ.setdefault("GRAPHLEAD_NEO4J_HEAP", "3g")
    in_another_process(prepare, arguments.world, arguments.folder)
    with timed("tables"):
        projection = tables(arguments.folder, "a run")
    if arguments.links is not None:
        projection = reduced(projection, arguments.links, arguments.folder)
    edges = sum(table.rows for table in projection.edges)
    print(f"{projection.rows - edges:,} nodes, {edges:,} relationships", flush=True)
    in_another_process(embedded, projection, arguments.folder)
    if arguments.neo4j:
        over_bolt(projection)
        by_admin(projection, arguments.folder)


if __name__ == "__main__":
    main()
