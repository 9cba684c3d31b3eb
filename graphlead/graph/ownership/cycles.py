"""Effective shares in companies on cycles of ownership, where no company can be settled first."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy.sparse import csr_array

from graphlead.core.arrays import Flags, Ints, Longs, Reals
from graphlead.graph.ownership.pairs import Arcs, Columns, Pairs, Walks, gather, trim

DENSE = 1000
"""The largest component solved by a dense inverse (8 MB, cubic time); larger ones by iteration alone."""
ROUNDS = 200
"""Rounds of iteration at most; upper bounds that still change are then set to 1, lower bounds are always valid."""
TOLERANCE = 1e-6
"""Changes of a share that count as none: a hundredth of ``pairs.SMALLEST``."""
DAMPING = 1e-10
"""Keeps I-A invertible where companies own each other entirely."""


def solve_cycles(arcs: Arcs, settled: Columns, nodes: Ints, component: Ints) -> Pairs:
    """The pairs of ``nodes``, which are whole strongly connected components with all outside owners settled.

    Lower bounds by the inverse of I-A of each component; from there both bounds rise by iteration to the least fixed
    point, like the probabilities of reaching a state of a Markov chain.
    """
    rows = arcs.into(nodes)
    inside = component[arcs.owner[rows]] == component[arcs.owned[rows]]
    outer = settled.walks(arcs, rows[~inside])
    inner = rows[inside]
    pairs = _lower_bounds(arcs, gather(arcs, outer), inner, nodes, component)
    small = np.bincount(component[nodes]).max() <= DENSE
    exact = np.array_equal(outer.low, outer.high) and np.array_equal(arcs.low[rows], arcs.high[rows])
    return pairs if small and exact else _alone(arcs, rows, outer, inner, pairs, capped=not small)


def _alone(arcs: Arcs, rows: Longs, outer: Walks, inner: Longs, pairs: Pairs, *, capped: bool) -> Pairs:
    """What ``_iterated`` returns for all arcs, worked out with these ``rows`` and their nodes alone.

    A round then costs as much as the cycles are large, not the register.
    """
    ends = (outer.start, pairs.owner, pairs.owned, arcs.owner[rows], arcs.owned[rows])
    nodes = np.unique(np.concatenate(ends))
    start, owner, owned, above, below = (np.searchsorted(nodes, end).astype(np.int32) for end in ends)
    few = Arcs(owner=above, owned=below, low=arcs.low[rows], high=arcs.high[rows], slack=arcs.slack[nodes])
    places = np.argsort(rows)
    at = partial(np.searchsorted, rows, sorter=places)
    walks = Walks(places[at(outer.arc)], start, outer.low, outer.high)
    found = _iterated(
        few, walks, places[at(inner)], Pairs(owner, owned, pairs.low, pairs.high), capped=capped
    )
    return Pairs(nodes[found.owner], nodes[found.owned], found.low, found.high)


def _iterated(arcs: Arcs, outer: Walks, inner: Longs, pairs: Pairs, *, capped: bool) -> Pairs:
    """Both bounds iterated to convergence; an owner's pairs are final once none of them changes."""
    n = len(arcs.slack)
    final: list[Pairs] = []
    changing = np.ones(n, bool)
    for _ in range(ROUNDS):
        columns = Columns(n)
        columns.add(pairs)
        risen = gather(arcs, _joined(outer, _of_owners(columns.walks(arcs, inner), changing)))
        risen = trim(risen) if capped else risen.take(risen.high > TOLERANCE)
        changing = np.zeros(n, bool)
        changing[risen.owner[_changed(pairs, risen, n)]] = True
        final.append(risen.take(~changing[risen.owner]))
        pairs, outer = risen.take(changing[risen.owner]), _of_owners(outer, changing)
        if not len(pairs):
            break
    return _merged([*final, Pairs(pairs.owner, pairs.owned, pairs.low, np.ones(len(pairs)))], n)


