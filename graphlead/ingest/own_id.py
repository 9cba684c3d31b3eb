"""Company ids for a register that has none: made from the name and place of each row, never from its position.

The same company gets the same id in shuffled rows and in next month's file, as long as its name and place are written
with the same letters and digits.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphlead.core.register import MADE, PLACES, Role
from graphlead.engines.duckdb import Db, table
from graphlead.ingest import headers
from graphlead.ingest.held import Held, values_of
from graphlead.ingest.open_file import Source, as_text, distinct_names
from graphlead.ingest.roles import Decision

NAME = "company_id"
DIGITS = 16
"""Hexadecimal digits of an id: two of ten million different companies share 64 bits with a chance of 3 in a million."""
MADE_FROM = (Role.ADDRESS, *reversed(PLACES))


def with_own_ids(db: Db, source: Held, decisions: Sequence[Decision]) -> tuple[Held, Decision] | None:
    """The source with a last column of ids made from its content, and how that was done; None without a name column.

    Companies that share name and place are numbered in the order of their other values; rows equal in all columns that
    do not merely count them get the same id, so that the later ones are found to be repetitions. A row without a name
    has no id. The hash is MD5, which no version of the engine changes.
    """
    names = [i for i, found in enumerate(decisions) if found.role is Role.NAME][:1]
    if not names:
        return None
    places = [i for role in MADE_FROM for i, found in enumerate(decisions) if found.role is role]
    content = [i for i, name in enumerate(source.names) if not headers.is_serial(headers.normalised(name))]
    key = _joined([letters(_text(source, i)) for i in (*names, *places)])
    db.execute(
        "CREATE TEMP TABLE own_id AS WITH hashed AS ("
        f"SELECT row, md5({key}) AS k, md5({_joined([_text(source, i) for i in content])}) AS rest "
        f"FROM {source.view} WHERE {letters(_text(source, names[0]))} <> ''), "
        "numbered AS (SELECT row, k, dense_rank() OVER (PARTITION BY k ORDER BY rest) AS nth FROM hashed) "
        f"SELECT row, left(k, {DIGITS}) || CASE WHEN nth = 1 THEN '' ELSE '-' || nth END AS id FROM numbered"
    )
    ids = table(db, f"SELECT id AS c FROM {source.view} s LEFT JOIN own_id USING (row) ORDER BY s.row")
    parts = ", ".join(source.names[i] for i in (*names, *places))
    name = distinct_names([*source.names, NAME])[-1]
    extended = source.with_column(db, name, values_of(ids["c"]))
    return extended, Decision(Role.ID, f"the file has no ids: made from {parts}", MADE)


def _text(source: Source, position: int) -> str:
    return as_text(source.columns[position], source.families[position])


def letters(text: str) -> str:
    """SQL: the letters and digits of a text in small letters, so that commas and spaces make no other company."""
    return f"coalesce(regexp_replace(strip_accents(lower({text})), '[^\\p{{L}}\\p{{N}}]+', '', 'g'), '')"


def _joined(texts: Sequence[str]) -> str:
    return "concat_ws('|', " + ", ".join(f"coalesce({text}, '')" for text in texts) + ")"
