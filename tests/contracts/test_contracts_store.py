"""What every graph store must do, whatever it keeps the graph in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from neo4j_server import environment_of
from small_graph import COLUMNS, IDS, small_graph, small_projection, small_register

from graphlead.api import OpenGraph
from graphlead.core.answers import Node, Relationship, Walk
from graphlead.core.contracts import WHOLE, GraphStore, Limits
from graphlead.core.errors import GraphleadError, SettingsError
from graphlead.core.register import Role
from graphlead.graph.build import build_graph
from graphlead.ingest import ingest
from graphlead.stores.faults import QueryError, StoreError
from graphlead.stores.library.queries import run_query
from graphlead.stores.registry import STORES, databases, store_at

ALL_SCORES = "MATCH (c:Company) RETURN c.company_id, c.score, c.rank, c.fit, c.run_id ORDER BY c.company_id"


@pytest.fixture(params=list(STORES))
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GraphStore]:
    """A store with nothing in it; a database is where the fixture of its name finds or starts one."""
    if request.param in databases():
        for name, value in environment_of(request.getfixturevalue(f"{request.param}_address")).items():
            monkeypatch.setenv(name, value)
    store = store_at(request.param, tmp_path / "graph")
    yield store
    store.close()


@pytest.fixture
def store(empty: GraphStore, tmp_path: Path) -> GraphStore:
    empty.build(small_projection(tmp_path / "run"))
    return empty.open()


def rows(store: GraphStore, cypher: str, **parameters: object) -> list[tuple[object, ...]]:
    return list(store.query(cypher, parameters).rows)


def test_every_property_of_a_company_comes_back_with_its_type(store: GraphStore) -> None:
    ((node,),) = rows(store, "MATCH (c:Company {company_id: $id}) RETURN c", id="a")
    assert isinstance(node, Node)
    assert (node.label, node.key) == ("Company", "a")
    assert dict(node.properties) == {
        "company_id": "a", "name": "Alpha", "country": "DE", "city": "Bonn", "nace": "62.01",
        "score (register)": 1.5, "Rank (register)": "x", "id": "007", "_id (register)": "p", 'na"me` x': "q",
        "founded": date(1990, 1, 2), "exporter": True, "group_id": "a", "ultimate_parent_id": "a", "in_cycle": True,
        "links": 6, "is_client": False, "is_suppressed": False, "score": 0.5, "rank": 2, "fit": "Weak",
        "nearest_client_id": "b", "run_id": "r1",
    }  # fmt: skip


def test_what_is_missing_is_null_and_what_is_empty_is_not(store: GraphStore) -> None:
    asked = "MATCH (c:Company {company_id: $id}) RETURN c.name, c.`Rank (register)`, c.won, c.score"
    assert rows(store, asked, id=IDS[4]) == [(None, "", None, 0.125)]
    assert rows(store, asked, id="b") == [("Beta", "y", date(2024, 5, 6), None)]


def test_texts_survive_with_quotes_and_line_breaks(store: GraphStore) -> None:
    assert rows(store, "MATCH (c:Company {name: $name}) RETURN c.company_id", name='Gamma\nof "Delta"') == [
        ("c",)
    ]
    assert [
        name for (name,) in rows(store, "MATCH (c:Company) RETURN c.company_id ORDER BY c.company_id")
    ] == IDS


def test_stakes_have_their_bounds_and_an_unknown_share_is_null(store: GraphStore) -> None:
    asked = (
        "MATCH (a)-[o:OWNS]->(b:Company) RETURN coalesce(a.company_id, a.name), b.company_id, o.kind, o.share, "
        "o.share_low, o.share_high, o.since ORDER BY b.company_id, o.share"
    )
    assert rows(store, asked) == [
        ("c", "a", "owns", 0.1, 0.1, 0.1, None),
        ("Fund One", "a", "owns", 0.25, 0.25, 0.25, None),
        ("a", "b", "owns", 0.6, 0.6, 0.6, date(2020, 1, 1)),
        ("b", "c", "owns", 0.625, 0.5, 0.75, None),
        ("b", "d", "owns", None, 0.0, 1.0, None),
        ("Ann Ody", "f", "owns", 1.0, 1.0, 1.0, None),
    ]


def test_effective_shares_are_those_of_the_graph(store: GraphStore, tmp_path: Path) -> None:
    facts = small_graph(tmp_path / "run").ownership
    pairs = zip(
        facts.effective.source, facts.effective.target, facts.effective_low, facts.effective_high, strict=True
    )
    wanted = [(IDS[i], IDS[j], float(low), float(high)) for i, j, low, high in pairs]
    match = "MATCH (a:Company)-[o:EFFECTIVE_OWNS]->(b:Company)"
    asked = f"{match} RETURN a.company_id, b.company_id, o.share_low, o.share_high"
    assert sorted(rows(store, asked), key=str) == sorted(wanted, key=str)
    assert len(wanted) > 5


def test_links_of_a_kind_stay_as_many_as_they_were(store: GraphStore) -> None:
    asked = (
        "MATCH (a)-[l:LINKED]->(b) RETURN l.kind, coalesce(a.company_id, a.person_id), b.company_id, count(*)"
    )
    assert sorted(rows(store, asked), key=str) == [
        ("director", "P1", IDS[4], 1),
        ("director", "P1", "f", 1),
        ("director", "P2", "a", 1),
        ("supplies", "a", "f", 2),
    ]
    assert rows(store, "MATCH (p:Person) RETURN p.name ORDER BY p.name") == [("Ann Ody",), ("P2",)]


def test_industries_and_places_are_trees(store: GraphStore) -> None:
    up = "MATCH (c:Company {company_id: $id})-[:IN_INDUSTRY]->(:Industry)-[:PART_OF*0..5]->(i:Industry) RETURN i.code"
    assert sorted(rows(store, up, id="a"), key=str) == [("62",), ("620",), ("6201",)]
    place = "MATCH (c:Company {company_id: 'a'})-[:LOCATED_IN]->(p)-[:PART_OF]->(q) RETURN p.level, p.name, q.place_key"
    assert rows(store, place) == [("city", "BONN", "country|DE")]


def test_a_path_knows_its_nodes_and_relationships(store: GraphStore) -> None:
    ((walk,),) = rows(
        store, "MATCH p = (:Holder)-[:OWNS]->(:Company)-[:OWNS]->(c:Company {company_id: 'b'}) RETURN p"
    )
    assert isinstance(walk, Walk)
    assert [(node.label, node.key) for node in walk.nodes] == [
        ("Holder", "H1"),
        ("Company", "a"),
        ("Company", "b"),
    ]
    assert [each.relation for each in walk.relationships] == ["OWNS", "OWNS"]
    assert [each.source for each in walk.relationships] == [node.ref for node in walk.nodes[:2]]


def test_rows_are_capped_and_the_answer_says_so(store: GraphStore) -> None:
    asked = "MATCH (c:Company) RETURN c.company_id ORDER BY c.company_id"
    first = store.query(asked, limits=Limits(rows=2))
    assert (first.rows, first.truncated) == ((("a",), ("b",)), True)
    whole = store.query(asked, limits=Limits(rows=len(IDS)))
    assert (len(whole.rows), whole.truncated) == (len(IDS), False)
    assert len(store.query(asked, limits=WHOLE).rows) == len(IDS)


@pytest.mark.parametrize("wrong", [{"rows": 0}, {"seconds": 0.0}, {"seconds": float("nan")}])
def test_limits_that_allow_nothing_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match=f"{next(iter(wrong))} is"):
        Limits(**wrong)


def test_a_query_that_takes_too_long_is_cancelled_with_a_message(store: GraphStore) -> None:
    endless = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b = 7.5 RETURN count(*)"
    with pytest.raises(QueryError, match=r"cancelled: it ran longer than 0\.5 s"):
        store.query(endless, limits=Limits(seconds=0.5))
    assert rows(store, "RETURN 1") == [(1,)]


HEADERS = (
    'z\\u0060: 0}) CREATE (:Pwned {from: "header"}) //', "z\\", "\\u0041bc", "`", "z``\\u0060", "a\nb", "\\u005cu0060",
    "{x}", "$p", "n.name", "'", "name = 1",
)  # fmt: skip
"""Headers of a register that would be Cypher, or other names, if a store ever took them apart."""
SIZES: list[Any] = [1.0, 2.0, None, 3.0, 4.0, 5.0]
KEYS_OF_COMPANIES = "MATCH (c:Company) UNWIND keys(c) AS name RETURN DISTINCT name"


@pytest.fixture
def attacked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small register gets a column of numbers under each of the headers."""
    for name in HEADERS:
        monkeypatch.setitem(COLUMNS, name, (Role.NUMBER, "", SIZES))


