"""What the ownership queries answer is what NetworkX and linear algebra say of the same random stakes."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from queried_graph import register_of, scores_of

from graphlead.core.clients import Cohort
from graphlead.graph.build import build_graph
from graphlead.graph.ownership.pairs import SMALLEST
from graphlead.graph.property_graph.projection import Standing, project
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.library.queries import run_query

N, HOLDERS = 40, 5
IDS = [f"c{i:02}" for i in range(N)]
Stakes = dict[tuple[str, str], float]


def random_stakes(rng: np.random.Generator, *, circular: bool) -> Stakes:
    """Shares that sum to less than 1 a company: to later companies alone, or to any where cycles are wanted."""
    owners = [*IDS, *(f"H{i}" for i in range(HOLDERS))]
    stakes: Stakes = {}
    for owned in IDS:
        able = [
            owner for owner in owners if owner != owned and (circular or owner[0] == "H" or owner < owned)
        ]
        chosen = rng.choice(able, min(int(rng.integers(circular, 4)), len(able)), replace=False)
        shares = rng.dirichlet(np.ones(len(chosen) + 1))[:-1] if len(chosen) else []
        stakes |= {
            (str(owner), owned): max(round(float(share), 3), 0.001)
            for owner, share in zip(chosen, shares, strict=True)
        }
    return stakes


def store_of(folder: Path, stakes: Stakes) -> EmbeddedStore:
    companies = [(each, each.upper(), None, None, None, None, None) for each in IDS]
    links = [
        (owner, owned, "owns", share, share, None, owner, "holder" if owner[0] == "H" else "company")
        for (owner, owned), share in stakes.items()
    ]
    register = register_of(folder, companies, links)
    nobody = np.empty(0, np.int32)
    cohort = Cohort(
        n_companies=N,
        clients=np.array([0], np.int32),
        suppressed=nobody,
        won=np.array(["NaT"], "datetime64[D]"),
    )
    (folder / "tables").mkdir()
    standing = Standing(scores_of({}), "r", "2026-01-01")
    store = EmbeddedStore(folder / "graph.lbug")
    store.build(project(register, build_graph(register), cohort, standing, folder / "tables"))
    return store


@pytest.mark.parametrize("seed", [0, 1])
def test_beneficial_owners_are_those_of_the_series_of_shares(tmp_path: Path, seed: int) -> None:
    """Without cycles the effective shares of everybody are A + A^2 + ..., which ends."""
    stakes = random_stakes(np.random.default_rng(seed), circular=False)
    graph = nx.DiGraph()
    graph.add_nodes_from(IDS)
    graph.add_weighted_edges_from((owner, owned, share) for (owner, owned), share in stakes.items())
    nodes = list(graph)
    direct = nx.to_numpy_array(graph, nodelist=nodes)
    effective = direct @ np.linalg.inv(np.eye(len(nodes)) - direct)
    top = [node for node in nodes if graph.in_degree(node) == 0]
    with store_of(tmp_path, stakes) as store:
        for owned in IDS:
            rows = run_query(store, "beneficial-owners", {"company_id": owned}).rows
            found = {str(row[1]): row[3] for row in rows}
            wanted = {
                owner: share
                for owner in top
                if owner != owned and (share := effective[nodes.index(owner), nodes.index(owned)]) > 0
            }
            small = {owner for owner, share in wanted.items() if share < 1e-3}
            assert found.keys() | small == wanted.keys() | small
            # Whatever cannot reach SMALLEST is left out on the way, too.
            assert found == pytest.approx({owner: wanted[owner] for owner in found}, abs=SMALLEST)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_on_cycles_owners_who_are_no_companies_get_every_turn_of_the_series(
    tmp_path: Path, seed: int
) -> None:
    """Nobody owns a holder, so no walk of shares comes back to one, and A + A^2 + ... holds on cycles, too."""
    stakes = random_stakes(np.random.default_rng(seed), circular=True)
    nodes = [*IDS, *(f"H{i}" for i in range(HOLDERS))]
    direct = np.zeros((len(nodes), len(nodes)))
    for (owner, owned), share in stakes.items():
        direct[nodes.index(owner), nodes.index(owned)] = share
    effective = direct @ np.linalg.inv(np.eye(len(nodes)) - direct)
    with store_of(tmp_path, stakes) as store:
        for owned in IDS:
            rows = run_query(store, "beneficial-owners", {"company_id": owned}).rows
            found = {str(row[1]): row[3] for row in rows if row[0] == "holder"}
            wanted = {owner: effective[nodes.index(owner), nodes.index(owned)] for owner in nodes[len(IDS) :]}
            small = {owner for owner, share in wanted.items() if share < 1e-3}
            assert found.keys() | small == wanted.keys() | small
            assert found == pytest.approx({owner: wanted[owner] for owner in found}, abs=2 * SMALLEST)
            shares = {str(row[1]): row[6] for row in rows if row[0] == "holder" and row[6] is not None}
            owners = {owner for owner, to in stakes if to == owned and owner in found}
            assert shares == pytest.approx({owner: stakes[owner, owned] for owner in owners})


@pytest.mark.parametrize("seed", [0, 1])
def test_chains_and_cycles_are_those_of_networkx(tmp_path: Path, seed: int) -> None:
    stakes = random_stakes(np.random.default_rng(seed), circular=True)
    graph = nx.DiGraph(pair for pair in stakes if pair[0][0] != "H")
    cycles = [cycle for cycle in nx.simple_cycles(graph, length_bound=5) if len(cycle) > 1]
    assert len(cycles) > 3
    with store_of(tmp_path, stakes) as store:
        parents = dict(store.query("MATCH (c:Company) RETURN c.company_id, c.ultimate_parent_id").rows)
        for company in IDS:
            rows = run_query(store, "ownership-cycles", {"company_id": company, "limit": 1000}).rows
            turned = [
                cycle[(at := cycle.index(company)) :] + cycle[: at + 1]
                for cycle in cycles
                if company in cycle
            ]
            simple = {" > ".join(each) for each in turned}
            assert simple <= {str(row[1]) for row in rows}
            assert all(nx.is_path(graph, str(row[1]).split(" > ")) for row in rows)
            chain = {
                str(row[1]): row[0]
                for row in run_query(store, "ultimate-parent", {"company_id": company}).rows
            }
            assert chain == steps_above(graph, company, parents)
        mutual = {
            (str(row[1]), str(row[3])) for row in run_query(store, "circular-ownership", {"limit": 5000}).rows
        }
    together = [component for component in nx.strongly_connected_components(graph) if len(component) > 1]
    assert mutual <= {(a, b) for component in together for a in component for b in component if a < b}
    assert {company for pair in mutual for company in pair} == set().union(*together)


def steps_above(graph: nx.DiGraph, company: str, parents: dict[object, object]) -> dict[str, int]:
    """Everybody above a company within ten stakes who has the same ultimate parent, with the fewest stakes between."""
    if company not in graph:
        return {company: 0}
    above = nx.single_source_shortest_path_length(graph.reverse(), company, cutoff=10)
    return {each: steps for each, steps in above.items() if parents[each] == parents[company]}
