"""Where the companies of a register are, and what else than a name two records of one company share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import cross, encode
from graphlead.common.columns import Coded, coded
from graphlead.core.arrays import NONE, Ints, Longs, Reals
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import Db
from graphlead.match.fields import normal
from graphlead.match.same.words import Names

ADDRESS_LINKS = re.compile("address|phone|telephone|website|domain|e?mail", re.IGNORECASE)
"""Kinds of links that join companies at one place, by their name."""

MOST_SHARING = 5
"""Companies with one identifier or contact at most, a choice: more have an agent's or a franchise's in common."""


PLACES = ("address", "identifier", "contact", "postcode", "city")
"""What records of one company share beside their name, the narrowest first."""


@dataclass(frozen=True)
class Shared:
    """Something that records of one company have in common.

    codes (n,): which one, NONE where missing. titles: what each company has as a reader writes it, coded.
    """

    name: str
    codes: Ints
    titles: Coded | None = None

    def title(self, companies: Ints) -> list[str]:
        """The name of the place of each of these companies."""
        return [] if self.titles is None else self.titles.take(companies).to_pylist()


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where n companies are.

    places: postcodes and cities, each wide enough to hold many companies; exact: addresses, identifiers, contacts.
    source, target: pairs joined by a link of such a kind. city (n,): the position in ``city_names`` (c,), NONE for
    none.
    """

    places: tuple[Shared, ...]
    exact: tuple[Shared, ...]
    source: Ints
    target: Ints
    city: Ints
    city_names: tuple[str, ...]


def read_places(db: Db, register: Register) -> Places:
    """The places of the register; without any column of places, identifiers and links, nothing is shared."""
    postcodes = _normal(
        db, register, Role.POSTCODE, "regexp_replace(match_postcode(s), '^(\\d{5})\\d{4}$', '\\1')"
    )
    cities = _normal(db, register, Role.CITY, "match_place(s)")
    regions = _normal(db, register, Role.REGION, "match_region(s)")
    countries = [column.codes for column in _normal(db, register, Role.COUNTRY, "match_country(s)")]
    wider = [*countries, *(column.codes for column in regions)]
    source, target = _linked(register)
    named = (
        _normal(db, register, Role.CITY, "match_text(s)")[0]
        if cities
        else Coded(np.full(register.n_companies, NONE, np.int32), pa.array([], pa.string()))
    )
    return Places(
        places=(
            *_wide(register, Role.POSTCODE, postcodes, countries),
            *_wide(register, Role.CITY, cities, wider),
        ),
        exact=tuple(_exact(db, register)),
        source=source,
        target=target,
        city=named.codes,
        city_names=tuple(named.values.to_pylist()),
    )


def _wide(register: Register, role: Role, columns: list[Coded], wider: list[Ints]) -> Iterator[Shared]:
    """The places of a role by its first column, within those of the ``wider`` columns."""
    for name, column in zip(register.names_of(role)[:1], columns, strict=False):
        yield Shared(str(role), cross([column.codes], wider)[0], coded(register, name))


def _normal(db: Db, register: Register, role: Role, form: str) -> list[Coded]:
    """The columns of a role in normal form, an SQL expression of ``s``."""
    return [normal(db, register, name, form) for name in register.names_of(role)]


def _exact(db: Db, register: Register) -> Iterator[Shared]:
    """Addresses (with the city or postcode), identifiers and contacts, without those that too many share."""
    near = [
        column.codes
        for role in (Role.POSTCODE, Role.CITY)
        for column in _normal(db, register, role, "match_id(s)")
    ]
    for column in _normal(db, register, Role.ADDRESS, "match_text(s)"):
        yield Shared("address", cross([column.codes], near[:1])[0])
    for column in _normal(db, register, Role.IDENTIFIER, "match_id(s)"):
        yield Shared("identifier", _few(column.codes))
    for column in _normal(db, register, Role.CONTACT, _CONTACT):
        yield Shared("contact", _few(column.codes))


