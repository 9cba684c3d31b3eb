"""How strongly counts of clients by group speak against chance, whatever the number of groups.

Clients O_g in group g against E_g expected: Poisson under chance, Gamma-Poisson when groups differ by a factor with
mean 1 and shape a. The ratio of the two marginal likelihoods, averaged over a grid of a, has mean 1 under chance: it
is an e-value (Vovk and Wang, E-values: calibration, combination and applications, 2021), so that its inverse is a
p-value, and a thousand groups pay for themselves.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln, logsumexp

from graphlead.profile.numbers import Doubles

SHAPES = np.array([0.5, 1.0, 2.0, 5.0, 15.0, 50.0])
BOUNDARY = 1 / 24
"""Prior chance that two neighbouring cells of a number differ."""


def log_evidence(clients: Doubles, expected: Doubles) -> tuple[float, float]:
    """ln of the e-value of these counts (g,), and the shape that explains them best.

    ``expected`` is brought to the sum of ``clients``: only how they are spread over the groups counts.
    """
    if clients.sum() <= 0 or expected.sum() <= 0:
        return 0.0, float(SHAPES[-1])
    fair = expected * (clients.sum() / expected.sum())
    by_shape = _log_ratio(clients[:, None], fair[:, None], SHAPES).sum(axis=0)
    return float(logsumexp(by_shape) - math.log(len(SHAPES))), float(SHAPES[by_shape.argmax()])


def best_blocks(clients: Doubles, expected: Doubles) -> tuple[float, float, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """Neighbouring cells (c,) put together into the blocks that explain the counts best.

    Returns ln of the e-value, the shape, and the block of each cell. Scargle et al., Studies in Astronomical Time
    Series Analysis VI: Bayesian Block Representations, 2013.
    """
    count = len(clients)
    if count < 2 or clients.sum() <= 0 or expected.sum() <= 0:
        return 0.0, float(SHAPES[-1]), np.zeros(count, np.int32)
    fair = expected * (clients.sum() / expected.sum())
    found = [_segmented(clients, fair, float(shape)) for shape in SHAPES]
    best = max(range(len(SHAPES)), key=lambda i: found[i][0])
    evidence = float(logsumexp([score for score, _ in found]) - math.log(len(SHAPES)))
    return evidence, float(SHAPES[best]), found[best][1]


def _log_ratio(clients: Doubles, expected: Doubles, shape: Doubles) -> Doubles:
    return np.asarray(
        gammaln(shape + clients) - gammaln(shape) + shape * np.log(shape)
        - (shape + clients) * np.log(shape + expected) + expected
    )  # fmt: skip


def _segmented(
    clients: Doubles, expected: Doubles, shape: float
) -> tuple[float, np.ndarray[tuple[int], np.dtype[np.int32]]]:
    """The best segmentation by dynamic programming: its score with the prior, and the block of each cell."""
    count = len(clients)
    seen, fair = (np.concatenate([[0.0], np.cumsum(values)]) for values in (clients, expected))
    best, start = np.zeros(count + 1), np.zeros(count + 1, np.int64)
    split = math.log(BOUNDARY / (1 - BOUNDARY))
    best[0] = -split
    for end in range(1, count + 1):
        blocks = _log_ratio(seen[end] - seen[:end], fair[end] - fair[:end], np.float64(shape))
        scores = best[:end] + blocks + split
        start[end] = scores.argmax()
        best[end] = scores[start[end]]
    firsts, end = [], count
    while end > 0:
        end = int(start[end])
        firsts.append(end)
    block = np.zeros(count, np.int32)
    block[firsts[:-1]] = 1
    return float(best[count]) + (count - 1) * math.log(1 - BOUNDARY), np.cumsum(block, dtype=np.int32)
