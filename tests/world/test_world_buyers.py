"""What can be reached from the clients that a seller has: by hand, and on a world in which others buy unseen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from graphlead.world import WorldSettings
from graphlead.world.buyers import NEIGHBOUR, OWNERSHIP, SHARED, Buyer, following, make_buyers
from graphlead.world.firms import make_firms
from graphlead.world.industries import make_industries
from graphlead.world.links import Owning, make_ties, shared_with
from graphlead.world.places import make_places
from graphlead.world.sampling import stream

SETTINGS = WorldSettings(companies=3000, clients=150)


def test_only_those_near_a_known_buyer_follow_one() -> None:
    """1 is in a group with 0, 3 in one town and trade with 2, 5 has a director in common with 4, 7 a holder with 6."""
    n, settings = 40, WorldSettings(companies=200, clients=5)
    industries = make_industries(stream(0, "industries"))
    firms = make_firms(n, 0, make_places(200, stream(0, "places")), industries)
    own = np.arange(n, dtype=np.int32)
    firms = replace(
        firms,
        head=np.where(own == 1, 0, own).astype(np.int32),
        city=np.where(own == 3, 2, own).astype(np.int32),
        industry=np.zeros(n, np.int32),
    )
    held = Owning(np.array([0, 0], np.int32), np.array([6, 7], np.int32), np.array([10.0, 10.0]))
    ties = replace(
        make_ties(firms, 0),
        director=np.array([1, 1], np.int32),
        directed=np.array([4, 5], np.int32),
        holders=held,
    )
    known = np.isin(own, [0, 2, 4, 6])
    found = following(known, np.zeros(n), firms, ties, industries, settings)
    assert dict(enumerate(found.owner)) == {i: OWNERSHIP if i == 1 else 0 for i in range(n)}
    near = {3: NEIGHBOUR, 5: SHARED, 7: SHARED}
    assert dict(enumerate(found.neighbour)) == {i: near.get(i, 0) for i in range(n)}
    logit = np.log(found.chance / (1 - found.chance))
    added = (logit - logit[-1])[[1, 3, 5, 7]]
    assert added == pytest.approx([OWNERSHIP, NEIGHBOUR, SHARED, SHARED])
    # Of 5 x (1 + 0.9 + 0.12) buyers, 60 % follow others.
    assert found.chance[~known].sum() == pytest.approx(6.06)


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_reachable_depends_on_clients_alone(seed: int) -> None:
    """Far from every client all companies of one affinity are as likely, though many of them have a buyer near."""
    settings = replace(SETTINGS, seed=seed)
    places = make_places(settings.companies, stream(seed, "places"))
    industries = make_industries(stream(seed, "industries"))
    firms = make_firms(settings.companies, seed, places, industries)
    ties = make_ties(firms, seed)
    buyers = make_buyers(firms, ties, industries, places.home_regions(3), settings)
    clients = buyers.role == Buyer.CLIENT
    cell = firms.city * 1000 + industries.division[firms.industry]
    near = np.isin(firms.head, firms.head[clients]) | np.isin(cell, cell[clients])
    far = ~near & ~shared_with(clients, ties) & ~clients
    reachable: dict[float, set[float]] = {}
    for affinity, chance in zip(buyers.affinity[far].round(9), buyers.reachable[far].round(9), strict=True):
        reachable.setdefault(affinity, set()).add(chance)
    assert len(reachable) > 10
    assert {len(chances) for chances in reachable.values()} == {1}
    assert (buyers.owner_signal + buyers.neighbour_signal > 0)[far].sum() > 50
