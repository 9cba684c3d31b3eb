"""The header of a query file: its question, parameters and columns, in comments that every store skips."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphlead.stores.faults import QueryError
from graphlead.stores.library.arguments import read

SECTIONS = ("Answers", "Parameters", "Columns", "Cost")
TYPES = {"string", "integer", "float", "boolean", "date", "property"}
_SECTION = re.compile(rf"({'|'.join(SECTIONS)}):\s*(.*)")
_ENTRY = re.compile(r"(?P<name>\w+): (?P<type>[\w<>]+)(?: = (?P<default>.+?))?(?: -- (?P<description>.+))?")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter of a query; without a default it has to be given."""

    name: str
    type: str
    description: str = ""
    required: bool = True
    default: object = field(default=None)

    def signature(self) -> str:
        """Name, type and default, as in the header."""
        return (
            f"{self.name} ({self.type})" if self.required else f"{self.name} ({self.type}, {self.default!r})"
        )


@dataclass(frozen=True)
class Column:
    """A column of a query's answer."""

    name: str
    type: str
    description: str = ""


def header(text: str, where: str) -> tuple[str, tuple[Parameter, ...], tuple[Column, ...], str]:
    """The question a query answers, its parameters, its columns, and the bound on its cost.

    Raises QueryError with the file and the line where the header is malformed.
    """
    sections = _sections(text, where)
    parameters = tuple(_parameter(line, where) for line in _entries(sections["Parameters"]))
    columns = tuple(
        Column(found["name"], found["type"], found["description"] or "")
        for found in (_entry(line, where) for line in _entries(sections["Columns"]))
    )
    return " ".join(sections["Answers"]), parameters, columns, " ".join(sections["Cost"])


def _sections(text: str, where: str) -> dict[str, list[str]]:
    """The lines of each section."""
    found: dict[str, list[str]] = {}
    for line in _comment(text):
        begins = _SECTION.fullmatch(line)
        if begins:
            found[begins[1]] = [begins[2]] if begins[2] else []
        elif found and line:
            found[list(found)[-1]].append(line)
    if tuple(found) != SECTIONS:
        raise QueryError(
            f"the header of the query has {', '.join(found) or 'nothing'}.",
            where=where,
            remedy=f"It has to have {', '.join(SECTIONS)}, in this order.",
        )
    return found


def _comment(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("//"):
            return
        yield line.removeprefix("//").strip()


def _entries(lines: list[str]) -> list[str]:
    """One line per entry: a line without a name continues the one before."""
    entries: list[str] = []
    for line in lines:
        if _ENTRY.fullmatch(line) or not entries:
            entries.append(line)
        else:
            entries[-1] += f" {line}"
    return entries


def _entry(line: str, where: str) -> re.Match[str]:
    found = _ENTRY.fullmatch(line)
    if found is None:
        raise QueryError(
            f"the header of the query has the line {line!r}.",
            where=where,
            remedy="Write NAME: TYPE = DEFAULT -- DESCRIPTION.",
        )
    return found


def _parameter(line: str, where: str) -> Parameter:
    found = _entry(line, where)
    type_, default = found["type"], found["default"]
    if type_.removeprefix("list<").removesuffix(">") not in TYPES:
        raise QueryError(
            f"{found['name']} is of no type {type_!r}.", where=where, remedy=f"Types are {sorted(TYPES)}."
        )
    value = None if default is None else read(default.strip('"'), type_, found["name"])
    return Parameter(
        name=found["name"],
        type=type_,
        description=found["description"] or "",
        required=default is None,
        default=value,
    )
