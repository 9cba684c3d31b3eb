"""The Neo4j store on a real server: faults, other people's graphs, and the way in through files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from neo4j_server import Server
from small_graph import COLUMNS, IDS, small_projection

from graphlead.core.contracts import Progress
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.register import Role
from graphlead.stores import differences
from graphlead.stores.faults import StoreError, UnreachableError
from graphlead.stores.mapping import RegisterMapping
from graphlead.stores.neo4j import claim as neo4j_alone
from graphlead.stores.neo4j import scores as neo4j_scores
from graphlead.stores.neo4j import store as neo4j
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.admin_csv import export
from graphlead.stores.neo4j.errors import explanation
from graphlead.stores.neo4j.store import Neo4jStore

COUNTS = {"OWNS": 6, "LINKED": 5, "IN_INDUSTRY": 5, "LOCATED_IN": 5}
SCORES = "MATCH (c:Company) WHERE c.score IS NOT NULL RETURN c.run_id, c.rank ORDER BY c.rank"


@pytest.fixture
def store(neo4j_address: Address) -> Iterator[Neo4jStore]:
    with closing(Neo4jStore(neo4j_address).connect()) as store:
        yield store


def counts(store: Neo4jStore) -> dict[object, object]:
    answer = store.query(
        "MATCH ()-[r]->() WHERE type(r) IN $types RETURN type(r), count(*)", {"types": list(COUNTS)}
    )
    return {row[0]: row[1] for row in answer.rows}


def later(what: Callable[[], None], note: str, times: int = 0) -> Progress:
    """Progress that does something once, when it has come to a table ``times`` times before."""
    left = iter(range(times + 1))

    def progress(done: float, total: float, table: str = "") -> None:
        if table == note and next(left, None) == times:
            what()

    return progress


def test_a_load_goes_on_when_the_server_was_killed_and_comes_back(
    own_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "BATCH", 2)
    monkeypatch.setattr(neo4j_scores, "BLOCK", 2)
    monkeypatch.setattr(neo4j, "RETRYING", 1.0)
    with closing(Neo4jStore(own_server.start())) as store:
        seen: list[object] = []

        def restart() -> None:
            own_server.kill()
            own_server.start()
            with closing(Neo4jStore(store.address).connect()) as other:
                seen.append((counts(other), other.query(SCORES).rows))

        store.build(small_projection(tmp_path / "run"), progress=later(restart, "scores", 2))
        assert seen == [(COUNTS, ())]
        store.open()
        assert counts(store) == COUNTS
        assert list(store.query(SCORES).rows) == [("r1", 1), ("r1", 2), ("r1", 3), ("r1", 4)]


def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "BATCH", 1)
    calls, write = iter(range(10**6)), Neo4jStore.write

    def loses(self: Neo4jStore, statements: neo4j.Statements) -> None:
        write(self, statements)
        if next(calls) % 25 == 24:
            raise UnreachableError("the line was cut after the commit")

    monkeypatch.setattr(Neo4jStore, "write", loses)
    monkeypatch.setattr(neo4j, "TRIES", 50)
    store.build(small_projection(tmp_path / "run"))
    assert next(calls) > 50
    assert counts(store) == COUNTS


def test_a_load_that_was_cut_off_is_taken_up_by_the_next(store: Neo4jStore, tmp_path: Path) -> None:
    def cut() -> None:
        raise KeyboardInterrupt

    projection = small_projection(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        store.build(projection, progress=later(cut, "EFFECTIVE_OWNS"))
    assert (
        store.query("MATCH (c:Company) WHERE c.score IS NOT NULL OR c.rank IS NOT NULL RETURN c").rows == ()
    )
    store.build(projection)
    assert counts(store) == COUNTS
    assert len(store.query(SCORES).rows) == 4


SET = pa.table(
    {"company_id": ["f", "a", "b"], "score": [0.5, 0.4, 0.3], "rank": [1, 2, 3], "fit": ["Weak", None, ""]}
)


def test_until_a_score_set_is_whole_nobody_sees_any_of_it(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_scores, "BLOCK", 1)
    store.build(small_projection(tmp_path / "run"))
    seen: list[object] = []

    def look(done: float, total: float, note: str = "") -> None:
        if note == "scores":
            seen.append([run for run, _ in store.query(SCORES).rows])

    store.write_scores(SET, "r2", "2026", progress=look)
    assert seen == [["r1"] * 4] * 3
    assert list(store.query(SCORES).rows) == [("r2", 1), ("r2", 2), ("r2", 3)]


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_switch_that_was_cut_off_is_finished_by_whoever_opens_the_store_next(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: int
) -> None:
    monkeypatch.setattr(neo4j_scores, "BLOCK", 1)
    monkeypatch.setattr(neo4j_scores, "PAUSE", 0.0)
    store.build(small_projection(tmp_path / "run"))
    blocks = iter(range(10))

    def cut(done: float, total: float, note: str = "") -> None:
        if note == "moving scores" and next(blocks) == moved:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.write_scores(SET, "r2", "2026-02-02", progress=cut)
    with Neo4jStore(store.address) as other:
        assert list(other.query(SCORES).rows) == [("r2", 1), ("r2", 2), ("r2", 3)]
        assert other.query("MATCH (r:Run {run_id: 'r2'}) RETURN r.finished").rows == (("2026-02-02",),)
        assert other.query("MATCH (s:NextScore) RETURN s").rows == ()


def test_what_changed_is_all_that_is_written(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.build(small_projection(tmp_path / "run"))
    store.update("MATCH (c:Company {company_id: 'a'}) SET c.name = 'edited', c.note = 'kept'")
    store.update("MATCH (:Holder)-[o:OWNS]->(c) CREATE (h:Holder {holder_id: 'x'})-[:OWNS]->(c) DELETE o")
    written: list[int] = []
    write = Neo4jStore.write

    def count(self: Neo4jStore, statements: neo4j.Statements) -> None:
        written.extend(len(values["rows"]) for _, values in statements() if "rows" in values)  # type: ignore[arg-type]
        write(self, statements)

    monkeypatch.setattr(Neo4jStore, "write", count)
    store.build(small_projection(tmp_path / "run"))
    assert sorted(written) == [1, 1, 1, 1]
    assert counts(store) == COUNTS
    rows = store.query("MATCH (c:Company {company_id: 'a'}) RETURN c.name, c.note").rows
    assert rows == (("Alpha", "kept"),)


FILLER = "MATCH (g:Graphlead) RETURN g.filler, g.schema IS NULL"


def test_of_two_processes_that_fill_a_database_the_second_is_refused(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_alone, "BEAT", 0.1)
    projection = small_projection(tmp_path / "run")
    places: list[str] = []

    def second() -> None:
        with closing(Neo4jStore(store.address)) as other:
            for call in (lambda: other.build(projection), lambda: other.write_scores(SET, "r2", "2026")):
                with pytest.raises(StoreError, match="another process is filling this database") as caught:
                    call()
                places.append(caught.value.where)

    store.build(projection, progress=later(second, "OWNS"))
    assert places == [str(store.address)] * 2
    assert counts(store) == COUNTS
    assert len(store.query(SCORES).rows) == 4
    assert store.query(FILLER).rows == ((None, False),)


def test_a_process_that_is_gone_is_not_waited_for(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_alone, "LEASE", 0.4)
    store.update("CREATE (:Graphlead {name: 'graphlead', filler: 'killed', beat: 7})")
    store.build(small_projection(tmp_path / "run"))
    assert counts(store) == COUNTS
    assert store.query(FILLER).rows == ((None, False),)


def test_whoever_was_taken_for_gone_stops(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neo4j_alone, "BEAT", 0.05)

    def taken_over() -> None:
        store.update("MATCH (g:Graphlead) SET g.filler = 'another'")
        time.sleep(1)

    with pytest.raises(StoreError, match="another process is filling"):
        store.build(small_projection(tmp_path / "run"), progress=later(taken_over, "OWNS"))
    assert store.query(FILLER).rows == (("another", False),)


def test_a_wrong_password_is_reported_and_never_shown(neo4j_server: Address, tmp_path: Path) -> None:
    wrong = replace(neo4j_server, password="not-this-" + "one")
    with (
        closing(Neo4jStore(wrong)) as store,
        pytest.raises(StoreError, match="refuses this user name") as caught,
    ):
        store.open()
    assert "not-this-one" not in f"{caught.value}{caught.value!r}{wrong}{wrong!r}"


def test_a_server_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(neo4j, "PATIENCE", 0.0)
    monkeypatch.setattr(neo4j, "RETRYING", 0.0)
    nowhere = Address("bolt://127.0.0.1:9", "neo4j", "secret-word")
    with (
        closing(Neo4jStore(nowhere)) as store,
        pytest.raises(UnreachableError, match=r"127\.0\.0\.1:9") as caught,
    ):
        store.build(small_projection(tmp_path / "run"))
    assert "secret-word" not in str(caught.value)


def test_an_address_is_made_of_the_environment_alone() -> None:
    environment = {"NEO4J_URI": "bolt://h:1", "NEO4J_USERNAME": "u", "NEO4J_PASSWORD": "p"}
    assert str(Address.from_environment(environment)) == "h:1"
    assert Address.from_environment(environment | {"NEO4J_DATABASE": "d"}).database == "d"
    with pytest.raises(StoreError, match=r"NEO4J_URI, NEO4J_PASSWORD not set"):
        Address.from_environment({"NEO4J_USERNAME": "u"})
    with pytest.raises(StoreError, match="no address"):
        Address("http://x", "u", "p")


def test_somebody_elses_companies_are_left_alone(store: Neo4jStore, tmp_path: Path) -> None:
    store.update("CREATE (:Company {company_id: 'theirs', name: 'Theirs'})")
    with pytest.raises(StoreError, match="Company nodes that graphlead did not write"):
        store.build(small_projection(tmp_path / "run"))
    assert store.query("MATCH (c:Company) RETURN c.company_id, c.name").rows == (("theirs", "Theirs"),)
    assert store.query("MATCH (g:Graphlead) RETURN g").rows == ()


def test_a_graph_of_another_shape_is_refused(store: Neo4jStore, tmp_path: Path) -> None:
    store.update("CREATE (:Graphlead {name: 'graphlead', schema: 0})")
    for call in (store.open, lambda: store.build(small_projection(tmp_path / "run"))):
        with pytest.raises(StoreError, match=r"has shape 0, this version .* empty database"):
            call()


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("Neo.TransientError.General.MemoryPoolOutOfMemoryError", "pool is full", "no room.*pool is full"),
        ("Neo.DatabaseError.Transaction.TransactionCommitFailed", "No space left on device", "no room"),
        (
            "Neo.DatabaseError.Transaction.TransactionStartFailed",
            "The database has encountered a critical error, and needs to be restarted.",
            "has stopped.*needs to be restarted.*make room",
        ),
        (
            "Neo.DatabaseError.Transaction.TransactionLogError",
            "Could not append transaction: Transaction #9 to log.",
            "has stopped.*disk is full",
        ),
        ("Neo.DatabaseError.General.UnknownError", "a bug", "the server failed: a bug"),
        ("Neo.ClientError.Database.DatabaseNotFound", "x", "no such database"),
        ("Neo.ClientError.Security.Forbidden", "x", "NEO4J_USERNAME"),
    ],
)
def test_what_a_server_complains_of_comes_with_a_remedy(code: str, message: str, expected: str) -> None:
    error = explanation(code, message, "h:1", 1.0)
    assert isinstance(error, StoreError)
    assert (error.where, bool(error.remedy)) == ("h:1", True)
    with pytest.raises(StoreError, match=expected):
        raise error


HEADERS = ("z\\u0060= 0] CREATE [=Pwned] //", "z\\", "\\u0041bc", "`", '"', "a, b", "#")


def test_the_export_is_imported_and_a_read_only_database_says_so(
    own_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in HEADERS:
        monkeypatch.setitem(COLUMNS, name, (Role.NUMBER, "", [1.0, 2.0, None, 3.0, 4.0, 5.0]))
    out = tmp_path / "export"
    out.mkdir()
    arguments = export(small_projection(tmp_path / "run"), out)
    assert arguments[:3] == ["database", "import", "full"]
    assert (out / "import.args").read_text().split() == arguments[3:]
    imported = own_server.call("admin", "database", "import", "full", "@import.args", "neo4j", cwd=out)
    assert imported.returncode == 0, imported.stdout + imported.stderr
    with (own_server.folder / "home/conf/neo4j.conf").open("a") as conf:
        conf.write("server.databases.default_to_read_only=true\n")
    with closing(Neo4jStore(own_server.start())) as store:
        store.open()
        assert counts(store) == COUNTS
        asked = 'MATCH (c:Company) RETURN c.company_id, c.name, c.`na"me`` x`, c.exporter, c.founded, c.rank'
        assert store.query(f"{asked} ORDER BY c.company_id").rows[2][:2] == ("c", 'Gamma\nof "Delta"')
        assert store.query(f"{asked} ORDER BY c.company_id").rows[4][:2] == (IDS[4], None)
        ((held,),) = store.query("MATCH (c:Company {company_id: 'd'}) RETURN c.rank").rows
        assert held == 1
        ((found,),) = store.query("MATCH (c:Company {company_id: 'b'}) RETURN properties(c)").rows
        assert isinstance(found, dict)
        assert {name: found.get(name) for name in HEADERS} == dict.fromkeys(HEADERS, 2.0)
        assert (found["Rank [register]"], found["id"], found["company_id"]) == ("y", "008", "b")
        with pytest.raises(StoreError, match="read-only"):
            store.build(small_projection(tmp_path / "run"))


@pytest.mark.parametrize("name", ["a:b", "a{b", "a}", "(x)", "a (b", "a\tb", "a\nb"])
def test_promise_1_a_header_that_neo4j_admin_would_take_apart_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(COLUMNS, name, (Role.NUMBER, "", [1.0] * len(IDS)))
    with pytest.raises(InputError, match="Rename the column in the companies file, or push") as caught:
        export(small_projection(tmp_path / "run"), tmp_path)
    assert repr(name) in str(caught.value)


def test_promise_1_a_header_that_the_server_takes_for_none_is_refused_before_the_load(
    store: Neo4jStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(COLUMNS, "a\0b", (Role.NUMBER, "", [1.0] * len(IDS)))
    with pytest.raises(InputError, match="zero byte in it"):
        store.build(small_projection(tmp_path / "run"))
    assert store.query("MATCH (n:Company) RETURN n").rows == ()


MAPPING = """
[companies]
label = "Firm"
id = "nr"
leave_out = ["secret"]
columns = { title = "name" }

