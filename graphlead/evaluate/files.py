"""Held-out scores on disk, so that they can be evaluated again without retraining and without the register."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.common.files import read_parquet, write_parquet
from graphlead.core.errors import damage
from graphlead.evaluate.heldout import HeldOut

_FACTS = ("company", "fold", "held_out", "weight")


def save_held_out(result: HeldOut, folder: Path) -> None:
    """Write one file per split, one row per candidate: company (index), fold, held_out, weight, rankers, segments."""
    facts = dict(zip(_FACTS, (result.companies, result.fold, result.held_out, result.weight), strict=True))
    segments = {_segment(name): values for name, values in result.segments.items()}
    about = {"split": result.split, "segments": json.dumps(list(result.segments))}
    table = pa.table({**facts, **result.scores, **segments})
    write_parquet(_file(folder, result.split), table.replace_schema_metadata(about))


def load_held_out(folder: Path, splits: Iterable[str]) -> list[HeldOut]:
    """The splits that ``save_held_out`` wrote, in this order. Raises RunFolderError when one is missing or damaged."""
    return [_load(_file(folder, split)) for split in splits]


def saved_among(folder: Path, splits: Iterable[str]) -> list[str]:
    """Those of the splits that ``save_held_out`` wrote: of the others, the clients had too few."""
    return [split for split in splits if _file(folder, split).exists()]


def _file(folder: Path, split: str) -> Path:
    return folder / f"{split}.parquet"


def _segment(name: str) -> str:
    """The column of a segment's values, prefixed because a ranker may have the segment's name."""
    return f"segment {name}"


def _load(path: Path) -> HeldOut:
    table = read_parquet(path)
    with damage(path):
        segments = json.loads(table.schema.metadata[b"segments"])
        others = {*_FACTS, *map(_segment, segments)}
        return HeldOut(
            split=table.schema.metadata[b"split"].decode(),
            fold=table["fold"].to_numpy(),
            company=table["company"].to_numpy(),
            held_out=table["held_out"].to_numpy().astype(np.bool_),
            weight=table["weight"].to_numpy(),
            scores={name: table[name].to_numpy() for name in table.column_names if name not in others},
            segments={name: table[_segment(name)].combine_chunks() for name in segments},
        )
