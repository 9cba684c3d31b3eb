"""Control of companies: controllers, ultimate parents and groups.

A company is controlled by the owner of more than half of it, alone or together with companies that the owner
controls (the company control problem: Ceri, Gottlob, Tanca 1990; Vitali, Glattfelder, Battiston 2011). Every
company has at most one controller, so control is a forest and minority holdings never join two groups.
"""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.graph.ownership.kinds import Claim
from graphlead.graph.ownership.stakes import Ledger

MAJORITY = 0.5 + 1e-9
"""A share above this controls; exactly half does not, even with a rounding error."""


def controllers(ledger: Ledger, n_companies: int, n_nodes: int) -> Ints:
    """The node that controls each node, shape (n_nodes,); NONE where nobody does.

    In this order: a majority of the shares; a claim of control with unknown share (``parent`` before
    ``ultimate_parent``); a sole owner with unknown share, if it is a company; a majority held together with
    controlled companies. Ties go to the smallest index, so to companies before holders.
    """
    controller = np.full(n_nodes, NONE, np.int32)
    rank = _rank(ledger, n_companies)
    rows = np.flatnonzero(rank)
    best = rows[np.lexsort((-ledger.owner[rows], ledger.middle[rows], rank[rows], ledger.owned[rows]))]
    controller[ledger.owned[best]] = ledger.owner[best]
    return _pooled(ledger, controller, n_companies)


def _rank(ledger: Ledger, n_companies: int) -> Ints:
    """The strength of each stake's claim to control, shape (S,), 0 where it has none."""
    owners = np.bincount(ledger.owned, minlength=n_companies)
    inside = ledger.owner < n_companies
    sole = (ledger.claim == Claim.OWNS) & (owners[ledger.owned] == 1) & inside
    claimed = np.where((ledger.claim >= Claim.ULTIMATE) | sole, ledger.claim, 0)
    return np.where(ledger.known, (ledger.middle > MAJORITY) * (Claim.CONTROL + 1), claimed).astype(np.int32)


def _pooled(ledger: Ledger, controller: Ints, n_companies: int) -> Ints:
    """Add control by shares that a node holds together with the companies under it, until nothing changes."""
    open_stake = ledger.known & (controller[ledger.owned] == NONE)
    several = np.bincount(ledger.owned[open_stake], minlength=n_companies) > 1
    rows = np.flatnonzero(open_stake & several[ledger.owned])
    while len(rows):
        top = roots(controller)
        taken, by = _majorities(ledger, top, rows)
        if not len(taken):
            break
        controller[taken] = by
        rows = rows[controller[ledger.owned[rows]] == NONE]
    return controller


def _majorities(ledger: Ledger, top: Ints, rows: Longs) -> tuple[Ints, Ints]:
    """Companies in which the shares of one top node sum to a majority, and that node."""
    owned, by = ledger.owned[rows], top[ledger.owner[rows]]
    keys, inverse = np.unique(owned.astype(np.int64) * len(top) + by, return_inverse=True)
    total = np.bincount(inverse, ledger.middle[rows], len(keys))
    taken, holder = np.divmod(keys, len(top))
    wins = (total > MAJORITY) & (taken != holder)
    return taken[wins].astype(np.int32), holder[wins].astype(np.int32)


def roots(controller: Ints) -> Ints:
    """The top of every node's chain of controllers, shape (n,); the smallest index of a cycle is its top.

    Pointer jumping: the number of passes grows with the logarithm of the longest chain.
    """
    start = np.arange(len(controller), dtype=np.int32)
    moving = np.flatnonzero(controller != NONE)
    top = _jump(np.where(controller == NONE, start, controller), moving)
    circling = np.unique(top[moving])
    circling = circling[controller[circling] != NONE]
    if not len(circling):
        return top
    broken = controller.copy()
    broken[_smallest_of_cycles(controller, circling)] = NONE
    return _jump(np.where(broken == NONE, start, broken), moving)


def _jump(pointer: Ints, moving: Longs) -> Ints:
    """Every pointer followed to its end, or until it points at a node on a cycle."""
    for _ in range(max(1, len(moving).bit_length())):
        further = pointer[pointer[moving]]
        if np.array_equal(further, pointer[moving]):
            break
        pointer[moving] = further
    return pointer


def _smallest_of_cycles(controller: Ints, circling: Ints) -> Ints:
    """The smallest member of each cycle; ``circling`` are all nodes on cycles in ascending order."""
    step = np.searchsorted(circling, controller[circling])
    smallest = np.arange(len(circling))
    for _ in range(len(circling).bit_length()):
        smallest = np.minimum(smallest, smallest[step])
        step = step[step]
    return circling[np.unique(smallest)]


def ultimate_parents(controller: Ints, n_companies: int) -> Ints:
    """The highest company of the register on each company's chain of controllers, shape (n_companies,)."""
    inside = controller[:n_companies]
    return roots(np.where(inside < n_companies, inside, NONE).astype(np.int32))


def groups(controller: Ints, n_companies: int) -> Ints:
    """The group of each company: the smallest index under the same top node, shape (n_companies,)."""
    top = roots(controller)[:n_companies]
    smallest = np.full(len(controller), NONE, np.int32)
    smallest[top[::-1]] = np.arange(n_companies, dtype=np.int32)[::-1]
    return smallest[top]
