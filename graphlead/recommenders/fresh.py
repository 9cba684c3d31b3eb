"""Items that nobody has bought yet: they score as the items do that are described like them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints, Longs, Reals
from graphlead.core.purchases import Texts

NEIGHBOURS = 10
"""Items that a new one is scored by, a choice."""
BINS = 5
"""Ranges that numbers are described by."""
BLOCK = 256


@dataclass(frozen=True, kw_only=True)
class Fresh:
    """New items. items: (k,) positions among all; alike: csr (k, m), shares of the kept items that each is scored by,
    adding up to 1. nearest: (k,) the one most alike, as a position among all; shared: what both have, as text.

    chance: in [0, 1], how well new items sold in the past beside those that they were like.
    """

    items: Ints
    alike: sp.csr_matrix
    nearest: Ints
    shared: tuple[str, ...]
    chance: float

    def scores(self, scores: Floats) -> Floats:
        """The scores (b, k) by those of the kept items (b, m); never above those of the items that it is like."""
        return np.asarray((self.alike @ np.maximum(scores, 0).T).T * np.float32(self.chance), np.float32)

    def reasons(self, items: Texts) -> dict[int, str]:
        """Why each of them is recommended, by its position."""
        return {
            int(item): f"new, and like {items[near]}{f' ({shared})' if shared else ''}"
            for item, near, shared in zip(self.items, self.nearest, self.shared, strict=True)
        }


def described(items: Texts, columns: pd.DataFrame) -> tuple[sp.csr_matrix, list[str]]:
    """What items are described by: csr float32 (m, f), rows of length 1 or 0, and the f descriptions.

    The values of the columns, ranges of numbers, and the words of the items' names, each weighed by how rare it is.
    """
    found: dict[str, list[tuple[int, str]]] = {}
    for name in columns:
        for at, text in enumerate(_levels(columns[name])):
            if text:
                found.setdefault(f"{name} {text}", []).append((at, str(name)))
    for at, item in enumerate(items):
        for word in sorted(set(re.findall(r"[^\W\d_]{3,}", str(item).lower()))):
            found.setdefault(f"“{word}”", []).append((at, ""))
    kept = {name: rows for name, rows in sorted(found.items()) if 1 < len(rows) < len(items)}
    rows = np.array([at for each in kept.values() for at, _ in each], np.int64)
    columns_at = np.repeat(np.arange(len(kept)), [len(each) for each in kept.values()])
    weights = np.array([np.log(len(items) / len(each)) for each in kept.values()], np.float32)
    matrix = sp.csr_matrix((weights[columns_at], (rows, columns_at)), shape=(len(items), max(len(kept), 1)))
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(1)).ravel())
    scaled = sp.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ matrix
    return sp.csr_matrix(scaled, dtype=np.float32), list(kept)


def fresh_items(
    new: Ints, kept: Ints, content: tuple[sp.csr_matrix, list[str]], chance: float
) -> Fresh | None:
    """The new items (positions) that are like some of the kept ones; None without any, or without a chance."""
    vectors, names = content
    if not len(new) or chance <= 0:
        return None
    alike = _nearest(vectors[new], vectors[kept])
    like = np.diff(alike.indptr) > 0
    if not like.any():
        return None
    alike, new = alike[like], new[like]
    first = [alike.indices[alike.indptr[i] + alike[i].data.argmax()] for i in range(len(new))]
    nearest = kept[np.array(first)]
    both = vectors[new].multiply(vectors[nearest]).tocsr()
    return Fresh(
        items=new.astype(np.int32), alike=alike, nearest=nearest.astype(np.int32), chance=chance,
        shared=tuple(_shared(both[i], names) for i in range(len(new))),
    )  # fmt: skip


def chance_of(new: Ints, kept: Ints, vectors: sp.csr_matrix, sold: Longs) -> float:
    """How much of what items alike sold the new ones did, at most 1: of the means, 0 without new ones.

    sold: the buyers of every item after the day on which ``new`` had none.
    """
    if not len(new) or not len(kept):
        return 0.0
    alike = _nearest(vectors[new], vectors[kept])
    like = np.diff(alike.indptr) > 0
    beside = float((alike[like] @ sold[kept]).sum())
    return min(1.0, float(sold[new[like]].sum()) / beside) if beside > 0 else 0.0


def _nearest(new: sp.csr_matrix, known: sp.csr_matrix) -> sp.csr_matrix:
    """csr (k, m): the shares of the NEIGHBOURS known rows most like each new one; an empty row where none is."""
    parts = []
    for start in range(0, new.shape[0], BLOCK):
        likeness = (new[start : start + BLOCK] @ known.T).toarray()
        order = np.argsort(-likeness, axis=1, kind="stable")[:, :NEIGHBOURS]
        values = np.take_along_axis(likeness, order, axis=1)
        values /= np.maximum(values.sum(1, keepdims=True), 1e-9)
        rows = np.repeat(np.arange(len(order)), order.shape[1])
        part = sp.csr_matrix((values.ravel(), (rows, order.ravel())), shape=(len(order), known.shape[0]))
        part.eliminate_zeros()
        parts.append(part)
    return sp.csr_matrix(sp.vstack(parts), dtype=np.float32)


def _levels(column: pd.Series) -> Iterable[str | None]:
    """A column as words; numbers as one of BINS ranges."""
    if not pd.api.types.is_numeric_dtype(column):
        return [None if value is None else str(value) for value in column]
    known = column.dropna().to_numpy(np.float64)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else known
    bins = np.searchsorted(edges, column.to_numpy(np.float64))
    return [
        None if np.isnan(value) else _range(edges, place) for value, place in zip(column, bins, strict=True)
    ]


def _range(edges: Reals, place: int) -> str:
    if not len(edges):
        return ""
    if place == 0:
        return f"up to {edges[0]:g}"
    return f"over {edges[-1]:g}" if place == len(edges) else f"{edges[place - 1]:g} to {edges[place]:g}"


def _shared(both: sp.csr_matrix, names: list[str], most: int = 2) -> str:
    order = np.argsort(-both.data, kind="stable")[:most]
    return ", ".join(names[both.indices[at]] for at in order)
