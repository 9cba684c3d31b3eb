"""Personalised PageRank from the clients over everything that connects companies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints
from graphlead.core.contracts import Propagator
from graphlead.core.features import Groups, Neighbours, Relation

RESTART = 0.5
STEPS = 3
LINK_WEIGHT = 2.0
"""A link or a shared holder counts as this many of the rarest words in common."""

WIDEST = 0.06
"""Groups whose typical member shares them with more than this part of the register are not walked."""


class Walk:
    """A random walk company -> group -> company, back to the clients with probability RESTART at each step.

    A group (a city, a word, a holder) is taken with the weight log(n / size), so that what is rare leads further
    than what is common. Page, Brin, Motwani and Winograd (1999); restarts at a set: Haveliwala (2002).
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
        """How often each company is visited from each set of clients, float32 (n, sets); 1 is the mean company."""
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
        # A company that has links is in the group around itself, or a step would pass its neighbours by.
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
    """The relations worth walking: links, words, and groups that are neither huge nor all of one company."""
    return [
        relation for relation in relations if not isinstance(relation, Groups) or _typical(relation) <= WIDEST
    ]


def _typical(groups: Groups) -> float:
    """The part of the register in the group of the average grouped company."""
    sizes = np.bincount(groups.code[groups.code >= 0], minlength=1).astype(np.float64)
    return float((sizes**2).sum() / max(sizes.sum(), 1) / len(groups.code))
