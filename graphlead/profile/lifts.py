"""Over- and under-represented values: shares of clients against shares of the register, with multiple testing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import betaincinv

from graphlead.core.arrays import Flags, Reals
from graphlead.core.profile import Lift
from graphlead.profile.survey import Counts, Surveyed, Topic

FEWEST = 5
"""Companies below which a value is not tested: it could hardly be significant, and each test weakens the others."""

SIGNIFICANCE = 0.05
"""The customary level, of p-values corrected for the number of tests."""

UPPER_OF_NONE = 2.51
"""The upper end of the Jeffreys interval of a Poisson count of 0: over the expected count it is that of the lift."""


def lifts_of(topics: Sequence[Topic], ties: Sequence[Lift] = ()) -> tuple[list[Lift], int]:
    """All values of all columns that are over- or under-represented beyond chance, and the number tested.

    ``ties`` are further lifts with p-values to be corrected together with these.

    Shares are of the companies with a value. The test is Fisher's exact test (hypergeometric, two-sided by doubling),
    with p-values corrected over all values of all columns by Benjamini and Hochberg (1995). Sorted by the deviance,
    which grows with both the lift and the number of clients.
    """
    tested = [
        (level, np.flatnonzero(_tested(topic, index)))
        for topic in topics
        for index, level in enumerate(topic.levels)
    ]
    raw = np.array([tie.p_value for tie in ties])
    p_values = np.concatenate([raw, *(_p_values(level)[which] for level, which in tested)])
    adjusted = benjamini_hochberg(p_values)
    found = [
        replace(tie, p_value=float(p)) for tie, p in zip(ties, adjusted, strict=False) if p < SIGNIFICANCE
    ]
    start = len(ties)
    for level, which in tested:
        own = adjusted[start : start + len(which)]
        start += len(which)
        found += compare(level, which[own < SIGNIFICANCE], own[own < SIGNIFICANCE])
    return sorted(found, key=lambda lift: (-deviance(lift), lift.column, lift.value)), len(p_values)


def compare(level: Surveyed, which: Iterable[int], p_values: Iterable[float]) -> list[Lift]:
    """The lifts of these groups of a grouping, with 95 % intervals."""
    return [
        lift_of(level.label, level.names[int(i)].as_py(), (int(level.clients[i]), level.known[0]),
                (int(level.companies[i]), level.known[1]), float(p))
        for i, p in zip(which, p_values, strict=True)
    ]  # fmt: skip


def lift_of(
    column: str, value: str, clients: tuple[int, int], companies: tuple[int, int], p_value: float
) -> Lift:
    """The ratio of the clients' share to the register's, each given as (count, total).

    The register's share is exact; the clients' has a Jeffreys interval (Brown, Cai and DasGupta, 2001).
    """
    k, n = clients
    usual = companies[0] / companies[1]
    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, 0.025))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 0.975))
    return Lift(
        column=column,
        value=value,
        clients=k,
        companies=companies[0],
        lift=k / n / usual,
        low=low / usual,
        high=high / usual,
        p_value=p_value,
    )


def deviance(lift: Lift) -> float:
    """The Poisson deviance (nats) of the number of clients with a value from the number expected by the register."""
    if lift.clients == 0:
        return UPPER_OF_NONE / lift.high
    return float(lift.clients * (np.log(lift.lift) + 1 / lift.lift - 1))


def surprise(lift: Lift) -> float:
    """The distance of the interval from 1 in logarithms; negative where it contains 1."""
    return float(max(np.log(max(lift.low, 1e-9)), -np.log(max(lift.high, 1e-9))))


def fisher(clients: Counts, n_clients: int, companies: Counts, n_companies: int) -> Reals:
    """Two-sided p-values (g,) of these numbers of clients by group if clients are drawn from the register at random."""
    from scipy.stats import hypergeom

    below = hypergeom.cdf(clients, n_companies, companies, n_clients)
    above = hypergeom.sf(clients - 1, n_companies, companies, n_clients)
    return np.asarray(np.clip(2 * np.minimum(below, above), 0, 1))


def benjamini_hochberg(p_values: Reals) -> Reals:
    """The p-values (k,) adjusted to control the false discovery rate over all tests."""
    count = len(p_values)
    order = np.argsort(p_values)[::-1]
    stepped = np.minimum.accumulate(p_values[order] * count / np.arange(count, 0, -1))
    adjusted = np.empty(count)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def _p_values(level: Surveyed) -> Reals:
    n_clients, n_companies = level.known
    if not n_clients:
        return np.ones(len(level.clients))
    return fisher(level.clients, n_clients, level.companies, n_companies)


def _tested(topic: Topic, index: int) -> Flags:
    """The values worth a test, without values of a finer level that hold the same companies as a wider one."""
    level = topic.levels[index]
    enough = (level.companies >= FEWEST) & (level.companies < level.known[1])
    if index == 0 or not level.known[0]:
        return np.asarray(enough & bool(level.known[0]))
    wider = topic.levels[index - 1]
    same = set(zip(wider.names.to_pylist(), wider.companies.tolist(), strict=True))
    renamed = [
        _repeats(name, int(count), same)
        for name, count in zip(level.names.to_pylist(), level.companies, strict=True)
    ]
    return np.asarray(enough & ~np.array(renamed, bool))


def _repeats(name: str, count: int, wider: set[tuple[str, int]]) -> bool:
    return any((name[:cut], count) in wider for cut in range(1, len(name)))
