"""How much of each other the companies along a path own, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.graph import OWNS, CompanyGraph
from graphlead.explain.reasons.inputs import Numbers
from graphlead.explain.ties.paths import EFFECTIVE, ClientPath, Leg, Node, Numbering


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """Every stake (s,) of the register: owner (numbered companies, holders, persons), owned, bounds in [0, 1].

    known: whether a share was given; without one the bounds mean nothing.
    """

    owner: Ints
    owned: Ints
    low: Numbers
    high: Numbers
    known: Flags


def owning(leg: Leg, one: Node, two: Node) -> tuple[Node, Node]:
    """Owner and owned of a leg from ``one`` to ``two``."""
    return (one, two) if leg.along else (two, one)


class Shares:
    """The shares along some paths."""

    def __init__(self, graph: CompanyGraph, stakes: Stakes, paths: Sequence[ClientPath]) -> None:
        self._first, self._n = Numbering.of(graph).first, graph.n_companies
        facts = graph.ownership
        all_known = np.ones(len(facts.effective), bool)
        effective = Stakes(owner=facts.effective.source, owned=facts.effective.target, low=facts.effective_low,
                           high=facts.effective_high, known=all_known)  # fmt: skip
        self._bounds = {
            relation: self._look_up(table, np.array(sorted(set(self._wanted(paths, relation))), np.int64))
            for relation, table in ((OWNS, stakes), (EFFECTIVE, effective))
        }

    def text(self, relation: str, owner: Node, owned: Node) -> str:
        """The share of ``owned`` that ``owner`` has, such as "60 %" or "25 to 50 %"; empty where it is not known."""
        low, high = self._bounds[relation].get(self._key(owner, owned), (0.0, 1.0))
        if (low, high) == (0.0, 1.0):
            return ""
        one, two = f"{100 * low:.3g}", f"{100 * high:.3g}"
        return f"{one} %" if one == two else f"{one} to {two} %"

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
