"""Findings on the resolved links: owners outside the register, shares above 100 %, ownership cycles."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal

SUM_TOLERANCE = 0.01
"""By how much the shares in a company may exceed 100 % in total: several rounded shares can, by up to a per cent."""


def note_links(db: Db, journal: Journal) -> None:
    """Report on the table ``link`` that ``clean_links`` makes."""
    for kind in ("holder", "person"):
        note_sources(db, journal, kind)
    note_sums(db, journal)
    note_cycles(db, journal)


def note_sources(db: Db, journal: Journal, kind: str) -> None:
    """Report the sources of a kind that are not in the register; their links stay."""
    where = "FROM link WHERE fault IS NULL AND source_type = ?"
    count, links = one_row(db, f"SELECT count(DISTINCT source_id), count(*) {where}", [kind])
    rows = db.execute(
        f"SELECT coalesce(any_value(source_name), source_id), count(*) AS n {where} "
        f"GROUP BY source_id ORDER BY n DESC, source_id LIMIT {N_EXAMPLES}",
        [kind],
    ).fetchall()
    message = f"{kind}s that are not in the register, with {links:,} links"
    examples = [f"{who}: {n:,} links" for who, n in rows]
    journal.note(f"{kind}s", "links", count, message, action=KEPT, column="source_id", examples=examples)


def note_sums(db: Db, journal: Journal) -> None:
    """Report companies with owners' shares above 100 % in total; of several links of a pair the largest counts."""
    sums = (
        "FROM (SELECT target_id, sum(low) AS total FROM (SELECT target_id, source_id, max(share_low) AS low FROM link "
        "WHERE fault IS NULL AND kind IN ('owns', 'holds', 'controls') AND share_low IS NOT NULL GROUP BY ALL) "
        "GROUP BY target_id) "
        f"WHERE total > 1 + {SUM_TOLERANCE}"
    )
    (count,) = one_row(db, f"SELECT count(*) {sums}")
    rows = db.execute(
        f"SELECT target_id, total {sums} ORDER BY total DESC, target_id LIMIT {N_EXAMPLES}"
    ).fetchall()
    message = "companies with owners' shares of more than 100 % in total"
    examples = [f"{company}: {total:.1%}" for company, total in rows]
    journal.note("sums of shares", "links", count, message, action=KEPT, column="share", examples=examples)


def note_cycles(db: Db, journal: Journal) -> None:
    """Report companies that own themselves through others: strongly connected components of more than one."""
    edges = db.execute(
        "SELECT source, target, source_id FROM link WHERE fault IS NULL "
        "AND kind IN ('owns', 'holds', 'controls') AND source IS NOT NULL"
    ).fetchnumpy()
    source, target = np.asarray(edges["source"]), np.asarray(edges["target"])
    if not len(source):
        return
    nodes, ends = np.unique(np.concatenate([source, target]), return_inverse=True)
    heads, tails = np.split(ends, 2)
    matrix = sparse.csr_array((np.ones(len(heads), np.int8), (heads, tails)), shape=(len(nodes), len(nodes)))
    _, component = connected_components(matrix, directed=True, connection="strong")
    circular = np.bincount(component)[component] > 1
    owners = np.flatnonzero(circular[heads])
    _, first = np.unique(heads[owners], return_index=True)
    examples = [str(edges["source_id"][owners[i]]) for i in first[:N_EXAMPLES]]
    count, message = int(circular.sum()), "companies on an ownership cycle"
    journal.note("cycles", "links", count, message, action=KEPT, column="source_id", examples=examples)
