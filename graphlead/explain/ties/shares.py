"""How much of each other the companies along a path own, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.graph import OWNS, CompanyGraph
from graphlead.explain.reasons.inputs import Numbers
from graphlead.explain.ties.paths import EFFECTIVE, ClientPath, Leg, Node, Numbering


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """Stakes (s,) in companies: owner (numbered companies, holders, persons), owned, bounds in [0, 1].

    known: whether a share was given; without one the bounds mean nothing.
    """

    owner: Ints
    owned: Ints
    low: Numbers
    high: Numbers
    known: Flags


StakesIn = Callable[[Ints], Stakes]
"""Gives all stakes in these companies (k,)."""


def owning(leg: Leg, one: Node, two: Node) -> tuple[Node, Node]:
    """Owner and owned of a leg from ``one`` to ``two``."""
    return (one, two) if leg.along else (two, one)


def stake_texts(stakes: Stakes, owner: Longs, owned: Ints, n: int) -> pa.Array:
    """The share (k,) of each of the companies ``owned`` (k,), of n, that its ``owner`` (k,) has; empty as in ``text``.

    Owners are numbered as those of the stakes.
    """
    keys = stakes.owner[stakes.known].astype(np.int64) * n + stakes.owned[stakes.known]
    wanted, which = np.unique(owner * np.int64(n) + owned, return_inverse=True)
    place = np.minimum(np.searchsorted(wanted, keys), max(len(wanted) - 1, 0))
    rows = np.flatnonzero(wanted[place] == keys) if len(wanted) else np.zeros(0, np.int64)
    bounds = np.tile([0.0, 1.0], (len(wanted), 1))
    bounds[place[rows]] = np.stack([stakes.low[stakes.known][rows], stakes.high[stakes.known][rows]], axis=1)
    different, each = np.unique(bounds, axis=0, return_inverse=True)
    texts = pa.array([_text(low, high) for low, high in different.tolist()], pa.string())
    return texts.take(pa.array(each.ravel()[which]))


def _text(low: float, high: float) -> str:
    if (low, high) == (0.0, 1.0):
        return ""
    one, two = f"{100 * low:.3g}", f"{100 * high:.3g}"
    return f"{one} %" if one == two else f"{one} to {two} %"


class Shares:
    """The shares along some paths."""

    def __init__(self, graph: CompanyGraph, stakes: StakesIn, paths: Sequence[ClientPath]) -> None:
        self._first, self._n = Numbering.of(graph).first, graph.n_companies
        owns, effective = (
            np.array(sorted(set(self._wanted(paths, relation))), np.int64) for relation in (OWNS, EFFECTIVE)
        )
        owned = np.unique(owns % self._n).astype(np.int32)
        self._bounds = {
            OWNS: self._look_up(stakes(owned), owns) if len(owned) else {},
            EFFECTIVE: self._look_up(_effective(graph), effective),
        }

    def text(self, relation: str, owner: Node, owned: Node) -> str:
        """The share of ``owned`` that ``owner`` has, such as "60 %" or "25 to 50 %"; empty where it is not known."""
        return _text(*self._bounds[relation].get(self._key(owner, owned), (0.0, 1.0)))

    def _wanted(self, paths: Sequence[ClientPath], relation: str) -> Iterator[int]:
        for path in paths:
            for leg, one, two in zip(path.legs, path.nodes, path.nodes[1:], strict=False):
                if leg.relation == relation:
                    yield self._key(*owning(leg, one, two))

    def _key(self, owner: Node, owned: Node) -> int:
        return (self._first[owner[0]] + owner[1]) * self._n + owned[1]

    def _look_up(self, stakes: Stakes, wanted: Longs) -> dict[int, tuple[float, float]]:
        keys = stakes.owner.astype(np.int64) * self._n + stakes.owned
        rows = np.flatnonzero(stakes.known & np.isin(keys, wanted))
        bounds = zip(stakes.low[rows].tolist(), stakes.high[rows].tolist(), strict=True)
        return dict(zip(keys[rows].tolist(), bounds, strict=True))


def _effective(graph: CompanyGraph) -> Stakes:
    facts = graph.ownership
    return Stakes(
        owner=facts.effective.source,
        owned=facts.effective.target,
        low=facts.effective_low,
        high=facts.effective_high,
        known=np.ones(len(facts.effective), bool),
    )
