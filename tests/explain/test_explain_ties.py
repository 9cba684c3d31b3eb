"""Clients near a company: planted paths are found, the nearest first, and every step is in the graph."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from explained_by_hand import cohort, graph_of
from hypothesis import given, settings
from hypothesis import strategies as st
from made_register import MakeRegister

from graphlead.common.cypher import quoted
from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort
from graphlead.core.evidence import Tie
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register, Role
from graphlead.explain.ties.cypher import KEYS
from graphlead.explain.ties.in_group import ties_in_group
from graphlead.explain.ties.linked import linked
from graphlead.explain.ties.paths import HUB, ClientPath, Tier, nearest, preference
from graphlead.explain.ties.shares import Stakes, StakesIn
from graphlead.explain.ties.ties import paths_to_clients, tie_writer

OWNS = ("company", "owns", "company")
HOLDS = ("holder", "owns", "company")
BOARD = ("company", "linked:board", "company")
DIRECTS = ("person", "linked:director", "company")
INDUSTRY, PLACE = ("company", "in_industry", "industry"), ("company", "located_in", "place")
PART_OF = ("place", "part_of", "place")


def ints(*values: int) -> Ints:
    return np.array(values, np.int32)


def stakes(*each: tuple[int, int, float, float]) -> StakesIn:
    """(owner number, owned, low, high); bounds of 0 to 1 stand for a share that was not given."""
    low, high = (np.array([stake[i] for stake in each]) for i in (2, 3))
    owner, owned = (ints(*(int(stake[i]) for stake in each)) for i in (0, 1))
    return lambda _: Stakes(owner=owner, owned=owned, low=low, high=high, known=~((low == 0) & (high == 1)))


NO_STAKES = stakes()


@pytest.fixture
def named(make_register: MakeRegister) -> Callable[[int], Register]:
    def make(n: int, **owners: str) -> Register:
        return make_register(n, {"name": (Role.NAME, [f"N{i}" for i in range(n)])}, owners)

    return make


def ties_and_introductions(
    register: Register,
    graph: CompanyGraph,
    of: Cohort,
    companies: Sequence[int],
    known: StakesIn = NO_STAKES,
) -> tuple[list[tuple[Tie, ...]], list[str]]:
    """The ties of each company, and its introduction."""
    paths = paths_to_clients(register, graph, of, ints(*companies))
    writer = tie_writer(register, graph, [path for each in paths for path in each], known)
    ties = [tuple(map(writer.tie, each)) for each in paths]
    for each in ties:
        for tie in each:
            check(tie, graph, register)
    return ties, [writer.introduction(each) for each in paths]


def check(tie: Tie, graph: CompanyGraph, register: Register) -> None:
    """Every node pair that the query joins is joined in the graph by such an edge, and all its parameters are given."""
    names = set(re.findall(r"\$(\w+)", tie.cypher))
    assert names == set(tie.parameters)
    for i, (label, key) in enumerate(tie.nodes):
        found = re.search(rf"\(n{i}:(\w+) {{(\w+): \$n{i}}}\)", tie.cypher)
        assert found
        assert (found[1], found[2]) in KEYS.values()
        assert (found[1], tie.parameters[f"n{i}"]) == (label, key)
    for step, kind, arrow in re.findall(r"r(\d+):(\w+)[^-]*?\](->|-)", tie.cypher):
        one, two = tie.nodes[int(step) - 1 : int(step) + 1]
        source, target = (one, two) if arrow == "->" else (two, one)
        relation = f"linked:{tie.parameters[f'kind{step}']}" if kind == "LINKED" else kind.lower()
        assert edge(graph, register, source, relation, target), tie


def edge(
    graph: CompanyGraph, register: Register, source: tuple[str, str], kind: str, target: tuple[str, str]
) -> bool:
    labels = [source[0].lower(), target[0].lower()]
    ends = [
        (register.ids() if label == "company" else graph.keys[label]).to_pylist().index(key)
        for label, (_, key) in zip(labels, (source, target), strict=True)
    ]
    effective = kind == "effective_owns"
    edges = graph.ownership.effective if effective else graph.edges[labels[0], kind, labels[1]]
    return bool(((edges.source == ends[0]) & (edges.target == ends[1])).any())


def test_direct_ownership_comes_first_with_its_share(named: Callable[..., Register]) -> None:
    graph = graph_of(4, {OWNS: [(1, 0)], ("company", "linked:supplies", "company"): [(0, 2)]}, [0, 0, 2, 3])
    ties, ask = ties_and_introductions(named(4), graph, cohort(4, [1, 2]), [0], stakes((1, 0, 0.6, 0.6)))
    assert [(tie.client, tie.relation, tie.steps) for tie in ties[0]] == [(1, "ownership", 1), (2, "link", 1)]
    assert (ties[0][0].way, ties[0][0].sentence) == ("owns this company", "your client N1 owns 60 % of it")
    assert ties[0][0].cypher == (
        "MATCH (n0:Company {company_id: $n0})<-[r1:OWNS]-(n1:Company {company_id: $n1}) RETURN n0, r1, n1"
    )
    assert (ties[0][1].way, ties[0][1].sentence) == (
        "linked by supplies",
        "linked by supplies to your client N2",
    )
    assert ties[0][1].parameters == {"n0": "c0", "n1": "c2", "kind1": "supplies"}
    assert ask == ["your client N1 owns 60 % of it: ask there first"]


def test_a_shared_owner_with_both_shares(named: Callable[..., Register]) -> None:
    graph = graph_of(3, {HOLDS: [(0, 0), (0, 1)]}, keys={"holder": ["h"]})
    register = named(3, h="HOLDCO")
    ties, ask = ties_and_introductions(
        register, graph, cohort(3, [1]), [0, 2], stakes((3, 0, 1, 1), (3, 1, 0.25, 0.5))
    )
    assert ties[0][0].way == "owned by the same holder"
    shared = "owned by the same holder (HOLDCO: 25 to 50 % of the client, 100 % of it) as your client N1"
    assert ties[0][0].sentence == shared
    assert ties[0][0].relation == "holder"
    assert ties[0][0].nodes == (("Company", "c0"), ("Holder", "h"), ("Company", "c1"))
    assert ask == [f"{shared}: ask there first", ""]
    assert ties[1] == ()


def test_a_share_that_was_not_given_is_not_made_up(named: Callable[..., Register]) -> None:
    graph = graph_of(3, {HOLDS: [(0, 0), (0, 1)], OWNS: [(2, 0)]}, keys={"holder": ["h"]})
    ties, _ = ties_and_introductions(
        named(3), graph, cohort(3, [1, 2]), [0], stakes((3, 0, 0, 1), (3, 1, 0, 1), (2, 0, 0, 1))
    )
    assert [tie.sentence for tie in ties[0]] == [
        "your client N2 owns it",
        "owned by the same holder (h) as your client N1",
    ]


def test_a_shared_person_is_who_to_ask(named: Callable[..., Register]) -> None:
    graph = graph_of(3, {DIRECTS: [(0, 0), (0, 1)]}, keys={"person": ["p"]})
    ties, ask = ties_and_introductions(named(3, p="Ada Byron"), graph, cohort(3, [1]), [0])
    assert (ties[0][0].way, ties[0][0].sentence) == (
        "same director", "same director (Ada Byron) as your client N1",
    )  # fmt: skip
    assert ask == ["same director (Ada Byron) as your client N1: ask Ada Byron"]


def test_who_is_between_the_two_by_different_links(named: Callable[..., Register]) -> None:
    """The person owns 0 and directs client 1; 0 and client 4 share the address of 3, and 0 supplies 5 as 6 does."""
    site, supplies = ("company", "linked:same_address", "company"), ("company", "linked:supplies", "company")
    links = {
        ("person", "owns", "company"): [(0, 0)], DIRECTS: [(0, 1)], site: [(0, 3), (4, 3)], supplies: [(0, 5), (6, 5)],
    }  # fmt: skip
    graph = graph_of(7, links, keys={"person": ["p"]})
    register = named(7, p="Ada Byron")
    ties, ask = ties_and_introductions(register, graph, cohort(7, [1, 4, 6]), [0], stakes((7, 0, 0.5, 0.5)))
    assert {(tie.way, tie.sentence) for tie in ties[0]} == {
        ("linked to the same person",
         "linked to the same person (Ada Byron: a share not known of the client, 50 % of it) as your client N1"),
        ("same address", "same address (N3) as your client N4"),
        ("linked to the same company", "linked to the same company (N5) as your client N6"),
    }  # fmt: skip
    assert ask[0].endswith(": ask Ada Byron")


def test_whoever_joins_many_comes_after_a_shared_address(make_register: MakeRegister) -> None:
    n = HUB + 3
    register = make_register(n, {"address": (Role.ADDRESS, ["1 High St", *[None] * (n - 2), "1 High St"])})
    graph = graph_of(n, {HOLDS: [(0, i) for i in range(HUB + 1)]})
    ties, ask = ties_and_introductions(register, graph, cohort(n, [1, n - 1]), [0])
    assert [(tie.client, tie.relation) for tie in ties[0]] == [(n - 1, "address"), (1, "holder")]
    assert ties[0][0].cypher.endswith("WHERE n0.`address` = n1.`address` RETURN n0, n1")
    assert ask == [f"same address as your client c{n - 1}: ask there first"]


def test_a_chain_of_owners_is_followed_within_the_group_only(named: Callable[..., Register]) -> None:
    """4 <- 3 <- 2 -> 1 -> 0, client 4; a holder that owns a part of 0 and of client 5 in another group joins none."""
    chain = {OWNS: [(3, 4), (2, 3), (2, 1), (1, 0)], HOLDS: [(0, 0), (0, 6)]}
    graph = graph_of(7, chain, [0, 0, 0, 0, 0, 5, 6])
    known = stakes((3, 4, 1, 1), (2, 3, 0.5, 0.5), (2, 1, 0, 1), (1, 0, 0.51, 0.51))
    ties, ask = ties_and_introductions(named(7), graph, cohort(7, [4, 5]), [0], known)
    assert [(tie.client, tie.steps) for tie in ties[0]] == [(4, 4)]
    assert ties[0][0].way == "same ownership group"
    assert ties[0][0].sentence == (
        "same ownership group as your client N4: N3 owns 100 % of N4; N2 owns 50 % of N3; N2 owns N1; N1 owns 51 % of"
        " this company"
    )
    assert ask == [f"{ties[0][0].sentence}; ask there first"]
    tie = ties_in_group(named(7), graph, cohort(7, [4, 5]), ints(0, 2), known)
    assert (tie.client.tolist(), tie.steps.tolist()) == ([4, 4], [4, 2])
    assert tie.sentence.to_pylist() == [
        ties[0][0].sentence,
        "same ownership group as your client N4: N3 owns 100 % of N4; this company owns 50 % of N3",
    ]


def test_the_nearest_client_of_a_group_is_the_one_with_the_fewest_ownership_links(
    named: Callable[..., Register],
) -> None:
    """0 -> 1 -> 2; a holder of 0, 3 and, in another group, 4; 6 -> 7; nothing known joins 8 to 6, in whose group it is.

    Another link, of no ownership, joins 7 and 0 and shortens nothing.
    """
    links = {OWNS: [(0, 1), (1, 2), (6, 7), (5, 1)], HOLDS: [(0, 0), (0, 3), (0, 4)], BOARD: [(7, 3), (2, 3)]}
    graph = graph_of(9, links, [0, 0, 0, 0, 4, 5, 6, 6, 6])
    register = named(9)

    def found(clients: list[int], *asked: int) -> list[tuple[int, int] | None]:
        ties = ties_in_group(register, graph, cohort(9, clients), ints(*asked), NO_STAKES)
        pairs = zip(ties.client.tolist(), ties.steps.tolist(), strict=True)
        return [None if client == NONE else (client, steps) for client, steps in pairs]

    assert found([2, 6], 7, 3, 8, 1, 0) == [(6, 1), (2, 4), None, (2, 1), (2, 2)]
    assert found([2, 4], 7, 3) == [None, (2, 4)]
    assert found([0, 6], 3, 2) == [(0, 2), (0, 2)]
    assert found([0, 2, 3], 1)[0] in {(0, 1), (2, 1)}


def test_a_long_chain_is_marked_as_long(named: Callable[..., Register]) -> None:
    graph = graph_of(9, {OWNS: [(i, i + 1) for i in range(8)]}, [0] * 9)
    ties, _ = ties_and_introductions(named(9), graph, cohort(9, [8]), [0])
    assert ties[0][0].sentence.startswith(
        "same ownership group as your client N8: a long path of 8 links, N7 owns N8; N6 owns N7;"
    )


def test_effective_ownership_across_groups(named: Callable[..., Register]) -> None:
    graph = graph_of(5, {OWNS: [(4, 3), (3, 2), (2, 0)]}, effective=[(4, 0, 0.125), (4, 2, 0.25)])
    ties, ask = ties_and_introductions(named(5), graph, cohort(5, [4]), [0])
    assert [tie.sentence for tie in ties[0]] == [
        "your client N4 owns 12.5 % of it, directly and through others"
    ]
    assert "[r1:EFFECTIVE_OWNS]" in ties[0][0].cypher
    assert ask == ["your client N4 owns 12.5 % of it, directly and through others: ask there first"]


def test_the_same_industry_in_the_same_place_then_in_the_wider_one(named: Callable[..., Register]) -> None:
    keys = {
        "industry": ["56", "57"],
        "place": ["country|US", "region|US|CA", "city|US|CA|FRESNO", "city|US|CA|LODI"],
    }
    links = {
        INDUSTRY: [(0, 0), (1, 0), (2, 0), (3, 1), (4, 0)],
        PLACE: [(0, 2), (1, 2), (2, 3), (3, 2), (4, 0)],
        PART_OF: [(2, 1), (3, 1), (1, 0)],
    }
    ties, ask = ties_and_introductions(named(5), graph_of(5, links, keys=keys), cohort(5, [1, 2, 3, 4]), [0])
    assert [(tie.client, tie.relation) for tie in ties[0]] == [
        (1, "industry and place"),
        (2, "industry and place"),
    ]
    assert (ties[0][0].way, ties[0][0].sentence) == (
        "same trade and town",
        "same trade and town as your client N1",
    )
    assert ties[0][1].sentence == "same trade and region as your client N2"
    assert ties[0][1].parameters == {"n0": "c0", "n1": "56", "n2": "region|US|CA", "n3": "c2"}
    assert ask == [""]


def test_an_address_that_many_give_counts_as_little_as_a_postcode(make_register: MakeRegister) -> None:
    n = HUB + 2
    address = ["1 Agent Row"] * (HUB + 1) + [None]
    columns = {"address": (Role.ADDRESS, address), "postcode": (Role.POSTCODE, ["A1", *["B2"] * HUB, "A1"])}
    paths = paths_to_clients(make_register(n, columns), graph_of(n, {}), cohort(n, [1, n - 1]), ints(0))
    assert {(path.client, path.tier) for path in paths[0]} == {(1, Tier.POSTCODE), (n - 1, Tier.POSTCODE)}


def test_of_equally_near_clients_the_newest_are_named(named: Callable[..., Register]) -> None:
    graph = graph_of(6, {HOLDS: [(0, i) for i in range(5)]})
    won = ["2020-01-01", "NaT", "2024-01-01", "2022-01-01"]
    paths = paths_to_clients(named(6), graph, cohort(6, [1, 2, 3, 4], won), ints(0))
    assert [path.client for path in paths[0]] == [3, 4, 1]


def test_no_client_comes_twice_and_the_nearer_path_is_kept() -> None:
    near, far = (
        ClientPath(client=7, relation="link", tier=tier, nodes=(("company", 0), ("company", 7)))
        for tier in (Tier.LINKED, Tier.ALIKE)
    )
    assert nearest([(0, far), (0, near)], 2) == [(near,), ()]


@settings(deadline=None, max_examples=60)
@given(
    pairs=st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1]), max_size=15
    ),
    held=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), max_size=10),
    clients=st.sets(st.integers(5, 9), min_size=1),
)
def test_whatever_is_one_or_two_links_away_is_found(
    pairs: list[tuple[int, int]], held: list[tuple[int, int]], clients: set[int]
) -> None:
    graph = graph_of(10, {OWNS: pairs, ("holder", "linked:director", "company"): held})
    of = cohort(10, sorted(clients))
    found = nearest(list(linked(graph, of, np.arange(5, dtype=np.int32), preference(of))), 5)
    joined = np.zeros((13, 13), bool)
    for one, two in [*pairs, *((10 + holder, company) for holder, company in held)]:
        joined[one, two] = joined[two, one] = True
    for company, paths in enumerate(found):
        direct = [client for client in clients if joined[company, client]]
        others = [i for i in range(13) if joined[company, i] and i not in clients]
        twice = {client for client in clients for i in others if joined[i, client]}
        assert bool(paths) == bool(direct or twice)
        assert all(path.client in (direct if path.steps == 1 else twice) for path in paths)
        assert not paths or paths[0].steps == (1 if direct else 2)
        for path in paths:
            for leg, (_, one), (_, two) in zip(path.legs, path.nodes, path.nodes[1:], strict=False):
                source, target = (one, two) if leg.along else (two, one)
                assert (source, target) in (pairs if leg.relation == "owns" else held)


def test_names_of_columns_are_quoted() -> None:
    assert quoted("street `no`") == "`street ``no```"


@pytest.mark.parametrize(
    "header", ['z\\u0060: 0}) CREATE (:Pwned {from: "header"}) //', "z\\", "\\u0041bc", "a\nb"]
)
def test_promise_1_the_suggested_query_has_no_header_that_a_store_would_take_apart(
    make_register: MakeRegister, header: str
) -> None:
    columns = {header: (Role.POSTCODE, ["A1", "A1", "B2"])}
    ties, _ = ties_and_introductions(make_register(3, columns), graph_of(3, {}), cohort(3, [1, 2]), [0])
    assert [tie.cypher for tie in ties[0]] == [
        "MATCH (n0:Company {company_id: $n0}), (n1:Company {company_id: $n1}) RETURN n0, n1"
    ]


def test_a_short_chain_comes_before_its_effective_share(named: Callable[..., Register]) -> None:
    links = {OWNS: [(2, 1), (1, 0)], ("company", "linked:supplies", "company"): [(3, 0)]}
    graph = graph_of(4, links, [0, 0, 0, 3], effective=[(2, 0, 0.25)])
    ties, _ = ties_and_introductions(named(4), graph, cohort(4, [2, 3]), [0])
    assert [(tie.client, tie.steps) for tie in ties[0]] == [(3, 1), (2, 2)]
    assert ties[0][1].sentence == "same ownership group as your client N2: N2 owns N1; N1 owns this company"


def test_the_same_trade_in_town_comes_before_the_same_postcode(make_register: MakeRegister) -> None:
    columns = {"postcode": (Role.POSTCODE, ["A1", "A1", "B2"])}
    links = {INDUSTRY: [(0, 0), (2, 0)], PLACE: [(0, 0), (2, 0)]}
    graph = graph_of(3, links, keys={"industry": ["56"], "place": ["city|US|CA|LODI"]})
    ties, ask = ties_and_introductions(make_register(3, columns), graph, cohort(3, [1, 2]), [0])
    assert [(tie.client, tie.way) for tie in ties[0]] == [(2, "same trade and town"), (1, "same postcode")]
    assert ties[0][1].sentence == "same postcode as your client c1"
    assert ask == [""]