@pytest.mark.usefixtures("attacked")
def test_promise_1_a_header_arrives_under_its_very_name_and_never_runs(
    empty: GraphStore, tmp_path: Path
) -> None:
    projection = small_projection(tmp_path / "run")
    counted = "MATCH (n) RETURN count(n)"
    found: list[object] = []
    for _ in range(2):
        empty.build(projection)
        with empty.open() as store:
            ((node,),) = rows(store, "MATCH (c:Company {company_id: $id}) RETURN c", id="b")
            assert isinstance(node, Node)
            assert {name: node.properties.get(name) for name in HEADERS} == dict.fromkeys(HEADERS, 2.0)
            assert {name for (name,) in rows(store, KEYS_OF_COMPANIES)} >= set(HEADERS)
            found += rows(store, counted)
    assert found[0] == found[1]
    assert sum(table.rows for table in projection.nodes) in {
        count - extra for (count,) in found for extra in (0, 1)
    }


@pytest.mark.usefixtures("attacked")
def test_promise_1_a_property_is_chosen_and_read_back_by_any_name(empty: GraphStore, tmp_path: Path) -> None:
    empty.build(small_projection(tmp_path / "run"))
    with empty.open() as store:
        for name in HEADERS:
            answer = run_query(store, "top-leads", {"size_column": name, "size_from": 2.5})
            assert answer.to_pandas()["size"].tolist() == [3.0, 4.0], name
        (tmp_path / "out").mkdir()
        companies, _ = store.read_register(tmp_path / "out")
    table = pq.read_table(companies).sort_by("company_id").to_pydict()
    order = sorted(range(len(IDS)), key=IDS.__getitem__)
    for name in HEADERS:
        assert list(map(str, table[name])) == [str(SIZES[i]) for i in order], name


