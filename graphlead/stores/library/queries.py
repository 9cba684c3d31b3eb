"""The query library in cypher/: named, documented queries, their parameters checked by name and type.

A file is portable, or there is one per dialect under cypher/embedded and cypher/neo4j. Its first lines are its header:

    // Answers: The question, in a sentence?
    // Parameters:
    //   company_id: string -- the company
    //   limit: integer = 100 -- the most rows
    // Columns:
    //   company_id: string -- its content
    // Cost: the nodes and relationships read, and what limits them.

Types are string, integer, float, boolean, date, and list<one of these>; a column may also be a path. A parameter of
type ``property`` is the name of a numeric property of companies: where the text has its default in backquotes, another
property takes its place, once the store is known to have it. So every file runs as it is, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from graphlead.core.answers import Answer
from graphlead.core.contracts import USUAL, GraphStore, Limits
from graphlead.stores.faults import QueryError
from graphlead.stores.library.arguments import value_of
from graphlead.stores.library.headers import Column, Parameter, header
from graphlead.stores.library.parameters import checked
from graphlead.stores.names import Names, names_for

DIALECTS = ("embedded", "neo4j")
SAMPLE = 10_000
"""Companies looked at for the names of properties, a choice: looking at all would cost as much as a scan."""


@dataclass(frozen=True, kw_only=True)
class NamedQuery:
    """A query of the library: its question, parameters, columns, bound on cost, and text."""

    name: str
    answers: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    cost: str
    cypher: str

    def values(self, given: Mapping[str, object]) -> dict[str, object]:
        """A value for every parameter: those given, text read as the declared type, and the defaults.

        Raises QueryError for a parameter that is unknown, missing, or not of its type.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        for name in given:
            if name not in known:
                raise QueryError(
                    f"{self.name} has no parameter {name!r}{_meant(name, known)}.", remedy=self.usage()
                )
        missing = [each.name for each in self.parameters if each.required and given.get(each.name) is None]
        if missing:
            raise QueryError(f"{self.name} needs {' and '.join(missing)}.", remedy=self.usage())
        return {name: value_of(known[name], given.get(name)) for name in known}

    def usage(self) -> str:
        """The parameters with their types and defaults, in a sentence."""
        listed = ", ".join(each.signature() for each in self.parameters)
        return f"Its parameters are: {listed}." if listed else "It takes no parameters."


def library(dialect: str) -> Mapping[str, NamedQuery]:
    """The queries in a dialect (embedded or neo4j), by name, in the order of the alphabet."""
    return _library(folder(), dialect)


def folder() -> Path:
    """The folder of the library: inside the package when installed, at the top of the repository otherwise."""
    inside = Path(__file__).parents[2] / "cypher"
    return inside if inside.is_dir() else Path(__file__).parents[3] / "cypher"


@cache
def _library(top: Path, dialect: str) -> Mapping[str, NamedQuery]:
    if dialect not in DIALECTS:
        raise QueryError(f"there is no dialect {dialect!r}.", remedy=f"There are {' and '.join(DIALECTS)}.")
    files = {file.stem: file for place in (top, top / dialect) for file in place.glob("*.cypher")}
    if not files:
        raise QueryError("the query library is missing.", where=str(top), remedy="Install graphlead again.")
    return {name: _read(files[name]) for name in sorted(files)}


def _read(file: Path) -> NamedQuery:
    text = file.read_text("utf-8")
    answers, parameters, columns, cost = header(text, str(file))
    return NamedQuery(
        name=file.stem, answers=answers, parameters=parameters, columns=columns, cost=cost, cypher=text
    )


def find(name: str, dialect: str) -> NamedQuery:
    """The query of this name. Raises QueryError, with similar names, when there is none."""
    queries = library(dialect)
    if name not in queries:
        raise QueryError(
            f"there is no query {name!r}{_meant(name, queries)}.", remedy="graphlead query lists them all."
        )
    return queries[name]


def _meant(name: str, known: Mapping[str, object]) -> str:
    close = get_close_matches(name, known, n=3, cutoff=0.5)
    return f" (did you mean {' or '.join(close)}?)" if close else ""


def run_query(
    store: GraphStore,
    name: str,
    given: Mapping[str, object],
    limits: Limits = USUAL,
) -> Answer:
    """The answer of an open store to a query of the library; ``given`` are its parameters, as text or as values.

    Raises QueryError for an unknown name, a parameter that is unknown, missing or of another type (before the store
    sees it), and when it takes longer than ``limits`` allow.
    """
    query = find(name, store.dialect)
    cypher, values = bound(store, query, query.values(given))
    return store.query(cypher, values, limits)


def bound(
    store: GraphStore, query: NamedQuery, values: Mapping[str, object]
) -> tuple[str, dict[str, object]]:
    """The text with its properties inserted, each checked against the store, and the remaining parameters."""
    cypher, names = query.cypher, names_for(store.dialect)
    for parameter in query.parameters:
        chosen = values[parameter.name]
        if parameter.type == "property" and chosen != parameter.default:
            _require_number(store, str(chosen), parameter.name)
            written = Names().access(str(parameter.default))
            cypher = cypher.replace(written, names.access(str(chosen)))
    types = {each.name: each.type for each in query.parameters if each.type != "property"}
    return cypher, checked(cypher, {name: values[name] for name in types} | names.parameters, types)


def _require_number(store: GraphStore, name: str, parameter: str) -> None:
    """Raises QueryError unless companies have numbers in this property."""
    known = sorted(properties_of_companies(store))
    if name not in known:
        raise QueryError(
            f"${parameter}: companies have no property {name!r}.", remedy=f"They have: {', '.join(known)}."
        )
    names = names_for(store.dialect)
    column = f"c{names.access(name)}"
    asked = f"MATCH (c:Company) WHERE {column} IS NOT NULL RETURN {column} LIMIT 1"
    first = store.query(asked, names.parameters).rows
    if first and (not isinstance(first[0][0], int | float) or isinstance(first[0][0], bool)):
        raise QueryError(
            f"${parameter}: the property {name!r} holds no numbers, but values like {first[0][0]!r}.",
            remedy="Name a column of numbers.",
        )


def properties_of_companies(store: GraphStore) -> Iterator[str]:
    """The names of the properties that companies have."""
    sample = f"MATCH (c:Company) WITH c LIMIT {SAMPLE} UNWIND keys(c) AS name RETURN DISTINCT name"
    return (str(name) for (name,) in store.query(sample).rows)
