"""What a person sees: answers as tables, CSV and JSON, and a shell that goes on after what went wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from queried_graph import EARLIER, EARLIER_RANKS, RANKS, RUN, queried_graph, scores_of

from graphlead.cli.answers import ask, complete_names, described, listing, pairs, text_of
from graphlead.cli.shell import shell
from graphlead.core.answers import Answer
from graphlead.core.errors import SettingsError
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.faults import QueryError
from graphlead.stores.library.queries import run_query


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    made = EmbeddedStore(tmp_path / "graph.lbug")
    made.build(queried_graph(tmp_path / "run")[0])
    with made:
        yield made


@pytest.fixture
def run(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder whose store is the small one."""
    monkeypatch.setattr("graphlead.pipeline.store.store_of", lambda run, progress: store)
    return tmp_path


def typed(store: EmbeddedStore, text: str, *, write: bool = False) -> str:
    out = io.StringIO()
    shell(store, io.StringIO(text), out, write=write)
    return out.getvalue()


def test_queries_are_listed_completed_and_described() -> None:
    answers = "Which companies of our clients' ownership groups are not clients yet?"
    lines = [line.split(maxsplit=1) for line in listing("Queries:").splitlines()]
    assert ["white-space", answers] in lines
    assert complete_names("shared") == ["shared-owner", "shared-with-clients"]
    assert complete_names("zz") == []
    text = described("evidence")
    assert "company_id (string): the lead" in text
    assert "limit (integer, 10): the most rows" in text
    assert text.splitlines()[-1].startswith("Cost: ")


def test_an_answer_as_a_table_has_its_columns_and_paths_in_words(run: Path) -> None:
    text = ask(run, "evidence", {"company_id": "d1", "client_id": "a3", "limit": "3"})
    assert text.splitlines()[0] == "3 rows."
    assert text.splitlines()[1].split() == ["links", "names", "way"]
    assert 'Dogwood\'s "Best" <-supplies- Cedar Trade -supplies-> Alder Soft' in text
    assert 'Dogwood\'s "Best" <-owns- Hill Fund -owns-> Alder Soft' in text
    assert ask(run, "evidence", {"company_id": "e1", "client_id": "a3"}) == "0 rows."


def test_an_answer_as_csv_and_json_has_every_value(run: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(ask(run, "lost-contact", {}, "csv"))))
    assert [(row["company_id"], row["since"], row["share"]) for row in rows] == [
        ("b2", "2025-02-01", "0.7"),
        ("a3", "2022-07-01", "0.75"),
    ]
    content = json.loads(ask(run, "group", {"company_id": "a3", "limit": "1"}, "json"))
    assert content == {
        "columns": ["company_id", "name", "ultimate_parent_id", "is_client", "is_suppressed", "in_cycle", "score",
                    "rank"],
        "rows": [{"company_id": "a3", "name": "Alder Soft", "ultimate_parent_id": "a1", "is_client": True,
                  "is_suppressed": False, "in_cycle": False, "score": None, "rank": None}],
        "truncated": False,
    }  # fmt: skip
    way = json.loads(ask(run, "evidence", {"company_id": "c1", "client_id": "a3"}, "json"))["rows"][0]["way"]
    assert [node["key"] for node in way["nodes"]] == ["c1", "a3"]
    assert way["relationships"] == [{"type": "LINKED", "properties": {"kind": "supplies"}}]


def test_a_store_that_is_built_anew_remembers_the_lists_of_earlier_runs(tmp_path: Path) -> None:
    projection, _ = queried_graph(tmp_path / "run")
    store = EmbeddedStore(tmp_path / "graph.lbug")
    store.build(projection)
    store.write_scores(scores_of(EARLIER_RANKS).drop(["company"]), EARLIER, EARLIER[:10])
    store.build(projection)
    with store:
        lists = store.query(
            "MATCH (r:Run)-[l:LISTED]->(c:Company) RETURN r.run_id, c.company_id, l.rank ORDER BY l.rank"
        )
        assert {(company, rank) for run, company, rank in lists.rows if run == EARLIER} == set(
            EARLIER_RANKS.items()
        )
        assert {(company, rank) for run, company, rank in lists.rows if run == RUN} == set(RANKS.items())
        assert len(lists.rows) == 14
        entered = run_query(store, "entered-and-left", {"length": 1}).rows
        assert [row[:2] for row in entered] == [("entered", "d1"), ("left", "c1")]


