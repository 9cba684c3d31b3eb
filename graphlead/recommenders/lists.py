"""What to recommend to every customer, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graphlead.core.arrays import NONE, Floats, Ints, Longs
from graphlead.core.contracts import Progress
from graphlead.core.purchases import Texts
from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.candidates import Candidate
from graphlead.recommenders.figures import top_of
from graphlead.recommenders.fresh import Fresh
from graphlead.recommenders.plan import rows_at_a_time
from graphlead.recommenders.recommender import Recommender

TOGETHER, CONTENT, POPULAR = "together", "content", "popular"
COLUMNS = ("customer", "item", "score", "rank", "kind", "why")


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A fitted model with what it scores: the items (m,) at positions ``kept`` of all, and customers' baskets of them.

    fresh: items without a buyer, scored by what is alike; None where there is none.
    """

    candidate: Candidate
    model: Recommender
    kept: Ints
    baskets: Baskets
    fresh: Fresh | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """The recommendations of a block of customers, one entry each: customer, item and own as positions; own NONE."""

    customer: Longs
    item: Ints
    score: Floats
    rank: Longs
    own: Longs


def recommended(
    trained: Trained, customers: Texts, items: Texts, top: int, *, repeat: bool, progress: Progress
) -> pd.DataFrame:
    """COLUMNS, a row for each customer (n,) and each of the first ``top`` items, by customer and rank."""
    rows = trained.baskets.x.shape[0]
    step = rows_at_a_time(trained.baskets.x.shape[1])
    lines = []
    for start in range(0, rows, step):
        progress(start, rows, "recommending")
        lines.append(_block(trained, np.arange(start, min(start + step, rows)), top, repeat=repeat))
    whole = {
        name: np.concatenate([getattr(each, name) for each in lines])
        for name in ("customer", "item", "score", "rank", "own")
    }
    kind, why = _reasons(trained, whole["item"], whole["own"], items)
    return pd.DataFrame(
        {
            "customer": customers[whole["customer"]],
            "item": items[whole["item"]],
            "score": np.round(whole["score"].astype(np.float64), 6),
            "rank": whole["rank"],
            "kind": kind,
            "why": why,
        }
    )


def _block(trained: Trained, rows: Longs, top: int, *, repeat: bool) -> Line:
    """Positions of items are those among all, of new ones too."""
    vectors, had = trained.candidate.vectors(trained.baskets)[rows], trained.baskets.had[rows]
    scores = trained.model.scores(vectors)
    hidden, m = (None if repeat else had), scores.shape[1]
    if trained.fresh:
        scores = trained.candidate.ranked(scores, trained.baskets)
        scores = np.hstack([scores, trained.fresh.scores(scores)])
        hidden = (
            hidden
            if hidden is None
            else sp.csr_matrix((had.data, had.indices, had.indptr), (len(rows), scores.shape[1]))
        )
        best = top_of(scores, hidden, top)
    else:
        best = trained.candidate.top(scores, trained.baskets, hidden, top)
    at, rank = np.nonzero(best >= 0)
    found = best[at, rank]
    own = np.full(len(found), NONE, np.int64)
    speaks = (scores[at, found] > 0) & (found < m) if trained.model.together else np.zeros(len(found), bool)
    own[speaks] = np.fromiter(
        _strongest(trained, vectors, at[speaks], found[speaks]), np.int64, int(speaks.sum())
    )
    every = np.concatenate([trained.kept, trained.fresh.items]) if trained.fresh else trained.kept
    return Line(
        customer=rows[at], item=every[found], score=scores[at, found], rank=rank + 1,
        own=np.where(own == NONE, NONE, trained.kept[np.maximum(own, 0)]),
    )  # fmt: skip


def _strongest(trained: Trained, vectors: sp.csr_matrix, at: Longs, found: Longs) -> Iterator[int]:
    """For each recommendation the own item that adds the most to its score, NONE where none adds anything."""
    edges = np.searchsorted(at, np.arange(vectors.shape[0] + 1))
    for row in range(vectors.shape[0]):
        mine = slice(vectors.indptr[row], vectors.indptr[row + 1])
        own, targets = vectors.indices[mine], found[edges[row] : edges[row + 1]]
        if not len(targets):
            continue
        if not len(own):
            yield from [NONE] * len(targets)
            continue
        added = trained.model.weights(own, targets.astype(np.int32)) * vectors.data[mine][:, None]
        best = added.argmax(0)
        yield from np.where(added[best, np.arange(len(targets))] > 0, own[best], NONE)


def _reasons(trained: Trained, item: Longs, own: Longs, items: Texts) -> tuple[Texts, Texts]:
    """The kind and the sentence of each recommendation."""
    kind = np.where(own == NONE, POPULAR, TOGETHER).astype(object)
    why = np.empty(len(item), object)
    pairs = pd.DataFrame({"item": item, "own": own})
    each = pairs.drop_duplicates().reset_index(drop=True)
    shares = _shares(trained, each)
    fresh = trained.fresh.reasons(items) if trained.fresh else {}
    texts = []
    for one, mine, share in zip(each["item"], each["own"], shares, strict=True):
        if one in fresh:
            texts.append((CONTENT, fresh[one]))
        elif mine == NONE:
            texts.append((POPULAR, f"bought by {_percent(share)} of all customers"))
        else:
            texts.append((TOGETHER, f"bought with {items[mine]} by {_percent(share)} of its buyers"))
    at = pairs.merge(each.assign(place=range(len(each))), on=["item", "own"], how="left")["place"].to_numpy()
    kind[:], why[:] = (np.array([text[part] for text in texts] or [""], object)[at] for part in (0, 1))
    return kind, why


def _shares(trained: Trained, pairs: pd.DataFrame) -> Floats:
    """Of the buyers of each own item the share who bought the item too; of all customers where there is no own one."""
    x, buyers = trained.baskets.x, trained.baskets.buyers
    place = np.full(int(trained.kept.max()) + 1, NONE, np.int64)
    place[trained.kept] = np.arange(len(trained.kept))
    shares = np.zeros(len(pairs), np.float32)
    columns = x.T.tocsr()
    for mine, group in ((int(str(own)), group) for own, group in pairs.groupby("own", sort=True)):
        at = group["item"].to_numpy()
        known = at < len(place)
        inside = np.where(known, place[np.minimum(at, len(place) - 1)], NONE)
        if mine == NONE:
            found = np.where(inside == NONE, 0, buyers[np.maximum(inside, 0)]) / max(
                int((np.diff(x.indptr) > 0).sum()), 1
            )
        else:
            both = np.asarray((columns[place[mine]] @ x).todense()).ravel()
            found = both[inside] / buyers[place[mine]]
        shares[group.index] = found
    return shares


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %") if share >= 0.01 else "less than 1 %"