@pytest.mark.usefixtures("attacked")
def test_promise_1_a_property_of_any_name_is_dropped(empty: GraphStore, tmp_path: Path) -> None:
    empty.build(small_projection(tmp_path / "run"))
    empty.build(small_projection(tmp_path / "later", "r2", leave_out=HEADERS))
    with empty.open() as store:
        assert not {name for (name,) in rows(store, KEYS_OF_COMPANIES)} & set(HEADERS)
        assert rows(store, "MATCH (c:Company {company_id: 'a'}) RETURN c.name") == [("Alpha",)]


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (c:Company) LOAD FROM '{file}' RETURN *", "PROFILE COPY (MATCH (c:Company) RETURN c.name) TO '{file}'",
        "PROFILE LOAD EXTENSION '{file}'", "PROFILE INSTALL httpfs", "PROFILE CALL threads = 1",
        "LOAD CSV FROM 'file://{file}' AS line RETURN line", "WITH 1 AS a LOAD CSV FROM 'file://{file}' AS l RETURN l",
        "MATCH (c:Company) // '\rLOAD CSV FROM 'file://{file}' AS line RETURN line", "USE other MATCH (n) RETURN n",
    ],
)  # fmt: skip
def test_promise_3_a_read_reaches_no_files_and_no_settings(
    store: GraphStore, tmp_path: Path, cypher: str
) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("secret\n")
    for ask in (store.query, store.subgraph):
        with pytest.raises(QueryError, match="would change the graph, or reach beyond it"):
            ask(cypher.format(file=file))
    assert file.read_text() == "secret\n"


def test_promise_3_the_words_stay_allowed_as_names_and_in_texts(store: GraphStore) -> None:
    asked = (
        "MATCH (load:Company {company_id: 'a'}) RETURN load.name AS copy, 'LOAD FROM x' AS `install` // COPY"
    )
    answer = store.query(asked)
    assert (answer.columns, answer.rows) == (("copy", "install"), (("Alpha", "LOAD FROM x"),))


