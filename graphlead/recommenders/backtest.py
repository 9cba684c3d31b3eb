"""Which way to recommend is best: all see what was bought before a day, and are judged by what was bought after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import scipy.sparse as sp

from graphlead.common.deal import drawn
from graphlead.core.arrays import Ints, Json, Keys, Longs, Reals
from graphlead.core.contracts import Progress
from graphlead.core.purchases import Purchases
from graphlead.recommenders.baskets import Baskets, baskets_of
from graphlead.recommenders.candidates import Candidate, bases, fading, weighed
from graphlead.recommenders.figures import FIRST, coverage, hits_of, interval, ndcg, novelty, recall
from graphlead.recommenders.models.ease import Ease
from graphlead.recommenders.models.mixed import Mixed
from graphlead.recommenders.plan import plan_items, rows_at_a_time
from graphlead.recommenders.recommender import Recommender

MOST_CUSTOMERS = 5_000
"""Customers at most that are judged; their mean then has an interval of a few thousandths."""
FEWEST = 50
"""Customers below which a comparison says nothing, a choice."""
LEAST_DAYS = 14
"""The horizon of the comparison is at most half of the history, and not under two weeks."""
SURE = 1.0
"""Standard errors of the paired difference from which a candidate is clearly worse (Breiman et al. 1984, CART)."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A candidate with the figures of its lists; customers: (u,) who was judged; ndcg, recall: of each (u,)."""

    candidate: Candidate
    customers: Longs
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
    """What was bought from ``cut`` until ``until`` beside what was bought before.

    past: of the kept items; later: csr (n, m) what customers bought that they had not; asked: (a,) the customers drawn
    of those with a purchase before; rows: (u,) those drawn of them who bought something in ``later``, who are judged.
    """

    cut: date
    until: date
    kept: Ints
    past: Baskets
    later: sp.csr_matrix
    asked: Longs
    rows: Longs
    repeat: bool

    @property
    def wanted(self) -> sp.csr_matrix:
        """What the customers judged bought (u, m)."""
        return self.later[self.rows]

    @property
    def hidden(self) -> sp.csr_matrix | None:
        """What is not recommended again (u, m)."""
        return None if self.repeat else self.past.had[self.rows]