def _of_owners(walks: Walks, owners: Flags) -> Walks:
    chosen = owners[walks.start]
    return Walks(walks.arc[chosen], walks.start[chosen], walks.low[chosen], walks.high[chosen])


def _merged(parts: list[Pairs], n: int) -> Pairs:
    owner, owned, low, high = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("owner", "owned", "low", "high")
    )
    whole = Pairs(owner, owned, low, high)
    return whole.take(np.argsort(whole.keys(n)))


def _joined(first: Walks, second: Walks) -> Walks:
    return Walks(
        np.r_[first.arc, second.arc],
        np.r_[first.start, second.start],
        np.r_[first.low, second.low],
        np.r_[first.high, second.high],
    )


def _changed(before: Pairs, after: Pairs, n: int) -> Flags:
    """Which pairs of ``after`` differ from ``before``, where missing pairs are 0, shape (len(after),)."""
    if not len(before):
        return np.ones(len(after), bool)
    old, new = before.keys(n), after.keys(n)
    at = np.minimum(np.searchsorted(old, new), len(old) - 1)
    there = old[at] == new
    low, high = (np.where(there, bound[at], 0.0) for bound in (before.low, before.high))
    return np.asarray(np.maximum(np.abs(after.low - low), np.abs(after.high - high)) > TOLERANCE)


def _lower_bounds(arcs: Arcs, outer: Pairs, inner: Longs, nodes: Ints, component: Ints) -> Pairs:
    """The lower bounds, also as upper bounds: of outside owners in members, and of members in each other."""
    nodes = np.sort(nodes)
    inverses = _inverses(arcs, inner, nodes, component[nodes])
    owners, row = np.unique(outer.owner, return_inverse=True)
    entry = csr_array(
        (outer.low, (row, np.searchsorted(nodes, outer.owned))), shape=(len(owners), len(nodes))
    )
    through = (entry @ inverses).tocoo()
    mutual = inverses.tocoo()
    other = mutual.row != mutual.col
    share = (mutual.data / inverses.diagonal()[mutual.row])[other]
    owner = np.r_[owners[through.row], nodes[mutual.row[other]]]
    owned = np.r_[nodes[through.col], nodes[mutual.col[other]]]
    value = np.clip(np.r_[through.data, share], 0.0, 1.0)
    order = np.lexsort((owner, owned))
    value = value[order]
    return Pairs(owner[order].astype(np.int32), owned[order].astype(np.int32), value, value)


def _inverses(arcs: Arcs, inner: Longs, nodes: Ints, component: Ints) -> csr_array:
    """(I-A)^-1 of each component of at most DENSE nodes, as blocks of one sparse matrix over ``nodes``."""
    by_component = np.argsort(component, kind="stable")
    _, first, sizes = np.unique(component[by_component], return_index=True, return_counts=True)
    block = np.empty(len(nodes), np.int64)
    place = np.empty(len(nodes), np.int64)
    block[by_component] = np.repeat(np.arange(len(sizes)), sizes)
    place[by_component] = np.arange(len(nodes)) - np.repeat(first, sizes)
    above, below = (np.searchsorted(nodes, ends[inner]) for ends in (arcs.owner, arcs.owned))
    parts: list[tuple[Longs, Longs, Reals]] = []
    for size in np.unique(sizes[sizes <= DENSE]):
        chosen = np.flatnonzero(sizes == size)
        rows = sizes[block[below]] == size
        a = np.zeros((len(chosen), size, size))
        at = np.searchsorted(chosen, block[below[rows]])
        a[at, place[above[rows]], place[below[rows]]] = arcs.low[inner[rows]]
        inverse: Reals = np.linalg.inv(np.eye(size) - (1 - DAMPING) * a).astype(np.float64)
        members = by_component[first[chosen][:, None] + np.arange(size)].astype(np.int64)
        which, i, j = np.nonzero(inverse > 1e-9)
        parts.append((members[which, i], members[which, j], inverse[which, i, j]))
    if not parts:
        return csr_array((len(nodes), len(nodes)))
    i, j, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return csr_array((value, (i, j)), shape=(len(nodes), len(nodes)))
