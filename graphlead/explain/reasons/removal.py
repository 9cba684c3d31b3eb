"""The label features that companies would have without one of the clients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp

from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.features import Features, Groups, Incidence, Relation


@dataclass(frozen=True)
class Lift:
    """How a label feature compares the clients among a company's neighbours with the register.

    formula(won, rejected, others, base, sure, strength), won and base being the clients among the others and in the
    register, by what they count, base over all companies and sure over the clients and the ``rejected`` companies;
    ``groups`` is the strength for groups, ``links`` for direct neighbours.
    """

    formula: Callable[[Any, Any, Any, Any, Any, float], Any]
    groups: float
    links: float
    rejected: Ints


@dataclass(frozen=True, kw_only=True)
class _Counting:
    """How much each company (n,) counts as a client and as a rejected one, those that do, ``decided`` (c,), and for
    each of m companies the client left out and the shares that remain; see ``Lift``.
    """

    clients: Reals
    rejected: Reals
    decided: Ints
    left_out: Ints
    base: Reals
    sure: Reals


def without_one(
    features: Features, lift: Lift, companies: Ints, visible: Ints, weights: Reals, left_out: Ints
) -> Floats:
    """Label features float32 (m, F - 1), without the walk, of ``companies`` (m,) from all ``visible`` clients but one.

    weights: how much each visible client counts; left_out (m,): the client left out for each company, one of the
    visible. The features equal those made anew from the other clients.
    """
    counting = np.zeros(features.n_companies)
    counting[visible] = weights
    rejected = np.zeros(features.n_companies)
    rejected[lift.rejected] = 1
    rest = np.maximum(weights.sum() - counting[left_out], 1)
    sure = rest / (rest + len(lift.rejected))
    counted = _Counting(
        clients=counting,
        rejected=rejected,
        decided=np.union1d(visible, lift.rejected),
        left_out=left_out,
        base=rest / features.n_companies,
        sure=sure,
    )
    columns = [
        column for relation in features.relations for column in _columns(relation, lift, counted, companies)
    ]
    return (
        np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((len(companies), 0), np.float32)
    )


def _columns(relation: Relation, lift: Lift, counted: _Counting, companies: Ints) -> Sequence[Reals]:
    if isinstance(relation, Groups):
        return [_group(relation, lift, counted, companies)]
    if isinstance(relation, Incidence):
        return _members(relation, lift, counted, companies)
    near = sp.csr_matrix(relation.matrix[companies])
    joined = np.asarray(relation.matrix[companies, counted.left_out]).ravel()
    won = near @ counted.clients - joined * counted.clients[counted.left_out]
    others = np.asarray(near.sum(1)).ravel()
    return [lift.formula(won, near @ counted.rejected, others, counted.base, counted.sure, lift.links)]


def _group(relation: Groups, lift: Lift, counted: _Counting, companies: Ints) -> Reals:
    code, left_out = relation.code, counted.left_out
    won, rejected = (
        np.bincount(code[counted.decided] + 1, values[counted.decided], relation.count + 1)
        for values in (counted.clients, counted.rejected)
    )
    mine = code[companies]
    lifts = lift.formula(
        won[mine + 1] - (mine == code[left_out]) * counted.clients[left_out],
        rejected[mine + 1],
        np.maximum(np.append(relation.sizes, 0)[mine] - 1, 0),
        counted.base,
        counted.sure,
        lift.groups,
    )
    return np.where(mine >= 0, lifts, 0.0)


def _members(relation: Incidence, lift: Lift, counted: _Counting, companies: Ints) -> Sequence[Reals]:
    """Sum, sum over the root of the count, and maximum of the lifts of each company's groups; 0 without groups."""
    matrix, left_out = relation.matrix, counted.left_out
    won, rejected = matrix.T @ counted.clients, matrix.T @ counted.rejected
    others = relation.sizes - 1
    mine = sp.csr_matrix(matrix[companies])
    mine.sort_indices()
    row, group = _rows(mine), mine.indices
    both = np.asarray(mine.multiply(matrix[left_out]).tocsr()[row, group]).ravel()
    left = won[group] - both * counted.clients[left_out][row]
    shares = counted.base[row], counted.sure[row]
    lifts = lift.formula(left, rejected[group], others[group], *shares, lift.groups)
    count = np.diff(mine.indptr)
    total = np.asarray(np.bincount(row, lifts, len(companies)), np.float64)
    strongest = np.full(len(companies), -np.inf)
    np.maximum.at(strongest, row, lifts)
    return total, total / np.sqrt(np.maximum(count, 1)), np.where(count > 0, strongest, 0.0)


def _rows(matrix: sp.csr_matrix) -> Ints:
    return np.repeat(np.arange(matrix.shape[0], dtype=np.int32), np.diff(matrix.indptr))
