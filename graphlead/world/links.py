"""Ownership, directorships and supply: the ties of a world, and the links table made from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Ints, Longs, Reals
from graphlead.world import names
from graphlead.world.firms import SNAPSHOT, Firms
from graphlead.world.sampling import blank, choose, join, stream, take, zipf_weights

_BANDS = np.array([5.0, 10.0, 25.0, 50.0, 75.0])
_BAND_NAMES = ("0-5", "5-10", "10-25", "25-50", "50-75", "75-100")
_FUNDS = ("Capital", "Invest", "Beteiligungen", "Foundation", "Partners", "Family Office")


@dataclass(frozen=True)
class Owning:
    """Ownership edges: owner (index within its kind), owned company (index), per cent."""

    owner: Ints
    owned: Ints
    percent: Reals


@dataclass(frozen=True, kw_only=True)
class Ties:
    """Every tie of a world by kind of source; persons and holders are not in the register."""

    companies: Owning
    holders: Owning
    persons: Owning
    director: Ints
    directed: Ints
    supplier: Ints
    supplied: Ints
    n_persons: int
    n_holders: int

    def targets(self) -> Ints:
        """The target company of every tie, in the order of the links table."""
        owned = (self.companies.owned, self.holders.owned, self.persons.owned)
        return np.concatenate([*owned, self.directed, self.supplied])


def make_ties(firms: Firms, seed: int) -> Ties:
    """Draw all ties: parents, minority owners, a few cross-holdings, outside owners, directors, suppliers."""
    rng = stream(seed, "ties")
    n = len(firms)
    n_persons, n_holders = max(20, n // 2), max(5, n // 60)
    director, directed = _directors(firms, n_persons, rng)
    supplier, supplied = _suppliers(firms, rng)
    return Ties(
        companies=_company_owners(firms, rng),
        holders=_outside(np.flatnonzero(firms.parent < 0), 0.12, zipf_weights(n_holders, 0.8), rng),
        persons=_founders(firms, director, directed, rng),
        director=director,
        directed=directed,
        supplier=supplier,
        supplied=supplied,
        n_persons=n_persons,
        n_holders=n_holders,
    )


def _company_owners(firms: Firms, rng: np.random.Generator) -> Owning:
    child = np.flatnonzero(firms.parent >= 0)
    whole = rng.random(len(child)) < 0.5
    percent = np.where(whole, 100.0, _halves(50.5 + 48 * rng.random(len(child))))
    minority = ~whole & (rng.random(len(child)) < 0.3)
    # A second owner, any other company, takes part of what the parent leaves.
    second = rng.integers(0, len(firms), int(minority.sum()))
    left = _halves((100 - percent[minority]) * (0.2 + 0.7 * rng.random(len(second))))
    keep = (second != child[minority]) & (second != firms.parent[child[minority]]) & (left > 0)
    # Cross-holdings: a company owns a little of the head of its own group.
    crossed = child[rng.random(len(child)) < 0.03]
    crossed = crossed[np.unique(firms.head[crossed], return_index=True)[1]]
    return Owning(
        np.concatenate([firms.parent[child], second[keep], crossed]).astype(np.int32),
        np.concatenate([child, child[minority][keep], firms.head[crossed]]).astype(np.int32),
        np.concatenate([percent, left[keep], _halves(4 + 12 * rng.random(len(crossed)))]),
    )


def _outside(candidates: Longs, share: float, weights: Reals, rng: np.random.Generator) -> Owning:
    """Holders from outside the register, some of many companies, each with at most 40 per cent."""
    owned = candidates[rng.random(len(candidates)) < share].astype(np.int32)
    return Owning(choose(rng, weights, len(owned)), owned, _halves(5 + 35 * rng.random(len(owned))))


def _founders(firms: Firms, director: Ints, directed: Ints, rng: np.random.Generator) -> Owning:
    """Founders' shares: the first director of a company without a parent often owns a good part of it."""
    company, first = np.unique(directed, return_index=True)
    chosen = (firms.parent[company] < 0) & (rng.random(len(company)) < 0.35)
    count = int(chosen.sum())
    return Owning(director[first[chosen]], company[chosen], _halves(15 + 25 * rng.random(count)))


