"""Questions to a graph from the library, and answers as text: a table, CSV for a spreadsheet, JSON for a program."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from graphlead.common.console import laid_out, printable
from graphlead.common.spreadsheets import harmless
from graphlead.core.answers import Answer, Node, Relationship, Walk
from graphlead.core.contracts import USUAL, Limits, Progress, silent
from graphlead.core.errors import SettingsError
from graphlead.stores.library.queries import find, library, run_query


def listing(title: str) -> str:
    """Every query of the library with its question, as a table. Both stores have the same."""
    rows = [(name, query.answers) for name, query in library("embedded").items()]
    return laid_out(title, ("name", "answers"), rows)


def complete_names(prefix: str) -> list[str]:
    """The names of queries that begin with a prefix, for tab completion."""
    return [name for name in library("embedded") if name.startswith(prefix)]


def described(name: str) -> str:
    """The question, parameters, columns and cost of a query. Raises QueryError for an unknown name."""
    query = find(name, "embedded")
    parameters = [(each.signature(), each.description) for each in query.parameters]
    columns = [(f"{each.name} ({each.type})", each.description) for each in query.columns]
    sections = [*_section("Parameters", parameters), *_section("Columns", columns)]
    return "\n".join([f"{query.name}: {query.answers}", *sections, f"Cost: {query.cost}"])


def _section(title: str, entries: Iterable[tuple[str, str]]) -> list[str]:
    """A title over one line per entry; nothing where there is none."""
    lines = [f"  {entry}{f': {meaning}' if meaning else ''}" for entry, meaning in entries]
    return [f"{title}:", *lines] if lines else []


def ask(
    graph: Path | str,
    name: str,
    given: Mapping[str, str],
    style: str = "table",
    limits: Limits = USUAL,
    *,
    progress: Progress = silent,
) -> str:
    """The answer of a query of the library as text: a table, CSV, or one JSON object.

    ``graph`` is the folder of a finished run or the name of a graph database; ``given`` are parameters as typed. Raises
    QueryError for an unknown name or a wrong parameter before any store is opened.
    """
    # Every dialect has the same queries, with the same parameters.
    find(name, "embedded").values(given)
    check_style(style)

    from graphlead.pipeline.store import store_of

    with store_of(graph, progress=progress) as store:
        return text_of(run_query(store, name, given, limits), style)


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


def text_of(answer: Answer, style: str) -> str:
    """An answer as text of a style: table, csv or json. Neither ends with a line break."""
    check_style(style)
    return STYLES[style](answer)


def table(answer: Answer) -> str:
    """A table under its number of rows; line breaks and control characters do not reach the terminal."""
    count = len(answer.rows)
    title = f"{count:,} {'row' if count == 1 else 'rows'}{' and more' if answer.truncated else ''}."
    columns = [str(_cell(name)) for name in answer.columns]
    rows = [[_cell(value) for value in row] for row in answer.rows]
    return laid_out(title, columns, rows) if count else title


def _cell(value: object) -> object:
    """A value in a table; numbers stay numbers, so that they stand to the right."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return printable(" ".join(_text(value).split()))


def _csv(answer: Answer) -> str:
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(answer.columns)
    lines.writerows([_safe(value) for value in row] for row in answer.rows)
    return written.getvalue().removesuffix("\r\n")


def _safe(value: object) -> object:
    """A CSV cell that no spreadsheet takes for a formula."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    return harmless(_text(value))


def _json(answer: Answer) -> str:
    rows = [{key: _plain(value) for key, value in row.items()} for row in answer.records()]
    content = {"columns": answer.columns, "rows": rows, "truncated": answer.truncated}
    return json.dumps(content, allow_nan=False)


def _text(value: object) -> str:
    if isinstance(value, Node | Relationship | Walk):
        return _graph_text(value)
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    if isinstance(value, bool | dict):
        return json.dumps(_plain(value), ensure_ascii=False)
    return "" if value is None else str(value)


def _graph_text(value: Node | Relationship | Walk) -> str:
    """A node by its name, a relationship by its type, a path by both."""
    if isinstance(value, Node):
        return str(value.properties.get("name") or value.key)
    return value.relation if isinstance(value, Relationship) else "".join(_steps(value))


def _steps(walk: Walk) -> Iterator[str]:
    """A path in words, each relationship with the way it points."""
    yield _text(walk.nodes[0])
    for before, link, node in zip(walk.nodes, walk.relationships, walk.nodes[1:], strict=False):
        kind = str(link.properties.get("kind") or link.relation)
        yield f" -{kind}-> " if link.source == before.ref else f" <-{kind}- "
        yield _text(node)


def _plain(value: object) -> object:
    """A value as JSON has it; NaN and infinities become null."""
    if isinstance(value, Node | Relationship | Walk):
        return _graph_plain(value)
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value


def _graph_plain(value: Node | Relationship | Walk) -> object:
    if isinstance(value, Node):
        return {"label": value.label, "key": value.key, "properties": _plain(dict(value.properties))}
    if isinstance(value, Relationship):
        return {"type": value.relation, "properties": _plain(dict(value.properties))}
    return {"nodes": _plain(list(value.nodes)), "relationships": _plain(list(value.relationships))}


STYLES: Mapping[str, Callable[[Answer], str]] = {"table": table, "csv": _csv, "json": _json}


def check_style(style: str) -> None:
    """Raise SettingsError for an unknown style."""
    if style not in STYLES:
        raise SettingsError(f"there is no output {style!r}.", remedy=f"Choose one of {', '.join(STYLES)}.")
