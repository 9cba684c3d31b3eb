"""Links that name companies by name, for a register of which the ids were made here and are in no other file."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, one_row, plain, quoted
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal
from graphlead.ingest.open_file import Source
from graphlead.ingest.own_id import letters

ENDS = ("source_id", "target_id")


def resolve_names(db: Db, source: Source, companies: Path, name: str, journal: Journal) -> None:
    """Put the company's id in place of its name, case and punctuation aside, in the table ``stated`` of links.

    A name that several companies have stands for none of them. Raises InputError when no link points to a company.
    """
    spelled = letters(quoted(name))
    db.execute(
        f"CREATE TEMP TABLE named AS SELECT {spelled} AS letters, min(company_id) AS id, count(*) AS n "
        f"FROM read_parquet(?) WHERE {spelled} <> '' GROUP BY 1",
        [plain(companies)],
    )
    _note_shared_names(db, journal)
    for end in ENDS:
        found = f"named.n = 1 AND named.letters = {letters(f'stated.{end}')}"
        db.execute(f"UPDATE stated SET {end} = named.id FROM named WHERE {found}")
    links, found = one_row(
        db,
        "SELECT count(*), count(*) FILTER (target_id IN (SELECT company_id FROM read_parquet(?))) FROM stated",
        [plain(companies)],
    )
    if links and not found:
        raise InputError(
            "no link points to a company of the register: the register has no ids, so that links must give names.",
            where=f"{source.path}, columns {', '.join(source.names[:12])}",
            remedy=f"Write the companies' names as in the register's column {name}, or add its ids to the register "
            "in a column company_id.",
        )


def _note_shared_names(db: Db, journal: Journal) -> None:
    ends = " UNION ALL ".join(f"SELECT row, {end} AS typed FROM stated" for end in ENDS)
    shared = f"FROM ({ends}) JOIN named ON named.letters = {letters('typed')} WHERE named.n > 1"
    (count,) = one_row(db, f"SELECT count(DISTINCT row) {shared}")
    rows = db.execute(f"SELECT row, typed, named.n {shared} ORDER BY row LIMIT {N_EXAMPLES}").fetchall()
    journal.note(
        "shared names",
        "links",
        count,
        "links with a name that several companies have: it stands for none of them",
        action=KEPT,
        examples=[f"row {row}: {typed} is the name of {n} companies" for row, typed, n in rows],
    )