[[owners]]
label = "Investor"
id = "code"
name = "called"

[[links]]
type = "HELD_BY"
kind = "owns"
share = "pct"
date = "from"
reverse = true

[[links]]
type = "SUPPLIES"
"""

FOREIGN = """
CREATE (a:Firm {nr: 1, title: 'One', staff: 10, secret: 'x', tags: ['p', 'q']}),
       (b:Firm {nr: 2, title: 'Two', staff: 2.5}), (c:Firm {title: 'no number'}),
       (d:Firm {nr: 4, title: 'Four', staff: 3, listed: true, since: date('2001-02-03')}),
       (i:Investor {code: 'I', called: 'Big Fund'}),
       (b)-[:HELD_BY {pct: 0.75, from: date('2020-05-06')}]->(a), (d)-[:HELD_BY]->(i), (a)-[:SUPPLIES]->(d)
"""


def test_an_existing_graph_becomes_a_register(store: Neo4jStore, tmp_path: Path) -> None:
    store.update(FOREIGN)
    (tmp_path / "mapping.toml").write_text(MAPPING)
    companies, links = store.read_register(
        tmp_path, mapping=RegisterMapping.from_toml(tmp_path / "mapping.toml")
    )
    table = pq.read_table(companies).sort_by("company_id").to_pydict()
    assert {name: list(map(str, values)) for name, values in table.items()} == {
        "company_id": ["1", "2", "4"], "name": ["One", "Two", "Four"], "staff": ["10.0", "2.5", "3.0"],
        "tags": ['["p", "q"]', "None", "None"], "listed": ["None", "None", "True"],
        "since": ["None", "None", "2001-02-03"],
    }  # fmt: skip
    table = pq.read_table(
        links, columns=["source_id", "target_id", "kind", "share", "date", "source_name", "source_type"]
    )
    assert sorted(map(tuple, (row.values() for row in table.to_pylist())), key=str) == [
        ("1", "2", "owns", "0.75", "2020-05-06", None, "company"),
        ("1", "4", "supplies", None, None, None, "company"),
        ("I", "4", "owns", None, None, "Big Fund", "holder"),
    ]


EVIL = 'z\\u0060: 0}) CREATE (:Pwned {from: "header"}) //'


def test_promise_1_names_in_a_mapping_and_in_somebody_elses_graph_are_never_cypher(
    store: Neo4jStore, tmp_path: Path
) -> None:
    store.update(
        "CREATE (a:Firm) SET a = $a CREATE (b:Firm) SET b = $b CREATE (a)-[r:HELD_BY]->(b) SET r = $r",
        {"a": {EVIL: "1", "z\\": 5}, "b": {EVIL: "2", "\\u0041bc": 6}, "r": {"`z\\": 0.5}},
    )
    quoted = json.dumps(EVIL)
    mapping = f"[companies]\nlabel = 'Firm'\nid = {quoted}\n[[links]]\ntype = 'HELD_BY'\nshare = '`z\\'\n"
    mapping += f"kind = {json.dumps(EVIL)}\nkind_property = {quoted}\ndate = {quoted}\n"
    (tmp_path / "mapping.toml").write_text(mapping)
    companies, links = store.read_register(
        tmp_path, mapping=RegisterMapping.from_toml(tmp_path / "mapping.toml")
    )
    assert pq.read_table(companies).sort_by("company_id").to_pydict() == {
        "company_id": ["1", "2"], "\\u0041bc": [None, 6], "z\\": [5, None],
    }  # fmt: skip
    assert [(row["share"], row["kind"]) for row in pq.read_table(links).to_pylist()] == [("0.5", EVIL)]
    assert store.query("MATCH (n:Pwned) RETURN n").rows == ()


@pytest.mark.parametrize(
    "mapping",
    [
        f"[companies]\nlabel = {json.dumps(EVIL)}\nid = 'nr'",
        f"[companies]\nlabel = 'Firm'\nid = 'nr'\n[[owners]]\nlabel = {json.dumps(EVIL)}\nid = 'nr'",
        f"[companies]\nlabel = 'Firm'\nid = 'nr'\n[[links]]\ntype = {json.dumps(EVIL)}",
        "[companies]\nlabel = 'a\\'\nid = 'nr'",
    ],
)
def test_promise_1_labels_and_types_that_could_be_cypher_are_refused_in_words(
    mapping: str, tmp_path: Path
) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(mapping)
    with pytest.raises(
        SettingsError, match=r"mapping\.toml, \w+: .* cannot be used as a label or type.*Rename"
    ):
        RegisterMapping.from_toml(path)


def test_a_mapping_that_fits_nothing_says_so(store: Neo4jStore, tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    for text, expected in (
        ("[companies]\nlabel = 'Nope'\nid = 'x'", "no node with the label Nope has a property x"),
        ("[companies]\nlabel = 'Firm'", "id not given"),
        ("[companies]\nlabel = 'Firm'\nid = 3", "id cannot be 3"),
        ("[companies]\nlabel = 'Firm'\nid = 'x'\nname = 'y'", "not understood"),
        ("[[links]]\ntype = 'X'", r"no table \[companies\]"),
        ("[companies]\n[other]", "unknown tables other"),
        ("[companies", "this is not TOML"),
    ):
        path.write_text(text)
        with pytest.raises(SettingsError, match=expected):
            store.read_register(tmp_path, mapping=RegisterMapping.from_toml(path))