@pytest.mark.parametrize(
    ("cypher", "parameters", "reason"),
    [
        ("MATCH (c:Company {company_id: $id}) RETURN c", {}, r"needs a value for \$id"),
        ("MATCH (c:Company) RETURN c", {"id": 1}, r"no parameter \$id"),
        ("MATCH (c:Company {company_id: $id}) RETURN c", {"id": object()}, r"\$id is a object"),
        ("MATCH (c:Company RETURN c", {}, "the query is wrong"),
        ("MATCH (c:Company) SET c.score = 1.0", {}, "would change the graph"),
        ("MATCH (c:Company) DETACH DELETE c", {}, "would change the graph"),
        ("CREATE (:Run {run_id: 'x'})", {}, "would change the graph"),
    ],
)
def test_what_a_query_may_not_be(
    store: GraphStore, cypher: str, parameters: dict[str, object], reason: str
) -> None:
    before = rows(store, ALL_SCORES)
    with pytest.raises(QueryError, match=reason):
        store.query(cypher, parameters)
    assert rows(store, ALL_SCORES) == before


def test_parameters_are_values_and_never_cypher(store: GraphStore) -> None:
    asked = "MATCH (c:Company) WHERE c.company_id = $id RETURN c.name"
    assert rows(store, asked, id="a' OR true //") == []
    assert rows(store, "RETURN $a, $b, $c, $d", a=[1, 2], b=None, c=date(2020, 1, 2), d=True) == [
        ([1, 2], None, date(2020, 1, 2), True)
    ]


def test_scores_are_replaced_as_a_whole(store: GraphStore) -> None:
    scores = pa.table(
        {"company_id": ["e'\"`\\", "f"], "score": [0.75, 0.5], "rank": [1, 2], "fit": ["Strong", None]}
    )
    store.write_scores(scores, "r2", "2026-02-03T00:00:00+00:00")
    assert rows(store, ALL_SCORES) == [
        ("a", None, None, None, None), ("b", None, None, None, None), ("c", None, None, None, None),
        ("d", None, None, None, None), (IDS[4], 0.75, 1, "Strong", "r2"), ("f", 0.5, 2, None, "r2"),
    ]  # fmt: skip
    assert rows(store, "MATCH (r:Run) RETURN r.run_id ORDER BY r.run_id") == [("r1",), ("r2",)]
    assert rows(store, "MATCH (c:Company) WHERE c.nearest_client_id IS NOT NULL RETURN count(*)") == [(0,)]


def test_a_score_set_that_fails_halfway_leaves_the_one_before(store: GraphStore) -> None:
    before = rows(store, ALL_SCORES)

    def fails(done: float, total: float, note: str = "") -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_scores(pa.table({"company_id": ["a"], "score": [0.1]}), "r2", "2026", progress=fails)
    assert rows(store, ALL_SCORES) == before


def test_a_statement_changes_the_graph_when_that_is_meant(store: GraphStore) -> None:
    store.update("MATCH (c:Company {company_id: $id}) SET c.name = $name", {"id": "a", "name": "New"})
    assert rows(store, "MATCH (c:Company {company_id: 'a'}) RETURN c.name") == [("New",)]
    with pytest.raises(QueryError):
        store.update("MATCH (c:Company) SET c.name = ")


def test_another_run_takes_the_place_of_the_first(store: GraphStore, tmp_path: Path) -> None:
    store.close()
    store.build(small_projection(tmp_path / "later", "r2", leave_out=("id", "Rank"), links=4))
    store.open()
    assert rows(store, "MATCH (c:Company) RETURN DISTINCT c.run_id ORDER BY c.run_id") == [("r2",), (None,)]
    assert rows(store, "MATCH ()-[o:OWNS]->() RETURN count(*)") == [(4,)]
    assert rows(store, "MATCH ()-[o:LINKED]->() RETURN count(*)") == [(0,)]
    assert rows(store, "MATCH (p:Person) RETURN count(*)") == [(0,)]
    ((node,),) = rows(store, "MATCH (c:Company {company_id: 'a'}) RETURN c")
    assert isinstance(node, Node)
    assert not {"id", "Rank (register)"} & node.properties.keys()


