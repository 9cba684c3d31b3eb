"""Customers who have not bought yet: what those who are described like them buy, or what everybody buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graphlead.common.deal import drawn
from graphlead.core.arrays import Floats, Ints, Json, Keys, Longs, Reals
from graphlead.core.purchases import Texts
from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.figures import FIRST, hits_of, ndcg, top_of
from graphlead.recommenders.fresh import described
from graphlead.recommenders.lists import CONTENT, POPULAR

ALIKE = 100
"""Customers whose purchases count for a new one, a choice."""
JUDGED, FEWEST = 1000, 50
"""Customers at most on whom it is tried whether likeness beats popularity; fewer than the least say nothing."""
PRIOR = 5.0
"""Buyers like all customers that are added to those alike, so that one purchase of a rare item weighs little."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Whether likeness beats popularity for known customers taken as new ones: their mean NDCG@10 by both."""

    customers: int
    content: float
    popular: float
    helps: bool

    def to_json(self) -> Json:
        return {"customers": self.customers, "content_ndcg_10": self.content, "popular_ndcg_10": self.popular,
                "helps": self.helps}  # fmt: skip


def vectors_of(columns: pd.DataFrame) -> sp.csr_matrix:
    """What customers are described by: csr (n, f), rows of length 1, or 0 where nothing is known."""
    return described(np.full(len(columns), "", object), columns)[0]


def trial(vectors: sp.csr_matrix, baskets: Baskets, keys: Keys, seed: int) -> Trial | None:
    """The two ways on customers (n,) who are described and have bought; None where there are too few."""
    able = np.flatnonzero((np.diff(vectors.indptr) > 0) & (baskets.bought > 0))
    rows = able[drawn(keys[able], JUDGED, "newcomers", seed)]
    if len(rows) < FEWEST:
        return None
    wanted = np.diff(baskets.x[rows].indptr)

    def judged(scores: Floats) -> Reals:
        return ndcg(hits_of(top_of(scores, None, FIRST), baskets.x[rows]), wanted)

    content = judged(
        _by_likeness(vectors[rows], vectors[able], baskets.x[able], np.searchsorted(able, rows))[0]
    )
    popular = judged(np.tile(baskets.buyers, (len(rows), 1)))
    gap = content - popular
    helps = bool(gap.mean() > gap.std(ddof=1) / np.sqrt(len(gap)))
    return Trial(
        customers=len(rows), content=float(content.mean()), popular=float(popular.mean()), helps=helps
    )


def for_newcomers(
    ids: Texts,
    new: sp.csr_matrix,
    known: sp.csr_matrix,
    baskets: Baskets,
    items: Texts,
    top: int,
    *,
    helps: bool,
) -> pd.DataFrame:
    """The recommendations of customers without a purchase (k,), as ``recommended`` gives those of the others.

    new: what each is described by; known: what the customers of the baskets are. helps: likeness is used.
    """
    able = np.flatnonzero((np.diff(known.indptr) > 0) & (baskets.bought > 0))
    everybody = np.asarray(baskets.buyers / np.float32(max(int((baskets.bought > 0).sum()), 1)), np.float32)
    scores = np.tile(everybody, (len(ids), 1))
    kinds = np.full(len(ids), POPULAR, object)
    counts = np.zeros(len(ids), np.int64)
    if helps and len(able):
        described_ = np.diff(new.indptr) > 0
        found, many = _by_likeness(new[described_], known[able], baskets.x[able], None)
        scores[described_], counts[described_], kinds[described_] = found, many, CONTENT
    best = top_of(scores.copy(), None, top)
    at, rank = np.nonzero(best >= 0)
    item = best[at, rank]
    why = [
        f"likely for customers described like this one, going by the {counts[c]:,} most alike"
        if kinds[c] == CONTENT
        else f"bought by {everybody[i]:.0%}".replace("%", " %") + " of all customers"
        for c, i in zip(at, item, strict=True)
    ]
    return pd.DataFrame(
        {
            "customer": ids[at],
            "item": items[item],
            "score": np.round(scores[at, item].astype(np.float64), 6),
            "rank": rank + 1,
            "kind": kinds[at],
            "why": np.array(why, object),
        }
    )


def _by_likeness(
    new: sp.csr_matrix, known: sp.csr_matrix, x: sp.csr_matrix, own: Longs | None
) -> tuple[Floats, Ints]:
    """The share of buyers of each item among the ALIKE customers most alike (k, m), and how many these were (k,).

    own: for each new one its own place among the known ones, not to be taken for another.
    """
    likeness = (new @ known.T).toarray()
    if own is not None:
        likeness[np.arange(len(likeness)), own] = 0
    order = np.argsort(-likeness, axis=1, kind="stable")[:, :ALIKE]
    weight = np.take_along_axis(likeness, order, axis=1)
    rows = np.repeat(np.arange(len(order)), order.shape[1])
    picks = sp.csr_matrix((weight.ravel(), (rows, order.ravel())), shape=likeness.shape)
    everybody = np.asarray(x.mean(0)).ravel()
    bought = (picks @ x).toarray() + PRIOR * everybody
    return np.asarray(bought / (weight.sum(1, keepdims=True) + PRIOR), np.float32), (weight > 0).sum(1)
