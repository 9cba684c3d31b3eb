"""Who wants one item: every customer without it, by how likely a purchase within the horizon is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata
from sklearn.isotonic import isotonic_regression

from graphlead.core.arrays import Floats, Ints, Json, Longs, Reals
from graphlead.recommenders.backtest import Split
from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.candidates import Candidate

MOST_ITEMS, FEWEST_BUYERS = 100, 10
"""Items at most on which the ways are compared, the most bought after the cut, and the buyers that each needs."""
GROUPS = 20
"""Groups of customers by rank, whose later purchases say what a rank is worth."""
ACTIVITY = "activity"


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to rank customers for an item: the mean rank by these parts, each a model or ACTIVITY.

    lift: (GROUPS,) how many times the average share of customers bought, by rank from the lowest group to the highest;
    rising. auc: the mean over ``items`` items at the cut.
    """

    parts: tuple[str, ...]
    lift: tuple[float, ...] = (1.0,) * GROUPS
    auc: float = float("nan")
    items: int = 0

    @property
    def name(self) -> str:
        return " + ".join(self.parts)

    def to_json(self) -> Json:
        return {"ways": self.name, "auc": self.auc, "items": self.items}


def ways(models: Sequence[str]) -> list[Way]:
    """Each part alone, and with activity, and all models together."""
    alone: list[tuple[str, ...]] = [(name,) for name in (*models, ACTIVITY)]
    active = [(name, ACTIVITY) for name in models]
    return [Way(parts=each) for each in [*alone, *active, tuple(models), (*models, ACTIVITY)]]


def compare_ways(split: Split, candidates: Sequence[Candidate], seed: int) -> list[Way]:
    """Every way with its mean AUC at the cut, the best first; none where no item was bought by enough customers."""
    wanted = np.asarray(split.wanted.sum(0)).ravel()
    items = np.argsort(-wanted, kind="stable")[:MOST_ITEMS].astype(np.int32)
    items = np.sort(items[wanted[items] >= FEWEST_BUYERS])
    if not len(items):
        return []
    customers = np.flatnonzero(split.past.bought > 0)
    ranks = parts_of(split.past, candidates, customers, items, seed)
    without = split.past.x[customers][:, items].toarray() == 0
    bought = _bought(split, customers, items)
    found = []
    for way in ways([each.name for each in candidates]):
        mean = np.mean([ranks[name] for name in way.parts], axis=0)
        areas = [_auc(bought[without[:, k], k], mean[without[:, k], k]) for k in range(len(items))]
        lift = _lift(mean, bought, without)
        found.append(Way(parts=way.parts, lift=lift, auc=float(np.mean(areas)), items=len(items)))
    return sorted(found, key=lambda way: -way.auc)


def parts_of(
    baskets: Baskets, candidates: Sequence[Candidate], customers: Longs, items: Ints, seed: int
) -> dict[str, Floats]:
    """By part the rank, in (0, 1], of these customers (c,) for each of the items (k,): float32 (c, k)."""
    rows = baskets.x[customers]
    found = {}
    for candidate in candidates:
        scores = (
            candidate.recommender(seed).fit(baskets).columns(candidate.vectors(baskets)[customers], items)
        )
        found[candidate.name] = _ranks(scores)
    activity = np.diff(rows.indptr).astype(np.float32)
    found[ACTIVITY] = np.repeat(_ranks(activity[:, None]), len(items), axis=1)
    return found


def probability(way: Way, ranks: dict[str, Floats], without: np.ndarray, base: float) -> Reals:
    """The probability of a purchase for the customers without an item, by their ranks (c, 1): (w,) rising in the rank.

    base: the share of the customers without it that buys it within the horizon.
    """
    mean = np.mean([ranks[name] for name in way.parts], axis=0)[without, 0]
    place = (rankdata(mean) - 0.5) / max(len(mean), 1)
    centres = (np.arange(GROUPS) + 0.5) / GROUPS
    lift = np.interp(place, centres, way.lift) + 1e-3 * place
    return np.minimum(base * lift, 1.0)


def _bought(split: Split, customers: Longs, items: Ints) -> np.ndarray:
    found = np.zeros((split.past.x.shape[0], len(items)), bool)
    found[split.rows] = split.wanted[:, items].toarray() > 0
    return np.asarray(found[customers])


def _lift(mean: Floats, bought: np.ndarray, without: np.ndarray) -> tuple[float, ...]:
    """The share that bought in each group of ranks over that of all, pooled over the items and made rising."""
    hits, size = np.zeros(GROUPS), np.zeros(GROUPS)
    for k in range(mean.shape[1]):
        able = without[:, k]
        place = (rankdata(mean[able, k]) - 0.5) / max(int(able.sum()), 1)
        group = np.minimum((place * GROUPS).astype(int), GROUPS - 1)
        hits += np.bincount(group, bought[able, k], minlength=GROUPS) / max(bought[able, k].sum(), 1)
        size += np.bincount(group, minlength=GROUPS) / max(int(able.sum()), 1)
    weight = np.maximum(size, 1e-9)
    return tuple(isotonic_regression(hits / weight, sample_weight=weight).tolist())


def _ranks(scores: Floats) -> Floats:
    return np.asarray(rankdata(scores, axis=0) / max(len(scores), 1), np.float32)


def _auc(bought: np.ndarray, scores: Floats) -> float:
    """The chance that a buyer ranks above somebody else, ties counting half."""
    positive = int(bought.sum())
    other = len(bought) - positive
    if not positive or not other:
        return 0.5
    return float((rankdata(scores)[bought].sum() - positive * (positive + 1) / 2) / (positive * other))
