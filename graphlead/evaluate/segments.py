"""Recall by segment, to show whether the list is good only where the clients already are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Longs, Reals
from graphlead.core.evaluation import DENSE, MISSING, OTHERS, SPARSE
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.positions import Positions

LARGEST = 12
"""Segments shown one by one, the others together; a choice: what a table in the report has space for."""

COLUMNS = ["split", "ranker", "column", "segment", "companies", "held_out", "found", "recall", "recall_10"]

_Codes = Longs


def recall_by_segment(result: HeldOut, places: Mapping[str, Positions]) -> pd.DataFrame:
    """One row per (ranker, column, segment) of this split.

    companies: candidates in the segment, by weight; held_out: clients among them; found, recall: number and share of
    these within the top 5 % of the list; recall_10: share within the top 10 %. Each column ends with two rows, its
    segments divided by the density of clients so that about half of the held-out clients lie on each side.
    """
    found = {name: np.stack([p.found(0.05)[0], p.found(0.10)[0]]) for name, p in places.items()}
    rows = [
        (result.split, ranker, column, segment, len_all, len(members), *_recall(chances[:, members]))
        for column, values in result.segments.items()
        for segment, len_all, members in _parts(values, result)
        for ranker, chances in found.items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _recall(chances: Reals) -> tuple[float, float, float]:
    at_5, at_10 = chances.mean(axis=1)
    return float(chances[0].sum()), float(at_5), float(at_10)


def _parts(
    values: npt.NDArray[np.str_] | pa.Array, result: HeldOut
) -> list[tuple[str, int, npt.NDArray[np.intp]]]:
    """Segment, its companies, positions of its held-out clients: the largest, the others, dense and sparse."""
    codes, names = _encode(values)
    companies: Reals = np.bincount(codes, result.weight, len(names)).astype(np.float64)
    held = codes[result.held_out]
    clients = np.bincount(held, minlength=len(names))
    by_clients = np.argsort(-clients, kind="stable")
    by_clients = by_clients[clients[by_clients] > 0]
    parts = [(names[code], np.array([code])) for code in by_clients[:LARGEST]]
    parts.append((OTHERS, by_clients[LARGEST:]))
    if len(by_clients) > 1:
        dense = _densest(by_clients, clients, companies)
        parts += [(DENSE, dense), (SPARSE, np.setdiff1d(by_clients, dense))]
    counted = ((name, round(companies[of].sum()), np.flatnonzero(np.isin(held, of))) for name, of in parts)
    return [part for part in counted if len(part[2])]


def _densest(segments: _Codes, clients: _Codes, companies: Reals) -> _Codes:
    """The segments with the highest density of clients, up to half of all clients, at least one segment."""
    order = segments[np.argsort(-clients[segments] / companies[segments], kind="stable")]
    within_half = 2 * np.cumsum(clients[order]) <= clients.sum()
    return order[: max(1, int(within_half.sum()))]


def _encode(values: npt.NDArray[np.str_] | pa.Array) -> tuple[_Codes, list[str]]:
    """A code per entry and the codes' names; missing values get a code of their own."""
    array = values if isinstance(values, pa.Array) else pa.array(values)
    coded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
    names = [MISSING if name is None else str(name) for name in coded.dictionary.to_pylist()]
    codes = coded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [*names, MISSING]
