"""Personalised PageRank from the clients over all relations between companies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Propagator
from graphlead.core.features import Groups, Neighbours, Relation

RESTART = 0.5
"""The probability of returning to the clients at each step: an eighth of the walk is still under way after STEPS."""
STEPS = 3
"""Steps instead of convergence: what lies further away has little weight, and each step costs two sparse products."""
LINK_WEIGHT = 2.0
"""The weight of a link relative to a group of the same size: a link is a fact about the two, a group a coincidence."""
WIDEST = 0.06
"""The largest share of the register in the group of a typical member: wider groups hardly distinguish companies."""


class Walk:
    """A random walk company -> group -> company that returns to the clients with probability RESTART at each step.

    A group (a city, a word, a holder) has the weight log(n / size), so that rare groups lead further than common
    ones. Page, Brin, Motwani and Winograd (1999); restarts at a set: Haveliwala (2002).
    """

    def __init__(self, relations: Sequence[Relation], n_companies: int, propagator: Propagator) -> None:
        members = sp.hstack(
            [_members(relation) for relation in relations] or [sp.csr_matrix((n_companies, 0))]
        )
        matrix = sp.csr_matrix(members, dtype=np.float32)
        size = np.maximum(np.asarray(matrix.sum(0)).ravel(), 1)
        rarity = np.log(max(n_companies, 2) / size) * _weights(relations)
        weighted = (matrix @ sp.diags(rarity.astype(np.float32))).tocsr()
        total = np.maximum(np.asarray(weighted.sum(1)).ravel(), 1e-9)
        self._into_groups = sp.csr_matrix((sp.diags((1 / total).astype(np.float32)) @ weighted).T)
        self._into_companies = sp.csr_matrix(matrix @ sp.diags((1 / size).astype(np.float32)))
        self._n = n_companies
        self._propagator = propagator

    def visits(self, seeds: Sequence[Ints]) -> Floats:
        """Visits of each company from each set of clients, float32 (n, sets); 1 is the average company."""
        start = np.zeros((self._n, len(seeds)), np.float32)
        for column, clients in enumerate(seeds):
            start[clients, column] = self._n / max(len(clients), 1)
        visits = start
        for _ in range(STEPS):
            groups = self._propagator.product(self._into_groups, visits)
            moved = self._propagator.product(self._into_companies, groups)
            visits = RESTART * start + (1 - RESTART) * moved
        return visits


def _members(relation: Relation) -> sp.csr_matrix:
    if isinstance(relation, Groups):
        rows = np.flatnonzero(relation.code >= 0)
        shape = (len(relation.code), relation.count)
        return sp.csr_matrix((np.ones(len(rows), np.float32), (rows, relation.code[rows])), shape=shape)
    if isinstance(relation, Neighbours):
        # The groups are companies with their neighbours; without the company itself a step would skip the neighbours.
        linked = (np.diff(relation.matrix.indptr) > 0).astype(np.float32)
        return sp.csr_matrix(relation.matrix + sp.diags(linked))
    return relation.matrix


def _weights(relations: Sequence[Relation]) -> Floats:
    parts = [
        np.full(relation.count if isinstance(relation, Groups) else relation.matrix.shape[1],
                LINK_WEIGHT if isinstance(relation, Neighbours) else 1.0, np.float32)
        for relation in relations
    ]  # fmt: skip
    return np.concatenate(parts) if parts else np.zeros(0, np.float32)


def walked(relations: Sequence[Relation]) -> list[Relation]:
    """The relations worth walking: links, words, and groups of at most WIDEST of the register on average."""
    return [
        relation for relation in relations if not isinstance(relation, Groups) or _typical(relation) <= WIDEST
    ]


def _typical(groups: Groups) -> float:
    """The share of the register in the group of the average grouped company."""
    sizes = np.bincount(groups.code[groups.code >= 0], minlength=1).astype(np.float64)
    return float((sizes**2).sum() / max(sizes.sum(), 1) / len(groups.code))
