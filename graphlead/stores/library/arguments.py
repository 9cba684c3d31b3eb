"""Command-line text as values of a declared type."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from datetime import date
from typing import Protocol

from graphlead.stores.faults import QueryError

FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

LARGEST = 2**63 - 1
"""The largest whole number in the 64 bits that the stores have for one."""


def _integer(text: str) -> int:
    """A whole number that a store can hold. Raises ValueError for any other text."""
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError
    return number


_READ: Mapping[str, Callable[[str], object]] = {
    "string": str,
    "property": str,
    "integer": _integer,
    "float": float,
    "boolean": lambda text: FLAGS[text.lower()],
    "date": date.fromisoformat,
}
_LIKE = {
    "integer": "a whole number such as 50, between -2^63 and 2^63",
    "float": "a number, such as 0.25",
    "boolean": "true or false",
    "date": "a day, such as 2024-03-31",
}


class Declared(Protocol):
    """A parameter with its type and default."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def default(self) -> object: ...


def value_of(parameter: Declared, given: object) -> object:
    """The value of a parameter: text read as its type, a whole number as a float where the type is float.

    None stands for the default. Raises QueryError for text that is not of the type; other values are left to
    ``parameters.checked``.
    """
    if given is None:
        return parameter.default
    if isinstance(given, str):
        return read(given, parameter.type, parameter.name)
    if parameter.type == "float" and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    return given


def read(text: str, type_: str, name: str) -> object:
    """Text as a value of the type; a list is separated by commas, with quotes around parts that have one."""
    if type_.startswith("list<"):
        inner = type_.removeprefix("list<").removesuffix(">")
        parts = next(csv.reader([text], skipinitialspace=True), [])
        return [read(part, inner, name) for part in parts]
    try:
        return _READ[type_](text)
    except (ValueError, KeyError) as error:
        raise QueryError(
            f"${name} has to be {_LIKE[type_]}, and {text!r} is not.", remedy="Give another value."
        ) from error
