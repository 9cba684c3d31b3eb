"""Ranks of the held-out clients among the unlabelled companies, with bootstrap resamples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Flags, Floats, Reals
from graphlead.evaluate.heldout import HeldOut

BLOCKS = 200
"""Random blocks by which the unlabelled companies are reweighted: as good as one by one, far cheaper."""

_MOST_DRAWS, _FEWEST_DRAWS, _PLACES = 200, 50, 4_000_000
"""Resamples at most and at least, and the clients times resamples that bound memory (32 MB per matrix)."""


@dataclass(frozen=True)
class Resamples:
    """Bootstrap weights of one split, the same for every ranker so that differences are paired.

    clients (r, P): the weight of each held-out client; companies (r, BLOCKS): the weight of the unlabelled in
    each block; block (m,): the block of each candidate. The first row of both is ones: the sample itself.
    """

    clients: Reals
    companies: Reals
    block: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.clients)


@dataclass(frozen=True)
class Positions:
    """The rank of each held-out client among the unlabelled companies of its fold, for one ranker.

    low, high (r, P): the share of these companies, by weight, scored strictly higher, and higher or equal, in each
    resample; with ties broken at random, the client's place lies between them. Held-out clients do not count
    against each other: the list for sales holds unlabelled companies only, so a share of the list is a share
    of these. n_unlabelled: how many the unlabelled of the split stand for.
    """

    low: Reals
    high: Reals
    n_unlabelled: int

    def found(self, share: float) -> Reals:
        """The chance (r, P) that each client is within the top ``share`` of the list; 0 or 1 unless tied."""
        width = self.high - self.low
        within = np.divide(share - self.low, width, out=np.zeros_like(width), where=width > 0)
        return np.where(width > 0, np.clip(within, 0, 1), self.low < share)

    def middle(self) -> Reals:
        """The share (r, P) of the unlabelled ahead of each client, ties counted half."""
        return (self.low + self.high) / 2

    def spread(self) -> Reals:
        """One place (r, P) per client; clients tied with one another are spaced evenly over their tie."""
        order = np.lexsort((self.high[0], self.low[0]))
        low, high = self.low[0, order], self.high[0, order]
        starts = np.flatnonzero(np.concatenate([[True], (np.diff(low) > 0) | (np.diff(high) > 0)]))
        sizes = np.diff(np.append(starts, len(order)))
        nth = np.arange(len(order)) - np.repeat(starts, sizes)
        along = np.empty_like(low)
        along[order] = (nth + 0.5) / np.repeat(sizes, sizes)
        places: Reals = self.low + (self.high - self.low) * along
        return places


def resample(result: HeldOut, seed: int) -> Resamples:
    """200 resamples, fewer (down to 50) beyond 20,000 clients, where intervals are narrow anyway.

    The weights are exponential, as in the Bayesian bootstrap (Rubin 1981), so no weight is zero. The companies are
    resampled too: only few are at the top of the list, and which ones is partly chance.
    """
    n, m = result.n_held_out, len(result.held_out)
    draws = int(np.clip(_PLACES / n, _FEWEST_DRAWS, _MOST_DRAWS))
    rng = np.random.default_rng(seed)
    clients = np.concatenate([np.ones((1, n)), rng.exponential(size=(draws, n))])
    companies = np.concatenate([np.ones((1, BLOCKS)), rng.exponential(size=(draws, BLOCKS))])
    return Resamples(clients, companies, rng.integers(BLOCKS, size=m, dtype=np.uint8))


def unresampled(result: HeldOut) -> Resamples:
    """The sample itself alone."""
    clients, companies = np.ones((1, result.n_held_out)), np.ones((1, BLOCKS))
    return Resamples(clients, companies, np.zeros(len(result.held_out), np.uint8))


def positions(result: HeldOut, scores: Floats, resamples: Resamples) -> Positions:
    """The positions of the held-out clients, in the candidates' order, by these scores (m,)."""
    held_out = result.held_out
    low = np.empty((len(resamples), result.n_held_out))
    high = np.empty_like(low)
    nth = np.cumsum(held_out) - 1
    for fold in np.unique(result.fold[held_out]):
        clients = np.flatnonzero((result.fold == fold) & held_out)
        others = np.flatnonzero((result.fold == fold) & ~held_out)
        cells = _Cells(resamples.block[others], result.weight[others], resamples.companies)
        strict, tied = _shares(scores[clients], scores[others], cells)
        low[:, nth[clients]] = strict
        high[:, nth[clients]] = strict + tied
    return Positions(low, high, result.n_unlabelled)


@dataclass(frozen=True)
class _Cells:
    """The unlabelled companies of a fold: block and weight of each (c,), and the weights of the blocks (r, BLOCKS)."""

    block: npt.NDArray[np.uint8]
    weight: Floats
    blocks: Reals

    def above(self, passed: npt.NDArray[np.intp], of: Flags, n_steps: int) -> Reals:
        """The weight of the companies ``of`` (c,) above exactly 0, 1, ... of the clients' scores: (r, n_steps)."""
        cells = self.block[of].astype(np.intp) * n_steps + passed[of]
        counts = np.bincount(cells, self.weight[of], BLOCKS * n_steps).reshape(BLOCKS, n_steps)
        weighted: Reals = self.blocks @ counts
        return weighted


def _shares(clients: Floats, companies: Floats, cells: _Cells) -> tuple[Reals, Reals]:
    """Share of the companies scored higher than each client, and equal to it, (r, P) each."""
    steps, step = np.unique(clients, return_inverse=True)
    passed = np.searchsorted(steps, companies, "left")
    equal = steps[np.minimum(passed, len(steps) - 1)] == companies
    higher = cells.above(passed, np.ones_like(equal), len(steps) + 1)
    tied = cells.above(passed, equal, len(steps) + 1) if equal.any() else np.zeros_like(higher)
    from_top = np.cumsum(higher[:, ::-1], axis=1)[:, ::-1]
    total = from_top[:, :1]
    return (from_top[:, 1:] / total)[:, step], (tied[:, :-1] / total)[:, step]
