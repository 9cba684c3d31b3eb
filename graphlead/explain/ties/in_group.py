"""The nearest client of every company in the ownership group of one, with the chain of owners as a sentence.

The sentences are those of ``sentences.TieWriter``, written for all companies at once: what the chain of a company says
is what that of the next node on its way says, and one step more.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints, Longs
from graphlead.core.clients import Cohort
from graphlead.core.evidence import GroupTies
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.explain.facts import Names
from graphlead.explain.ties.grouped import Forest, forest
from graphlead.explain.ties.paths import FAR, OWNERS, Numbering
from graphlead.explain.ties.sentences import GROUP, THIS
from graphlead.explain.ties.shares import StakesIn, stake_texts


def ties_in_group(
    register: Register, graph: CompanyGraph, cohort: Cohort, companies: Ints, stakes: StakesIn
) -> GroupTies:
    """The ties of ``companies`` (m,), none of them a client; ``stakes`` is called only where there is a chain."""
    trees = forest(graph, cohort, companies)
    known = trees.start != NONE
    client, steps = (np.where(known, values[trees.start], NONE).astype(np.int32) if len(values) else trees.start
                     for values in (trees.client, trees.steps))  # fmt: skip
    if not known.any():
        return GroupTies(client=client, steps=steps, sentence=pa.nulls(len(companies), pa.string()))
    sentences = _Writer(register, graph, trees, stakes).sentences()
    return GroupTies(client=client, steps=steps, sentence=sentences.take(pa.array(trees.start, mask=~known)))


class _Writer:
    """Writes the sentence of every node (w,) of the trees."""

    def __init__(self, register: Register, graph: CompanyGraph, trees: Forest, stakes: StakesIn) -> None:
        self._trees = trees
        self._names = _names(register, graph, trees)
        joined = np.flatnonzero(trees.toward != NONE)
        toward = trees.toward[joined]
        number = np.array([Numbering.of(graph).first[label] for label in OWNERS], np.int64)[trees.label]
        number = number + trees.node
        owns = trees.owns[joined]
        owner, owned = np.where(owns, joined, toward), np.where(owns, toward, joined)
        companies = trees.node[owned]
        shares = stake_texts(stakes(companies), number[owner], companies, graph.n_companies)
        place = np.full(len(trees.node), NONE, np.int64)
        place[joined] = np.arange(len(joined))
        self._shares = pc.fill_null(shares.take(pa.array(place, mask=place == NONE)), "")

    def sentences(self) -> pa.Array:
        """The sentences (w,); those of clients and of owners other than companies are of no use."""
        steps, toward = self._trees.steps, self._trees.toward
        passed = np.zeros(len(steps) + 1, bool)
        passed[toward] = True  # at NONE, the last place, nobody looks
        place = np.cumsum(passed) - 1
        written: list[pa.Array] = []
        chains: pa.Array | None = None
        before = 0
        for step in range(int(steps.max()) + 1):
            rows = np.arange(*np.searchsorted(steps, (step, step + 1)))
            earlier = chains.take(pa.array(place[toward[rows]] - before)) if chains is not None else None
            written.append(self._sentences(rows, step, earlier))
            if step:
                inner = np.flatnonzero(passed[rows])
                earlier = None if earlier is None else earlier.take(pa.array(inner))
                chains = _and_then(earlier, self._step(rows[inner], self._named(rows[inner])))
                before = int(place[rows[inner[0]]]) if len(inner) else 0
        return pa.concat_arrays(written)

    def _sentences(self, rows: Longs, step: int, earlier: pa.Array | None) -> pa.Array:
        """The sentences of the nodes ``rows`` so many steps from their clients; earlier: the chains up to them."""
        if step == 0:
            return pa.nulls(len(rows), pa.string())
        client = _joined("your client ", self._named(self._roots(rows)))
        if step == 1:
            return self._directly(rows, client)
        chain = _and_then(earlier, self._step(rows, pa.array([THIS] * len(rows), pa.string())))
        far = f"a long path of {step} links, " if step > FAR else ""
        grouped = _joined(f"{GROUP} as ", client, f": {far}", chain)
        if step > 2:
            return grouped
        toward = self._trees.toward[rows]
        met = ~self._trees.owns[rows] & self._trees.owns[toward]
        return pc.if_else(pa.array(met), self._by_the_same(rows, toward, client), grouped)

    def _directly(self, rows: Longs, client: pa.Array) -> pa.Array:
        share = _share_of(self._shares.take(pa.array(rows)))
        it = pa.array(["it"] * len(rows), pa.string())
        owns = pa.array(self._trees.owns[rows])
        return _joined(pc.if_else(owns, it, client), " owns ", share, pc.if_else(owns, client, it))

    def _by_the_same(self, rows: Longs, toward: Ints, client: pa.Array) -> pa.Array:
        """The sentences where somebody owns both the company and the client."""
        mine, theirs = (self._shares.take(pa.array(each)) for each in (rows, toward))
        none = pc.and_(pc.equal(mine, ""), pc.equal(theirs, ""))
        mine, theirs = (pc.if_else(pc.equal(each, ""), "a share not known", each) for each in (mine, theirs))
        name = self._named(toward)
        between = pc.if_else(none, name, _joined(name, ": ", theirs, " of the client, ", mine, " of it"))
        label = pa.array(OWNERS).take(pa.array(self._trees.label[toward]))
        return _joined("owned by the same ", label, " (", between, ") as ", client)

    def _step(self, rows: Longs, named: pa.Array) -> pa.Array:
        """Who owns whom, of each node and the next on its way; named: what the nodes are called."""
        owns, toward = pa.array(self._trees.owns[rows]), self._named(self._trees.toward[rows])
        share = _share_of(self._shares.take(pa.array(rows)))
        return _joined(pc.if_else(owns, named, toward), " owns ", share, pc.if_else(owns, toward, named))

    def _named(self, rows: Longs | Ints) -> pa.Array:
        return self._names.take(pa.array(rows))

    def _roots(self, rows: Longs) -> Ints:
        """The nodes of the clients at the ends."""
        found = rows.astype(np.int32)
        while self._trees.steps[found].any():
            found = self._trees.toward[found]
        return found


def _names(register: Register, graph: CompanyGraph, trees: Forest) -> pa.Array:
    """The names (w,) of the nodes."""
    nodes = {label: trees.node[trees.label == code] for code, label in enumerate(OWNERS)}
    names = Names(register, graph.keys, {label: each for label, each in nodes.items() if len(each)})
    order = np.argsort(np.argsort(trees.label, kind="stable"), kind="stable")
    parts = [names.names(label, each) for label, each in nodes.items() if len(each)]
    return pa.concat_arrays(parts).take(pa.array(order))


def _and_then(earlier: pa.Array | None, step: pa.Array) -> pa.Array:
    return step if earlier is None else _joined(earlier, "; ", step)


def _share_of(shares: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(shares, ""), "", _joined(shares, " of "))


def _joined(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
