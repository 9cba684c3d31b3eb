"""The relationships of a run's property graph: ownership, other links, and levels of industries and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.core.graph import CompanyGraph, Edges
from graphlead.core.property_graph import EdgeTable, Kind
from graphlead.core.register import Register
from graphlead.graph.build import UNDATED, UNNAMED, stakes_of
from graphlead.graph.ownership.effective import EffectiveShares, shares_of_holders
from graphlead.graph.ownership.kinds import Claim, ownership_kind
from graphlead.graph.ownership.stakes import Ledger
from graphlead.graph.property_graph.tables import edge_table, write

SHARES = {"share": pa.float64(), "share_low": pa.float64(), "share_high": pa.float64()}
STAKES = SHARES | {"since": pa.date32()}
CLAIMS = {
    Claim.HOLDS: "holds",
    Claim.OWNS: "owns",
    Claim.ULTIMATE: "ultimate_parent",
    Claim.CONTROL: "controls",
}
"""The kind written for each claim of a stake; ``ownership_kind`` reads it back as the same claim."""


def ownership(
    register: Register, graph: CompanyGraph, keys: Mapping[str, pa.Array], folder: Path
) -> Iterator[EdgeTable]:
    """Yield direct stakes (OWNS) and effective shares (EFFECTIVE_OWNS), those of holders where they are not direct."""
    book, holders, persons = stakes_of(register)
    n = register.n_companies
    facts = graph.ownership
    through = shares_of_holders(book, n)
    among = EffectiveShares(
        facts.effective.source, facts.effective.target, facts.effective_low, facts.effective_high
    )
    firsts = np.cumsum([0, n, len(holders), len(persons)])
    for kind, first, end in zip(("company", "holder", "person"), firsts, firsts[1:], strict=False):
        rows = np.flatnonzero((book.owner >= first) & (book.owner < end))
        ends = Edges((book.owner[rows] - first).astype(np.int32), book.owned[rows])
        types = {"kind": pa.string(), **STAKES}
        yield edge_table("OWNS", (kind, "company"), ends, keys, types, _stakes(book, rows), folder)
        shares = among if kind == "company" else through
        mine = shares.take((shares.owner >= first) & (shares.owner < end))
        yield _effective(mine, kind, first, keys, folder)


def _effective(
    shares: EffectiveShares, kind: str, first: int, keys: Mapping[str, pa.Array], folder: Path
) -> EdgeTable:
    ends = Edges((shares.owner - first).astype(np.int32), shares.owned)
    values = {"share": shares.middle, "share_low": shares.low, "share_high": shares.high}
    return edge_table("EFFECTIVE_OWNS", (kind, "company"), ends, keys, SHARES, values, folder)


def _stakes(book: Ledger, rows: np.ndarray) -> dict[str, Any]:
    share = np.where(book.known[rows], book.middle[rows], np.nan)
    kind = pa.DictionaryArray.from_arrays(pa.array(book.claim[rows], pa.int8()), pa.array(CLAIMS.values()))
    day = book.day[rows]
    since = np.where(day > UNDATED, day.astype("datetime64[D]"), np.datetime64("NaT"))
    shares = {"share": share, "share_low": book.low[rows], "share_high": book.high[rows]}
    return {"kind": kind, **shares, "since": since}


def linked(register: Register, folder: Path) -> Iterator[EdgeTable]:
    """Yield the links that state no ownership (LINKED), one relationship for each link of the register."""
    schema = pa.schema(
        [("from", pa.string()), ("to", pa.string()), ("kind", pa.string()), ("since", pa.date32())]
    )
    for label, type_ in (("Company", "company"), ("Holder", "holder"), ("Person", "person")):
        file = folder / f"{label}-LINKED-Company.parquet"
        batches = (
            _of_type(batch, type_) for batch in pq.ParquetFile(register.links).iter_batches(columns=_LINK)
        )
        rows = write(file, schema, (batch.rename_columns(schema.names).cast(schema) for batch in batches))
        properties = {"kind": Kind.TEXT, "since": Kind.DAY}
        yield EdgeTable(
            relation="LINKED",
            source=label,
            target="Company",
            properties=properties,
            file=file,
            rows=rows,
            multiple=True,
        )


_LINK = ["source_id", "target_id", "kind", "date", "source", "target", "source_type"]


def _of_type(batch: pa.RecordBatch, type_: str) -> pa.Table:
    """The links from one type of source that state no ownership, or ownership of a source outside the register."""
    inside = batch["source"].is_valid()
    person = pc.and_not(pc.equal(batch["source_type"], "person").fill_null(False), inside)
    of_type = {"company": inside, "person": person, "holder": pc.invert(pc.or_(inside, person))}[type_]
    kind = pc.fill_null(batch["kind"].cast(pa.string()), UNNAMED)
    kinds = {name: ownership_kind(name) for name in pc.unique(kind).to_pylist()}
    reversed_ = pa.array(
        [name for name, meaning in kinds.items() if meaning and meaning.reverse], pa.string()
    )
    owns = pa.array([name for name, meaning in kinds.items() if meaning], pa.string())
    # Only companies of the register can be owned: a reversed link from outside stays a link of its kind.
    stake = pc.and_not(pc.is_in(kind, owns), pc.and_not(pc.is_in(kind, reversed_), inside))
    table = pa.table(
        {"from": batch["source_id"], "to": batch["target_id"], "kind": kind, "since": batch["date"]}
    )
    return table.filter(pc.and_(pc.and_(of_type, batch["target"].is_valid()), pc.invert(stake)))


def levels(graph: CompanyGraph, keys: Mapping[str, pa.Array], folder: Path) -> Iterator[EdgeTable]:
    """Yield where companies belong (IN_INDUSTRY, LOCATED_IN) and the next wider levels (PART_OF)."""
    nothing = Edges(np.empty(0, np.int32), np.empty(0, np.int32))
    for relation, ends in (("in_industry", ("company", "industry")), ("located_in", ("company", "place")),
                           ("part_of", ("industry", "industry")), ("part_of", ("place", "place"))):  # fmt: skip
        edges = graph.edges.get((ends[0], relation, ends[1]), nothing)
        yield edge_table(relation.upper(), ends, edges, keys, {}, {}, folder)
