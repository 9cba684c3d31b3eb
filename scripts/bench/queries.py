"""Seconds that every query of the library takes on a graph store, the median after a warm-up.

    python scripts/bench/queries.py --embedded graph.lbug [--repeats 3] [--only white-space]
    python scripts/bench/queries.py --neo4j      # the server that NEO4J_URI, _USERNAME, _PASSWORD, _DATABASE name

Parameters without a default are taken from the store: the client with the most links among those that are no hubs, a
lead joined to it, a company on a cycle, a company with many effective owners, an industry, a place and a product.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from graphlead.core.answers import Answer
from graphlead.core.contracts import GraphStore
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.library.queries import library, run_query
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.store import Neo4jStore

CLIENT = (
    "MATCH (c:Company) WHERE c.is_client AND c.links <= 50 "
    "RETURN c.company_id ORDER BY c.links DESC, c.company_id LIMIT 1"
)
OWNED = (
    "MATCH (:Company)-[e:EFFECTIVE_OWNS]->(c:Company) WHERE c.is_client "
    "RETURN c.company_id, count(e) AS owners ORDER BY owners DESC, c.company_id LIMIT 1"
)
CIRCULAR = (
    "MATCH (c:Company) WHERE c.in_cycle RETURN c.company_id ORDER BY c.links DESC, c.company_id LIMIT 1"
)
INDUSTRY = (
    "MATCH (i:Industry)<-[:PART_OF]-(:Industry) "
    "RETURN i.code, count(*) AS parts ORDER BY parts DESC, i.code LIMIT 1"
)
PLACE = (
    "MATCH (p:Place)<-[:PART_OF]-(:Place) WHERE p.level = 'region' "
    "RETURN p.place_key, count(*) AS parts ORDER BY parts DESC, p.place_key LIMIT 1"
)
SMALL_PLACE = (
    "MATCH (c:Company)-[:LOCATED_IN]->(p:Place) "
    "RETURN p.place_key, count(*) AS companies ORDER BY companies, p.place_key LIMIT 1"
)
ITEM = "MATCH (i:Item) RETURN i.item ORDER BY i.item LIMIT 1"

Case = tuple[str, dict[str, object]]


def cases(store: GraphStore) -> Iterator[Case]:
    """Every query with its defaults, and again with each parameter that changes what it does."""
    client, owned, circular, industry, place, small, item = (
        _first(store, asked) for asked in (CLIENT, OWNED, CIRCULAR, INDUSTRY, PLACE, SMALL_PLACE, ITEM)
    )
    near = run_query(store, "near-client", {"client_id": client}).rows
    given: Mapping[str, dict[str, object]] = {
        "ultimate-parent": {"company_id": owned},
        "beneficial-owners": {"company_id": owned},
        "group": {"company_id": owned},
        "ownership-cycles": {"company_id": circular},
        "near-client": {"client_id": client},
        "evidence": {"company_id": near[-1][0] if near else owned, "client_id": client},
        "prospects-of-product": {"item": item},
    }
    for name in library(store.dialect):
        yield name, given.get(name, {})
    yield "top-leads", {"industry": industry}
    yield "top-leads", {"place": place}
    yield "top-leads", {"place": small}
    yield "top-leads", {"fit": "Strong"}
    yield "top-leads", {"industry": industry, "place": place, "fit": "Strong"}
    yield "white-space", {"client_id": client}
    yield "shared-with-clients", {"client_id": client}
    yield "territories", {"level": "city", "each": 5}


def _first(store: GraphStore, asked: str) -> str:
    rows = store.query(asked).rows
    return str(rows[0][0]) if rows else ""


def measured(store: GraphStore, case: Case, repeats: int) -> tuple[float, float, Answer]:
    """Seconds of the first call, the median of the others, and the answer."""
    times = []
    for _ in range(repeats + 1):
        began = time.perf_counter()
        answer = run_query(store, *case)
        times.append(time.perf_counter() - began)
    return times[0], statistics.median(times[1:]), answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--embedded", type=Path)
    which.add_argument("--neo4j", action="store_true")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[])
    arguments = parser.parse_args()
    store = (
        EmbeddedStore(arguments.embedded)
        if arguments.embedded
        else Neo4jStore(Address.from_environment(os.environ))
    )
    with store:
        print(f"{'first':>8} {'median':>8} {'rows':>6}  query")
        for name, given in cases(store):
            if not arguments.only or name in arguments.only:
                first, median, answer = measured(store, (name, given), arguments.repeats)
                parameters = " ".join(f"{key}={value}" for key, value in given.items())
                print(f"{first:8.2f} {median:8.2f} {len(answer.rows):6}  {name} {parameters}", flush=True)


if __name__ == "__main__":
    main()
