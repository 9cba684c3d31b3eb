"""The typed graph of small registers with everything in it planted."""

from __future__ import annotations

from datetime import date

import numpy as np
from made_register import MakeRegister

from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Role
from graphlead.graph.build import build_graph, stakes_in_companies, stakes_of


def edges(graph: CompanyGraph, source: str, relation: str, target: str) -> set[tuple[str | int, str | int]]:
    """The edges of a type, companies by index and other nodes by key."""
    found = graph.edges[source, relation, target]
    name = {kind: keys.to_pylist() for kind, keys in graph.keys.items()}
    name["company"] = range(graph.n_companies)
    return {
        (name[source][i], name[target][j])
        for i, j in zip(found.source.tolist(), found.target.tolist(), strict=True)
    }


def test_naics_codes_become_a_tree(make_register: MakeRegister) -> None:
    codes = ["561730", "561720", "1153", None, "71392", "561730"]
    graph = build_graph(make_register("abcdef", columns={"naics": (Role.INDUSTRY, "NAICS", codes)}))
    assert edges(graph, "company", "in_industry", "industry") == {
        (0, "561730"), (1, "561720"), (2, "1153"), (4, "71392"), (5, "561730"),
    }  # fmt: skip
    assert edges(graph, "industry", "part_of", "industry") == {
        ("561730", "5617"), ("561720", "5617"), ("5617", "561"), ("561", "56"), ("1153", "115"), ("115", "11"),
        ("71392", "7139"), ("7139", "713"), ("713", "71"),
    }  # fmt: skip


def test_nace_sections_dots_and_leading_zeros(make_register: MakeRegister) -> None:
    codes = ["J62.01", "01.11", "C 25", "A", "6201"]
    graph = build_graph(make_register("abcde", columns={"nace": (Role.INDUSTRY, "NACE", codes)}))
    assert edges(graph, "company", "in_industry", "industry") == {
        (0, "6201"), (1, "0111"), (2, "25"), (3, "A"), (4, "6201"),
    }  # fmt: skip
    assert {("62", "J"), ("6201", "620"), ("0111", "011"), ("25", "C")} <= edges(
        graph, "industry", "part_of", "industry"
    )


def test_codes_of_two_schemes_do_not_meet(make_register: MakeRegister) -> None:
    columns = {
        "naics": (Role.INDUSTRY, "NAICS", ["23", None]),
        "sector": (Role.INDUSTRY, "", ["software", "23"]),
    }
    graph = build_graph(make_register("ab", columns=columns))
    assert edges(graph, "company", "in_industry", "industry") == {
        (0, "NAICS|23"), (0, "sector|software"), (1, "sector|23"),
    }  # fmt: skip


def test_places_nest_and_spellings_meet(make_register: MakeRegister) -> None:
    columns = {
        "country": (Role.COUNTRY, "", ["US", "US", "GB", "NA", None]),
        "region": (Role.REGION, "", ["CA", "CA", None, None, None]),
        "city": (Role.CITY, "", ["Fresno", "FRESNO ", "London", None, "Nowhere"]),
        "zip": (Role.POSTCODE, "", ["93701", "93702-1234", "SW1A 1AA", None, None]),
    }
    graph = build_graph(make_register("abcde", columns=columns))
    assert edges(graph, "company", "located_in", "place") == {
        (0, "city|US|CA|FRESNO"), (1, "city|US|CA|FRESNO"), (2, "city|GB||LONDON"), (3, "country|NA"),
        (4, "city|||NOWHERE"), (0, "postcode|US|937"), (1, "postcode|US|937"), (2, "postcode|GB|SW1A"),
    }  # fmt: skip
    assert edges(graph, "place", "part_of", "place") == {
        ("city|US|CA|FRESNO", "region|US|CA"), ("region|US|CA", "country|US"), ("city|GB||LONDON", "country|GB"),
        ("postcode|US|937", "country|US"), ("postcode|GB|SW1A", "country|GB"),
    }  # fmt: skip


def test_a_company_is_in_a_place_or_an_industry_once(make_register: MakeRegister) -> None:
    columns = {
        "country": (Role.COUNTRY, "", ["US"]),
        "zip": (Role.POSTCODE, "", [None]),
        "first": (Role.INDUSTRY, "SIC", ["7389"]),
        "second": (Role.INDUSTRY, "SIC", ["7389"]),
    }
    graph = build_graph(make_register("a", columns=columns))
    assert graph.edges["company", "located_in", "place"].source.tolist() == [0]
    assert graph.edges["company", "in_industry", "industry"].source.tolist() == [0]


def test_links_become_edges_of_their_kind(make_register: MakeRegister) -> None:
    links = [
        {"source_id": "a", "target_id": "b", "kind": "owns", "share_low": 0.6, "share_high": 0.6},
        {"source_id": "H2", "target_id": "b", "kind": "shareholder"},
        {"source_id": "H1", "target_id": "c", "kind": "owns", "share_low": 0.25, "share_high": 0.5},
        {"source_id": "P", "target_id": "c", "kind": "director", "source_type": "person"},
        {"source_id": "b", "target_id": "c", "kind": "same_address"},
        {"source_id": "b", "target_id": "c", "kind": "same_address"},
        {"source_id": "c", "target_id": "a", "kind": None},
    ]
    graph = build_graph(make_register("abc", links))
    assert dict(graph.nodes) == {"company": 3, "holder": 2, "person": 1, "industry": 0, "place": 0}
    assert edges(graph, "company", "owns", "company") == {(0, 1)}
    assert edges(graph, "holder", "owns", "company") == {("H1", 2), ("H2", 1)}
    assert edges(graph, "person", "linked:director", "company") == {("P", 2)}
    assert edges(graph, "company", "linked:same_address", "company") == {(1, 2)}
    assert len(graph.edges["company", "linked:same_address", "company"]) == 2
    assert edges(graph, "company", "linked:related", "company") == {(2, 0)}
    weights = graph.edges["holder", "owns", "company"].weight
    assert weights is not None
    assert sorted(round(float(w), 6) for w in weights) == [0.2, 0.375]
    assert graph.ownership.group.tolist() == [0, 0, 2]


