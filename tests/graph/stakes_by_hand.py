"""Stakes for tests: written as tuples, or drawn at random."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from graphlead.core.graph import Ownership
from graphlead.graph.ownership.facts import ownership
from graphlead.graph.ownership.kinds import Claim
from graphlead.graph.ownership.stakes import Stakes


class Stake(NamedTuple):
    """One stake; a share of None is unknown, a pair is a band."""

    owner: int
    owned: int
    share: float | tuple[float, float] | None = None
    claim: Claim = Claim.OWNS
    day: int = 0


def stakes(*rows: Stake) -> Stakes:
    def bound(side: int) -> np.ndarray:
        shares = [row.share if isinstance(row.share, tuple) else (row.share, row.share) for row in rows]
        return np.array([np.nan if share[side] is None else share[side] for share in shares], np.float64)

    return Stakes(
        owner=np.array([row.owner for row in rows], np.int32),
        owned=np.array([row.owned for row in rows], np.int32),
        low=bound(0),
        high=bound(1),
        claim=np.array([row.claim for row in rows], np.int8),
        day=np.array([row.day for row in rows], np.int64),
    )


def facts(n_companies: int, *rows: Stake, n_holders: int = 0) -> Ownership:
    return ownership(n_companies, n_holders, stakes(*rows))


def pairs(found: Ownership) -> dict[tuple[int, int], tuple[float, float]]:
    """(owner, owned): (low, high), rounded to five digits."""
    edges = found.effective
    return {
        (int(i), int(j)): (round(float(low), 5), round(float(high), 5))
        for i, j, low, high in zip(
            edges.source, edges.target, found.effective_low, found.effective_high, strict=True
        )
    }


def random_stakes(
    n_companies: int, n_holders: int = 0, *, unknown: bool = True, bands: bool = False, acyclic: bool = False
) -> st.SearchStrategy[list[Stake]]:
    """Lists of stakes; several may state the same one, and shares may sum above 1."""
    share: st.SearchStrategy[float | tuple[float, float] | None] = st.sampled_from(
        [0.05, 0.1, 0.25, 0.3, 0.4, 0.5, 0.6, 0.75, 1.0]
    )
    if unknown:
        share = st.one_of(share, st.none())
    if bands:
        share = st.one_of(share, st.sampled_from([(0.0, 0.25), (0.25, 0.5), (0.5, 0.75), (0.1, 1.0)]))
    drawn = st.builds(
        Stake,
        st.integers(0, n_companies + n_holders - 1),
        st.integers(0, n_companies - 1),
        share,
        st.sampled_from(Claim),
        st.integers(0, 2),
    )
    if acyclic:
        drawn = drawn.filter(lambda row: row.owner < row.owned or row.owner >= n_companies)
    return st.lists(drawn, min_size=0, max_size=3 * n_companies)
