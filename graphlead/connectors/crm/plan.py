"""What a push will do, record by record, before it does anything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from graphlead.connectors.crm.mapping import ID, Constant, FieldMapping, Source
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.system import Field, Record, System, Value, same
from graphlead.core.errors import InputError


class Deed(StrEnum):
    """What happens to a record."""

    CREATE = "created"
    CHANGE = "changed"
    LEAVE = "left alone"
    ABSENT = "not there"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the list as a record: its id, its place in the list (from 1), the fields that are always written and
    those of a new record, and what will happen to it. seen: the server was asked whether it has the record."""

    id: str
    line: int
    fields: Record
    new: Record
    deed: Deed
    seen: bool

    @property
    def hash(self) -> str:
        """A fingerprint of the fields that are always written."""
        text = json.dumps({name: _spelled(self.fields[name]) for name in sorted(self.fields)})
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def planned(
    table: pd.DataFrame,
    mapping: FieldMapping,
    sent: Mapping[str, str],
    fields: Mapping[str, Field],
) -> list[Row]:
    """The rows of a list as records, without asking the server: those that were sent as they are now are left alone,
    others that were sent are changed, and the rest is created.

    sent: the hash of what was sent before, by id; fields: of the server, for the types of the values, empty where they
    are not known. Raises InputError for an empty id, and for one that is there twice.
    """
    _check_ids(table[ID])
    columns = {name: _values(table, source, fields.get(name)) for name, source in mapping.written.items()}
    rows = []
    for i, name in enumerate(table[ID].astype(str)):
        row = Row(
            id=name,
            line=i + 1,
            fields={field: columns[field][i] for field in mapping.fields},
            new={field: columns[field][i] for field in mapping.new if columns[field][i] is not None},
            deed=Deed.CREATE,
            seen=False,
        )
        deed = Deed.CREATE if name not in sent else Deed.LEAVE if sent[name] == row.hash else Deed.CHANGE
        rows.append(_now(row, deed, seen=False))
    return rows


def compared(
    rows: Sequence[Row], mapping: FieldMapping, system: System, patience: Patience
) -> Iterator[list[Row]]:
    """The rows, in parts, held against the server where it was not sent them before: it may have them already."""
    asked = [row for row in rows if row.deed is not Deed.LEAVE]
    yield [row for row in rows if row.deed is Deed.LEAVE]
    for some in batches(asked, system.batch):
        there = look_up(some, mapping, system, patience)
        yield [_against(row, there.get(row.id), mapping) for row in some]


def batches(rows: Sequence[Row], size: int) -> Iterator[list[Row]]:
    """The rows in lists of at most ``size``."""
    for start in range(0, len(rows), size):
        yield list(rows[start : start + size])


def look_up(
    rows: Sequence[Row], mapping: FieldMapping, system: System, patience: Patience
) -> dict[str, Record]:
    """What the server has of these rows now, by id."""
    ids, names = [row.id for row in rows], list(mapping.fields)
    return patience.asked(lambda: system.found(mapping.kind, mapping.key, ids, names), system.title)


def is_there(row: Row, record: Record | None) -> bool:
    """Whether the server has a record with the values of this row."""
    return record is not None and all(same(value, record.get(name)) for name, value in row.fields.items())


def _against(row: Row, record: Record | None, mapping: FieldMapping) -> Row:
    if record is None:
        return _now(row, Deed.CREATE if mapping.create else Deed.ABSENT, seen=True)
    return _now(row, Deed.LEAVE if is_there(row, record) else Deed.CHANGE, seen=True)


def _now(row: Row, deed: Deed, *, seen: bool) -> Row:
    return Row(id=row.id, line=row.line, fields=row.fields, new=row.new, deed=deed, seen=seen)


def _check_ids(ids: pd.Series[Any]) -> None:
    texts = ids.astype("string").fillna("").str.strip()
    if (empty := texts == "").any():
        raise InputError(
            "the id is empty.",
            where=f"list, row {int(empty.to_numpy().argmax()) + 1}",
            remedy="Fill it in, or remove the row.",
        )
    if (twice := texts.duplicated()).any():
        raise InputError(
            f"the id {texts[twice].iloc[0]!r} is there twice.",
            where=f"list, row {int(twice.to_numpy().argmax()) + 1}",
            remedy="Remove one of the two rows.",
        )


def _values(table: pd.DataFrame, source: Source, field: Field | None) -> list[Value]:
    kind = field.kind if field else ""
    if isinstance(source, Constant):
        return [_value(source.value, kind)] * len(table)
    return [_value(value, kind) for value in table[source].astype(object)]


def _value(value: Any, kind: str) -> Value:
    """A value of a list as the field of this kind takes it; text where it cannot be that, for the server to reject."""
    if value is None or pd.isna(value) or value == "":
        return None
    plain: Value = value.item() if hasattr(value, "item") else value
    if kind == "number" and not isinstance(plain, bool):
        return _as_number(plain)
    if kind == "yes_no" and str(plain).lower() in ("true", "false"):
        return str(plain).lower() == "true"
    if isinstance(plain, bool | int | float) and kind in ("", "yes_no"):
        return plain
    return _as_text(plain)


def _spelled(value: Value) -> str:
    """A value as text, the same whichever type of field it is for."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else _as_text(value)


def _as_number(value: Value) -> Value:
    try:
        number = float(str(value))
    except ValueError:
        return str(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _as_text(value: Value) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
