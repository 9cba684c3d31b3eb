"""Which column of a list goes into which field of a customer system."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphlead.connectors.crm.system import Field, System
from graphlead.core.errors import SettingsError, unknown
from graphlead.core.toml import read_toml

ID = "id"
"""The column of a list with the id of each row."""
KEYS = ("object", "key", "create", "fields", "new")


@dataclass(frozen=True)
class Constant:
    """A value that is the same in every record."""

    value: str | float | int | bool


Source = str | Constant
"""Where the value of a field comes from: a column of the list, or a constant."""


@dataclass(frozen=True, kw_only=True)
class FieldMapping:
    """How a list is written into a customer system.

    kind: of records; key: the field with the list's ids, by which a record is found; fields: written whenever they
    differ; new: written only into a record that is made, for people correct them later; create: whether records are
    made for ids that are not found.
    """

    kind: str
    key: str
    fields: Mapping[str, Source]
    new: Mapping[str, Source]
    create: bool

    @property
    def written(self) -> dict[str, Source]:
        """Every field but the key."""
        return {**self.new, **self.fields}


def read_mapping(path: Path, usual: FieldMapping) -> FieldMapping:
    """The mapping of a TOML file; what it does not name is as in ``usual``.

    Keys: object, key, create, and the tables fields and new, of which each replaces the usual one: a field to a column
    of the list, or to {value = ...}. Raises SettingsError for a file that has anything else.
    """
    written = read_toml(path, "mapping file", "Check the path.")
    for name in written:
        if name not in KEYS:
            raise unknown("key", name, KEYS, str(path))
    for name, kind, called in (
        ("object", str, "a text"),
        ("key", str, "a text"),
        ("create", bool, "true or false"),
    ):
        if not isinstance(written.get(name, kind()), kind):
            raise SettingsError(f"{name} is no {kind.__name__}.", where=str(path), remedy=f"Write {called}.")
    return FieldMapping(
        kind=written.get("object", usual.kind),
        key=written.get("key", usual.key),
        create=written.get("create", usual.create),
        fields=_sources(written["fields"], path, "fields") if "fields" in written else usual.fields,
        new=_sources(written["new"], path, "new") if "new" in written else usual.new,
    )


def _sources(table: Any, path: Path, name: str) -> dict[str, Source]:
    where = f"{path}, {name}"
    if not isinstance(table, dict):
        raise SettingsError(
            f"{name} is no table.", where=str(path), remedy=f'Write [{name}], then field = "column".'
        )
    return {field: _source(value, f"{where}, {field}") for field, value in table.items()}


def _source(value: Any, where: str) -> Source:
    if isinstance(value, str):
        return value
    if (
        isinstance(value, dict)
        and list(value) == ["value"]
        and isinstance(value["value"], str | int | float | bool)
    ):
        return Constant(value["value"])
    raise SettingsError(
        "this is no column.", where=where, remedy='Write "column", or { value = "constant" }.'
    )


def check_columns(mapping: FieldMapping, columns: Collection[str]) -> None:
    """Raise SettingsError, with the column probably meant, for a column that the list has not."""
    for field, source in mapping.written.items():
        if isinstance(source, str) and source not in columns:
            raise unknown("column", source, columns, f"field {field}")


def check_fields(
    mapping: FieldMapping,
    fields: Mapping[str, Field],
    system: System,
    needed: Mapping[str, str],
    making: bool,
) -> None:
    """Raise SettingsError, before anything is sent, where the server would take no record of this mapping.

    needed: the type that each of the usual fields is to have, for the remedy; making: whether records are to be made.
    """
    missing = [name for name in (mapping.key, *mapping.written) if name not in fields]
    if missing:
        raise SettingsError(
            f"{mapping.kind} has no field {_listed(_with_type(missing, needed))}.",
            where=system.title,
            remedy="Make them there and let this user write them, or map others in the mapping file.",
        )
    _check_key(mapping, fields[mapping.key], system)
    fixed = [name for name in mapping.fields if not fields[name].writable]
    if fixed:
        raise SettingsError(
            f"this user may not write {_listed(fixed)} of {mapping.kind}.",
            where=system.title,
            remedy="Give the user the right to edit them, or map others in the mapping file.",
        )
    empty = [
        each.name
        for each in fields.values()
        if each.required and each.name not in (*mapping.written, mapping.key)
    ]
    if making and empty:
        raise SettingsError(
            f"a new {mapping.kind} needs {_listed(empty)}, and no column is mapped to it.",
            where=system.title,
            remedy="Map them under [new] in the mapping file, or write create = false there to make no new records.",
        )


def _check_key(mapping: FieldMapping, key: Field, system: System) -> None:
    if not key.unique:
        raise SettingsError(
            f"{mapping.kind} may have the same {key.name} twice, so that records would be made twice.",
            where=system.title,
            remedy='Make it an external id with unique values, or name another in the mapping file: key = "...".',
        )
    if key.kind != "text" and key.name != system.own_id:
        raise SettingsError(
            f"{key.name} of {mapping.kind} is no text, and ids are texts.",
            where=system.title,
            remedy='Make it a text field, or name another in the mapping file: key = "...".',
        )


def _with_type(names: Iterable[str], needed: Mapping[str, str]) -> list[str]:
    return [f"{name} ({needed[name]})" if name in needed else name for name in names]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
