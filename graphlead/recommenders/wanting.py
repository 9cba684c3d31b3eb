"""Who wants one item: every customer without it, by how likely a purchase within the horizon is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import rankdata
from sklearn.isotonic import isotonic_regression
from sklearn.linear_model import LogisticRegression

from graphlead.core.arrays import Floats, Ints, Json, Longs, Reals
from graphlead.recommenders.backtest import Split
from graphlead.recommenders.baskets import LIVELY, Baskets
from graphlead.recommenders.candidates import Candidate

MOST_ITEMS, FEWEST_BUYERS = 100, 10
"""Items at most on which the ways are compared, the most bought after the cut, and the buyers that each needs."""
GROUPS = 20
"""Groups of customers by rank, whose later purchases say what a rank is worth."""
ACTIVE = ("activity", "activity lately", "last purchase")
"""How many items a customer bought, how many it bought in the last LIVELY days, and how lately it bought anything."""
RIDGE = 1e-3
"""C of the logistic regression: strong enough that parts that say the same share their weight."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """A way to rank customers for an item by parts, each a model or one of ACTIVE.

    weights: (2 * parts,) of each part's rank and of its logarithm from above, learned at the cut; without them the mean
    rank counts. lift: (GROUPS,) how many times the average share of customers bought, by rank from the lowest group to
    the highest; rising. auc: the mean over ``items`` items at the cut, weights learned on other items.
    """

    parts: tuple[str, ...]
    weights: tuple[float, ...] = ()
    lift: tuple[float, ...] = (1.0,) * GROUPS
    auc: float = float("nan")
    items: int = 0

    @property
    def name(self) -> str:
        return " + ".join(self.parts)

    def to_json(self) -> Json:
        return {"ways": self.name, "auc": self.auc, "items": self.items}

    def score(self, ranks: Mapping[str, Floats]) -> Reals:
        """The higher the likelier: float64 (c, k) from the ranks of ``parts_of``."""
        if not self.weights:
            return np.asarray(np.mean([ranks[name] for name in self.parts], axis=0), np.float64)
        return np.asarray(_design(self.parts, ranks) @ np.array(self.weights))


@dataclass(frozen=True, kw_only=True)
class _Trial:
    """Customers (c,) and items (k,) at a cut: ranks by part, who bought, and who had none before, bool (c, k)."""

    ranks: dict[str, Floats]
    bought: np.ndarray
    without: np.ndarray


def compare_ways(splits: Sequence[Split], candidates: Sequence[Candidate], seed: int) -> list[Way]:
    """Each part alone, and all as weighed by what was bought after the cuts, with their mean AUC there, the best first;
    none where no item was bought by enough customers."""
    trials = [each for each in (_trial(split, candidates, seed) for split in splits) if each is not None]
    if not trials:
        return []
    every = (*(each.name for each in candidates), *ACTIVE)
    found = [_measured(Way(parts=(name,)), trials, None) for name in every]
    learned = Way(parts=every, weights=_weights(every, trials, (0, 1)))
    crossed = [Way(parts=every, weights=_weights(every, trials, (1 - half,))) for half in (0, 1)]
    return sorted([*found, _measured(learned, trials, crossed)], key=lambda way: -way.auc)


def _trial(split: Split, candidates: Sequence[Candidate], seed: int) -> _Trial | None:
    sold = np.asarray(split.later[split.asked].sum(0)).ravel()
    items = np.argsort(-sold, kind="stable")[:MOST_ITEMS].astype(np.int32)
    items = np.sort(items[sold[items] >= FEWEST_BUYERS])
    if not len(items):
        return None
    return _Trial(
        ranks=parts_of(split.past, candidates, split.asked, items, seed),
        bought=split.later[split.asked][:, items].toarray() > 0,
        without=split.past.x[split.asked][:, items].toarray() == 0,
    )


def _measured(way: Way, trials: Sequence[_Trial], crossed: Sequence[Way] | None) -> Way:
    """The way with its figures. crossed: the ways by which the even and the odd items are judged."""
    areas = []
    for each in trials:
        scores = way.score(each.ranks)
        if crossed:
            for half, other in enumerate(crossed):
                scores[:, half::2] = other.score(each.ranks)[:, half::2]
        areas += [_auc(each.bought[able, k], scores[able, k]) for k, able in enumerate(each.without.T)]
    lift = _lift([(way.score(each.ranks), each.bought, each.without) for each in trials])
    return replace(way, lift=lift, auc=float(np.mean(areas)), items=len(areas))


def _weights(parts: Sequence[str], trials: Sequence[_Trial], halves: tuple[int, ...]) -> tuple[float, ...]:
    """A logistic regression of who bought on the ranks, pooled over the even items, the odd ones or both; an item's own
    share of buyers is given to it. Zeros where nothing can be learned."""
    designs, outcomes, levels = [], [], []
    for each in trials:
        able = each.without & np.isin(np.arange(each.without.shape[1]) % 2, halves)
        share = (each.bought & each.without).sum(0) / np.maximum(each.without.sum(0), 1)
        share = np.clip(share, 1e-6, 1 - 1e-6)
        designs.append(_design(parts, each.ranks)[able])
        outcomes.append(each.bought[able])
        levels.append(np.broadcast_to(np.log(share / (1 - share)), able.shape)[able])
    X, y = np.concatenate(designs), np.concatenate(outcomes)
    if y.all() or not y.any():
        return (0.0,) * (2 * len(parts))
    X -= X.mean(0)
    spread = np.maximum(X.std(0), 1e-9)
    X /= spread
    fitted = LogisticRegression(C=RIDGE, max_iter=300).fit(np.column_stack([X, np.concatenate(levels)]), y)
    return tuple((fitted.coef_[0][:-1] / spread).tolist())


def _design(parts: Sequence[str], ranks: Mapping[str, Floats]) -> Floats:
    """The ranks and minus the logarithms of what is above them, (c, k, 2 * parts)."""
    plain = np.stack([ranks[name] for name in parts], axis=-1)
    return np.concatenate([plain, -np.log(1 - plain + 1 / np.float32(len(plain)))], axis=-1)


def parts_of(
    baskets: Baskets, candidates: Sequence[Candidate], customers: Longs, items: Ints, seed: int
) -> dict[str, Floats]:
    """By part the rank, in (0, 1], of these customers (c,) for each of the items (k,): float32 (c, k)."""
    found = {}
    for candidate in candidates:
        scores = (
            candidate.recommender(seed).fit(baskets).columns(candidate.vectors(baskets)[customers], items)
        )
        found[candidate.name] = _ranks(scores)
    for name, value in zip(ACTIVE, _activity(baskets), strict=True):
        found[name] = np.repeat(_ranks(value[customers, None]), len(items), axis=1)
    return found


def _activity(baskets: Baskets) -> tuple[Floats, Floats, Floats]:
    """Of each customer (n,) the values of ACTIVE, each the higher the more active."""
    bought, n = baskets.bought, baskets.x.shape[0]
    customer = np.repeat(np.arange(n), bought)
    lately = np.bincount(customer[baskets.age <= LIVELY], minlength=n).astype(np.float32)
    last = np.full(n, -np.inf, np.float32)
    np.maximum.at(last, customer, -baskets.age)
    return bought.astype(np.float32), lately, last


def probability(way: Way, ranks: Mapping[str, Floats], without: np.ndarray, base: float) -> Reals:
    """The probability of a purchase for the customers without an item, by their ranks (c, 1): (w,) rising in the rank.

    base: the share of the customers without it that buys it within the horizon.
    """
    place = _places(way.score(ranks)[without, 0])
    centres = (np.arange(GROUPS) + 0.5) / GROUPS
    lift = np.interp(place, centres, way.lift) + 1e-3 * place
    return np.minimum(base * lift, 1.0)


def _places(scores: Reals) -> Reals:
    """The share of the scores (n,) below each, in (0, 1)."""
    return np.asarray((rankdata(scores) - 0.5) / max(len(scores), 1))


def _lift(trials: Sequence[tuple[Reals, np.ndarray, np.ndarray]]) -> tuple[float, ...]:
    """The share that bought in each group of ranks over that of all, pooled over the items of trials (scores, who
    bought, who had none) and made rising."""
    hits, size = np.zeros(GROUPS), np.zeros(GROUPS)
    for scores, bought, without in trials:
        for k, able in enumerate(without.T):
            group = np.minimum((_places(scores[able, k]) * GROUPS).astype(int), GROUPS - 1)
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
