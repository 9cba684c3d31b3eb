"""Asking a graph the queries of the library, at a terminal or from a program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from graphlead.cli.answers import check_style, text_of
from graphlead.core.contracts import GraphStore, Progress, silent
from graphlead.core.errors import SettingsError
from graphlead.stores.library.queries import find, library, run_query
from graphlead.stores.shape import ROWS, SECONDS


def listed() -> list[tuple[str, str]]:
    """Every query of the library: its name and what it answers. Both stores have the same."""
    return [(name, query.answers) for name, query in library("embedded").items()]


def complete_names(prefix: str) -> list[str]:
    """The names of queries that begin so, for tab completion."""
    return [name for name in library("embedded") if name.startswith(prefix)]


def described(name: str) -> str:
    """What a query answers, takes, gives and costs. Raises QueryError for an unknown name."""
    query = find(name, "embedded")
    lines = [f"{query.name}: {query.answers}"]
    for title, entries in (
        ("Parameters", [(each.told(), each.says) for each in query.parameters]),
        ("Columns", [(f"{each.name} ({each.type})", each.says) for each in query.columns]),
    ):
        if entries:
            lines.append(f"{title}:")
            lines += [f"  {told}{f': {says}' if says else ''}" for told, says in entries]
    return "\n".join([*lines, f"Cost: {query.cost}"])


def opened(run: Path | None, *, progress: Progress = silent) -> GraphStore:
    """The embedded store of a finished run, built first where there is none; the Neo4j of the environment for None."""
    from graphlead.pipeline.store import open_embedded
    from graphlead.stores.neo4j.address import Address
    from graphlead.stores.neo4j.store import Neo4jStore

    return Neo4jStore(Address.from_environment()) if run is None else open_embedded(run, progress=progress)


def ask(
    run: Path | None,
    name: str,
    given: Mapping[str, str],
    style: str = "table",
    *,
    rows: int = ROWS,
    seconds: float = SECONDS,
    progress: Progress = silent,
) -> str:
    """The answer of a query of the library as text: a table, CSV, or one JSON object.

    ``run`` is the folder of a finished run, None for the Neo4j that the environment names; ``given`` are parameters as
    typed. Raises QueryError for an unknown name or a wrong parameter before any store is opened.
    """
    find(name, "embedded" if run else "neo4j").values(given)
    check_style(style)
    with opened(run, progress=progress) as store:
        return text_of(run_query(store, name, given, rows=rows, seconds=seconds), style)


def pairs(given: Iterable[str]) -> dict[str, str]:
    """KEY=VALUE words as a mapping. Raises SettingsError for a word without ``=``, and for a key given twice."""
    found: dict[str, str] = {}
    for word in given:
        key, equals, value = word.partition("=")
        if not equals or not key or key in found:
            fault = "is given twice" if key in found else "is not KEY=VALUE"
            raise SettingsError(f"the parameter {word!r} {fault}.", remedy="Write it as limit=20.")
        found[key] = value
    return found
