"""Cleaning of the links table: sources and targets resolved to companies, shares to fractions, errors set aside."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.engines.duckdb import Db, literal, one_row, write_parquet
from graphlead.ingest.held import Held
from graphlead.ingest.journal import KEPT, MADE_MISSING, N_EXAMPLES, SET_ASIDE, Journal
from graphlead.ingest.link_ends import ends_of
from graphlead.ingest.link_names import resolve_names
from graphlead.ingest.link_parts import Stated, find_parts, read_parts
from graphlead.ingest.resolved import SOUND, Fault, Links, resolve
from graphlead.ingest.written import write_columns


def write_no_links(db: Db, path: Path) -> None:
    """Write an empty links table with the columns of Register.links."""
    write_parquet(
        db,
        "SELECT ''::VARCHAR AS source_id, ''::VARCHAR AS target_id, ''::VARCHAR AS kind, 0.0::DOUBLE AS share_low, "
        "0.0::DOUBLE AS share_high, NULL::DATE AS date, ''::VARCHAR AS source_name, ''::VARCHAR AS source_type, "
        "0::INTEGER AS source, 0::INTEGER AS target LIMIT 0",
        path,
    )


def clean_links(
    db: Db, source: Held, companies: Path, journal: Journal, path: Path, *, by_name: str = ""
) -> Links:
    """Write the links with a target in the register, in the order of their parts, and return them all.

    by_name: the column with the companies' names, where the links can only know these, not the ids.
    Raises InputError when the file has no column for the source or for the target, or names no company.
    """
    journal.set_aside_unreadable(source, "links")
    journal.note_workbook(source, "links")
    stated = read_parts(db, source, find_parts(source))
    _note_losses(db, source, stated, journal)
    ids = pq.read_table(companies, columns=["company_id"]).column(0)
    ends = ends_of(stated, ids)
    if by_name:
        ends = resolve_names(db, source, ends, companies, by_name, journal)
    links = resolve(db, stated, ends)
    _set_aside_faults(db, source, links, journal)
    write_columns(links.columns(), links.kept, path)
    return links


def _note_losses(db: Db, source: Held, stated: Stated, journal: Journal) -> None:
    """Report the unit of the shares, and the shares and dates that were made missing."""
    shares, days = stated.shares, stated.days
    unit = "per cent" if shares.unit > 1 else "fractions of one"
    journal.note("share unit", "links", shares.known, f"shares, read as {unit}", action=KEPT, column="share")
    impossible, unread = np.asarray(shares.low.is_null()), ~np.asarray(shares.read)
    undated = np.asarray(days.texts.is_valid()) & np.asarray(days.days.is_null())
    for check, column, cells, texts, lost, message, reason in (
        ("impossible shares", "share", shares.texts, shares.texts.distinct, impossible & ~unread,
         "shares below 0 or above 100 %", "is not between 0 and 100 %"),
        ("broken shares", "share", shares.texts, shares.texts.distinct, unread,
         "shares that cannot be read", "is no share"),
        ("broken dates", "date", days.cells, days.texts, undated, "dates that cannot be read", "is no date"),
    ):  # fmt: skip
        rows = np.flatnonzero(np.append(lost, False)[cells.codes])
        found = pa.table({"row": source.numbers[rows], "text": cells.spread(texts, rows)})
        examples = _note_lost(db, source, journal, found, column, reason)
        journal.note(
            check, "links", len(rows), message, action=MADE_MISSING, column=column, examples=examples
        )


def _note_lost(
    db: Db, source: Held, journal: Journal, found: pa.Table, column: str, reason: str
) -> list[str]:
    """Record the links of values that were made missing, and return examples."""
    db.register("lost", found)
    sentence = "? || ' \"' || left(text, 60) || '\" ' || ? || '; made missing'"
    journal.set_aside(source, "links", f"SELECT row, {sentence} AS reason FROM lost", [column, reason])
    first = found.slice(0, N_EXAMPLES).to_pylist()
    db.unregister("lost")
    return [f"row {each['row']}: {each['text'][:60]}" for each in first]


FAULTS = (
    ("missing ends", (Fault.NO_SOURCE, Fault.NO_TARGET), "links without a source or without a target"),
    ("self-ownership", (Fault.CIRCULAR,), "links from a company to itself"),
    ("unknown targets", (Fault.NO_SUCH_TARGET,), "links to ids that are not in the register"),
    ("unknown ends", (Fault.STRANGERS,), "links between two ids that are not in the register"),
    ("duplicate links", (Fault.REPEATED,), "links that repeat another one in every part"),
)


def _set_aside_faults(db: Db, source: Held, links: Links, journal: Journal) -> None:
    rows = np.flatnonzero(links.faults != SOUND)
    ends = {"source_id": links.source_ids, "target_id": links.target_ids}
    columns = {
        "row": source.numbers[rows],
        "fault": links.faults[rows],
        "same": source.numbers[links.same[rows]],
    }
    texts = {name: values.spread(values.distinct, rows) for name, values in ends.items()}
    db.register("faulty", pa.table({**columns, **texts}))
    reasons = " ".join(f"WHEN {fault} THEN {literal(fault.reason)}" for fault in Fault)
    again = f"CASE WHEN fault = {Fault.REPEATED} THEN same END"
    journal.set_aside(
        source, "links", f"SELECT row, concat(CASE fault {reasons} END, {again}) AS reason FROM faulty"
    )
    for check, faults, message in FAULTS:
        condition = f"fault IN ({', '.join(str(int(fault)) for fault in faults)})"
        (count,) = one_row(db, f"SELECT count(*) FROM faulty WHERE {condition}")
        found = db.execute(
            f"SELECT row, source_id, target_id FROM faulty WHERE {condition} ORDER BY row LIMIT {N_EXAMPLES}"
        ).fetchall()
        examples = [f"row {row}: {source_id} to {target_id}" for row, source_id, target_id in found]
        journal.note(check, "links", count, message, action=SET_ASIDE, examples=examples)
    db.unregister("faulty")
