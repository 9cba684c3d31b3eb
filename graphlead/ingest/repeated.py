"""Rows that are no company of their own: without an id, or with the id of another row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Longs
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.held import Held
from graphlead.ingest.journal import N_EXAMPLES, SET_ASIDE, Journal
from graphlead.ingest.typed import Typed


def find_unusable(db: Db, source: Held, typed: Typed, journal: Journal) -> Longs:
    """The numbers of the rows without an id, and of all rows of a repeated one but one; also in the table ``unusable``.

    The table has row, id, reason and exact: whether the row repeats another one in every column.
    """
    ids = typed.texts(typed.key)
    repeated = source.numbers[np.append(ids.times > 1, False)[ids.codes]]
    db.register("repeated_rows", source.rows_of(repeated))
    db.register("repeated_ids", pa.table({"row": repeated, "id": _at(source, typed, repeated)}))
    db.register("without_id", pa.table({"row": source.numbers[ids.codes < 0]}))
    whole = "(" + ", ".join(f"s.{column}" for column in source.columns) + ",)"
    filled = " + ".join(f"(s.{column} IS NOT NULL)::INTEGER" for column in source.columns)
    # By content, not by place in the file, so that shuffled rows leave the same one.
    db.execute(
        f"CREATE TEMP TABLE repeated AS SELECT r.row, r.id, hash({whole}) AS content, first_value(r.row) OVER ("
        f"PARTITION BY r.id ORDER BY {filled} DESC, {whole}::VARCHAR, r.row) AS kept "
        f"FROM repeated_ids r JOIN repeated_rows s ON s.row = r.row"
    )
    without = "no name to make an id from" if typed.key.made else "no company id"
    db.execute(
        "CREATE TEMP TABLE unusable AS "
        "SELECT a.row, a.id, CASE WHEN a.content = b.content THEN 'the same row as row ' || a.kept "
        "ELSE 'the id of row ' || a.kept || ' with other values' END AS reason, a.content = b.content AS exact "
        "FROM repeated a JOIN repeated b ON b.row = a.kept WHERE a.row <> a.kept "
        f"UNION ALL SELECT row, NULL, '{without}', NULL FROM without_id"
    )
    for name in ("repeated_rows", "repeated_ids", "without_id"):
        db.unregister(name)
    journal.set_aside(source, "companies", "SELECT row, reason FROM unusable")
    _note_ids(db, journal)
    return np.asarray(db.execute("SELECT row FROM unusable").fetchnumpy()["row"], np.int64)


def _at(source: Held, typed: Typed, numbers: Longs) -> pa.Array:
    ids = typed.texts(typed.key)
    return ids.spread(ids.distinct, source.positions(numbers))


def _note_ids(db: Db, journal: Journal) -> None:
    kinds = (
        ("duplicate rows", "exact", "rows that repeat another one in every column; one stays"),
        (
            "duplicate ids",
            "NOT exact",
            "rows with the id of another row and other values; the fullest stays",
        ),
        ("missing ids", "exact IS NULL", "rows without a company id"),
    )
    for check, condition, message in kinds:
        (count,) = one_row(db, f"SELECT count(*) FROM unusable WHERE {condition}")
        query = f"SELECT row, id, reason FROM unusable WHERE {condition} ORDER BY row LIMIT {N_EXAMPLES}"
        examples = [
            f"row {row}: {(i + ', ') if i else ''}{reason}" for row, i, reason in db.execute(query).fetchall()
        ]
        journal.note(
            check, "companies", count, message, action=SET_ASIDE, column="company_id", examples=examples
        )
