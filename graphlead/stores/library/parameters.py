"""Parameters of a query, checked by name and type before they reach a store.

Stores disagree: the embedded one answers a query that lacks a parameter with no rows, Neo4j with an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime

import numpy as np

from graphlead.stores.faults import QueryError
from graphlead.stores.library.tokens import Kind, tokens


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: Mapping[str, Callable[[object], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _whole,
    "float": lambda value: isinstance(value, float) or _whole(value),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
}


def names_in(cypher: str) -> frozenset[str]:
    """The names of a query's parameters."""
    return frozenset(token.text for token in tokens(cypher) if token.kind == Kind.PARAMETER)


def checked(
    cypher: str, parameters: Mapping[str, object], types: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The parameters in the form that stores take: exactly those of the query, of the declared types.

    ``types`` declares the type of each parameter: string, integer, float, boolean, date, or list<one of these>;
    None stands for no value and is always allowed. Raises QueryError for one that is missing, unknown, or of another
    type, before a store sees it.
    """
    wanted = names_in(cypher)
    missing, unknown = sorted(wanted - set(parameters)), sorted(set(parameters) - wanted)
    known = ", ".join(f"${name}" for name in sorted(wanted)) or "none"
    if missing:
        raise QueryError(
            f"the query needs a value for {_list(missing)}.", remedy=f"Its parameters are: {known}."
        )
    if unknown:
        raise QueryError(
            f"the query has no parameter {_list(unknown)}.", remedy=f"Its parameters are: {known}."
        )
    values = {name: _native(name, value) for name, value in parameters.items()}
    for name, type_ in (types or {}).items():
        if name in values and not _fits(values[name], type_):
            raise QueryError(
                f"${name} has to be of type {type_}, and {values[name]!r} is not.",
                remedy="Give another value.",
            )
    return values


def _list(names: list[str]) -> str:
    return ", ".join(f"${name}" for name in names)


def _fits(value: object, type_: str) -> bool:
    if value is None:
        return True
    if type_.startswith("list<"):
        inner = type_.removeprefix("list<").removesuffix(">")
        return isinstance(value, list) and all(_fits(each, inner) for each in value)
    return _TYPES[type_](value)


def _native(name: str, value: object) -> object:
    """The value in Python's own types; stores accept no others."""
    if isinstance(value, np.generic):
        return _native(name, value.item())
    if isinstance(value, np.ndarray):
        return _native(name, value.tolist())
    if value is None or isinstance(value, str | bool | int | float | date):
        return value
    if isinstance(value, list | tuple):
        return [_native(name, each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _native(name, each) for key, each in value.items()}
    raise QueryError(
        f"${name} is a {type(value).__name__}, which no store understands.",
        remedy="Give text, a number, true or false, a date, or a list of these.",
    )
