"""Findings on the resolved links: owners outside the register, shares above 100 %, ownership cycles."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from graphlead.core.arrays import Longs, Reals
from graphlead.ingest.held import ranks_of
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal
from graphlead.ingest.link_parts import OWNERSHIP
from graphlead.ingest.resolved import A_PERSON, COMPANY, HOLDER, SORTS, Links

SUM_TOLERANCE = 0.01
"""By how much the shares in a company may exceed 100 % in total: several rounded shares can, by up to a per cent."""

EXACT = 9
"""Decimals of a sum of shares: what lies beyond depends on the order of the terms."""


def note_links(links: Links, journal: Journal) -> None:
    """Report on the links that stay."""
    kept = np.sort(links.kept)
    for sort in (HOLDER, A_PERSON):
        _note_sources(links, kept[links.source_type.codes[kept] == sort], SORTS[sort], journal)
    kinds = pc.is_in(links.kind.distinct, value_set=pa.array(OWNERSHIP, pa.large_string()))
    owning = kept[np.asarray(kinds)[links.kind.codes[kept]]]
    _note_sums(links, owning, journal)
    _note_cycles(links, owning[links.source_type.codes[owning] == COMPANY], journal)


def _note_sources(links: Links, rows: Longs, kind: str, journal: Journal) -> None:
    """Report the sources of a kind, those of these links, that are not in the register; their links stay."""
    times = np.bincount(links.ends.source[rows], minlength=len(links.ends.names))
    most = _first(links, np.flatnonzero(times), times)
    examples = [f"{_called(links, rows, each)}: {times[each]:,} links" for each in most]
    message = f"{kind}s that are not in the register, with {len(rows):,} links"
    journal.note(
        f"{kind}s", "links", int(np.count_nonzero(times)), message, action=KEPT, column="source_id",
        examples=examples,
    )  # fmt: skip


def _called(links: Links, rows: Longs, source: int) -> str:
    """The first name that one of the links has for a source, else its id."""
    names = links.source_name
    codes = names.codes[rows[links.ends.source[rows] == source]]
    known = codes[codes >= 0]
    return str(names.distinct[int(known[0])] if len(known) else links.ends.names[int(source)])


def _first(links: Links, ends: Longs, by: Longs | Reals) -> Longs:
    """The few of these ends that have the most, those with the same in the order of their ids."""
    if not len(ends):
        return ends
    least = np.sort(by[ends])[-min(N_EXAMPLES, len(ends))]
    among = ends[by[ends] >= least]
    ranks = ranks_of(links.ends.names.take(pa.array(among)))
    return np.asarray(among[np.lexsort((ranks, -by[among]))][:N_EXAMPLES], np.int64)


def _note_sums(links: Links, rows: Longs, journal: Journal) -> None:
    """Report companies with owners' shares above 100 % in total; of several links of a pair the largest counts."""
    low = links.shares.texts.spread(links.shares.low, rows).fill_null(-1).to_numpy(zero_copy_only=False)
    rows, low = rows[low >= 0], low[low >= 0]
    source, target = links.ends.source[rows].astype(np.int64), links.ends.target[rows]
    pairs = target * np.int64(len(links.ends.names)) + source
    order = np.lexsort((-low, pairs))
    first = order[np.flatnonzero(np.diff(pairs[order], prepend=-1))]
    totals = np.bincount(target[first], low[first], minlength=links.ends.companies).round(EXACT)
    found = np.flatnonzero(totals > 1 + SUM_TOLERANCE)
    names = links.ends.names
    examples = [f"{names[int(each)]}: {totals[each]:.1%}" for each in _first(links, found, totals)]
    message = "companies with owners' shares of more than 100 % in total"
    journal.note(
        "sums of shares", "links", len(found), message, action=KEPT, column="share", examples=examples
    )


def _note_cycles(links: Links, rows: Longs, journal: Journal) -> None:
    """Report companies that own themselves through others: strongly connected components of more than one."""
    if not len(rows):
        return
    size = links.ends.companies
    heads, tails = links.ends.source[rows], links.ends.target[rows]
    matrix = sparse.csr_array((np.ones(len(heads), np.int8), (heads, tails)), shape=(size, size))
    _, component = connected_components(matrix, directed=True, connection="strong")
    circular = np.bincount(component)[component] > 1
    owners = np.unique(heads[circular[heads]])
    examples = [str(links.ends.names[int(each)]) for each in owners[:N_EXAMPLES]]
    count, message = int(circular.sum()), "companies on an ownership cycle"
    journal.note("cycles", "links", count, message, action=KEPT, column="source_id", examples=examples)
