"""Clusters of rows with alike values in several columns, their number chosen by the data.

A mixture of independent categoricals (latent classes), fitted by EM from several starts, with classes merged as long
as the exact integrated completed likelihood grows: Come and Latouche, Model selection and clustering in stochastic
block models based on the exact integrated complete data likelihood, 2015.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import gammaln, logsumexp, softmax

from graphlead.core.arrays import Ints, Longs, Reals

MOST_CLASSES, STARTS, ROUNDS = 8, 5, 25
"""Classes that EM starts with, its random starts (it finds local optima), and its iterations at most."""
MARGIN = 10.0
"""How much likelier (nats) several classes must be than one: the best of several starts is optimistic."""

MASSES = np.array([2.0, 5.0, 15.0, 50.0, 200.0, 1e3, 1e4, 1e6])
"""Masses of the Dirichlet prior around the register's shares, from classes unlike it to the same; all are averaged."""

PROTOTYPE = 10.0
"""Pseudo-rows like its prototype that a class starts with: at least the mass of its prior (``prior_of``)."""

RowClass = Longs


@dataclass(frozen=True)
class Facet:
    """One column of values: codes (n,), NONE where missing, and for each value (g,) its prior weight in a class, > 0,
    and its share in the register, > 0 where it occurs."""

    codes: Ints
    prior: Reals
    usual: Reals


@dataclass(frozen=True)
class Classes:
    """Log shares of the classes (k,) and, for each facet, log probabilities of its values by class (k, g)."""

    shares: Reals
    chances: tuple[Reals, ...]

    def likelihood(self, codes: Sequence[Ints]) -> Reals:
        """Joint log-likelihood (n, k) of rows and classes; missing values contribute nothing."""
        total = np.tile(self.shares, (len(codes[0]), 1))
        for column, chances in zip(codes, self.chances, strict=True):
            total += np.vstack([chances.T, np.zeros(len(self.shares))])[column]
        return np.asarray(total)


def find_classes(facets: Sequence[Facet], smallest: int, seed: int) -> Classes:
    """The classes of these rows, each with at least ``smallest`` rows; one class where the data support no more."""
    n = len(facets[0].codes)
    rng = np.random.default_rng(seed)
    alone = np.zeros(n, np.int64)
    best, best_score = alone, _likelihood(facets, alone) + MARGIN
    for _ in range(STARTS if n >= 2 * smallest else 0):
        found = _merged(facets, _expectation(facets, _from_prototypes(facets, rng)))
        found = _merged(facets, _expectation(facets, _classes(facets, _one_hot(found))))
        found = _large_ones(facets, found, smallest)
        score = _likelihood(facets, found)
        if score > best_score:
            best, best_score = found, score
    return _classes(facets, _one_hot(best))


def _from_prototypes(facets: Sequence[Facet], rng: np.random.Generator) -> Classes:
    """Classes around rows drawn at random."""
    n = len(facets[0].codes)
    drawn = rng.choice(n, min(MOST_CLASSES, n), replace=False)
    belongs = np.zeros((n, len(drawn)))
    belongs[drawn, np.arange(len(drawn))] = PROTOTYPE
    return _classes(facets, belongs)


def _classes(facets: Sequence[Facet], belongs: Reals) -> Classes:
    """The classes by the responsibilities (n, k) of the rows: the M step."""
    sizes = belongs.sum(axis=0) + 0.5
    chances = []
    for facet in facets:
        counts = _counts(facet, belongs) + facet.prior
        chances.append(np.log(counts / counts.sum(axis=1, keepdims=True)))
    return Classes(np.log(sizes / sizes.sum()), tuple(chances))


def _counts(facet: Facet, belongs: Reals) -> Reals:
    """The counts of each value by class, (k, g)."""
    size = len(facet.prior)
    shifted = facet.codes + 1
    return np.stack([np.bincount(shifted, column, size + 1)[1:] for column in belongs.T])


def _expectation(facets: Sequence[Facet], classes: Classes) -> RowClass:
    """The likeliest class (n,) of each row after EM from these classes."""
    codes = [facet.codes for facet in facets]
    before = -np.inf
    for _ in range(ROUNDS):
        likelihood = classes.likelihood(codes)
        now = float(logsumexp(likelihood, axis=1).sum())
        classes = _classes(facets, softmax(likelihood, axis=1))
        if now - before < 1e-3 * len(codes[0]):
            break
        before = now
    return np.asarray(classes.likelihood(codes).argmax(axis=1))


