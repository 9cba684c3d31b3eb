"""The library itself: headers that are whole, dialects that agree, parameters refused before a store sees them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from graphlead.core.answers import Answer
from graphlead.core.contracts import USUAL, Limits
from graphlead.stores.faults import QueryError
from graphlead.stores.library.headers import header
from graphlead.stores.library.parameters import names_in
from graphlead.stores.library.queries import DIALECTS, find, folder, library, run_query
from graphlead.stores.library.reads import only_reads

WANTED = {
    "beneficial-owners", "circular-ownership", "data-quality", "entered-and-left", "evidence", "group", "hubs",
    "lost-contact", "near-client", "shared-owner", "shared-with-clients", "territories", "top-leads",
    "ultimate-parent", "unlike-clients", "white-space",
}  # fmt: skip


class Recorder:
    """A store that answers nothing and remembers what it was asked."""

    dialect = "embedded"

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, object]]] = []

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        limits: Limits = USUAL,
    ) -> Answer:
        self.asked.append((cypher, dict(parameters)))
        return Answer((), ())


def test_both_dialects_have_the_same_queries_with_the_same_headers() -> None:
    stated = [
        {
            name: (each.answers, each.parameters, each.columns, each.cost)
            for name, each in library(dialect).items()
        }
        for dialect in DIALECTS
    ]
    assert stated[0] == stated[1]
    assert stated[0].keys() >= WANTED


def test_a_query_of_a_dialect_has_no_portable_twin() -> None:
    portable = {file.name for file in folder().glob("*.cypher")}
    pairs = [{file.name for file in (folder() / dialect).glob("*.cypher")} for dialect in DIALECTS]
    assert pairs[0] == pairs[1]
    assert not portable & pairs[0]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_headers_declare_exactly_what_the_text_needs_and_describe_everything(dialect: str) -> None:
    for query in library(dialect).values():
        declared = {each.name for each in query.parameters if each.type != "property"}
        assert names_in(query.cypher) == declared, query.name
        assert only_reads(query.cypher), query.name
        assert query.answers.endswith("?"), query.name
        assert query.cost.endswith("."), query.name
        assert all(each.description for each in query.parameters), query.name
        assert "ORDER BY" in query.cypher, query.name
        bounded = any(each.name == "limit" for each in query.parameters)
        assert bounded or query.name in {"ultimate-parent", "beneficial-owners", "hubs", "data-quality"}


def test_what_is_typed_becomes_values_of_the_declared_types() -> None:
    store = Recorder()
    run_query(store, "lost-contact", {"since": "2024-02-29", "least": "0.25", "limit": "7"})
    ((_, values),) = store.asked
    assert values == {"since": date(2024, 2, 29), "least": 0.25, "limit": 7}
    run_query(store, "lost-contact", {"least": 1, "limit": None})
    assert store.asked[-1][1] == {"since": date(1900, 1, 1), "least": 1.0, "limit": 100}
    assert isinstance(store.asked[-1][1]["least"], float)


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("white-spaces", {}, r"no query 'white-spaces' \(did you mean white-space"),
        ("nothing-like-it-at-all", {}, r"no query 'nothing-like-it-at-all'\. graphlead query lists"),
        ("group", {}, r"group needs company_id\. Its parameters are: company_id \(string\), limit"),
        ("group", {"company_id": None}, "group needs company_id"),
        ("evidence", {"client_id": "x"}, "evidence needs company_id"),
        ("group", {"company_id": "a", "limits": "3"}, r"no parameter 'limits' \(did you mean limit\?\)"),
        ("group", {"company_id": "a", "limit": "many"}, r"\$limit has to be a whole number.*'many' is not"),
        ("group", {"company_id": "a", "limit": "1.5"}, r"\$limit has to be a whole number"),
        ("group", {"company_id": 3}, r"\$company_id has to be of type string, and 3 is not"),
        ("group", {"company_id": "a", "limit": True}, r"\$limit has to be of type integer"),
        ("lost-contact", {"since": "29.02.2024"}, r"\$since has to be a day, such as"),
        ("lost-contact", {"least": "half"}, r"\$least has to be a number"),
    ],
)
def test_what_is_wrong_is_named_before_a_store_sees_it(
    name: str, given: dict[str, object], message: str
) -> None:
    store = Recorder()
    with pytest.raises(QueryError, match=message):
        run_query(store, name, given)
    assert store.asked == []


def test_an_unknown_dialect_is_refused() -> None:
    with pytest.raises(QueryError, match="no dialect 'gremlin'"):
        find("group", "gremlin")


HEADER = """// Answers: Who?
// Parameters:
//   names: list<string> = a,b -- of
//     whom
//   on: boolean = yes
// Columns:
//   who: string
// Cost: little.
MATCH (n) RETURN n.name AS who
"""


def test_a_header_is_read_with_lists_defaults_and_lines_that_go_on() -> None:
    answers, parameters, columns, cost = header(HEADER, "here")
    assert (answers, cost, [each.name for each in columns]) == ("Who?", "little.", ["who"])
    assert [(each.name, each.type, each.default, each.description) for each in parameters] == [
        ("names", "list<string>", ["a", "b"], "of whom"),
        ("on", "boolean", True, ""),
    ]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (HEADER.replace("// Cost: little.\n", ""), "header of the query has Answers, Parameters, Columns"),
        (HEADER.replace("list<string>", "list<thing>"), "no type 'list<thing>'"),
        (HEADER.replace("who: string", "who is it"), "has the line 'who is it'"),
        (HEADER.replace("= yes", "= perhaps"), r"\$on has to be true or false"),
    ],
)
def test_a_header_that_is_not_whole_is_refused(wrong: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        header(wrong, str(Path("x.cypher")))
