"""Where the held-out clients stand among the unlabelled companies, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Floats, Reals
from graphlead.evaluate.heldout import HeldOut

BLOCKS = 200
"""Random blocks in which the unlabelled companies are reweighted: as good as one by one, far cheaper."""

_MOST_DRAWS, _FEWEST_DRAWS, _PLACES = 200, 50, 4_000_000


@dataclass(frozen=True)
class Resamples:
    """Redraws of one split's clients and companies, the same for every ranker so that they can be compared.

    clients (r, P): how much each held-out client counts; companies (r, BLOCKS): how much the unlabelled of
    each block count; block (m,): the block of each candidate. The first row of both is ones: the sample
    itself.
    """

    clients: Reals
    companies: Reals
    block: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.clients)


@dataclass(frozen=True)
class Positions:
    """Where each held-out client stands among the unlabelled companies of its fold, for one ranker.

    low, high (r, P): the share of these companies scored strictly higher, and higher or equal, in each
    resample. Between them lies the client's place in a list whose ties are broken at random. The held-out
    clients do not count against each other: the list handed to sales holds unlabelled companies only, so a
    share of the list is a share of them.
    """

    low: Reals
    high: Reals
    n_unlabelled: int

    def found(self, share: float) -> Reals:
        """The chance (r, P) of each client to be within the top ``share`` of the list; 0 or 1 unless tied."""
        width = self.high - self.low
        within = np.divide(share - self.low, width, out=np.zeros_like(width), where=width > 0)
        return np.where(width > 0, np.clip(within, 0, 1), self.low < share)

    def middle(self) -> Reals:
        """The share (r, P) of the unlabelled ahead of each client, ties counted half."""
        return (self.low + self.high) / 2

    def spread(self) -> Reals:
        """One place (r, P) for each client, those tied with one another spaced evenly over their tie."""
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
    """Two hundred redraws, fewer (down to fifty) beyond 20,000 clients whose intervals are narrow anyway.

    The weights are exponential, as in the Bayesian bootstrap (Rubin 1981), so nobody ever counts nothing. The
    companies are redrawn too: few of them stand at the top of the list, and which ones is partly luck.
    """
    n, m = result.n_held_out, len(result.held_out)
    draws = int(np.clip(_PLACES / n, _FEWEST_DRAWS, _MOST_DRAWS))
    rng = np.random.default_rng(seed)
    clients = np.concatenate([np.ones((1, n)), rng.exponential(size=(draws, n))])
    companies = np.concatenate([np.ones((1, BLOCKS)), rng.exponential(size=(draws, BLOCKS))])
    return Resamples(clients, companies, rng.integers(BLOCKS, size=m, dtype=np.uint8))


def positions(result: HeldOut, scores: Floats, resamples: Resamples) -> Positions:
    """Where the held-out clients, in the order of the candidates, stand by these scores (m,)."""
    held_out = result.held_out
    low = np.empty((len(resamples), result.n_held_out))
    high = np.empty_like(low)
    nth = np.cumsum(held_out) - 1
    for fold in np.unique(result.fold[held_out]):
        clients = np.flatnonzero((result.fold == fold) & held_out)
        others = np.flatnonzero((result.fold == fold) & ~held_out)
        strict, tied = _shares(scores[clients], scores[others], resamples.block[others], resamples.companies)
        low[:, nth[clients]] = strict
        high[:, nth[clients]] = strict + tied
    return Positions(low, high, len(scores) - result.n_held_out)


def _shares(
    clients: Floats, companies: Floats, block: npt.NDArray[np.uint8], weights: Reals
) -> tuple[Reals, Reals]:
    """Share of the companies scored higher than each client, and equal to it, (r, P) each."""
    steps, step = np.unique(clients, return_inverse=True)
    passed = np.searchsorted(steps, companies, "left")
    equal = steps[np.minimum(passed, len(steps) - 1)] == companies
    higher = _weighted(passed, block, len(steps) + 1, weights)
    tied = np.zeros_like(higher)
    if equal.any():
        tied = _weighted(passed[equal], block[equal], len(steps) + 1, weights)
    from_top = np.cumsum(higher[:, ::-1], axis=1)[:, ::-1]
    total = from_top[:, :1]
    return (from_top[:, 1:] / total)[:, step], (tied[:, :-1] / total)[:, step]


def _weighted(
    passed: npt.NDArray[np.intp], block: npt.NDArray[np.uint8], n_steps: int, weights: Reals
) -> Reals:
    """How many companies passed exactly 0, 1, ... of the clients' scores, (r, n_steps), by weight of block."""
    cells = block.astype(np.intp) * n_steps + passed
    counts = np.bincount(cells, minlength=BLOCKS * n_steps).reshape(BLOCKS, n_steps)
    weighted: Reals = weights @ counts
    return weighted
