"""Purchases in a folder: Parquet files of lines, customers and items, and how they were read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.core.errors import damage
from graphlead.core.purchases import DAY, Lines, Purchases, Texts
from graphlead.ingest.cases.files import as_frame, as_table

CUSTOMERS, ITEMS, BOUGHT, RETURNED, READING = (
    "customers.parquet", "items.parquet", "bought.parquet", "returned.parquet", "reading.json",
)  # fmt: skip
ID = "id of the row"
"""The column of the ids; no column of a user has this name with a table of columns beside it."""


def save_purchases(found: Purchases, folder: Path) -> None:
    """Write the purchases into a folder, made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write_parquet(folder / CUSTOMERS, _described(found.customers, found.of_customers))
    write_parquet(folder / ITEMS, _described(found.items, found.of_items))
    write_parquet(folder / BOUGHT, _lines(found.bought))
    write_parquet(folder / RETURNED, _lines(found.returned))
    rest = {name: getattr(found, name) for name in ("named", "size", "plan", "notes", "understood")}
    write_json(folder / READING, {**rest, "as_of": found.as_of.isoformat()})


def load_purchases(folder: Path) -> Purchases:
    """The purchases that ``save_purchases`` wrote. Raises RunFolderError when a file is missing or damaged."""
    content = read_json(folder / READING)
    tables = [read_parquet(folder / name) for name in (CUSTOMERS, ITEMS, BOUGHT, RETURNED)]
    with damage(folder):
        (customers, of_customers), (items, of_items) = map(_undescribed, tables[:2])
        bought, returned = map(_lines_of, tables[2:])
        return Purchases(
            customers=customers,
            items=items,
            bought=bought,
            returned=returned,
            of_customers=of_customers,
            of_items=of_items,
            as_of=date.fromisoformat(content["as_of"]),
            named=content["named"],
            size=content["size"],
            plan=tuple((name, use, because) for name, use, because in content["plan"]),
            notes=tuple(content["notes"]),
            understood=content["understood"],
        )


def _described(ids: Texts, columns: pd.DataFrame) -> pa.Table:
    texts = {str(name) for name in columns if not pd.api.types.is_numeric_dtype(columns[name])}
    return as_table(columns.assign(**{ID: ids}), {*texts, ID})


def _undescribed(table: pa.Table) -> tuple[Texts, pd.DataFrame]:
    frame = as_frame(table)
    return frame.pop(ID).to_numpy(object), frame


def _lines(lines: Lines) -> pa.Table:
    values = {name: pa.array(getattr(lines, name)) for name in ("customer", "item", "amount", "quantity")}
    return pa.table({**values, "day": pa.array(lines.day, pa.date32())})


def _lines_of(table: pa.Table) -> Lines:
    held = {name: table[name].to_numpy() for name in ("customer", "item", "amount", "quantity", "day")}
    return Lines(
        customer=held["customer"].astype(np.int32),
        item=held["item"].astype(np.int32),
        day=held["day"].astype(DAY),
        amount=held["amount"],
        quantity=held["quantity"],
    )
