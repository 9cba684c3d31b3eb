"""Every query of the library gives the planted answer, the same on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from queried_graph import EARLIER, EARLIER_RANKS, RANKS, RUN, queried_graph, scores_of
from queried_sales import planted

from graphlead.core.answers import Answer, Relationship, Walk
from graphlead.core.contracts import GraphStore, Limits
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.faults import QueryError
from graphlead.stores.library.queries import bound, find, library, run_query
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.store import Neo4jStore
from graphlead.stores.shape import KEYS

Rows = list[tuple[Any, ...]]


@pytest.fixture(scope="module", params=["embedded", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphStore]:
    folder = tmp_path_factory.mktemp("queried")
    with closing(_empty(request, folder)) as made:
        made.build(queried_graph(folder / "run")[0])
        made.open()
        for run, ranks in ((EARLIER, EARLIER_RANKS), (RUN, RANKS)):
            made.write_scores(scores_of(ranks).drop(["company"]), run, run[:10])
        for sales in planted():
            made.write_sales(sales)
        yield made


def _empty(request: pytest.FixtureRequest, folder: Path) -> EmbeddedStore | Neo4jStore:
    if request.param == "embedded":
        return EmbeddedStore(folder / "graph.lbug")
    address: Address = request.getfixturevalue("neo4j_server")
    with closing(Neo4jStore(address).connect()) as before:
        for label in (*KEYS, "Graphlead"):
            before.update(f"MATCH (n:{label}) DETACH DELETE n")
    return Neo4jStore(address)


ASKED: list[tuple[str, dict[str, object], list[int], Rows]] = [
    # query, parameters, the columns that are looked at (none: all), rows
    ("ultimate-parent", {"company_id": "a4"}, [], [
        (0, "a4", "Alder Labs", None, None, None, False, False),
        (1, "a3", "Alder Soft", 0.5, 0.0, 1.0, False, True),
        (2, "a1", "Alder Holding", 0.275, 0.0, 0.55, True, False),
        (2, "a2", "Alder Mid", 0.375, 0.0, 0.75, False, False),
    ]),
    ("ultimate-parent", {"company_id": "e1"}, [0, 1, 6], [(0, "e1", True)]),
    ("beneficial-owners", {"company_id": "a4"}, [], [
        ("person", "P1", "Pia One", 0.22, 0.0, 0.44, None),
        ("holder", "H1", "Hill Fund", 0.075, 0.0, 0.15, None),
        ("person", "P2", "Paul Two", 0.055, 0.0, 0.11, None),
    ]),
    ("beneficial-owners", {"company_id": "d1"}, [1, 3, 6], [("H1", 0.375, 0.375)]),
    ("beneficial-owners", {"company_id": "a4", "smallest": 0.2}, [1], [("P1",)]),
    ("beneficial-owners", {"company_id": "b2"}, [1, 3, 6], [("H2", 0.706278, None)]),
    ("beneficial-owners", {"company_id": "b1"}, [1, 3, 6], [("H2", 0.784753, 0.7)]),
    ("beneficial-owners", {"company_id": "e1"}, [], []),
    ("group", {"company_id": "a3"}, [0, 2, 3, 6, 7], [
        ("a3", "a1", True, None, None), ("a2", "a1", False, 0.7, 3), ("a4", "a1", False, 0.5, 5),
        ("a1", "a1", False, 0.4, 6),
    ]),
    ("circular-ownership", {}, [], [
        ("b1", "b1", "Birch One", "b2", "Birch Two", 0.9, 0.12, 1),
        ("b1", "b2", "Birch Two", "b3", None, 0.6, 0.18, 1),
        ("b1", "b1", "Birch One", "b3", None, 0.54, 0.2, 0),
    ]),
    ("ownership-cycles", {"company_id": "b3"}, [0, 1], [(3, "b3 > b1 > b2 > b3")]),
    ("ownership-cycles", {"company_id": "a1"}, [], []),
    ("white-space", {}, [], [
        ("a2", "Alder Mid", 0.7, "a1", 1, "a3"), ("b1", "Birch One", 0.6, "b1", 1, "b2"),
        ("a4", "Alder Labs", 0.5, "a1", 1, "a3"), ("a1", "Alder Holding", 0.4, "a1", 1, "a3"),
        ("b3", None, pytest.approx(0.1), "b1", 1, "b2"),
    ]),
    ("white-space", {"client_id": "b2"}, [0], [("b1",), ("b3",)]),
    ("shared-with-clients", {}, [], [
        ("d1", 'Dogwood\'s "Best"', 1, 3, 2, "Hill Fund", "a3"),
        ("c1", "Cedar Trade", 2, 2, 2, "Hill Fund", "a3"),
    ]),
    ("shared-with-clients", {"hub": 3}, [0, 3, 5, 6], [("d1", 1, "Peer Four", "b2"), ("c1", 1, "Petra Three", "a3")]),
    ("shared-with-clients", {"client_id": "b2"}, [0, 3, 4], [("d1", 1, 1)]),
    ("shared-owner", {}, [], [
        ("d1", 'Dogwood\'s "Best"', 1, 2, "holder", "H1", "Hill Fund", 0.375),
        ("c1", "Cedar Trade", 2, 2, "holder", "H1", "Hill Fund", 0.51),
    ]),
    ("shared-owner", {"least": 1}, [0, 5], [
        ("d1", "H1"), ("c1", "H1"), ("a2", "a1")]),
    ("shared-owner", {"hub": 3}, [], []),
    ("top-leads", {}, [0, 3], [(rank, company) for company, rank in RANKS.items()]),
    ("top-leads", {"industry": "62", "size_column": "head count", "size_from": 55, "size_to": 100}, [], [
        (1, 0.9, "Strong", "d1", 'Dogwood\'s "Best"', 75.0, None), (2, 0.8, "Strong", "c1", "Cedar Trade", 55.0, None),
    ]),
    ("top-leads", {"place": "region|DE|SOUTH"}, [3], [("b1",), ("a4",)]),
    ("top-leads", {"place": "country|DE", "industry": "10", "limit": 1}, [3], [("b1",)]),
    ("top-leads", {"size_column": "head count", "limit": 2}, [3], [("d1",), ("c1",)]),
    ("top-leads", {"fit": "Weak"}, [3], [("b1",), ("a4",), ("a1",), ("e1",)]),
    ("top-leads", {"fit": "Strong", "industry": "6201"}, [3], [("c1",), ("a2",)]),
    ("near-client", {"client_id": "a3"}, [], [
        ("c1", "Cedar Trade", 2, 1, None, False), ("a2", "Alder Mid", 3, 1, None, True),
        ("a4", "Alder Labs", 5, 1, None, True), ("a1", "Alder Holding", 6, 1, None, True),
        ("d1", 'Dogwood\'s "Best"', 1, 2, "Cedar Trade", False),
    ]),
    ("near-client", {"client_id": "b2"}, [0, 2, 5], [("b1", 4, True), ("b3", None, True), ("d1", 1, False)]),
    ("near-client", {"client_id": "c2"}, [0, 4], [("d1", "Hill Fund"), ("c1", "Hill Fund")]),
    ("near-client", {"client_id": "c2", "hub": 3}, [], []),
    ("evidence", {"company_id": "d1", "client_id": "a3"}, [0, 1], [
        (2, 'Dogwood\'s "Best" - Cedar Trade - Alder Soft'),
        (2, 'Dogwood\'s "Best" - Cedar Trade - Alder Soft'),
        (2, 'Dogwood\'s "Best" - Hill Fund - Alder Soft'),
    ]),
    ("evidence", {"company_id": "d1", "client_id": "a3", "hub": 4}, [1], [
        ('Dogwood\'s "Best" - Hill Fund - Alder Soft',)]),
    ("evidence", {"company_id": "b3", "client_id": "b2"}, [0, 1], [(1, " - Birch Two")]),
    ("evidence", {"company_id": "e1", "client_id": "a3"}, [], []),
    ("hubs", {"least": 4}, [], [
        ("company", "a3", "Alder Soft", 6, 4, 0), ("company", "c1", "Cedar Trade", 6, 2, 1),
        ("holder", "H1", "Hill Fund", 4, 4, 2), ("company", "a1", "Alder Holding", 4, 2, 1),
        ("company", "d1", 'Dogwood\'s "Best"', 4, 1, 0),
    ]),
    ("unlike-clients", {}, [0, 2, 3, 4, 5, 6, 8], [
        ("a3", "62", "Computer programming, consultancy and related activities", 0, "region|DE|NORTH", 0,
         date(2021, 5, 1)),
        ("b2", "10", "Manufacture of food products", 0, "region|DE|SOUTH", 0, date(2024, 1, 1)),
        ("c2", None, None, None, None, None, None),
    ]),
    ("unlike-clients", {"level": "country"}, [0, 5, 6], [
        ("a3", "country|DE", 1), ("b2", "country|DE", 1), ("c2", None, None)]),
    ("territories", {"each": 2}, [0, 1, 2, 5], [
        ("region|DE|NORTH", "NORTH", 3, "a2"), ("region|DE|NORTH", "NORTH", 6, "a1"),
        ("region|DE|SOUTH", "SOUTH", 4, "b1"), ("region|DE|SOUTH", "SOUTH", 5, "a4"),
        ("region|FR|MIDI", "MIDI", 1, "d1"), ("region|FR|MIDI", "MIDI", 2, "c1"), ("region|FR|NORD", "NORD", 7, "e1"),
    ]),
    ("territories", {"each": 1, "within": "country|FR"}, [0, 5], [("region|FR|MIDI", "d1"), ("region|FR|NORD", "e1")]),
    ("lost-contact", {}, [], [
        ("b2", "Birch Two", date(2024, 1, 1), date(2025, 2, 1), "b1", "Birch One", "holder", "H2", "Hutt Capital", 0.7,
         "b1"),
        ("a3", "Alder Soft", date(2021, 5, 1), date(2022, 7, 1), "a3", "Alder Soft", "company", "a2", "Alder Mid", 0.75,
         "a1"),
    ]),
    ("lost-contact", {"since": "2025-01-01"}, [0], [("b2",)]),
    ("lost-contact", {"least": 0.1}, [0, 7], [("b2", "H2"), ("a3", "H1"), ("a3", "a2")]),
    ("entered-and-left", {"length": 3}, [], [
        ("entered", "a2", "Alder Mid", 5, 3, False, False, EARLIER, RUN),
        ("left", "e1", "Elm Alone", 2, 7, False, False, EARLIER, RUN),
    ]),
    ("entered-and-left", {"length": 3, "before": RUN, "after": EARLIER}, [0, 1], [("entered", "e1"), ("left", "a2")]),
    ("data-quality", {}, [], [
        ("companies without owner, stake or other link", 1, 12), ("clients without owner, stake or other link", 0, 3),
        ("stakes of unknown share", 3, 14),
        ("companies on a cycle of ownership", 3, 12), ("companies without a name", 1, 12),
        ("companies without an industry", 1, 12), ("companies without a place", 1, 12),
    ]),
    ("unknown-shares", {}, [], [
        ("c2", "Cedar Works", True, None, 1, 1, 1.0), ("a4", "Alder Labs", False, 5, 1, 1, 1.0),
        ("a1", "Alder Holding", False, 6, 2, 1, 0.2),
    ]),
    ("unknown-shares", {"deepest": 5}, [0], [("c2",), ("a4",)]),
    ("customers-at-risk", {}, [], [
        ("u2", 0.7, 70.0, "Call", "late", "c1", "Cedar Trade", "c1"),
        ("u4", 0.65, 65.0, "Call", "late", None, None, None),
        ("u1", 0.6, 60.0, "Call", "late", "a2", "Alder Mid", "a1"),
    ]),
    ("customers-at-risk", {"company_id": "a4"}, [0, 1, 7], [("u1", 0.6, "a1")]),
    ("customers-at-risk", {"least": 0.1, "company_id": "d1"}, [0, 1], [("u3", 0.2)]),
    ("offers-by-owner", {}, [], [
        ("H1", "Hill Fund", "tape", 2, 1, "u2"), ("H1", "Hill Fund", "nails", 1, 1, "u2"),
    ]),
    ("offers-by-owner", {"owner_id": "P1"}, [], []),
    ("segments-by-industry", {}, [], [
        ("Champions", "62", "Computer programming, consultancy and related activities", 2, 90.0, "First access"),
        ("Lapsing", "62", "Computer programming, consultancy and related activities", 1, 5.0, None),
    ]),
    ("segments-by-industry", {"segment": "Champions", "digits": 4}, [1, 3], [("6201", 2)]),
    ("prospects-of-product", {"item": "saw"}, [], [
        (1, 0.9, "customer", "u4", None, "buys most"), (2, 0.3, "company", "e1", "Elm Alone", "near a buyer"),
    ]),
    ("prospects-of-product", {"item": "tape", "known": "customer"}, [0, 3, 4], [
        (1, "u3", 'Dogwood\'s "Best"'), (2, "u2", "Cedar Trade")]),
    ("experiment-arms", {}, [], [
        ("leads.csv", "holdout", 1, None, None, None, None, None, None, None),
        ("leads.csv", "treat", 2, None, None, None, None, None, None, None),
        ("results.csv", "treat", 0, "won", 200, 0.12, 0.03, 0.01, 0.05, 0.004),
    ]),
    ("experiment-arms", {"about": "results.csv"}, [1, 4], [("treat", 200)]),
    ("what-moved", {}, [], [
        ("left", "e1", "Elm Alone", 4, None, "employees 40 -> 2"), ("up", "c1", "Cedar Trade", 9, 1, None),
    ]),
    ("what-moved", {"change": "up"}, [1], [("c1",)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "given", "columns", "wanted"), ASKED, ids=[f"{case[0]}-{i}" for i, case in enumerate(ASKED)]
)
def test_a_query_gives_the_planted_answer(
    store: GraphStore, name: str, given: dict[str, object], columns: list[int], wanted: Rows
) -> None:
    answer = run_query(store, name, given)
    found = [tuple(row[i] for i in columns) if columns else row for row in answer.rows]
    assert len(found) == len(wanted), found
    for row, want in zip(found, wanted, strict=True):
        assert row == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("few", [0, 2])
@pytest.mark.parametrize("case", [case for case in ASKED if case[0] == "top-leads"])
def test_top_leads_are_the_same_wherever_neo4j_begins(
    store: GraphStore, case: tuple[str, dict[str, object], list[int], Rows], few: int
) -> None:
    """At the leads in order, at every company, or at those of the industry or the place: by how many these are."""
    name, given, columns, wanted = case
    query = find(name, store.dialect)
    begun = replace(query, cypher=query.cypher.replace("100000 AS few", f"{few} AS few"))
    assert (begun != query) == (store.dialect == "neo4j")
    answer = store.query(*bound(store, begun, begun.values(given)))
    found = [tuple(row[i] for i in columns) if columns else row for row in answer.rows]
    assert found == [pytest.approx(row, abs=1e-6) for row in wanted]


def test_no_query_is_left_out_and_each_gives_the_columns_and_types_of_its_header(store: GraphStore) -> None:
    asked = {name: given for name, given, *_, rows in reversed(ASKED) if rows}
    assert asked.keys() == library(store.dialect).keys()
    for name, given in asked.items():
        query, answer = find(name, store.dialect), run_query(store, name, given)
        assert answer.columns == tuple(column.name for column in query.columns), name
        for column, values in zip(query.columns, zip(*answer.rows, strict=True), strict=True):
            assert {type_of(value) for value in values} <= {column.type, "nothing"}, (name, column.name)


def type_of(value: object) -> str:
    kinds = {str: "string", bool: "boolean", int: "integer", float: "float", date: "date", Walk: "path"}
    return "nothing" if value is None else kinds[type(value)]


def test_a_file_runs_as_it_is(store: GraphStore) -> None:
    """Whoever pastes a file into another tool, with its parameters, is answered the same."""
    for name, given, *_ in ASKED:
        query = find(name, store.dialect)
        if "size_column" not in given:
            properties = {each.name for each in query.parameters if each.type == "property"}
            values = {key: value for key, value in query.values(given).items() if key not in properties}
            assert keys(store.query(query.cypher, values)) == keys(run_query(store, name, given)), name


def keys(answer: Answer) -> list[tuple[object, ...]]:
    return [tuple(_key(value) for value in row) for row in answer.rows]


def _key(value: object) -> object:
    return [node.key for node in value.nodes] if isinstance(value, Walk) else value


def test_the_way_of_evidence_has_its_nodes_in_order_and_its_links(store: GraphStore) -> None:
    answer = run_query(store, "evidence", {"company_id": "d1", "client_id": "a3"})
    ways = [row[2] for row in answer.rows]
    walks = [_keys_and_types(way) for way in ways if isinstance(way, Walk)]
    assert walks == [
        (["d1", "c1", "a3"], ["LINKED", "LINKED"]),
        (["d1", "c1", "a3"], ["LINKED", "LINKED"]),
        (["d1", "H1", "a3"], ["OWNS", "OWNS"]),
    ]


def _keys_and_types(way: Walk) -> tuple[list[str], list[str]]:
    links: tuple[Relationship, ...] = way.relationships
    return [node.key for node in way.nodes], [link.relation for link in links]


def test_a_query_past_its_time_is_cancelled_with_a_message(store: GraphStore) -> None:
    with pytest.raises(QueryError, match="cancelled: it ran longer than"):
        store.query(
            "UNWIND range(1, 9999999) AS a UNWIND range(1, 9999) AS b RETURN sum(a * b % 7)",
            limits=Limits(seconds=0.3),
        )


def test_a_column_of_size_is_checked_before_it_gets_into_a_query(store: GraphStore) -> None:
    with pytest.raises(QueryError, match=r"\$size_column: companies have no property 'staff'.*head count"):
        run_query(store, "top-leads", {"size_column": "staff"})
    with pytest.raises(QueryError, match="holds no numbers, but values like"):
        run_query(store, "top-leads", {"size_column": "nace"})
    with pytest.raises(QueryError, match="no property"):
        run_query(store, "top-leads", {"size_column": "score` RETURN 1 //"})
