"""Over- and under-represented values: shares of clients against shares of the register, corrected for many looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import betaincinv
from scipy.stats import hypergeom

from graphlead.core.arrays import Flags, Reals
from graphlead.core.profile import Lift
from graphlead.profile.survey import Counts, Surveyed, Topic

FEWEST = 5
"""A value of fewer companies is not tried: it could hardly be told from chance, and each try costs the others."""

DOUBT = 0.05

UPPER_OF_NONE = 2.51
"""The interval's upper end of a count of 0: divided by how many were expected it is the upper end of the lift."""


def lifts_of(topics: Sequence[Topic], ties: Sequence[Lift] = ()) -> tuple[list[Lift], int]:
    """Every value of every column that is over- or under-represented beyond chance, and how many were tried.

    ``ties`` are lifts of another kind, whose p-values are still to be corrected with the others.

    Shares are of those with a value. The test is Fisher's exact one (hypergeometric, two-sided by doubling), its
    p-values corrected over all values of all columns by Benjamini and Hochberg (1995). The strongest first: by the
    deviance, to which both the lift and the clients that it concerns count.
    """
    tried = [
        (level, np.flatnonzero(_tried(topic, place)))
        for topic in topics
        for place, level in enumerate(topic.levels)
    ]
    raw = np.array([tie.p_value for tie in ties])
    p_values = np.concatenate([raw, *(_p_values(level)[which] for level, which in tried)])
    adjusted = benjamini_hochberg(p_values)
    found = [replace(tie, p_value=float(p)) for tie, p in zip(ties, adjusted, strict=False) if p < DOUBT]
    start = len(ties)
    for level, which in tried:
        own = adjusted[start : start + len(which)]
        start += len(which)
        found += compare(level, which[own < DOUBT], own[own < DOUBT])
    return sorted(found, key=lambda lift: (-deviance(lift), lift.column, lift.value)), len(p_values)


def compare(level: Surveyed, which: Iterable[int], p_values: Iterable[float]) -> list[Lift]:
    """The lift of some groups of a grouping, with 95 % intervals."""
    return [
        lift_of(level.label, level.names[int(i)].as_py(), (int(level.clients[i]), int(level.clients.sum())),
                (int(level.companies[i]), int(level.companies.sum())), float(p))
        for i, p in zip(which, p_values, strict=True)
    ]  # fmt: skip


def lift_of(
    column: str, value: str, clients: tuple[int, int], companies: tuple[int, int], p_value: float
) -> Lift:
    """The ratio of two shares, each (how many, of how many). The register's share is known exactly; that of the
    clients has a Jeffreys interval (Brown, Cai and DasGupta, 2001)."""
    k, n = clients
    usual = companies[0] / companies[1]
    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, 0.025))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 0.975))
    return Lift(column, value, k, companies[0], k / n / usual, low / usual, high / usual, p_value)


def deviance(lift: Lift) -> float:
    """How far the clients with a value are from as many as the register would give, in nats (Poisson)."""
    if lift.clients == 0:
        return UPPER_OF_NONE / lift.high
    return float(lift.clients * (np.log(lift.lift) + 1 / lift.lift - 1))


def surprise(lift: Lift) -> float:
    """How far the interval stays from 1, in logarithms; negative where it holds 1."""
    return float(max(np.log(max(lift.low, 1e-9)), -np.log(max(lift.high, 1e-9))))


def fisher(clients: Counts, n_clients: int, companies: Counts, n_companies: int) -> Reals:
    """Two-sided p-values (g,) of so many clients in each group, when clients are drawn from the register by chance."""
    below = hypergeom.cdf(clients, n_companies, companies, n_clients)
    above = hypergeom.sf(clients - 1, n_companies, companies, n_clients)
    return np.asarray(np.clip(2 * np.minimum(below, above), 0, 1))


def benjamini_hochberg(p_values: Reals) -> Reals:
    """p-values (k,) that keep the false discovery rate among everything that was tried."""
    count = len(p_values)
    order = np.argsort(p_values)[::-1]
    stepped = np.minimum.accumulate(p_values[order] * count / np.arange(count, 0, -1))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def _p_values(level: Surveyed) -> Reals:
    n_clients, n_companies = int(level.clients.sum()), int(level.companies.sum())
    if not n_clients:
        return np.ones(len(level.clients))
    return fisher(level.clients, n_clients, level.companies, n_companies)


def _tried(topic: Topic, place: int) -> Flags:
    """The values worth a test; of a finer level those that hold fewer companies than the wider value they are in."""
    level = topic.levels[place]
    enough = (level.companies >= FEWEST) & (level.companies < level.companies.sum())
    if place == 0 or not level.clients.sum():
        return np.asarray(enough & bool(level.clients.sum()))
    wider = topic.levels[place - 1]
    same = set(zip(wider.names.to_pylist(), wider.companies.tolist(), strict=True))
    renamed = [
        _repeats(name, int(count), same)
        for name, count in zip(level.names.to_pylist(), level.companies, strict=True)
    ]
    return np.asarray(enough & ~np.array(renamed, bool))


def _repeats(name: str, count: int, wider: set[tuple[str, int]]) -> bool:
    return any((name[:cut], count) in wider for cut in range(1, len(name)))
