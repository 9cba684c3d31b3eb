"""Links that name companies by name, for a register of which the ids were made here and are in no other file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.common.codes import through
from graphlead.core.arrays import Longs
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, plain, quoted
from graphlead.ingest.held import Held
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal
from graphlead.ingest.link_ends import Ends
from graphlead.ingest.own_id import letters


def resolve_names(db: Db, source: Held, ends: Ends, companies: Path, name: str, journal: Journal) -> Ends:
    """Put the companies in place of their names, case and punctuation aside, at the ends of links.

    A name that several companies have stands for none of them. Raises InputError when no link points to a company.
    """
    spelled = letters(quoted(name))
    db.register("ends", pa.table({"code": np.arange(len(ends.names)), "typed": ends.names}))
    found = db.execute(
        f"WITH named AS (SELECT {spelled} AS letters, min(file_row_number) AS company, count(*) AS n "
        f"FROM read_parquet(?, file_row_number = true) WHERE {spelled} <> '' GROUP BY 1) "
        f"SELECT code, company, n FROM ends JOIN named ON named.letters = {letters('typed')}",
        [plain(companies)],
    ).fetchnumpy()
    db.unregister("ends")
    code, company, times = (np.asarray(found[each], np.int64) for each in ("code", "company", "n"))
    shared = np.zeros(len(ends.names) + 1, np.int64)
    shared[code] = np.where(times > 1, times, 0)
    _note_shared_names(source, ends, shared, journal)
    known = np.arange(len(ends.names), dtype=np.int32)
    known[code[times == 1]] = company[times == 1]
    named = replace(ends, source=through(known, ends.source), target=through(known, ends.target))
    if len(named.target) and not ((named.target >= 0) & (named.target < named.companies)).any():
        raise InputError(
            "no link points to a company of the register: the register has no ids, so that links must give names.",
            where=f"{source.path}, columns {', '.join(source.names[:12])}",
            remedy=f"Write the companies' names as in the register's column {name}, or add its ids to the register "
            "in a column company_id.",
        )
    return named


def _note_shared_names(source: Held, ends: Ends, shared: Longs, journal: Journal) -> None:
    """Report links with a name that ``shared`` (k + 1,) companies have; the last place is that of a missing end."""
    rows = np.flatnonzero((shared[ends.source] > 0) | (shared[ends.target] > 0))
    examples = [
        f"row {source.numbers[row]}: {ends.names[int(end)]} is the name of {shared[end]} companies"
        for row in rows[:N_EXAMPLES]
        for end in (ends.source[row], ends.target[row])
        if shared[end]
    ]
    journal.note(
        "shared names",
        "links",
        len(rows),
        "links with a name that several companies have: it stands for none of them",
        action=KEPT,
        examples=examples,
    )
