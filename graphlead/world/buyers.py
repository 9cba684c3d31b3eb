"""The buyers of a world, by attributes, ownership and word of mouth, and which of them are clients today."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from graphlead.core.arrays import Flags, Ints
from graphlead.world.firms import CERTIFICATES, SNAPSHOT, Firms
from graphlead.world.industries import Industries
from graphlead.world.links import Ties, shared_with
from graphlead.world.sampling import Weights, choose, intercept_for, sigmoid, stream, without_replacement
from graphlead.world.settings import WorldSettings

WON_LATER, PAST, PIONEERS = 0.9, 0.12, 0.4
"""Later and past clients per client today, and the share of buyers who buy unprompted; choices of the model, like the
constants below."""

OWNERSHIP, NEIGHBOUR, SHARED = 3.0, 1.1, 1.2
"""Log-odds added by a buyer in the group, by each of up to three in the same trade and town, by a shared director."""

SEASON = np.array([5, 7, 14, 10, 7, 5, 3, 3, 12, 15, 12, 7], float)
"""Relative sales by month."""

TARGET_SHARE = 0.12
"""Share of companies in the target industries."""


class Buyer(IntEnum):
    """The role of a company for the seller."""

    OTHER = 0
    CLIENT = 1
    PAST_CLIENT = 2
    WON_LATER = 3


@dataclass(frozen=True, kw_only=True)
class Buyers:
    """The hidden truth, one entry per company, shape (n,).

    role: a Buyer. probability: of buying, given who bought unprompted, also where nobody knows of it. reachable: the
    same, given the clients of today and no others: what a seller who knew the weights of this model could tell.
    affinity: logit from attributes. owner_signal, neighbour_signal: what ownership and neighbours add to it. target: in
    a target industry. home: in the seller's home regions. won: days since 1970, -1 for companies that do not buy.
    """

    role: Ints
    probability: Weights
    reachable: Weights
    affinity: Weights
    owner_signal: Weights
    neighbour_signal: Weights
    target: Flags
    home: Flags
    won: Ints


def make_buyers(
    firms: Firms, ties: Ties, industries: Industries, home_regions: Ints, settings: WorldSettings
) -> Buyers:
    """Draw the buyers: pioneers buy for their attributes, others follow them through groups, towns and directors."""
    rng = stream(settings.seed, "buyers")
    target = industries.target(TARGET_SHARE, rng)[firms.industry]
    affinity = _affinity(firms, target)
    alone = sigmoid(affinity + intercept_for(affinity, _buyers(settings) * PIONEERS))
    pioneers = rng.random(len(firms)) < alone
    drawn = following(pioneers, affinity, firms, ties, industries, settings)
    followers = ~pioneers & (rng.random(len(firms)) < drawn.chance)
    home = np.isin(firms.region, home_regions)
    role = _roles(pioneers | followers, np.where(home, settings.regional_bias, 1.0), settings.clients, rng)
    seen = following(role == Buyer.CLIENT, affinity, firms, ties, industries, settings)
    return Buyers(
        role=role,
        probability=1 - (1 - alone) * (1 - drawn.chance),
        reachable=1 - (1 - alone) * (1 - seen.chance),
        affinity=affinity,
        owner_signal=drawn.owner,
        neighbour_signal=drawn.neighbour,
        target=target,
        home=home,
        won=_won(role, pioneers, firms.founded, rng),
    )


class Following(NamedTuple):
    """What companies known to buy do to the others, shape (n,): the log-odds that they add through groups, and through
    neighbours and directors, and the chance to follow them.
    """

    owner: Weights
    neighbour: Weights
    chance: Weights


def following(
    known: Flags, affinity: Weights, firms: Firms, ties: Ties, industries: Industries, settings: WorldSettings
) -> Following:
    """What follows from the companies ``known`` (n,) to buy, and from nothing else about who does."""
    owner = settings.social * OWNERSHIP * _has_sibling(known, firms.head).astype(np.float64)
    neighbour = settings.social * _word_of_mouth(known, firms, ties, industries)
    logit = affinity + owner + neighbour
    followers = _buyers(settings) * (1 - PIONEERS)
    return Following(owner, neighbour, sigmoid(logit + intercept_for(logit[~known], followers)))


def _buyers(settings: WorldSettings) -> float:
    return settings.clients * (1 + WON_LATER + PAST)


def _affinity(firms: Firms, target: Flags) -> Weights:
    """Logits (n,): the offer suits some industries, above all their medium-sized companies, and certified exporters."""
    middle = (firms.employees >= 20) & (firms.employees < 250)
    certified = firms.certificate == CERTIFICATES.index("ISO 9001")
    young = firms.founded > SNAPSHOT.astype(int) - 730
    logit = 2.6 * target + 1.4 * (target & middle) + 0.6 * middle
    logit += 0.9 * certified + 0.6 * firms.exporter - 1.0 * young
    return np.asarray(logit, np.float64)


def _has_sibling(known: Flags, head: Ints) -> Flags:
    in_group = np.bincount(head, known, len(head))[head]
    return in_group - known > 0


def _word_of_mouth(known: Flags, firms: Firms, ties: Ties, industries: Industries) -> Weights:
    """Logits (n,) from up to three known ones in the same city and division, and any via a director or holder."""
    cell = firms.city.astype(np.int64) * len(industries.divisions) + industries.division[firms.industry]
    near = np.bincount(cell, known)[cell] - known
    return np.asarray(NEIGHBOUR * np.minimum(near, 3) + SHARED * shared_with(known, ties), np.float64)


def _roles(buyers: Flags, pull: Weights, clients: int, rng: np.random.Generator) -> Ints:
    """Roles (n,): exactly ``clients`` of the buyers are clients today, drawn in proportion to ``pull``."""
    bought = np.flatnonzero(buyers)
    role = np.zeros(len(buyers), np.int32)
    role[bought] = Buyer.WON_LATER
    role[bought[without_replacement(rng, pull[bought], clients)]] = Buyer.CLIENT
    rest = np.flatnonzero(role == Buyer.WON_LATER)
    past = rng.choice(rest, min(round(PAST * clients), len(rest) // 4), replace=False)
    role[past] = Buyer.PAST_CLIENT
    return role


def _won(role: Ints, pioneers: Flags, founded: Ints, rng: np.random.Generator) -> Ints:
    """Days of the first sale (n,): seasonal, pioneers before followers, later wins in the year to come."""
    bought = np.flatnonzero(role)
    later = role[bought] == Buyer.WON_LATER
    month = choose(rng, SEASON, len(bought))
    early = np.where(pioneers[bought], rng.beta(1.4, 1.6, len(bought)), rng.beta(3.0, 1.2, len(bought)))
    year = np.where(later, 2025 + (month < 6), 2018 + (early * 7.5).astype(int))
    # Sales that would fall after the snapshot move to the year before.
    year -= ~later & (year == 2025) & (month >= 6)
    first = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + month
    day = first.astype("datetime64[D]").astype(int) + rng.integers(0, 28, len(bought))
    won = np.full(len(role), -1, np.int32)
    won[bought] = np.where(later, day, np.clip(day, founded[bought] + 30, SNAPSHOT.astype(int)))
    return won
