"""Ownership facts of every company: group, ultimate parent, cycle flag and effective shares."""

from __future__ import annotations

from functools import partial

from graphlead.common.parallel import meanwhile
from graphlead.core.contracts import Progress, silent
from graphlead.core.graph import Edges, Ownership
from graphlead.graph.ownership.control import controllers, groups, ultimate_parents
from graphlead.graph.ownership.effective import effective_shares
from graphlead.graph.ownership.stakes import Ledger, Stakes, ledger


def ownership(n_companies: int, n_holders: int, stakes: Stakes, *, progress: Progress = silent) -> Ownership:
    """The ownership facts by the stakes of companies and holders (persons included).

    ``control`` defines control, groups and ultimate parents, ``effective`` the effective shares with their bounds, and
    ``stakes`` how several statements about one stake are merged.
    """
    return ownership_of(ledger(stakes, n_companies), n_companies, n_holders, progress=progress)


def ownership_of(
    merged: Ledger, n_companies: int, n_holders: int, *, progress: Progress = silent
) -> Ownership:
    """The ownership facts by a ledger of merged stakes with bounds."""
    with meanwhile(partial(effective_shares, merged, n_companies, progress=progress)) as effective:
        controller = controllers(merged, n_companies, n_companies + n_holders)
        group, parent = groups(controller, n_companies), ultimate_parents(controller, n_companies)
        shares, in_cycle = effective()
    return Ownership(
        group=group,
        ultimate_parent=parent,
        in_cycle=in_cycle,
        effective=Edges(shares.owner, shares.owned, shares.middle),
        effective_low=shares.low,
        effective_high=shares.high,
    )
