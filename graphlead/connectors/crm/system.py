"""What a customer system is to this program: kinds of records with fields, found and written by an external id."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Protocol

from graphlead.core.errors import SettingsError

Value = str | float | int | bool | None
Record = Mapping[str, Value]
"""The values of a record by the names of its fields."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field of a kind of records.

    kind: text, number, yes_no, date, or another word of the system's; writable: by this user; unique: no two records
    have the same value, and records are found by it; required: a new record needs it.
    """

    name: str
    kind: str
    writable: bool
    unique: bool
    required: bool


@dataclass(frozen=True)
class Rejection:
    """Why the server did not take a record: its own code, its own words, the fields that it names."""

    code: str
    reason: str
    fields: str = ""


@dataclass(frozen=True)
class Answer:
    """What the server says of a record: it is written (no rejection), it is rejected, or nothing (not ``sure``)."""

    rejection: Rejection | None = None
    sure: bool = True


class System(Protocol):
    """A customer system.

    Calls raise BusyError, UncertainError and RefusedError, and SettingsError where it does not let this user in.

    title: for people; where: which one it is, with no secret; batch: records that it takes at once; own_id: the field
    with its own id, by which records are changed and never made.
    """

    title: str
    where: str
    batch: int
    own_id: str

    def fields(self, kind: str) -> dict[str, Field]:
        """The fields of a kind of records. Raises SettingsError where there is no such kind."""

    def found(self, kind: str, key: str, values: Sequence[str], names: Sequence[str]) -> dict[str, Record]:
        """Of at most ``batch`` records, by the value of the field ``key``, those that are there, with these fields."""

    def upsert(self, kind: str, key: str, records: Sequence[Record]) -> list[Answer]:
        """Write at most ``batch`` records, found by the field ``key`` or new; an answer for each, in their order."""

    def page(self, kind: str, names: Sequence[str], after: str) -> tuple[list[Record], str]:
        """Records in the order of the system's own ids, those behind the id ``after`` (empty: from the first), and
        what to ask for next, empty at the end. A record has its own id under ``own_id``."""


def library(module: str) -> Any:
    """A module of the extra ``crm``. Raises SettingsError where it is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != module.partition(".")[0]:
            raise
        raise SettingsError(
            f"{module.partition('.')[0]} is not installed.",
            where="customer systems",
            remedy="Install the extra: pip install 'graphlead[crm]'.",
        ) from None


def same(given: Value, there: Value) -> bool:
    """Whether a server holds a value that was given to it, in its own spelling: 0.5 is "0.50", True is "true"."""
    if any(isinstance(value, int | float) for value in (given, there)):
        return _number(given) == _number(there)
    return str(given or "").strip() == str(there or "").strip()


def _number(value: Value) -> str | float:
    """The number that a value is, or is spelled as; else the value as text."""
    text = "" if value is None else str(value).strip().lower()
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else ""
