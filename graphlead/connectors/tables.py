"""The result of an import: companies, links, and the records set aside with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, literal

COMPANIES, LINKS, SET_ASIDE = FILES = "companies.parquet", "links.parquet", "set_aside.parquet"
NO_LINKS = (
    "SELECT NULL::VARCHAR AS source_id, NULL::VARCHAR AS source_name, NULL::VARCHAR AS source_type, "
    "NULL::VARCHAR AS target_id, NULL::VARCHAR AS kind, NULL::VARCHAR AS share, NULL::DATE AS date, "
    "NULL::VARCHAR AS stated LIMIT 0"
)
"""The query for a links table without links."""


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A finished import.

    companies, links: the files that a run reads. set_aside: a Parquet file with one row per record that is in neither
    (file, record, reason, detail). reasons: each reason with its number of records, the most frequent first.
    """

    companies: Path
    links: Path
    set_aside: Path
    n_companies: int
    n_links: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def n_set_aside(self) -> int:
        return sum(count for _, count in self.reasons)


def open_journal(db: Db) -> None:
    """Make the empty table ``set_aside``."""
    db.execute("CREATE TEMP TABLE set_aside (file VARCHAR, record VARCHAR, reason VARCHAR, detail VARCHAR)")


def set_aside(db: Db, query: str) -> None:
    """Add the rows of a query (file, record, reason, detail) to ``set_aside``."""
    db.execute(f"INSERT INTO set_aside {query}")


def write_tables(db: Db, scratch: Path, out: Path, companies: str, links: str, where: str) -> Imported:
    """Write two queries and the table ``set_aside``; the files move to ``out`` once all three are complete.

    links: source_id, source_name, source_type (company, person or holder), target_id, kind, share, date, stated
    (the link in the standard's own terms). Raises InputError when no company is left.
    """
    aside = "SELECT * FROM set_aside ORDER BY reason, file, record, detail"
    counts = [
        _write(db, query, scratch / name)
        for name, query in zip(FILES, (companies, links, aside), strict=True)
    ]
    reasons = _reasons(db)
    if not counts[0]:
        counted = ", ".join(f"{reason} ({count:,})" for reason, count in reasons) or "nothing"
        raise InputError(
            "no company is left after reading.",
            where=where,
            remedy=f"Give a file with companies that are active; set aside were: {counted}.",
        )
    for name in FILES:
        (scratch / name).replace(out / name)
    return Imported(
        companies=out / COMPANIES,
        links=out / LINKS,
        set_aside=out / SET_ASIDE,
        n_companies=counts[0],
        n_links=counts[1],
        reasons=reasons,
    )


def _write(db: Db, query: str, path: Path) -> int:
    done = db.execute(f"COPY ({query}) TO {literal(path)} (FORMAT parquet, COMPRESSION zstd)").fetchone()
    return int(done[0]) if done else 0


def _reasons(db: Db) -> tuple[tuple[str, int], ...]:
    rows = db.execute(
        "SELECT reason, count(*) AS n FROM set_aside GROUP BY reason ORDER BY n DESC, reason"
    ).fetchall()
    return tuple((str(reason), int(count)) for reason, count in rows)