def test_a_wrong_question_is_refused_before_a_store_is_opened(tmp_path: Path) -> None:
    for name, given, style in (
        ("whitespace", {}, "table"),
        ("group", {}, "json"),
        ("hubs", {"least": "x"}, "csv"),
    ):
        with pytest.raises(QueryError):
            ask(tmp_path / "no-run", name, given, style)
    with pytest.raises(SettingsError, match=r"no output 'xml'\. Choose one of table, csv, json"):
        ask(tmp_path / "no-run", "hubs", {}, "xml")


def test_values_of_a_file_can_neither_steer_a_terminal_nor_a_spreadsheet() -> None:
    answer = Answer(
        ("a\x1b[2J", "b"), (("\x1b[2Jred\nline", "=1+1"), (None, date(2024, 1, 2)), (float("nan"), -1)), True
    )
    table = text_of(answer, "table")
    assert "\x1b" not in table
    assert table.splitlines()[0] == "3 rows and more."
    assert len(table.splitlines()) == 5
    cells = list(csv.reader(io.StringIO(text_of(answer, "csv"))))
    assert [row[1] for row in cells] == ["b", "'=1+1", "2024-01-02", "-1"]
    assert json.loads(text_of(answer, "json"))["rows"][2] == {"a\x1b[2J": None, "b": -1}


def test_parameters_are_words_with_an_equals_sign() -> None:
    assert pairs(["a=1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}
    for wrong in (["a"], ["=1"], ["a=1", "a=2"]):
        with pytest.raises(SettingsError, match="Write it as limit=20"):
            pairs(wrong)


def test_the_shell_answers_statements_over_lines_and_goes_on_after_errors(store: EmbeddedStore) -> None:
    text = typed(store, """
MATCH (c:Company {company_id: 'a3'}) // a comment; with a semicolon
RETURN c.name AS name, 'a;
b' AS two;
MATCH (x:Nothing) RETURN x;
:run group company_id=a3 limit=1
:run group
:nonsense
:run group company_id
RETURN 7 AS seven;
:quit
RETURN 8 AS eight;
""")  # fmt: skip
    assert text.count("error: ") == 4
    assert "Alder Soft  a; b" in text
    assert "no command" in text
    assert "group needs company_id" in text
    assert "seven" in text
    assert "eight" not in text


def test_promise_3_the_shell_reads_no_files_and_settings(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("secret\n")
    file = f"'{tmp_path / 'x.csv'}'"
    asked = [f"MATCH (c) LOAD /* ; */ FROM {file} RETURN *", "PROFILE INSTALL httpfs", "CALL threads = 1"]
    text = typed(store, ";\n" + ";\n".join(asked) + ";\nRETURN 'LOAD; FROM' AS load; // ; x\n")
    assert text.count("error: the query would change the graph, or reach beyond it") == len(asked)
    assert "secret" not in text
    assert text.rstrip().endswith("LOAD; FROM")


def test_an_error_in_the_shell_cannot_steer_the_terminal(store: EmbeddedStore) -> None:
    text = typed(store, "RETURN `\x1b[2J`;\n")
    assert text.startswith("error: ")
    assert "\x1b" not in text


def test_the_shell_lists_describes_and_helps_and_answers_what_the_input_leaves_open(
    store: EmbeddedStore,
) -> None:
    text = typed(store, ":queries\n:describe hubs\n:help\nRETURN 5 AS five")
    assert "beneficial-owners" in text
    assert "hubs: Who is joined" in text
    assert ":run NAME KEY=VALUE ..." in text
    assert text.rstrip().endswith("5")


def test_a_statement_that_writes_is_refused_unless_writing_was_asked_for(store: EmbeddedStore) -> None:
    change = "MATCH (c:Company {company_id: 'e1'}) SET c.name = 'Changed';\n"
    name = "MATCH (c:Company {company_id: 'e1'}) RETURN c.name AS name;\n"
    refused = typed(store, change + name)
    assert "error: the query would change the graph" in refused
    assert "Elm Alone" in refused
    allowed = typed(store, change + name, write=True)
    assert "Done." in allowed
    assert "Changed" in allowed
