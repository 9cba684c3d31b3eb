"""The label features that companies would have without one of the clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.features import Features, Groups, Incidence, Neighbours, Relation


@dataclass(frozen=True)
class Lift:
    """How a label feature compares the clients among a company's neighbours with the register.

    formula(won, others, base, strength), won and base being the clients among the others and in the register, by what
    they count, base over all companies; ``groups`` is the strength
    for groups, ``links`` for direct neighbours.
    """

    formula: Callable[[Any, Any, Any, float], Any]
    groups: float
    links: float


def without_one(
    features: Features, lift: Lift, companies: Ints, visible: Ints, weights: Reals, left_out: Ints
) -> Floats:
    """Label features float32 (m, F - 1), without the walk, of ``companies`` (m,) from all ``visible`` clients but one.

    weights: how much each visible client counts; left_out (m,): the client left out for each company, one of the
    visible. The features equal those made anew from the other clients.
    """
    counting = np.zeros(features.n_companies)
    counting[visible] = weights
    base = np.maximum(weights.sum() - counting[left_out], 1) / features.n_companies
    columns = [
        column
        for relation in features.relations
        for column in _columns(relation, lift, counting, companies, left_out, base)
    ]
    return (
        np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((len(companies), 0), np.float32)
    )


def _columns(
    relation: Relation, lift: Lift, counting: Reals, companies: Ints, left_out: Ints, base: Reals
) -> Sequence[Reals]:
    if isinstance(relation, Groups):
        return [_group(relation, lift, counting, companies, left_out, base)]
    if isinstance(relation, Neighbours):
        near = sp.csr_matrix(relation.matrix[companies])
        joined = np.asarray(relation.matrix[companies, left_out]).ravel()
        won = near @ counting - joined * counting[left_out]
        return [lift.formula(won, np.asarray(near.sum(1)).ravel(), base, lift.links)]
    return _members(relation, lift, counting, companies, left_out, base)


def _group(
    relation: Groups, lift: Lift, counting: Reals, companies: Ints, left_out: Ints, base: Reals
) -> Reals:
    code = relation.code
    won = np.bincount(code + 1, counting, relation.count + 1)
    size = np.bincount(code + 1, minlength=relation.count + 1)
    mine = code[companies]
    lifts = lift.formula(
        won[mine + 1] - (mine == code[left_out]) * counting[left_out],
        np.maximum(size[mine + 1] - 1, 0),
        base,
        lift.groups,
    )
    return np.where(mine >= 0, lifts, 0.0)


def _members(
    relation: Incidence, lift: Lift, counting: Reals, companies: Ints, left_out: Ints, base: Reals
) -> Sequence[Reals]:
    """Sum, sum over the root of the count, and maximum of the lifts of each company's groups; 0 without groups."""
    won, others = relation.matrix.T @ counting, np.asarray(relation.matrix.sum(0)).ravel() - 1
    mine = sp.csr_matrix(relation.matrix[companies])
    mine.sort_indices()
    both = np.asarray(mine.multiply(relation.matrix[left_out]).tocsr()[_rows(mine), mine.indices]).ravel()
    row = _rows(mine)
    left = won[mine.indices] - both * counting[left_out][row]
    lifts = lift.formula(left, others[mine.indices], base[row], lift.groups)
    count = np.diff(mine.indptr)
    total = np.asarray(np.bincount(_rows(mine), lifts, len(companies)), np.float64)
    strongest = np.full(len(companies), -np.inf)
    np.maximum.at(strongest, _rows(mine), lifts)
    return total, total / np.sqrt(np.maximum(count, 1)), np.where(count > 0, strongest, 0.0)


def _rows(matrix: sp.csr_matrix) -> Ints:
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