def _one_hot(row_class: RowClass) -> Reals:
    _, compact = np.unique(row_class, return_inverse=True)
    return np.eye(int(compact.max(initial=0)) + 1)[compact]


def _merged(facets: Sequence[Facet], row_class: RowClass) -> RowClass:
    """Merge classes pair by pair while the likelihood grows; the class (n,) of each row."""
    belongs = _one_hot(row_class)
    _, current = np.unique(row_class, return_inverse=True)
    counts = [_counts(facet, belongs) for facet in facets]
    score = _likelihood(facets, current)
    while len(counts[0]) > 1:
        pairs = np.array(list(combinations(range(len(counts[0])), 2)))
        sizes = np.bincount(current)
        total = np.array([_of_sizes(np.append(np.delete(sizes, pair), sizes[pair].sum())) for pair in pairs])
        for facet, of_facet in zip(facets, counts, strict=True):
            single = _of_counts(facet, of_facet)
            both = _of_counts(facet, of_facet[pairs[:, 0]] + of_facet[pairs[:, 1]])
            total += _averaged(single.sum(axis=0) - single[pairs[:, 0]] - single[pairs[:, 1]] + both)
        if total.max() <= score:
            break
        score = total.max()
        keep, gone = pairs[total.argmax()]
        for of_facet in counts:
            of_facet[keep] += of_facet[gone]
        counts = [np.delete(of_facet, gone, axis=0) for of_facet in counts]
        current = np.where(current == gone, keep, current)
        current = np.where(current > gone, current - 1, current)
    return np.asarray(current)


def _large_ones(facets: Sequence[Facet], row_class: RowClass, smallest: int) -> RowClass:
    """Move the rows of classes that are too small to their next likeliest class, the smallest class first."""
    current = row_class
    while True:
        kinds, sizes = np.unique(current, return_counts=True)
        if len(kinds) == 1 or sizes.min() >= smallest:
            return current
        leaving = current == kinds[sizes.argmin()]
        others = np.delete(np.arange(len(kinds)), sizes.argmin())
        likelihood = _classes(facets, _one_hot(current)).likelihood(
            [facet.codes[leaving] for facet in facets]
        )
        current = current.copy()
        current[leaving] = kinds[others[likelihood[:, others].argmax(axis=1)]]


def _likelihood(facets: Sequence[Facet], row_class: RowClass) -> float:
    """The exact integrated completed log-likelihood of rows and their classes."""
    belongs = _one_hot(row_class)
    by_facet = [_averaged(_of_counts(facet, _counts(facet, belongs)).sum(axis=0)) for facet in facets]
    return _of_sizes(belongs.sum(axis=0)) + float(sum(by_facet))


def _of_sizes(sizes: Reals) -> float:
    k, n = len(sizes), float(sizes.sum())
    return float(gammaln(k / 2) - gammaln(n + k / 2) + (gammaln(sizes + 0.5) - gammaln(0.5)).sum())


def _of_counts(facet: Facet, counts: Reals) -> Reals:
    """Log-likelihood (k, masses) of the values of each class by the mass of the prior."""
    prior = np.multiply.outer(MASSES, facet.usual)
    total = gammaln(MASSES) - gammaln(MASSES + counts.sum(axis=1)[:, None])
    place, value = np.nonzero(counts)
    cells = gammaln(prior[:, value] + counts[place, value]) - gammaln(prior[:, value])
    sums = np.stack([np.bincount(place, each, len(counts)) for each in cells], axis=1)
    return np.asarray(total + sums)


def _averaged(by_mass: Reals) -> Reals:
    return np.asarray(logsumexp(by_mass, axis=-1) - np.log(len(MASSES)))


def prior_of(clients: Reals, companies: Reals) -> Reals:
    """The prior weight of each value (g,): its share among all clients, smoothed by the register to be positive."""
    share = (clients + companies / companies.sum()) / (clients.sum() + 1)
    mass = float(np.clip(np.count_nonzero(clients), 2, 10))
    return np.asarray(mass * np.maximum(share, 1e-9))