def test_building_twice_changes_nothing(store: GraphStore, tmp_path: Path) -> None:
    counted = "MATCH ()-[r]->() RETURN count(*)"
    before = (rows(store, ALL_SCORES), rows(store, counted))
    store.close()
    store.build(small_projection(tmp_path / "run"))
    store.open()
    assert (rows(store, ALL_SCORES), rows(store, counted)) == before


def test_a_register_read_back_gives_the_same_graph(store: GraphStore, tmp_path: Path) -> None:
    out, work = tmp_path / "out", tmp_path / "work"
    out.mkdir()
    work.mkdir()
    companies, links = store.read_register(out)
    register, _ = ingest(companies, links, work)
    wanted, found = small_graph(tmp_path / "run"), build_graph(register)
    order = [register.ids().to_pylist().index(id_) for id_ in IDS]
    back = {old: new for new, old in enumerate(order)}
    assert [back[int(found.ownership.group[i])] for i in order] == wanted.ownership.group.tolist()
    assert found.ownership.in_cycle[order].tolist() == wanted.ownership.in_cycle.tolist()
    assert len(found.ownership.effective) == len(wanted.ownership.effective)
    assert {key: len(edges) for key, edges in found.edges.items()} == {
        key: len(edges) for key, edges in wanted.edges.items()
    }
    table, truth = pq.read_table(companies), small_register(tmp_path / "run").read()
    for column, title in (
        ("founded", "founded"),
        ("id", "id"),
        ("score", "score (register)"),
        ("Firm", "name"),
    ):
        given = dict(zip(table["company_id"].to_pylist(), table[title].to_pylist(), strict=True))
        assert [given[id_] for id_ in IDS] == truth[column].to_pylist()
    assert not {"score", "rank", "group_id", "is_client", "run_id"} & set(table.column_names)


def test_views_for_pandas_and_networkx(store: GraphStore) -> None:
    graph = OpenGraph(store)
    frame = graph.to_pandas("MATCH (c:Company) RETURN c.company_id AS id, c.rank AS rank ORDER BY id")
    assert list(frame.columns) == ["id", "rank"]
    assert frame["id"].tolist() == IDS
    view = graph.to_networkx("MATCH (:Company {company_id: $id})-[r:OWNS]-() RETURN r", {"id": "b"})
    assert isinstance(view, nx.MultiDiGraph)
    assert sorted(view.edges()) == [(("Company", "a"), ("Company", "b")), (("Company", "b"), ("Company", "c")),
                                    (("Company", "b"), ("Company", "d"))]  # fmt: skip
    assert view.nodes["Company", "a"]["name"] == "Alpha"
    with pytest.raises(GraphleadError, match="more than the cap of 2"):
        graph.to_networkx("MATCH (c:Company) RETURN c", cap=2)


def test_the_library_is_asked_by_name(store: GraphStore) -> None:
    graph = OpenGraph(store)
    assert graph.to_pandas("hubs", {"least": "1"}).equals(run_query(store, "hubs", {"least": 1}).to_pandas())
    with pytest.raises(GraphleadError, match="hubs has no parameter 'leest'"):
        graph.to_pandas("hubs", {"leest": 1})


def test_relationships_name_their_ends(store: GraphStore) -> None:
    asked = "MATCH (a:Holder)-[r:OWNS]->(b) RETURN a, r, b"
    ((source, found, target),) = rows(store, asked)
    assert isinstance(source, Node)
    assert isinstance(found, Relationship)
    assert isinstance(target, Node)
    assert (found.source, found.target, found.relation) == (source.ref, target.ref, "OWNS")


def test_nothing_is_there_before_it_is_built(empty: GraphStore) -> None:
    with pytest.raises(StoreError, match="there is no"):
        empty.open()


def test_a_store_that_is_not_open_says_so(empty: GraphStore) -> None:
    with pytest.raises(StoreError, match="not open"):
        empty.query("RETURN 1")