def _directors(firms: Firms, n_persons: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Directors and their companies: one for most, a second for some, often the same within a group."""
    n = len(firms)
    first = choose(rng, zipf_weights(n_persons, 0.35), n)
    first = np.where(rng.random(n) < 0.4, first[firms.head], first)
    second = choose(rng, zipf_weights(n_persons, 0.35), n)
    one, two = rng.random(n) < 0.75, rng.random(n) < 0.2
    two &= one & (second != first)
    person = np.concatenate([first[one], second[two]])
    return person.astype(np.int32), np.concatenate([np.flatnonzero(one), np.flatnonzero(two)]).astype(
        np.int32
    )


def _suppliers(firms: Firms, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Suppliers and supplied: half of them local, a few companies further on in the order of cities."""
    n = len(firms)
    count = n // 2
    by_city = np.argsort(firms.city, kind="stable")
    position = rng.integers(0, n, count)
    near = rng.random(count) < 0.5
    target = by_city[np.where(near, position + rng.integers(1, 20, count), rng.integers(0, n, count)) % n]
    source = by_city[position]
    other = source != target
    return source[other].astype(np.int32), target[other].astype(np.int32)


def shared_with(flags: Flags, ties: Ties) -> Flags:
    """Flags (n,) of the companies that share a director or an outside holder with another flagged company."""
    near = np.zeros(len(flags), bool)
    for node, company, count in (
        (ties.director, ties.directed, ties.n_persons),
        (ties.holders.owner, ties.holders.owned, ties.n_holders),
    ):
        flagged = np.bincount(node, flags[company], count)
        near[company[flagged[node] - flags[company] > 0]] = True
    return near


def links_table(firms: Firms, ties: Ties, ids: pa.Array, company_names: pa.Array, seed: int) -> pa.Table:
    """The links as in a register: shares exact, as a band, or unknown; some dates missing."""
    rng = stream(seed, "links")
    persons = names.person_names(rng.integers(0, 6, ties.n_persons, dtype=np.int32), rng)
    fund = rng.integers(0, len(_FUNDS), ties.n_holders, dtype=np.int32)
    holders = join([names.brands(ties.n_holders, rng), take(_FUNDS, fund)])
    inside = _Source("company", ids, company_names)
    outside = _Source("holder", numbered("H", ties.n_holders), holders)
    people = _Source("person", numbered("P", ties.n_persons), persons)
    parts = []
    for source, owning in ((inside, ties.companies), (outside, ties.holders), (people, ties.persons)):
        share = _as_text(owning.percent, rng)
        parts.append(
            _rows(source, owning.owner, take(ids, owning.owned), "owns").append_column("share", share)
        )
    for source, nodes, targets, kind in (
        (people, ties.director, ties.directed, "director"),
        (inside, ties.supplier, ties.supplied, "supplies"),
    ):
        nothing = pa.nulls(len(nodes), pa.string())
        parts.append(_rows(source, nodes, take(ids, targets), kind).append_column("share", nothing))
    table = pa.concat_tables(parts)
    return table.append_column("date", _dates(firms.founded[ties.targets()], rng)).combine_chunks()


class _Source(NamedTuple):
    """The sources of one part of the links: source_type, and the ids and names of all such nodes."""

    kind: str
    ids: pa.Array
    names: pa.Array


def _rows(source: _Source, nodes: Ints, targets: pa.Array, kind: str) -> pa.Table:
    n = len(nodes)
    return pa.table({
        "source_id": take(source.ids, nodes),
        "source_name": take(source.names, nodes),
        "source_type": pa.repeat(source.kind, n),
        "target_id": targets,
        "kind": pa.repeat(kind, n),
    })  # fmt: skip


def _as_text(percent: Reals, rng: np.random.Generator) -> pa.Array:
    form = rng.random(len(percent))
    band = np.searchsorted(_BANDS, percent, side="right").astype(np.int32)
    text = pc.if_else(pa.array(form < 0.2), take(_BAND_NAMES, band), pa.array(percent).cast(pa.string()))
    return blank(text, form > 0.82)


def _dates(founded: Ints, rng: np.random.Generator) -> pa.Array:
    day = founded + rng.random(len(founded)) * (SNAPSHOT.astype(int) - founded)
    return blank(pa.array(day.astype(np.int32)).cast(pa.date32()), rng.random(len(founded)) < 0.25)


def numbered(letter: str, count: int) -> pa.Array:
    """Ids like C0000012; position i has number i + 1."""
    digits = pc.utf8_lpad(pa.array(np.arange(1, count + 1)).cast(pa.string()), 7, "0")
    return pc.binary_join_element_wise(letter, digits, "")


def _halves(percent: Reals) -> Reals:
    return np.round(percent * 2) / 2
