"""Personalised PageRank over all relations between companies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import compress

import numpy as np
import scipy.sparse as sp

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Floats, Ints, Longs
from graphlead.core.contracts import Propagator
from graphlead.core.features import Groups, Neighbours, Relation

RESTART = 0.8
"""The probability of returning to the clients at each step. On two registers of US filings (6 and 15 sellers) the list
had an average precision of 0.385 and 0.293 with this restart, 0.384 and 0.291 with one of 0.5."""
STEPS = 3
"""Steps instead of convergence: what lies further away has little weight, and each step costs two sparse products."""
LINK_WEIGHT = 2.0
"""The weight of a link relative to a group of the same size: a link is a fact about the two, a group a coincidence."""
WIDEST = 0.06
"""The largest share of the register in the group of a typical member: wider groups hardly distinguish companies."""
SHARES = 2
"""Parts of the relations that are walked side by side: a fixed number, so that sums do not depend on the cores."""


class Walk:
    """A random walk company -> group -> company that returns to its start with probability RESTART at each step.

    A group (a city, a word, a holder) has the weight log(n / size), so that rare groups lead further than common
    ones. Page, Brin, Motwani and Winograd (1999); restarts at a set: Haveliwala (2002). Both halves of a step are
    products with the same members (n, groups), scaled before and after, one relation after the other: so the graph is
    held once, and the visits of a relation's groups are still at hand when they go back to the companies.
    """

    def __init__(self, relations: Sequence[Relation], n_companies: int, propagator: Propagator) -> None:
        self._propagator = propagator
        self._ways: list[tuple[sp.csr_matrix, Floats]] = []
        once, total = np.ones(n_companies, np.float32), np.zeros(n_companies, np.float32)
        begins = np.arange(n_companies + 1, dtype=np.int32)

        def way(relation: Relation) -> tuple[sp.csr_matrix, Floats, Floats]:
            members = _members(relation, once, begins)
            if isinstance(relation, Neighbours):
                size = np.maximum(members.T @ once, 1)
            else:
                size = np.ones(members.shape[1], np.float32)
                size[: len(relation.sizes)] = np.maximum(relation.sizes, 1)
            rarity = (np.log(max(n_companies, 2) / size) * _weight(relation)).astype(np.float32)
            if isinstance(relation, Groups):
                rarity[relation.count] = 0
            return members, (rarity / size).astype(np.float32)[:, None], members @ rarity

        for members, arriving, leaving in side_by_side(way, relations):
            total += leaving
            self._ways.append((members, arriving))
        self._leaving = (1 / np.maximum(total, 1e-9)).astype(np.float32)[:, None]

    def visits(self, start: Floats, at: Ints | None = None) -> Floats:
        """Visits of each company by a walk from each column of ``start`` (n, k), float32 (n, k), in its unit.

        A walk starts at a company as often as its column has it. at: the companies (m,) to answer for, (m, k).
        """
        visits, rows = start, np.flatnonzero(start.any(axis=1))
        for steps_left in reversed(range(STEPS)):
            read = None if steps_left else at
            step = partial(self._arrived, rows, self._leaving[rows] * visits[rows], read)
            visits = RESTART * (start if read is None else start[read])
            for arrived in side_by_side(step, range(SHARES)):
                visits += arrived
            rows = np.arange(len(start))
        return visits

    def between(self, starts: Ints, ends: Ints) -> Floats:
        """Visits (m,) of each of ``ends`` (m,) by a walk of one from the company at its place in ``starts`` (m,)."""
        companies, walk = np.unique(starts, return_inverse=True)
        once = np.zeros((len(self._leaving), len(companies)), np.float32)
        once[companies, np.arange(len(companies))] = 1
        return np.asarray(self.visits(once, ends)[np.arange(len(ends)), walk], np.float32)

    def _arrived(self, rows: Longs, leaving: Floats, at: Ints | None, share: int) -> Floats:
        """The visits that arrive by one share of the relations, of those that leave ``rows`` (m, k).

        float32 (n, k), or of the companies ``at``.
        """
        arrived = np.zeros((len(self._leaving) if at is None else len(at), leaving.shape[1]), np.float32)
        for members, arriving in self._ways[share::SHARES]:
            groups = self._into_groups(members, rows, leaving)
            groups *= arriving
            arrived += self._propagator.product(members, groups) if at is None else members[at] @ groups
        arrived *= np.float32(1 - RESTART)
        return arrived

    def _into_groups(self, members: sp.csr_matrix, rows: Longs, leaving: Floats) -> Floats:
        """The visits (groups, k) that arrive in the groups; a few companies leave without the others."""
        if len(rows) == members.shape[0]:
            return self._propagator.transposed_product(members, leaving)
        return np.asarray(members[rows].T @ leaving, np.float32)


def _members(relation: Relation, once: Floats, begins: Ints) -> sp.csr_matrix:
    """The companies in each group, 0/1 CSR (n, groups), and of ``Groups`` one more column for those in none.

    once: ones (n,), and begins: 0 .. n, which all relations share in which a company is once.
    """
    if isinstance(relation, Groups):
        group = np.where(relation.code >= 0, relation.code, np.int32(relation.count))
        return sp.csr_matrix((once, group, begins), shape=(len(once), relation.count + 1))
    if isinstance(relation, Neighbours):
        # The groups are companies with their neighbours; without the company itself a step would skip the neighbours.
        linked = (np.diff(relation.matrix.indptr) > 0).astype(np.float32)
        return sp.csr_matrix(relation.matrix + sp.diags(linked))
    return relation.matrix


def _weight(relation: Relation) -> float:
    return LINK_WEIGHT if isinstance(relation, Neighbours) else 1.0


def walked(relations: Sequence[Relation]) -> list[Relation]:
    """The relations worth walking: links, words, and groups of at most WIDEST of the register on average."""
    return list(compress(relations, side_by_side(_narrow, relations)))


def _narrow(relation: Relation) -> bool:
    return not isinstance(relation, Groups) or _typical(relation) <= WIDEST


def _typical(groups: Groups) -> float:
    """The share of the register in the group of the average grouped company."""
    sizes = groups.sizes.astype(np.float64)
    return float((sizes**2).sum() / max(sizes.sum(), 1) / len(groups.code))
