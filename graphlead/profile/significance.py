"""The evidence of counts of clients by group against chance, for any number of groups.

Clients O_g in group g against E_g expected: Poisson under chance, Gamma-Poisson when groups differ by a factor with
mean 1 and shape a. The ratio of the two marginal likelihoods, averaged over a grid of a, has mean 1 under chance: it
is an e-value (Vovk and Wang, E-values: calibration, combination and applications, 2021), so that its inverse is a
p-value that needs no correction for the number of groups.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from graphlead.core.arrays import Reals

SHAPES = np.array([0.5, 1.0, 2.0, 5.0, 15.0, 50.0])
"""The grid of a, roughly geometric: groups that differ by factors with a standard deviation from 1.4 down to 0.14."""
BOUNDARY = 1 / 24
"""Prior probability that two neighbouring cells of a number differ: between two and three edges in 64 cells."""

Blocks = npt.NDArray[np.int32]


def log_evidence(clients: Reals, expected: Reals) -> tuple[float, float]:
    """ln of the e-value of these counts (g,), and the shape that explains them best.

    ``expected`` is scaled to the sum of ``clients``: only the distribution over the groups matters.
    """
    if clients.sum() <= 0 or expected.sum() <= 0:
        return 0.0, float(SHAPES[-1])
    fair = expected * (clients.sum() / expected.sum())
    by_shape = _log_ratio(clients[:, None], fair[:, None], SHAPES).sum(axis=0)
    return float(logsumexp(by_shape) - math.log(len(SHAPES))), float(SHAPES[by_shape.argmax()])


def best_blocks(clients: Reals, expected: Reals) -> tuple[float, float, Blocks]:
    """The blocks of neighbouring cells (c,) that explain the counts best.

    Returns ln of the e-value (averaged over all segmentations), the shape, and the block of each cell. Scargle et al.,
    Studies in Astronomical Time Series Analysis VI: Bayesian Block Representations, 2013.
    """
    count = len(clients)
    if count < 2 or clients.sum() <= 0 or expected.sum() <= 0:
        return 0.0, float(SHAPES[-1]), np.zeros(count, np.int32)
    fair = expected * (clients.sum() / expected.sum())
    ratio = _block_ratios(clients, fair)
    split = math.log(BOUNDARY / (1 - BOUNDARY))
    mean, best = (np.full((count + 1, len(SHAPES)), -split) for _ in range(2))
    start = np.zeros((count + 1, len(SHAPES)), np.int64)
    for end in range(1, count + 1):
        blocks = ratio[:end, end] + split
        mean[end] = np.logaddexp.reduce(mean[:end] + blocks, axis=0)
        scores = best[:end] + blocks
        start[end] = scores.argmax(axis=0)
        best[end] = scores.max(axis=0)
    by_shape = mean[count] + (count - 1) * math.log(1 - BOUNDARY)
    chosen = int(by_shape.argmax())
    evidence = float(logsumexp(by_shape) - math.log(len(SHAPES)))
    return evidence, float(SHAPES[chosen]), _blocks(start[:, chosen])


def _block_ratios(clients: Reals, expected: Reals) -> Reals:
    """The log ratio of the block from cell ``start`` to before cell ``end``, by shape: (c + 1, c + 1, shapes)."""
    seen, fair = (np.concatenate([[0.0], np.cumsum(values)]) for values in (clients, expected))
    within = [np.maximum(sums[None, :] - sums[:, None], 0.0)[:, :, None] for sums in (seen, fair)]
    return _log_ratio(within[0], within[1], SHAPES)


def _blocks(start: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Blocks:
    """The block of each cell (c,), given the start of the best block that ends before each cell (c + 1,)."""
    first = np.zeros(len(start) - 1, np.int32)
    end = len(start) - 1
    while end > 0:
        end = int(start[end])
        first[end] = int(end > 0)
    return np.cumsum(first, dtype=np.int32)


def _log_ratio(clients: Reals, expected: Reals, shape: Reals) -> Reals:
    return np.asarray(
        gammaln(shape + clients) - gammaln(shape) + shape * np.log(shape)
        - (shape + clients) * np.log(shape + expected) + expected
    )  # fmt: skip
