"""Where a company would rank if one thing were different: its nearest client not one, or its best theme typical."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from graphlead.core.arrays import Flags, Floats, Ints, Reals
from graphlead.core.graph import OWNS
from graphlead.explain.reasons.attribution import Attribution
from graphlead.explain.reasons.inputs import Game, Views
from graphlead.explain.reasons.removal import Lift, without_one
from graphlead.explain.reasons.themes import (
    HOLDERS,
    INDUSTRY,
    INDUSTRY_PLACE,
    LINKS,
    NAME,
    OWNERSHIP,
    PLACE,
    TOGETHER,
    WALK,
    Themes,
)
from graphlead.explain.ties.paths import EFFECTIVE, ClientPath, Tier

MOST_WALKED = 10_000_000
"""Bounds the time: each lead tied to a client needs a random walk over the register, so of n companies only the first
MOST_WALKED / n such leads lose their client, the others their best theme."""

_TYPICAL = {
    PLACE: "a typical place",
    INDUSTRY: "a typical industry",
    NAME: "a typical name",
    TOGETHER: "typical combinations of its columns",
    INDUSTRY_PLACE: "a typical combination of industry and place",
    OWNERSHIP: "typical ownership links",
    HOLDERS: "typical holders and persons",
    LINKS: "typical links",
    WALK: "no more than typical closeness to clients",
}


class WalkWithout(Protocol):
    """The walk's label feature when one client is left out."""

    def __call__(self, companies: Ints, left_out: Ints) -> Floats:
        """The feature (m,) of ``companies`` (m,), each without the client in ``left_out`` (m,)."""
        ...


@dataclass(frozen=True)
class Ranking:
    """The published ranking: the log-odds of every lead, ascending."""

    log_odds: Reals

    def rank(self, log_odds: Reals, published: Reals, listed: Flags) -> Ints:
        """The rank (m,), from 1, of companies that are ``published`` with one log-odds and would have another.

        listed: bool (m,), the companies that are leads themselves; the others are ranked beside the leads.
        """
        above = len(self.log_odds) - np.searchsorted(self.log_odds, log_odds, "right")
        return np.asarray(above - (listed & (published > log_odds)) + 1, np.int32)


@dataclass(frozen=True, kw_only=True)
class Rescoring:
    """What it takes to find label features anew: how they follow from ``clients`` (c,).

    weights (c,): how much each client counts.
    """

    clients: Ints
    weights: Reals
    lift: Lift
    walk: WalkWithout


@dataclass(frozen=True)
class WithoutClients:
    """The companies ``tied`` (t,) of m to their nearest client, and the label features (m, F) that leave it out."""

    tied: Ints
    label_features: Floats


def without_clients(
    views: Views, paths: Sequence[tuple[ClientPath, ...]], rescoring: Rescoring
) -> WithoutClients:
    """The label features of the companies of ``views`` where their nearest client, if any, is left out."""
    tied = _tied(paths, views.features.n_companies)
    label_features = views.label_features.copy()
    if len(tied):
        companies, left_out = views.company[tied], np.array([paths[i][0].client for i in tied], np.int32)
        label_features[tied, :-1] = without_one(
            views.features, rescoring.lift, companies, rescoring.clients, rescoring.weights, left_out
        )
        label_features[tied, -1] = rescoring.walk(companies, left_out)
    return WithoutClients(tied, label_features)


def counterfactuals(
    game: Game,
    themes: Themes,
    attribution: Attribution,
    paths: Sequence[tuple[ClientPath, ...]],
    nearest: Sequence[str],
    without: WithoutClients,
    ranking: Ranking,
    published: Reals,
    listed: Flags,
) -> list[str]:
    """A sentence for each company (m,), empty where its rank among the leads would not be lower.

    Removed is the nearest client, where owners, persons, links or the address join it, together with the theme that
    joins them; elsewhere the theme that raised the score most. nearest: the name of each company's nearest client;
    published: the companies' scores in log-odds; listed: bool (m,), the companies that are leads.
    """
    tied = without.tied
    everybody = np.arange(game.n_companies, dtype=np.int32)
    strongest = attribution.contributions.argmax(1)
    kept = np.ones((game.n_companies, game.n_themes), bool)
    kept[everybody, strongest] = False
    kept[tied] = True
    for i in tied.tolist():
        kept[i, [themes.number(name) for name in _dropped(paths[i][0], themes)]] = False
    before = ranking.rank(published, published, listed)
    after = ranking.rank(game.log_odds(everybody, kept, without.label_features), published, listed)
    by_tie = set(tied.tolist())
    changes = [
        _without_tie(nearest[i], paths[i][0], themes)
        if i in by_tie
        else f"With {_typical(themes.names[strongest[i]])}"
        for i in everybody.tolist()
    ]
    return [
        f"{change}, it would rank {ordinal(late)} instead of {ordinal(early)}." if late > early else ""
        for change, late, early in zip(changes, after.tolist(), before.tolist(), strict=True)
    ]


def _tied(paths: Sequence[tuple[ClientPath, ...]], n_companies: int) -> Ints:
    """The companies that links or the address join to their nearest client, up to MOST_WALKED."""
    most = max(MOST_WALKED // max(n_companies, 1), 1)
    tied = [i for i, each in enumerate(paths) if each and each[0].tier <= Tier.HUB]
    return np.array(tied[:most], np.int32)


def _dropped(path: ClientPath, themes: Themes) -> list[str]:
    """The themes that join a company with the client at the end of this path."""
    owned = [leg.relation in (OWNS, EFFECTIVE) for leg in path.legs]
    through_others = any(label in ("holder", "person") for label, _ in path.nodes)
    joining = {OWNERSHIP: any(owned), HOLDERS: through_others, LINKS: not all(owned) and not through_others}
    return [name for name, joins in joining.items() if joins and name in themes.names]


def _without_tie(client: str, path: ClientPath, themes: Themes) -> str:
    dropped = [_typical(name) for name in _dropped(path, themes)]
    return f"Without {client} as a client" + (f" and with {' and '.join(dropped)}" if dropped else "")


def _typical(theme: str) -> str:
    return _TYPICAL.get(theme, f"{theme} as in the typical company")


def ordinal(rank: int) -> str:
    """The rank as an ordinal number: 1st, 412th."""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"
