"""The form of a register that an engine reads: Parquet with the columns of a cleaned one, in their types."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from graphlead.core.errors import InputError, Place
from graphlead.core.register import Column, Role
from graphlead.engines.parquet import schema_of

OfType = Callable[[pa.DataType], bool]
TYPES: Mapping[Role, OfType] = {
    Role.NUMBER: pa.types.is_floating, Role.DATE: pa.types.is_date, Role.BOOLEAN: pa.types.is_boolean,
}  # fmt: skip
"""The types of columns by role in a cleaned register, see ``Register``; all others are texts."""
LINKS = {
    "source_id": Role.NAME, "kind": Role.NAME, "source_type": Role.NAME, "share_low": Role.NUMBER,
    "share_high": Role.NUMBER, "date": Role.DATE,
}  # fmt: skip
"""The role of each column of the links, which decides its type; source and target are whole numbers."""


def check_companies(source: Path, columns: Iterable[Column]) -> None:
    """Raise InputError where a table of companies lacks one of these columns, or has it in another type."""
    _check(source, {column.name: _fits(column.role) for column in columns})


def check_links(source: Path) -> None:
    """Raise InputError where a table of links is not in the form of a cleaned register."""
    ends = dict.fromkeys(("source", "target"), pa.types.is_integer)
    _check(source, {name: _fits(role) for name, role in LINKS.items()} | ends)


def _fits(role: Role) -> OfType:
    return TYPES.get(role, _is_text)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _check(source: Path, expected: Mapping[str, OfType]) -> None:
    schema = schema_of(source)
    for name, fits in expected.items():
        place = schema.get_field_index(name)
        if place < 0 or not fits(schema.field(place).type):
            what = "is missing" if place < 0 else f"is {schema.field(place).type}"
            raise InputError(
                f"the column {what}; an engine reads registers as a run has cleaned them.",
                where=Place.of(source, column=name),
                remedy="Give companies.parquet and links.parquet of a run's register/, or tables of the same columns.",
            )
