"""Features of a company's links: its degrees, and the means of its neighbours' numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from graphlead.common.memory import budget
from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.contracts import Propagator
from graphlead.core.features import (
    Attributes,
    ByCompany,
    Feature,
    Groups,
    Incidence,
    Neighbours,
    Relation,
    Statistic,
)

PIECE = 262_144
"""Companies of which the numbers are worked out at a time, a choice: every ten of them take 20 MB."""

SHARE = 0.125
"""The part of the memory budget that the structure of all companies may take, to be worked out once: worked out
whenever it is asked for, scoring a million companies takes 8.0 s instead of 6.2, and of ten million 1 GB less is
held."""


@dataclass(frozen=True)
class Structure:
    """Log degrees and neighbours' means of k numbers, worked out whenever they are asked for.

    numbers: float32 (n, k), standardised; linked: the means over each relation by links.
    """

    numbers: Floats
    linked: Sequence[NeighbourMeans]

    def __getitem__(self, rows: Ints, /) -> Floats:
        """The degree and the means of these companies, float32 (len(rows), s), relation by relation."""
        width = 1 + self.numbers.shape[1]
        found = np.empty((len(rows), width * len(self.linked)), np.float32)
        for place, each in enumerate(self.linked):
            degree, means = each.of(rows)
            found[:, place * width] = np.log1p(degree)
            found[:, place * width + 1 : (place + 1) * width] = means
        return found


def build_structure(
    attributes: Attributes, averaged: int, linked: Sequence[Relation], propagator: Propagator
) -> tuple[ByCompany, tuple[Feature, ...]]:
    """Log degrees and neighbours' means of the first ``averaged`` numbers, s for each company, and their features: an
    array (n, s) where it takes at most SHARE of the memory budget.

    ``linked`` are the relations by links. The means are SIGN's one-hop operators (Frasca et al. 2020) of standardised
    numbers; a company without neighbours gets 0, the register's mean.
    """
    numbers = _standardised(attributes.numeric[:, :averaged])
    means = list(side_by_side(lambda relation: NeighbourMeans(relation, numbers, propagator), linked))
    features: list[Feature] = []
    for relation in linked:
        features.append(Feature(relation.source, Statistic.COUNT))
        features += [
            Feature(relation.source, Statistic.NEIGHBOURS, feature)
            for feature in attributes.numeric_features[:averaged]
        ]
    return _held(Structure(numbers, means), len(numbers), len(features)), tuple(features)


def _held(structure: Structure, n: int, width: int) -> ByCompany:
    """The structure (n, width) worked out for all companies, where memory has room for it."""
    if 4 * n * width > SHARE * budget():
        return structure
    found = np.empty((n, width), np.float32)

    def fill(start: int) -> None:
        rows = np.arange(start, min(start + PIECE, n), dtype=np.int32)
        found[start : start + PIECE] = structure[rows]

    for _ in side_by_side(fill, range(0, n, PIECE)):
        pass
    return found


class NeighbourMeans:
    """The degree of companies, and the means of numbers (n, k) over their neighbours by a relation.

    A company that shares two groups with another one counts twice for it, and none counts for itself.
    """

    def __init__(self, relation: Relation, numbers: Floats, propagator: Propagator) -> None:
        self._relation, self._numbers = relation, numbers
        if not isinstance(relation, Neighbours):
            self._sums = propagator.transposed_product(_incidence(relation), numbers)
            self._others = (relation.sizes - 1).astype(np.float32)

    def of(self, rows: Ints) -> tuple[Floats, Floats]:
        """The degrees (len(rows),) and the means (len(rows), k) of these companies; 0 for one without neighbours."""
        relation = self._relation
        if isinstance(relation, Neighbours):
            near = relation.matrix[rows]
            total, degree = near @ self._numbers, np.asarray(near.sum(1), np.float32).ravel()
        else:
            groups = _incidence(relation, rows)
            own = np.asarray(groups.sum(1), np.float32)
            total = groups @ self._sums - own * self._numbers[rows]
            degree = np.asarray(groups @ self._others, np.float32)
        total /= np.maximum(degree, 1)[:, None]
        return degree, np.asarray(total, np.float32)


def _incidence(relation: Groups | Incidence, rows: Ints | None = None) -> sp.csr_matrix:
    """The groups of companies as 0/1 CSR (n, groups), or (len(rows), groups)."""
    if isinstance(relation, Incidence):
        return relation.matrix if rows is None else relation.matrix[rows]
    code = relation.code if rows is None else relation.code[rows]
    grouped = np.flatnonzero(code >= 0)
    begins = np.append(0, np.cumsum(code >= 0, dtype=np.int32))
    return sp.csr_matrix(
        (np.ones(len(grouped), np.float32), code[grouped], begins), shape=(len(code), relation.count)
    )


def _standardised(values: Floats) -> Floats:
    """The values (n, k) with mean 0 and standard deviation 1; missing ones become 0."""

    def pieces() -> Iterator[Floats]:
        size = PIECE if values.shape[1] > 1 else max(len(values), 1)
        for start in range(0, len(values), size):
            yield values[start : start + size]

    scale, found = scale_of(pieces), np.empty(values.shape, np.float32)
    for start in range(0, len(values), PIECE):
        found[start : start + PIECE] = scale.apply(values[start : start + PIECE])
    return found


@dataclass(frozen=True)
class Scale:
    """The mean and the standard deviation (k,) of the known values of k numbers."""

    mean: Reals
    deviation: Reals

    def apply(self, values: Floats) -> Floats:
        """The values (m, k) scaled to mean 0 and standard deviation 1; missing values become 0."""
        scaled = (values - self.mean) / np.maximum(self.deviation, 1e-6)
        return np.where(np.isfinite(values), scaled, 0).astype(np.float32)


def scale_of(parts: Callable[[], Iterable[Floats]]) -> Scale:
    """The scale of k numbers that ``parts`` gives twice, in pieces (m, k), in the order of the companies.

    Rows are summed one after the other where k is more than 1, so in how many pieces they come makes no difference.
    """
    mean = _mean(parts, lambda values: values)
    return Scale(mean, np.sqrt(_mean(parts, lambda values: (values - mean) ** 2)))


def _mean(parts: Callable[[], Iterable[Floats]], of: Callable[[Floats], Floats | Reals]) -> Reals:
    """The mean (k,) of a function of the known values."""
    total: Floats | Reals | None = None
    count = np.zeros(1, np.int64)
    for values in parts():
        known = np.isfinite(values)
        found = np.where(known, of(values), 0)
        count = count + known.sum(0)
        total = (found if total is None else np.concatenate([total[None], found])).sum(0)
    return np.asarray(0.0 if total is None else total / np.maximum(count, 1), np.float64)
