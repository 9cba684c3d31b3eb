"""Features of a company's links: its degrees, and the means of its neighbours' numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats
from graphlead.core.contracts import Propagator
from graphlead.core.features import Attributes, Feature, Groups, Incidence, Neighbours, Relation, Statistic


def build_structure(
    attributes: Attributes, averaged: int, linked: Sequence[Relation], propagator: Propagator
) -> tuple[Floats, tuple[Feature, ...]]:
    """Log degrees and neighbours' means of the first ``averaged`` numbers, float32 (n, s), and their features.

    ``linked`` are the relations by links. The means are SIGN's one-hop operators (Frasca et al. 2020), computed once,
    of standardised numbers; a company without neighbours gets 0, the register's mean.
    """
    numbers = _standardised(attributes.numeric[:, :averaged])
    width = 1 + numbers.shape[1]
    structure = np.empty((len(numbers), width * len(linked)), np.float32)
    features: list[Feature] = []
    for place, relation in enumerate(linked):
        own = structure[:, place * width : (place + 1) * width]
        own[:, 0] = np.log1p(_degree(relation))
        own[:, 1:] = neighbour_means(relation, numbers, propagator)
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


def _standardised(values: Floats) -> Floats:
    """The values scaled to mean 0 and standard deviation 1 of the known ones; missing values become 0."""
    known = np.isfinite(values)
    count = np.maximum(known.sum(0), 1)
    mean = np.where(known, values, 0).sum(0) / count
    deviation = np.sqrt((np.where(known, values - mean, 0) ** 2).sum(0) / count)
    return np.where(known, (values - mean) / np.maximum(deviation, 1e-6), 0).astype(np.float32)