def cuts_of(purchases: Purchases, within: int) -> list[tuple[date, date]]:
    """The days of the comparison, each with its end: ``within`` days at the end of the history, fewer where it is
    short, and as many half of them earlier where as many lie before them; none where the history is too short."""
    first = purchases.bought.day.min().astype(object)
    history = (purchases.as_of - first).days
    days = min(within, history // 2)
    if days < LEAST_DAYS:
        return []
    ends = [purchases.as_of, purchases.as_of - timedelta(days=days // 2)]
    cuts = [(end - timedelta(days=days), end) for end in ends]
    return [cut for cut in cuts if (cut[0] - first).days >= days // 2]


def split_at(
    purchases: Purchases, days: tuple[date, date], services: Ints, keys: Keys, seed: int, *, repeat: bool
) -> Split | None:
    """The purchases split at a day; None where too few customers bought something new from it until another."""
    cut, until = days
    whole = baskets_of(purchases, cut)
    kept = plan_items(whole.buyers, services, compared=True).kept
    past = whole.of_items(kept)
    known = purchases.bought.rows(purchases.of_known_items).before(until)
    after = known.rows(known.day >= np.datetime64(cut, "D"))
    shape = len(purchases.customers), len(purchases.items)
    later = sp.csr_matrix((np.ones(len(after), np.float32), (after.customer, after.item)), shape=shape)[
        :, kept
    ]
    later.data[:] = 1
    fresh = sp.csr_matrix(later if repeat else later - later.multiply(past.had))
    fresh.eliminate_zeros()

    def some(able: np.ndarray) -> Longs:
        rows = np.flatnonzero(able & (past.bought > 0))
        return rows[drawn(keys[rows], MOST_CUSTOMERS, "backtest", seed)]

    rows = some(np.diff(fresh.indptr) > 0)
    if len(rows) < FEWEST:
        return None
    return Split(
        cut=cut, until=until, kept=kept, past=past, later=fresh, asked=some(np.ones(len(keys), bool)), rows=rows,
        repeat=repeat,
    )  # fmt: skip


def compare(splits: Sequence[Split], models: Sequence[str], seed: int, progress: Progress) -> list[Measured]:
    """All candidates, each on the same customers: every model, weighed in every way, and the best one with fading
    purchases. Figures are of the mean over the splits."""
    candidates = bases(models, splits[0].past.x.shape[0])
    steps = len(splits) * (len(candidates) + 1)
    parts = []
    for at, split in enumerate(splits):
        parts.append(
            _compared(split, candidates, seed, partial(_within, progress, at * len(candidates), steps))
        )
    measured = [together(each) for each in zip(*parts, strict=True)]
    best = fading(chosen(measured).candidate)
    if not best.recommender(seed).together:
        return measured
    progress(len(splits) * len(candidates), steps, f"comparing {best.name}")
    faded = [_measured(split, best.recommender(seed).fit(split.past), [best])[0] for split in splits]
    return [*measured, together(faded)]


def _within(progress: Progress, before: int, steps: int, at: int, text: str) -> None:
    progress(before + at, steps, text)


def _compared(
    split: Split, candidates: Sequence[Candidate], seed: int, progress: Callable[[int, str], None]
) -> list[Measured]:
    """Every candidate in each of its weights, in the order of the candidates."""
    found: dict[Candidate, list[Measured]] = {}
    fitted: Recommender | None = None
    for at, candidate in enumerate(sorted(candidates, key=lambda each: each.penalty)):
        progress(at, f"comparing {candidate.name}")
        fitted = _fitted(candidate, fitted, split.past, seed)
        found[candidate] = _measured(split, fitted, weighed(candidate, rare=fitted.together))
    return [each for candidate in candidates for each in found[candidate]]


def together(parts: Sequence[Measured]) -> Measured:
    """One candidate over several splits: of each customer the mean of those in which it was judged."""
    customers, at = np.unique(np.concatenate([each.customers for each in parts]), return_inverse=True)
    times = np.bincount(at)

    def mean(name: str) -> Reals:
        values = np.concatenate([getattr(each, name) for each in parts])
        return np.asarray(np.bincount(at, values) / times)

    return Measured(
        candidate=parts[0].candidate, customers=customers, ndcg=mean("ndcg"), recall=mean("recall"),
        coverage=float(np.mean([each.coverage for each in parts])),
        novelty=float(np.mean([each.novelty for each in parts])),
    )  # fmt: skip


def _fitted(candidate: Candidate, before: Recommender | None, past: Baskets, seed: int) -> Recommender:
    """The candidate fitted; by the one fitted before where that is its part, and not needed any more."""
    model = candidate.recommender(seed)
    if isinstance(model, Mixed) and isinstance(before, Ease) and before.penalty == model.penalty:
        return model.fit_with(before, past)
    return model.fit(past)


def chosen(measured: Sequence[Measured]) -> Measured:
    """Of those not clearly worse than the best the one that recommends most items; of equal ones the simplest."""
    best = max(measured, key=lambda each: each.ndcg.mean())
    able = [each for each in measured if not _clearly_worse(each, best)]

    def merits(each: Measured) -> tuple[float, int, float]:
        return round(each.coverage, 3), -each.candidate.simplicity, float(each.ndcg.mean())

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
    later = split.wanted
    wanted = np.diff(later.indptr)
    customers, items = split.past.x.shape
    found = []
    for part, candidate in zip(parts, candidates, strict=True):
        top = np.concatenate(part)
        hits = hits_of(top, later)
        found.append(
            Measured(
                candidate=candidate,
                customers=split.rows,
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
