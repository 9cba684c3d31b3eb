"""The ends of links as numbers: companies by their place in the register, then whatever else has an id or a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.common.codes import encode, through
from graphlead.core.arrays import NONE, Ints
from graphlead.ingest.link_parts import Stated


@dataclass(frozen=True, kw_only=True)
class Ends:
    """The ends of n links as codes of ``names`` (k,), of which the first ``companies`` are the ids of the register.

    source, target: int32 (n,), NONE where missing.
    """

    names: pa.Array
    companies: int
    source: Ints
    target: Ints


def ends_of(stated: Stated, ids: pa.ChunkedArray) -> Ends:
    """The links' ends, turned round where the kind of link points backwards.

    A source with a name but no id is a holder identified by its name.
    """
    sources, targets, names = stated.source_id, stated.target_id, stated.source_name
    unnamed = bool(((sources.codes == NONE) & (names.codes != NONE)).any())
    parts = [sources.distinct, targets.distinct, *([names.distinct] if unnamed else [])]
    known = ids.cast(pa.large_string())
    codes, distinct = encode(pa.chunked_array([*known.chunks, *parts], pa.large_string()))
    starts = np.cumsum([len(ids), *map(len, parts)])[:-1]
    _, of_source, of_target, *of_name = np.split(codes, starts)
    source, target = through(of_source, sources.codes), through(of_target, targets.codes)
    for each in of_name:
        source = np.where(source == NONE, through(each, names.codes), source)
    if stated.backwards.any():
        source, target = (
            np.where(stated.backwards, target, source), np.where(stated.backwards, source, target)
        )  # fmt: skip
    return Ends(names=distinct, companies=len(ids), source=source, target=target)
