"""The lists of runs whose store nobody has asked for so far, beside the store that is built later."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import read_parquet, write_parquet
from graphlead.core.errors import GraphleadError
from graphlead.stores.lists import LENGTH, RUNS, Lists

SCHEMA = pa.schema(
    [
        ("run", pa.string()),
        ("finished", pa.string()),
        ("company", pa.string()),
        ("place", pa.int64()),
        ("score", pa.float64()),
        ("fit", pa.string()),
    ]
)


def keep_list(store: Path, run_id: str, finished: str, listed: pa.Table) -> None:
    """Keep the list of a run, company, place, score and fit, for the store in this file, which need not exist.

    The first LENGTH companies are kept, of the RUNS newest runs.
    """
    kept = _read(store)
    others = kept.filter(pc.not_equal(kept["run"], run_id))
    first = listed.filter(pc.less_equal(listed["place"], LENGTH))
    own = {"run": pa.array([run_id] * len(first), pa.string()), "finished": [finished] * len(first)}
    new = pa.table(own | {name: first[name] for name in first.column_names}).select(SCHEMA.names).cast(SCHEMA)
    table = pa.concat_tables([others, new])
    newest = sorted(pc.unique(table["finished"]).to_pylist(), reverse=True)[:RUNS]
    store.parent.mkdir(exist_ok=True)
    write_parquet(_file(store), table.filter(pc.is_in(table["finished"], pa.array(newest, pa.string()))))


def kept_lists(store: Path) -> Lists:
    """The lists that were kept for the store in this file; none where there are none, or they cannot be read."""
    table = _read(store)
    runs = table.group_by(["run", "finished"]).aggregate([]).select(["run", "finished"])
    return Lists(runs.to_pylist(), table.drop_columns("finished").to_pylist())


def _file(store: Path) -> Path:
    return store.with_name(f".{store.name}.lists")


def _read(store: Path) -> pa.Table:
    try:
        return read_parquet(_file(store)).select(SCHEMA.names).cast(SCHEMA)
    except (GraphleadError, KeyError, pa.ArrowInvalid):
        return SCHEMA.empty_table()
