"""The typed graph of a register: nodes, edges and ownership facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.codes import encode
from graphlead.common.parallel import meanwhile
from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.contracts import Progress, silent
from graphlead.core.graph import OWNS, CompanyGraph, Edges, EdgeType, LinkKind
from graphlead.core.register import Register
from graphlead.graph.industries import industries
from graphlead.graph.levels import Tree
from graphlead.graph.ownership.facts import ownership_of
from graphlead.graph.ownership.kinds import Claim, ownership_kind
from graphlead.graph.ownership.stakes import Ledger, Stakes, ledger
from graphlead.graph.places import places

UNDATED = -(2**31)
"""The day of stakes without a date: earlier than any, so that a dated statement comes first."""
UNNAMED = "related"
"""The kind of links without one."""

LINK_COLUMNS = ("source_id", "kind", "share_low", "share_high", "date", "source_type", "source", "target")
"""The columns of links that the graph is made of, see ``Register``."""


@dataclass(frozen=True, kw_only=True)
class Links:
    """The links as arrays of shape (L,), with sources numbered: companies, then holders, then persons.

    kind: index into ``kinds``. holders, persons: the ids of the sources that are not in the register.
    """

    table: pa.Table
    source: Ints
    target: Ints
    kind: Ints
    kinds: list[str]
    holders: pa.Array
    persons: pa.Array


def build_graph(register: Register, *, progress: Progress = silent) -> CompanyGraph:
    """The graph of all companies of the register, in memory.

    - (company | holder | person, owns, company): one edge per pair, weighted with the middle of the bounds of its
      share: the share itself where known, else half of what the other owners leave. ``stakes_of`` has the bounds.
    - (company | holder | person, linked:KIND, company): one edge for each link of another kind.
    - (company, in_industry, industry), (company, located_in, place): to the finest known level.
    - (industry, part_of, industry), (place, part_of, place): to the next wider level.
    """
    progress(0, 3, "links")
    with meanwhile(lambda: _trees(register)) as grown:
        links = _numbered(_read_links(register), register.n_companies)
        owned, backward, claims = _ownership_links(links, register.n_companies)
        stakes = ledger(_stakes(links, owned, backward, claims), register.n_companies)
        edges = _owns(stakes, register.n_companies, len(links.holders)) | _linked(
            links, ~owned, register.n_companies
        )
        progress(1, 3, "industries and places")
        trees = grown()
    for (relation, level), tree in trees.items():
        edges |= {("company", relation, level): tree.membership, (level, "part_of", level): tree.part_of}
    progress(2, 3, "ownership")
    facts = ownership_of(stakes, register.n_companies, len(links.holders) + len(links.persons))
    progress(3, 3, "ownership")
    keys = {"holder": links.holders, "person": links.persons} | {
        level: tree.keys for (_, level), tree in trees.items()
    }
    return CompanyGraph(
        nodes={"company": register.n_companies} | {kind: len(values) for kind, values in keys.items()},
        keys=keys,
        edges={key: value for key, value in edges.items() if len(value)},
        ownership=facts,
    )


def _trees(register: Register) -> dict[tuple[str, str], Tree]:
    return {
        ("in_industry", "industry"): industries(register),
        ("located_in", "place"): places(register),
    }


def stakes_of(register: Register) -> tuple[Ledger, pa.Array, pa.Array]:
    """All stakes of the register with their bounds, and the ids of holders and of persons.

    Owners are numbered: companies first, then holders, then persons, in the order of these ids.
    """
    return stakes_in(_read_links(register), register.n_companies)


def stakes_in_companies(register: Register, graph: CompanyGraph, owned: Ints) -> Ledger:
    """The stakes in these companies (k,) with their bounds, of which only their links are held in memory.

    graph: that of the register; owners are numbered as by ``stakes_of``.
    """
    companies = pa.array(np.unique(owned))
    touching = pc.field("target").isin(companies) | pc.field("source").isin(companies)
    table = pq.read_table(register.links, columns=list(LINK_COLUMNS), filters=touching)
    links = _numbered(table, register.n_companies, graph.keys)
    stakes = _stakes(links, *_ownership_links(links, register.n_companies))
    return ledger(stakes.take(np.isin(stakes.owned, owned)), register.n_companies)


def stakes_in(table: pa.Table, n_companies: int) -> tuple[Ledger, pa.Array, pa.Array]:
    """The same of a table with the columns LINK_COLUMNS of the links between ``n_companies`` companies."""
    links = _numbered(table, n_companies)
    stakes = _stakes(links, *_ownership_links(links, n_companies))
    return ledger(stakes, n_companies), links.holders, links.persons


def _read_links(register: Register) -> pa.Table:
    return pq.read_table(register.links, columns=list(LINK_COLUMNS))


def _numbered(table: pa.Table, n_companies: int, keys: Mapping[str, pa.Array] | None = None) -> Links:
    """keys: the ids of the holders and persons of the graph, where these links are not all."""
    table = table.filter(pc.is_valid(table["target"]))
    source = table["source"].fill_null(NONE).to_numpy().astype(np.int32)
    outside = source == NONE
    person = outside & pc.equal(table["source_type"], "person").fill_null(False).to_numpy()
    if keys is None:
        keys = {"holder": _ids(table, outside & ~person), "person": _ids(table, person)}
    holders, persons = (keys.get(name, pa.array([], pa.string())) for name in ("holder", "person"))
    _number(source, table, outside & ~person, holders, n_companies)
    _number(source, table, person, persons, n_companies + len(holders))
    kind, kinds = encode(pc.fill_null(table["kind"], UNNAMED))
    target = table["target"].to_numpy().astype(np.int32)
    return Links(
        table=table,
        source=source,
        target=target,
        kind=kind,
        kinds=kinds.to_pylist(),
        holders=holders,
        persons=persons,
    )


def _ids(table: pa.Table, rows: Flags) -> pa.Array:
    ids = pc.unique(table["source_id"].filter(pa.array(rows)).drop_null())
    return ids.take(pc.sort_indices(ids)).cast(pa.string())


def _number(source: Ints, table: pa.Table, rows: Flags, ids: pa.Array, first: int) -> None:
    """Set the sources in these rows to their node numbers."""
    at = pc.index_in(table["source_id"].filter(pa.array(rows)).cast(pa.string()), ids)
    source[rows] = at.to_numpy() + first


def _ownership_links(links: Links, n_companies: int) -> tuple[Flags, Flags, Ints]:
    """Which links are stakes, which run from owned to owner, and the claim of each, shape (L,)."""
    meaning = [ownership_kind(kind) for kind in links.kinds]
    owns = np.array([kind is not None for kind in meaning], bool)[links.kind]
    reverse = np.array([kind is not None and kind.reverse for kind in meaning], bool)[links.kind]
    claim = np.array([kind.claim if kind else Claim.HOLDS for kind in meaning], np.int32)[links.kind]
    # Only companies of the register can be owned: a reversed link from outside stays a link of its kind.
    return owns & ~(reverse & (links.source >= n_companies)), reverse, claim


def _stakes(links: Links, owned: Flags, backward: Flags, claims: Ints) -> Stakes:
    rows = np.flatnonzero(owned)
    swap = backward[rows]
    table = links.table.select(["share_low", "share_high", "date"]).take(pa.array(rows))
    days = table["date"].cast(pa.date32()).cast(pa.int32()).fill_null(UNDATED)
    return Stakes(
        owner=np.where(swap, links.target[rows], links.source[rows]),
        owned=np.where(swap, links.source[rows], links.target[rows]),
        low=table["share_low"].cast(pa.float64()).fill_null(np.nan).to_numpy(),
        high=table["share_high"].cast(pa.float64()).fill_null(np.nan).to_numpy(),
        claim=claims[rows].astype(np.int8),
        day=days.to_numpy().astype(np.int64),
    )


def _owns(stakes: Ledger, n_companies: int, n_holders: int) -> dict[EdgeType, Edges]:
    return {
        (kind, OWNS, "company"): Edges(
            (stakes.owner[rows] - first).astype(np.int32),
            stakes.owned[rows],
            stakes.middle[rows].astype(np.float32),
        )
        for kind, first, rows in _by_node_type(stakes.owner, n_companies, n_holders)
    }


def _linked(links: Links, rows: Flags, n_companies: int) -> dict[EdgeType, Edges]:
    at = np.flatnonzero(rows)
    at = at[np.argsort(links.kind[at], kind="stable")]
    pieces = np.split(at, np.flatnonzero(np.diff(links.kind[at])) + 1) if len(at) else []
    return {
        (node, LinkKind(links.kinds[links.kind[piece[0]]]).relation, "company"): Edges(
            (links.source[piece[chosen]] - first).astype(np.int32), links.target[piece[chosen]]
        )
        for piece in pieces
        for node, first, chosen in _by_node_type(links.source[piece], n_companies, len(links.holders))
    }


def _by_node_type(nodes: Ints, n_companies: int, n_holders: int) -> list[tuple[str, int, Ints]]:
    """For each type of source: its name, the number of its first node, and its rows."""
    firsts = {"company": 0, "holder": n_companies, "person": n_companies + n_holders}
    which = np.searchsorted([n_companies, n_companies + n_holders], nodes, "right")
    return [
        (kind, first, np.flatnonzero(which == i).astype(np.int32))
        for i, (kind, first) in enumerate(firsts.items())
    ]
