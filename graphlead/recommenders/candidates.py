"""What may recommend: a model, with its scores weighed by liveness or rarity of items or not, of fading purchases
or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Longs
from graphlead.recommenders.baskets import Baskets
from graphlead.recommenders.figures import hide, low_bound, top_of
from graphlead.recommenders.recommender import Recommender
from graphlead.recommenders.registry import entry, recommender

PENALTIES = (100.0, 200.0, 500.0, 1000.0, 2000.0, 3000.0)
FOR_PRODUCTS = (1000.0, 3000.0, 10000.0)
"""Stronger penalties for ranking customers for one item, which has fewer buyers than a list has items."""
RARITIES = (0.0, 0.1, 0.2)
"""Powers of an item's buyers that its score is divided by. On orders of gifts and on groceries, at four earlier days
each, .1 and .2 won up to .003 of NDCG@10 beside EASE, and a tenth to a third of coverage."""
FEW = 1000
"""Customers below which penalties are a tenth: a penalty is weighed against the buyers of an item."""
POPULARITY = np.float32(1e-6)
"""What the share of an item's buyers counts where nothing that a customer bought speaks for it: less than anything."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A way to recommend; ``name`` is what figures and texts call it."""

    model: str
    penalty: float = 0.0
    alive: bool = False
    faded: bool = False
    rarity: float = 0.0

    @property
    def name(self) -> str:
        strength = f" {self.penalty:g}" if self.penalty else ""
        on = (("alive", self.alive), (f"rarity {self.rarity:g}", self.rarity), ("fading", self.faded))
        extras = [word for word, given in on if given]
        return ", ".join([f"{self.model}{strength}", *extras])

    @property
    def simplicity(self) -> int:
        """The simpler, the lower."""
        return 4 * entry(self.model).simple + self.alive + self.faded + bool(self.rarity)

    def recommender(self, seed: int) -> Recommender:
        return recommender(self.model, self.penalty, seed)

    def vectors(self, baskets: Baskets) -> sp.csr_matrix:
        """What a model is given of each customer (n, m)."""
        return baskets.faded() if self.faded else baskets.x

    def ranked(self, scores: Floats, baskets: Baskets) -> Floats:
        """The scores (b, m), changed in place: weighed; popularity where nothing speaks for an item."""
        self._weigh(scores, baskets)
        np.copyto(scores, _popularity(baskets), where=scores <= 0)
        return scores

    def top(self, scores: Floats, baskets: Baskets, hidden: sp.csr_matrix | None, n: int) -> Longs:
        """The n highest items (b, n) by ``ranked`` scores without the hidden ones, as ``top_of``; the scores (b, m)
        are changed in place, popularity being filled in where a row needs it for its n items."""
        self._weigh(scores, baskets)
        hide(scores, hidden)
        few = np.flatnonzero(low_bound(scores, min(n, scores.shape[1])) <= POPULARITY)
        if len(few):
            part = scores[few]
            np.copyto(part, _popularity(baskets), where=(part <= 0) & np.isfinite(part))
            scores[few] = part
        return top_of(scores, None, n)

    def _weigh(self, scores: Floats, baskets: Baskets) -> None:
        """Multiply the scores (b, m) by the liveness of the items, and by how rare they are beside the commonest."""
        if self.alive:
            scores *= baskets.liveness
        if self.rarity:
            buyers = np.maximum(baskets.buyers, 1)
            scores *= (buyers.max(initial=1) / buyers) ** np.float32(self.rarity)


def _popularity(baskets: Baskets) -> Floats:
    return np.asarray(POPULARITY * baskets.buyers / max(baskets.x.shape[0], 1), np.float32)


def bases(models: Iterable[str], customers: int) -> list[Candidate]:
    """Each model with each of its penalties, in the order of the models. Raises SettingsError for an unknown one."""
    scale = _scale(customers)
    found: list[Candidate] = []
    for name in dict.fromkeys(models):
        penalties = [scale * each for each in PENALTIES] if entry(name).penalised else [0.0]
        found += [Candidate(model=name, penalty=penalty) for penalty in penalties]
    return found


def default(models: Iterable[str], customers: int) -> Candidate:
    """What recommends where nothing can be compared: the first of the models, with its third penalty if it has any."""
    able = bases(models, customers)
    same = [each for each in able if each.model == able[0].model]
    return same[min(2, len(same) - 1)]


def for_products(customers: int) -> list[Candidate]:
    """The models that rank customers for an item."""
    scale = _scale(customers)
    ease = [Candidate(model="ease", penalty=scale * each) for each in FOR_PRODUCTS]
    return [*ease, Candidate(model="cosine")]


def weighed(candidate: Candidate, *, rare: bool) -> list[Candidate]:
    """A candidate with and without liveness, where ``rare`` with each of RARITIES."""
    rarities = RARITIES if rare else RARITIES[:1]
    return [replace(candidate, alive=alive, rarity=rarity) for alive in (False, True) for rarity in rarities]


def fading(candidate: Candidate) -> Candidate:
    return replace(candidate, faded=True)


def _scale(customers: int) -> float:
    return 1.0 if customers >= FEW else 0.1
