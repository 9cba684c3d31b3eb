"""Features of a company's links: its degrees, and the means of its neighbours' numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Floats, Reals
from graphlead.core.contracts import Propagator
from graphlead.core.features import Attributes, Feature, Groups, Incidence, Neighbours, Relation, Statistic


def build_structure(
    attributes: Attributes, averaged: int, linked: Sequence[Relation], propagator: Propagator
) -> tuple[Floats, tuple[Feature, ...]]:
    """Log degrees and neighbours' means of the first ``averaged`` numbers, float32 (n, s), and their features.

    ``linked`` are the relations by links. The means are SIGN's one-hop operators (Frasca et al. 2020), computed once,
    of standardised numbers; a company without neighbours gets 0, the register's mean.
    """
    numbers = attributes.numeric[:, :averaged]
    numbers = scale_of(lambda: [numbers]).apply(numbers)
    width = 1 + numbers.shape[1]
    structure = np.empty((len(numbers), width * len(linked)), np.float32)

    def fill(place: int) -> None:
        own = structure[:, place * width : (place + 1) * width]
        own[:, 0] = np.log1p(_degree(linked[place]))
        own[:, 1:] = neighbour_means(linked[place], numbers, propagator)

    for _ in side_by_side(fill, range(len(linked))):
        pass
    features: list[Feature] = []
    for relation in linked:
        features.append(Feature(relation.source, Statistic.COUNT))
        features += [
            Feature(relation.source, Statistic.NEIGHBOURS, feature)
            for feature in attributes.numeric_features[:averaged]
        ]
    return structure, tuple(features)


def neighbour_means(relation: Relation, values: Floats, propagator: Propagator) -> Floats:
    """Mean of ``values`` (n, k) over each company's neighbours, excluding itself; 0 for a company without any."""
    if isinstance(relation, Neighbours):
        total, count = propagator.product(relation.matrix, values), _degree(relation)
    else:
        members = _incidence(relation)
        sums = propagator.transposed_product(members, values)
        own = np.asarray(members.sum(1), np.float32)
        total = propagator.product(members, sums) - own * values
        count = _degree(relation)
    total /= np.maximum(count, 1)[:, None]
    return total


def _incidence(relation: Groups | Incidence) -> sp.csr_matrix:
    if isinstance(relation, Incidence):
        return relation.matrix
    rows = np.flatnonzero(relation.code >= 0)
    ones = np.ones(len(rows), np.float32)
    return sp.csr_matrix((ones, (rows, relation.code[rows])), shape=(len(relation.code), relation.count))


def _degree(relation: Relation) -> Floats:
    """The number of neighbours of each company; one that shares two groups with it counts twice."""
    if isinstance(relation, Neighbours):
        return np.asarray(relation.matrix.sum(1), np.float32).ravel()
    members = _incidence(relation)
    others = np.asarray(members.sum(0), np.float32).ravel() - 1
    return np.asarray(members @ others, np.float32)


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
