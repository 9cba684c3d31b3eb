"""Which way to recommend is best: all see what was bought before a day, and are judged by what was bought after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import scipy.sparse as sp

from graphlead.common.deal import drawn
from graphlead.core.arrays import Ints, Json, Keys, Longs, Reals
from graphlead.core.contracts import Progress
from graphlead.core.purchases import Purchases
from graphlead.recommenders.baskets import Baskets, baskets_of
from graphlead.recommenders.candidates import Candidate, bases, fading, with_liveness
from graphlead.recommenders.figures import FIRST, coverage, hits_of, interval, ndcg, novelty, recall
from graphlead.recommenders.models.ease import Ease
from graphlead.recommenders.models.mixed import Mixed
from graphlead.recommenders.plan import plan_items, rows_at_a_time
from graphlead.recommenders.recommender import Recommender
from graphlead.recommenders.registry import entry

MOST_CUSTOMERS = 10_000
"""Customers at most that are judged; their mean then has an interval of a few thousandths."""
FEWEST = 50
"""Customers below which a comparison says nothing, a choice."""
LEAST_DAYS = 14
"""The horizon of the comparison is at most half of the history, and not under two weeks."""
SURE = 1.0
"""Standard errors of the paired difference from which a candidate is clearly worse (Breiman et al. 1984, CART)."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A candidate with the figures of its lists; ndcg, recall: of each customer (u,)."""

    candidate: Candidate
    ndcg: Reals
    recall: Reals
    coverage: float
    novelty: float

    def to_json(self) -> Json:
        mean, low, high = interval(self.ndcg)
        return {
            "model": self.candidate.name,
            "ndcg_10": mean,
            "low": low,
            "high": high,
            "recall": float(self.recall.mean()),
            "coverage": self.coverage,
            "novelty": self.novelty,
        }


@dataclass(frozen=True, kw_only=True)
class Split:
    """What was bought before a cut, and after it by some of the customers.

    past: of the kept items; rows: (u,) the customers judged; wanted: csr (u, m) what they bought until the end.
    """

    cut: date
    until: date
    kept: Ints
    past: Baskets
    rows: Longs
    wanted: sp.csr_matrix
    repeat: bool

    @property
    def hidden(self) -> sp.csr_matrix | None:
        """What is not recommended again (u, m)."""
        return None if self.repeat else self.past.had[self.rows]


def cut_of(purchases: Purchases, within: int) -> date | None:
    """The day of the comparison, None where the history is too short."""
    first = purchases.bought.day.min().astype(object)
    days = min(within, (purchases.as_of - first).days // 2)
    return purchases.as_of - timedelta(days=days) if days >= LEAST_DAYS else None


def split_at(
    purchases: Purchases, cut: date, services: Ints, keys: Keys, seed: int, *, repeat: bool
) -> Split | None:
    """The purchases split at a day; None where too few customers bought something new after it."""
    whole = baskets_of(purchases, cut)
    kept = plan_items(whole.buyers, services, compared=True).kept
    past = whole.of_items(kept)
    known = purchases.bought.rows(purchases.of_known_items)
    after = known.rows(known.day >= np.datetime64(cut, "D"))
    shape = len(purchases.customers), len(purchases.items)
    later = sp.csr_matrix((np.ones(len(after), np.float32), (after.customer, after.item)), shape=shape)[
        :, kept
    ]
    later.data[:] = 1
    fresh = later if repeat else later - later.multiply(past.had)
    fresh = sp.csr_matrix(fresh)
    fresh.eliminate_zeros()
    able = np.flatnonzero((np.diff(fresh.indptr) > 0) & (past.bought > 0))
    rows = able[drawn(keys[able], MOST_CUSTOMERS, "backtest", seed)]
    if len(rows) < FEWEST:
        return None
    return Split(
        cut=cut, until=purchases.as_of, kept=kept, past=past, rows=rows, wanted=fresh[rows], repeat=repeat
    )  # fmt: skip


def compare(split: Split, models: Sequence[str], seed: int, progress: Progress) -> list[Measured]:
    """All candidates on the same customers: each model, with and without liveness, and one with fading purchases."""
    candidates = bases(models, split.past.x.shape[0])
    found: dict[Candidate, list[Measured]] = {}
    fitted: Recommender | None = None
    for at, candidate in enumerate(sorted(candidates, key=lambda each: each.penalty)):
        progress(at, len(candidates) + 1, f"comparing {candidate.name}")
        fitted = _fitted(candidate, fitted, split.past, seed)
        found[candidate] = _measured(split, fitted, [candidate, with_liveness(candidate)])
    measured = [each for candidate in candidates for each in found[candidate]]
    best = chosen(measured).candidate
    progress(len(candidates), len(candidates) + 1, f"comparing {fading(best).name}")
    fitted = best.recommender(seed).fit(split.past)
    return measured + (_measured(split, fitted, [fading(best)]) if fitted.together else [])


def _fitted(candidate: Candidate, before: Recommender | None, past: Baskets, seed: int) -> Recommender:
    """The candidate fitted; by the one fitted before where that is its part, and not needed any more."""
    model = candidate.recommender(seed)
    if isinstance(model, Mixed) and isinstance(before, Ease) and before.penalty == model.penalty:
        return model.fit_with(before, past)
    return model.fit(past)


def chosen(measured: Sequence[Measured]) -> Measured:
    """Of those not clearly worse than the best a blend, which is steadier at another day; of several the one that
    recommends most of the items, and of equal ones the simplest.
    """
    best = max(measured, key=lambda each: each.ndcg.mean())
    able = [each for each in measured if not _clearly_worse(each, best)]

    def merits(each: Measured) -> tuple[bool, float, int, float]:
        one = each.candidate
        return entry(one.model).blend, round(each.coverage, 3), -one.simplicity, float(each.ndcg.mean())

    return max(able, key=merits)


def _clearly_worse(one: Measured, best: Measured) -> bool:
    gap = best.ndcg - one.ndcg
    return bool(gap.mean() > SURE * gap.std(ddof=1) / np.sqrt(len(gap)))


def _measured(split: Split, fitted: Recommender, candidates: Sequence[Candidate]) -> list[Measured]:
    vectors = candidates[0].vectors(split.past)[split.rows]
    parts: list[list[Longs]] = [[] for _ in candidates]
    for scores, hidden in _blocks(split, vectors, fitted.scores):
        for part, candidate in zip(parts, candidates, strict=True):
            part.append(candidate.top(scores.copy(), split.past, hidden, FIRST))
    wanted = np.diff(split.wanted.indptr)
    customers, items = split.past.x.shape
    found = []
    for part, candidate in zip(parts, candidates, strict=True):
        top = np.concatenate(part)
        hits = hits_of(top, split.wanted)
        found.append(
            Measured(
                candidate=candidate,
                ndcg=ndcg(hits, wanted),
                recall=recall(hits, wanted),
                coverage=coverage(top, items),
                novelty=novelty(top, split.past.buyers, customers),
            )
        )
    return found


def _blocks(
    split: Split, vectors: sp.csr_matrix, score: Callable[[sp.csr_matrix], np.ndarray]
) -> Iterator[tuple[np.ndarray, sp.csr_matrix | None]]:
    hidden, step = split.hidden, rows_at_a_time(vectors.shape[1])
    for start in range(0, vectors.shape[0], step):
        part = slice(start, start + step)
        yield score(vectors[part]), None if hidden is None else hidden[part]
