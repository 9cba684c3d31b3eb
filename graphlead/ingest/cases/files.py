"""Cases in a folder: three Parquet files and the meaning of their columns, read back exactly."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.core.arrays import Floats
from graphlead.core.cases import CaseColumn, Cases, Kind, Meaning
from graphlead.core.errors import damage

ROWS, FEATURES, FACTS, COLUMNS = "cases.parquet", "features.parquet", "facts.parquet", "columns.json"
SEQUENCE = "sequence.parquet"
_TEXT = (Kind.CATEGORY, Kind.TEXT)


def save_cases(cases: Cases, folder: Path) -> None:
    """Write the cases into a folder, made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    days = cases.day.astype("datetime64[D]")
    rows = {
        "id": pa.array(cases.ids, pa.string()),
        "outcome": pa.array(cases.outcome),
        "day": pa.array(days, pa.date32(), mask=np.isnat(days)),
        "group": pa.array(cases.group),
    }
    if cases.account is not None:
        rows["account"] = pa.array(cases.account, pa.string())
    rows |= {
        name: pa.array(held) for name in ("duration", "value") if (held := getattr(cases, name)) is not None
    }
    write_parquet(folder / ROWS, pa.table(rows))
    kinds = {column.name: column.kind for column in cases.columns}
    write_parquet(
        folder / FEATURES, as_table(cases.features, {name for name, kind in kinds.items() if kind in _TEXT})
    )
    write_parquet(folder / FACTS, as_table(cases.facts, set(map(str, cases.facts))))
    if cases.sequence is not None:
        write_parquet(folder / SEQUENCE, _flat(cases.sequence))
    columns = [asdict(column) for column in cases.columns]
    write_json(
        folder / COLUMNS, {"columns": columns, "horizon": cases.horizon, "channels": list(cases.channels)}
    )


def load_cases(folder: Path) -> Cases:
    """The cases that ``save_cases`` wrote. Raises RunFolderError when a file is missing or damaged."""
    content = read_json(folder / COLUMNS)
    rows, features, facts = (read_parquet(folder / name) for name in (ROWS, FEATURES, FACTS))
    with damage(folder / COLUMNS):
        columns = tuple(
            CaseColumn(**{**each, "kind": Kind(each["kind"]), "meaning": Meaning(each["meaning"])})
            for each in content["columns"]
        )
    sequence = read_parquet(folder / SEQUENCE) if content["channels"] else None
    with damage(folder):
        reals = {name: rows[name].to_numpy() for name in ("duration", "value") if name in rows.column_names}
        return Cases(
            ids=rows["id"].to_numpy().astype(object),
            features=as_frame(features),
            columns=columns,
            outcome=rows["outcome"].to_numpy(),
            day=rows["day"].to_numpy().astype("datetime64[D]"),
            group=rows["group"].to_numpy(),
            facts=as_frame(facts),
            account=rows["account"].to_numpy().astype(object) if "account" in rows.column_names else None,
            horizon=content["horizon"],
            sequence=None if sequence is None else _steps(sequence, len(content["channels"])),
            channels=tuple(content["channels"]),
            **reals,
        )


def _flat(sequence: Floats) -> pa.Table:
    """A column for each step of each channel: mostly zeros, which Parquet packs into next to nothing."""
    _, steps, channels = sequence.shape
    columns = {f"{i}.{j}": pa.array(sequence[:, j, i]) for i in range(channels) for j in range(steps)}
    return pa.table(columns)


def _steps(table: pa.Table, channels: int) -> Floats:
    """The sequence (n, steps, channels) that ``_flat`` took apart."""
    steps = table.num_columns // channels
    whole = np.empty((table.num_rows, steps, channels), np.float32)
    for at, column in enumerate(table.columns):
        whole[:, at % steps, at // steps] = column.to_numpy()
    return whole


def as_table(frame: pd.DataFrame, texts: set[str]) -> pa.Table:
    """The frame as Arrow, without taking NaN for null in numbers."""
    arrays = [
        pa.array(frame[name].to_numpy(object), pa.string())
        if name in texts
        else pa.array(frame[name].to_numpy())
        for name in frame
    ]
    return (
        pa.table(arrays, names=[str(name) for name in frame])
        if arrays
        else pa.table({"": pa.nulls(len(frame))})
    )


def as_frame(table: pa.Table) -> pd.DataFrame:
    """The frame that ``as_table`` made a table of: texts as objects, None where missing."""
    columns = {
        name: pd.Series(
            table[name].to_numpy(), dtype=object if table.schema.field(name).type == pa.string() else None
        )
        for name in table.column_names
        if name
    }
    return pd.DataFrame(columns, index=range(len(table)), columns=pd.Index(list(columns), dtype="str"))