def test_links_that_run_from_owned_to_owner(make_register: MakeRegister) -> None:
    links = [
        {"source_id": "b", "target_id": "a", "kind": "owned_by"},
        {"source_id": "X", "target_id": "a", "kind": "subsidiary_of"},
    ]
    graph = build_graph(make_register("ab", links))
    assert edges(graph, "company", "owns", "company") == {(0, 1)}
    assert edges(graph, "holder", "linked:subsidiary_of", "company") == {("X", 0)}
    assert graph.ownership.ultimate_parent.tolist() == [0, 0]


def test_investors_outside_the_register_leave_every_company_alone(make_register: MakeRegister) -> None:
    links = [{"source_id": "fund", "target_id": company, "kind": "holds"} for company in "abcd"]
    graph = build_graph(make_register("abcd", links))
    assert graph.ownership.group.tolist() == [0, 1, 2, 3]


def test_the_same_holder_with_majorities_makes_a_group(make_register: MakeRegister) -> None:
    majority = {"kind": "owns", "share_low": 0.9, "share_high": 0.9}
    links = [
        {"source_id": "family", "target_id": "b"} | majority,
        {"source_id": "anna", "target_id": "c", "source_type": "person"} | majority,
        {"source_id": "family", "target_id": "d"} | majority,
    ]
    assert build_graph(make_register("abcd", links)).ownership.group.tolist() == [0, 1, 2, 1]


def test_a_holder_and_a_person_of_one_id_are_two(make_register: MakeRegister) -> None:
    majority = {"kind": "owns", "share_low": 0.9, "share_high": 0.9}
    links = [
        {"source_id": "X", "target_id": "a"} | majority,
        {"source_id": "X", "target_id": "b", "source_type": "person"} | majority,
    ]
    graph = build_graph(make_register("ab", links))
    assert graph.ownership.group.tolist() == [0, 1]


def test_stakes_keep_their_bounds_and_the_latest_statement_counts(make_register: MakeRegister) -> None:
    share = {"share_low": 0.9, "share_high": 0.9}
    links = [
        {"source_id": "a", "target_id": "b", "kind": "owns", "date": date(2020, 1, 1), **share},
        {"source_id": "a", "target_id": "b", "kind": "owns", "date": date(2021, 1, 1), "share_low": 0.25,
         "share_high": 0.5},
        {"source_id": "fund", "target_id": "b", "kind": "holds"},
    ]  # fmt: skip
    stakes, holders, persons = stakes_of(make_register("ab", links))
    assert stakes.owner.tolist() == [0, 2]
    assert stakes.low.tolist() == [0.25, 0.0]
    assert stakes.high.tolist() == [0.5, 0.75]
    assert (holders.to_pylist(), persons.to_pylist()) == (["fund"], [])


def test_the_stakes_in_some_companies_are_those_of_the_whole_register(make_register: MakeRegister) -> None:
    """Links of every kind and direction at random, shares unknown, in bands, and more than all there is."""
    draw, ids = np.random.default_rng(0), [f"c{i:03d}" for i in range(60)]
    others, bands = ["fund", "trust", "anna", "bert"], [None, 0.1, 0.4, 0.9]
    links: list[dict[str, object]] = []
    for _ in range(400):
        low = bands[int(draw.integers(4))]
        links.append({
            "source_id": str(draw.choice(ids + others * 5)),
            "target_id": str(draw.choice(ids)),
            "kind": str(draw.choice(["owns", "owned_by", "controls", "director"])),
            "source_type": str(draw.choice(["person", "company"])),
            "share_low": low,
            "share_high": None if low is None else low + 0.1,
        })  # fmt: skip
    register = make_register(ids, links)
    whole, _, _ = stakes_of(register)
    owned = np.array([3, 17, 41, 59, 17], np.int32)
    found = stakes_in_companies(register, build_graph(register), owned)
    rows = np.isin(whole.owned, owned)
    assert rows.sum() > 10
    for name in ("owner", "owned", "low", "high", "known", "claim"):
        assert getattr(found, name).tolist() == getattr(whole, name)[rows].tolist()


def test_a_register_of_ids_alone(make_register: MakeRegister) -> None:
    graph = build_graph(make_register("abc"))
    assert dict(graph.edges) == {}
    assert graph.ownership.group.tolist() == [0, 1, 2]


def test_columns_without_a_single_value(make_register: MakeRegister) -> None:
    nothing = [None, None]
    columns = {
        "naics": (Role.INDUSTRY, "NAICS", nothing),
        "country": (Role.COUNTRY, "", nothing),
        "zip": (Role.POSTCODE, "", nothing),
    }
    graph = build_graph(make_register("ab", columns=columns))
    assert graph.nodes["industry"] == graph.nodes["place"] == 0


def test_progress_ends_at_its_total(make_register: MakeRegister) -> None:
    steps: list[tuple[float, float]] = []

    def progress(done: float, total: float, note: str = "") -> None:
        steps.append((done, total))

    build_graph(make_register("ab"), progress=progress)
    assert steps[0][0] == 0
    assert steps[-1][0] == steps[-1][1]
