"""Held-out scores on disk, so that they can be evaluated again without training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.arrays import Ints
from graphlead.evaluate.heldout import HeldOut

_FACTS = ("company", "fold", "held_out")


def save_held_out(result: HeldOut, companies: Ints, path: Path) -> None:
    """One row a candidate: company (its index, (m,)), fold, held_out, and a column a ranker; segments are not kept."""
    table = {"company": companies, "fold": result.fold, "held_out": result.held_out, **result.scores}
    pq.write_table(pa.table(table).replace_schema_metadata({"split": result.split}), path)


def load_held_out(path: Path) -> tuple[HeldOut, Ints]:
    """The split that ``save_held_out`` wrote, without segments, and the candidates' companies (m,)."""
    table = pq.read_table(path)
    scores = {name: table[name].to_numpy() for name in table.column_names if name not in _FACTS}
    held_out = table["held_out"].to_numpy().astype(np.bool_)
    split = table.schema.metadata[b"split"].decode()
    return HeldOut(split, table["fold"].to_numpy(), held_out, scores), table["company"].to_numpy()
