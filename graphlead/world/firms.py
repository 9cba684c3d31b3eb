"""The companies of a world: groups, places, industries, sizes and other attributes, with nothing missing yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Floats, Ints
from graphlead.world.industries import Industries
from graphlead.world.places import Places
from graphlead.world.sampling import choose, stream, zipf_weights

SNAPSHOT = np.datetime64("2025-06-30")
"""The day of the register; clients won later are the future."""

CERTIFICATES = ("not certified", "ISO 9001", "ISO 14001", "ISO 27001", "HACCP")
CHANNELS = ("b2b", "b2c", "both", "public sector")
IN_GROUPS = 0.32
"""Share of companies that belong to an ownership group of two or more."""


@dataclass(frozen=True, kw_only=True)
class Firms:
    """One entry per company, shape (n,).

    head: the top company of the group (itself when alone). parent: the owning company, -1 for none.
    founded: days (int32, since 1970). employees, revenue (thousand euros): at least 1.
    """

    head: Ints
    parent: Ints
    city: Ints
    country: Ints
    region: Ints
    industry: Ints
    founded: Ints
    employees: Floats
    revenue: Floats
    certificate: Ints
    channel: Ints
    exporter: Flags
    family_owned: Flags

    def __len__(self) -> int:
        return len(self.head)


def make_firms(n: int, seed: int, places: Places, industries: Industries) -> Firms:
    """Draw n companies; members of a group often share the head's city and industry."""
    head, parent = _groups(n, stream(seed, "groups"))
    rng = stream(seed, "firms")
    city = _like_head(choose(rng, places.weight, n), head, 0.45, rng)
    industry = _like_head(choose(rng, industries.weight, n), head, 0.35, rng)
    section = industries.section[industry]
    leads_group = (head == np.arange(n)) & np.isin(np.arange(n), head[parent >= 0])
    size = np.log(industries.median_employees[section]) + rng.normal(0, 1.3, n)
    size += 1.0 * leads_group + 0.4 * (parent >= 0) - 0.4
    employees = np.maximum(1, np.exp(size.clip(max=11.5)).round())
    revenue = np.maximum(1, (employees * 120 * rng.lognormal(0, 0.6, n) * (1 + (section == 3))).round())
    large = employees >= 50
    return Firms(
        head=head,
        parent=parent,
        city=city,
        country=places.country[city],
        region=places.region[city],
        industry=industry,
        founded=_founded(n, rng),
        employees=employees.astype(np.float32),
        revenue=revenue.astype(np.float32),
        certificate=_certificates(section, large, rng),
        channel=((section * 7 + choose(rng, np.array([0.5, 0.25, 0.15, 0.1]), n)) % 4).astype(np.int32),
        exporter=rng.random(n) < 0.12 + 0.3 * large + 0.1 * (section == 1),
        family_owned=rng.random(n) < 0.45 - 0.3 * large,
    )


def _groups(n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Head and parent (n,): group sizes follow a power law; the k-th member of a group is owned by an earlier one."""
    largest = max(4, min(n // 60, 3000))
    weights = zipf_weights(largest + 1, 2.2)
    weights[:2] = 0
    sizes = choose(rng, weights, n // 4)
    sizes = sizes[np.cumsum(sizes) <= IN_GROUPS * n]
    start = np.repeat(np.cumsum(sizes) - sizes, sizes)
    position = np.arange(len(start)) - start
    above = (position * rng.random(len(start)) ** 1.5).astype(np.int64)
    members = rng.permutation(n)[: len(start)].astype(np.int32)
    head, parent = np.arange(n, dtype=np.int32), np.full(n, -1, np.int32)
    head[members] = members[start]
    parent[members] = np.where(position > 0, members[start + above], -1)
    return head, parent


def _like_head(values: Ints, head: Ints, share: float, rng: np.random.Generator) -> Ints:
    return np.where(rng.random(len(values)) < share, values[head], values).astype(np.int32)


def _founded(n: int, rng: np.random.Generator) -> Ints:
    """Founding days (n,): many young companies, a long tail of old ones."""
    age = rng.gamma(1.4, 13.0, n).clip(0.05, 140) * 365.25
    return np.asarray(SNAPSHOT.astype(int) - age, np.int32)


def _certificates(section: Ints, large: Flags, rng: np.random.Generator) -> Ints:
    certified = rng.random(len(section)) < 0.2 + 0.35 * large
    usual = np.array([4, 1, 1, 1, 2, 4, 3, 3, 1, 2, 1])[section]
    other = rng.integers(1, len(CERTIFICATES), len(section))
    return np.where(certified, np.where(rng.random(len(section)) < 0.6, usual, other), 0).astype(np.int32)