_CONTACT = """CASE WHEN regexp_matches(s, '[A-Za-z]') THEN match_domain(s)
    WHEN length(match_id(s)) >= 7 THEN right(match_id(s), 9) END"""
"""A domain, or the end of a telephone number, which is written with and without country code."""


def _few(codes: Ints) -> Ints:
    size = np.bincount(codes[codes != NONE], minlength=1)
    return np.where((codes != NONE) & (size[codes] <= MOST_SHARING), codes, NONE).astype(np.int32)


def _linked(register: Register) -> tuple[Ints, Ints]:
    """The companies at both ends of links that join companies at one place."""
    links = register.read_links().select(["kind", "source", "target"])
    codes, kinds = encode(links["kind"])
    wanted = np.array([bool(ADDRESS_LINKS.search(kind)) for kind in kinds.to_pylist()], bool)
    ends = [pc.fill_null(links[name], NONE).to_numpy().astype(np.int32) for name in ("source", "target")]
    here = np.append(wanted, False)[codes] & (ends[0] != NONE) & (ends[1] != NONE) & (ends[0] != ends[1])
    return ends[0][here], ends[1][here]


@dataclass(frozen=True, kw_only=True)
class Crowds:
    """How crowded the places of n companies are.

    sizes: the number of different names at each place (k,), at least 2, for each of ``exact`` and ``places``. degree
    (n,): to how many companies each is linked; linked: the linked pairs as one number each, ascending.
    """

    places: Places
    sizes: tuple[Longs, ...]
    degree: Longs
    linked: Longs

    @classmethod
    def of(cls, places: Places, names: Names) -> Self:
        """The crowds at these places, of companies with these names."""
        n, ends = len(places.city), np.sort(np.stack([places.source, places.target]).astype(np.int64), axis=0)
        return cls(
            places=places,
            sizes=tuple(_names_at(shared, names) for shared in (*places.exact, *places.places)),
            degree=np.bincount(ends.ravel(), minlength=n),
            linked=np.sort(ends[0] * n + ends[1]),
        )

    def around(self, pairs: Longs) -> tuple[Reals, Ints, Ints]:
        """For each pair of companies (p, 2), the smaller first, how many different names there are at the narrowest
        place that they share, which place that is, as a position in PLACES, and how many places are known of both and
        differ.
        """
        left, right = (np.ascontiguousarray(side) for side in pairs.T)
        size = self._at_link(left, right)
        where = np.full(len(pairs), PLACES.index("address"), np.int32)
        differing = np.zeros(len(pairs), np.int32)
        for shared, names in zip((*self.places.exact, *self.places.places), self.sizes, strict=True):
            mine, theirs = shared.codes[left], shared.codes[right]
            known = (mine != NONE) & (theirs != NONE)
            differing += known & (mine != theirs)
            at = np.flatnonzero(known & (mine == theirs))
            at = at[names[mine[at]] < size[at]]
            size[at], where[at] = names[mine[at]], PLACES.index(shared.name)
        return size, where, differing

    def _at_link(self, left: Longs, right: Longs) -> Reals:
        """The number of companies that the ends of a linked pair are linked to, infinite for pairs without a link."""
        size = np.full(len(left), np.inf)
        if len(self.linked):
            joint = left * len(self.degree) + right
            at = np.searchsorted(self.linked, joint)
            at = np.flatnonzero(self.linked.take(at, mode="clip") == joint)
            size[at] = 1 + np.maximum(self.degree[left[at]], self.degree[right[at]])
        return size


def _names_at(shared: Shared, names: Names) -> Longs:
    """The number of different names at each place (k,), at least 2."""
    codes = shared.codes[names.company]
    known = codes != NONE
    width = len(names.company)
    joint = np.sort(codes[known].astype(np.int64) * width + names.name[known])
    places = joint[np.diff(joint, prepend=NONE) > 0] // max(width, 1)
    return np.maximum(np.bincount(places, minlength=int(shared.codes.max(initial=0)) + 1), 2)
