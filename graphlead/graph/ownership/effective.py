"""Effective shares: what a company owns of another through all chains of owners, with bounds.

Without cycles of ownership this is A(I-A)^-1, where A[i, j] is the direct share of i in j. On a cycle that sum counts
a share again on every turn, exceeds 1, and diverges for mutual full ownership; so walks that return to the owner are
left out, which divides row i by (I-A)^-1[i, i] (Baldone, Fagiolo, Ranaldi 1998). This is the part of j's payouts
that reaches i when passed upwards from owner to owner: always in [0, 1], and A(I-A)^-1 itself for every owner that
is not on a cycle.

Companies are settled once, owners before owned, so no series is truncated. The lower bound takes every share at its
lower bound. The upper bound gives each company's uncertain part to the stake best for the owner; it is attained for
unknown shares, and never too low for bands.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graphlead.core.arrays import NONE, Flags, Floats, Ints, Longs
from graphlead.core.contracts import Progress, silent
from graphlead.graph.ownership.cycles import solve_cycles
from graphlead.graph.ownership.pairs import Arcs, Columns, gather, ragged, trim
from graphlead.graph.ownership.stakes import Ledger

CHUNK = 2_000_000
"""Chains expanded at once: bounds the memory of a level with millions of companies."""


@dataclass(frozen=True)
class EffectiveShares:
    """Pairs (owner, owned), arrays of shape (P,), numbered as in the ledger, with bounds of their shares."""

    owner: Ints
    owned: Ints
    low: Floats
    high: Floats

    @property
    def middle(self) -> Floats:
        """The middle of the bounds, shape (P,)."""
        return np.asarray((self.low + self.high) / 2, np.float32)

    def take(self, rows: Flags) -> EffectiveShares:
        return EffectiveShares(self.owner[rows], self.owned[rows], self.low[rows], self.high[rows])


def effective_shares(
    ledger: Ledger, n_companies: int, *, progress: Progress = silent
) -> tuple[EffectiveShares, Flags]:
    """The effective shares among companies, and the companies on an ownership cycle, flags (n,).

    Shares that cannot reach ``pairs.SMALLEST`` are left out, and of a company with more than ``pairs.MOST_OWNERS``
    effective owners the largest are kept.
    """
    return _shares(ledger, np.flatnonzero(ledger.owner < n_companies), n_companies, progress)


def shares_of_holders(ledger: Ledger, n_companies: int) -> EffectiveShares:
    """The effective shares of holders and persons, where they differ from their direct shares."""
    shares, _ = _shares(ledger, np.arange(len(ledger)), n_companies, silent)
    shares = shares.take(shares.owner >= n_companies)
    n = int(ledger.owner.max(initial=0)) + 1
    stakes = pa.array(ledger.owned.astype(np.int64) * n + ledger.owner)
    pairs = pa.array(shares.owned.astype(np.int64) * n + shares.owner)
    at = pc.fill_null(pc.index_in(pairs, value_set=stakes), NONE).to_numpy()
    same = [
        np.isclose(np.r_[mine, np.nan][at], theirs)
        for mine, theirs in ((ledger.low, shares.low), (ledger.high, shares.high))
    ]
    return shares.take(~(same[0] & same[1]))


def _shares(
    ledger: Ledger, rows: Longs, n_companies: int, progress: Progress
) -> tuple[EffectiveShares, Flags]:
    """The effective shares by these stakes of the ledger, and the companies on cycles of them, flags (n,)."""
    owner, owned = ledger.owner[rows], ledger.owned[rows]
    part = np.zeros(max(n_companies, int(owner.max(initial=NONE)) + 1), bool)
    part[owner] = part[owned] = True
    members, number = np.flatnonzero(part), (np.cumsum(part) - 1).astype(np.int32)
    slack = np.zeros(len(members))
    slack[members < n_companies] = ledger.slack[members[members < n_companies]]
    arcs = Arcs(
        owner=number[owner],
        owned=number[owned],
        low=ledger.low[rows],
        high=ledger.high[rows],
        slack=slack,
    )
    component = _components(arcs)
    circular = np.bincount(component)[component] > 1
    owner, owned, low, high = _settle(arcs, component, circular, progress).pairs()
    in_cycle = np.zeros(n_companies, bool)
    in_cycle[members[circular]] = True
    whole = EffectiveShares(members[owner].astype(np.int32), members[owned].astype(np.int32), low, high)
    return whole, in_cycle


def _components(arcs: Arcs) -> Ints:
    """The strongly connected component of each company, shape (m,)."""
    m = len(arcs.slack)
    if not m:
        return np.empty(0, np.int32)
    matrix = csr_array((np.ones(len(arcs), np.int8), (arcs.owner, arcs.owned)), shape=(m, m))
    return np.asarray(connected_components(matrix, connection="strong")[1], np.int32)


def _settle(arcs: Arcs, component: Ints, circular: Flags, progress: Progress) -> Columns:
    """The columns of all companies, settled component by component, owners before owned."""
    settled, done = Columns(len(component)), 0
    for ready in _levels(arcs, component):
        for part in _chunks(arcs, settled, ready[~circular[ready]]):
            settled.add(trim(gather(arcs, settled.walks(arcs, arcs.into(part)))))
        together = ready[circular[ready]]
        if len(together):
            settled.add(trim(solve_cycles(arcs, settled, together, component)))
        done += len(ready)
        progress(done, len(component), "effective shares")
    return settled


def _levels(arcs: Arcs, component: Ints) -> Iterator[Ints]:
    """Yield sets of companies: those owned by no other component, then those owned only by the former, and so on."""
    crossing = np.flatnonzero(component[arcs.owner] != component[arcs.owned])
    crossing = crossing[np.argsort(arcs.owner[crossing], kind="stable")]
    from_owner, to = arcs.owner[crossing], component[arcs.owned[crossing]]
    pending = np.bincount(to, minlength=len(component))
    by_component = np.argsort(component, kind="stable").astype(np.int32)
    sorted_components = component[by_component]
    ready = np.flatnonzero(pending[component] == 0).astype(np.int32)
    while len(ready):
        yield ready
        first = np.searchsorted(from_owner, ready, "left")
        reached = to[ragged(first, np.searchsorted(from_owner, ready, "right") - first)]
        reached, hits = np.unique(reached, return_counts=True)
        pending[reached] -= hits
        free = reached[pending[reached] == 0]
        first = np.searchsorted(sorted_components, free, "left")
        ready = np.sort(
            by_component[ragged(first, np.searchsorted(sorted_components, free, "right") - first)]
        )


def _chunks(arcs: Arcs, settled: Columns, nodes: Ints) -> list[Ints]:
    """The nodes, split into parts of about CHUNK chains."""
    first = np.searchsorted(arcs.owned, nodes, "left")
    arcs_in = np.searchsorted(arcs.owned, nodes, "right") - first
    chains = np.r_[0, np.cumsum(1 + settled.count[arcs.owner[ragged(first, arcs_in)]])]
    ends = chains[np.cumsum(arcs_in)]
    return np.split(nodes, np.flatnonzero(np.diff(ends // CHUNK)) + 1) if len(nodes) else []
