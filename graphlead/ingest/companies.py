"""Cleaning of the companies table: unusable rows are set aside with a reason, oddities are reported."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row, quoted, write_parquet
from graphlead.engines.names import install
from graphlead.ingest.journal import IGNORED, KEPT, MADE_MISSING, N_EXAMPLES, OFF_THE_LIST, SET_ASIDE, Journal
from graphlead.ingest.open_file import Source
from graphlead.ingest.plan import Reading
from graphlead.ingest.values import LARGEST, is_infinite

LONG = 1_000
"""Characters beyond which a name is reported: longer than any legal name, so a sign of merged rows."""


def clean_companies(
    db: Db, source: Source, readings: tuple[Reading, ...], journal: Journal, path: Path
) -> int:
    """Write the companies with an id of their own, in the order of the ids; returns their number.

    So the order of the file has no influence on anything made from them.
    """
    journal.set_aside_unreadable(source, "companies")
    _note_text(source, journal)
    for reading in readings:
        _note_column(db, source, reading, journal)
    _find_unusable_ids(db, source, readings, journal)
    _note_made_ids(db, readings, journal)
    _note_ended(db, readings, journal)
    selected = ", ".join(_output(reading) for reading in readings)
    usable = "FROM typed WHERE row NOT IN (SELECT row FROM unusable)"
    written = write_parquet(db, f"SELECT {selected} {usable} ORDER BY {_key(readings)}", path)
    _note_same_name_and_place(db, readings, journal)
    _note_long_names(db, readings, journal)
    return written


def _output(reading: Reading) -> str:
    as_string = "::VARCHAR" if reading.column.role is Role.IGNORED else ""
    return f"{reading.typed_name}{as_string} AS {quoted(reading.column.name)}"


def _note_text(source: Source, journal: Journal) -> None:
    message = f"characters that are not {source.how.split(',')[0]}, read as \ufffd"
    journal.note("damaged characters", "companies", source.damaged, message, action=KEPT)


def _note_column(db: Db, source: Source, reading: Reading, journal: Journal) -> None:
    column, name = reading.column, reading.column.name
    if column.role is Role.IGNORED:
        if not reading.forced:
            check = (
                "constant column" if column.distinct == 1 and column.missing < 0.5 else "near-empty column"
            )
            journal.note(check, "companies", 1, f"{name}: {column.reason}", action=IGNORED, column=name)
        return
    if column.role is not Role.ID and reading.cleaned < reading.raw:
        examples = _examples(db, source, reading, f"{reading.text} IS NULL", distinct=True)
        count = reading.raw - reading.cleaned
        message = f"{name}: values that stand for a missing one"
        journal.note(
            "placeholder values",
            "companies",
            count,
            message,
            action=MADE_MISSING,
            column=name,
            examples=examples,
        )
    if reading.infinite:
        examples = _examples(db, source, reading, is_infinite(reading.unbounded), distinct=True)
        message = f"{name}: NaN, infinity or a number beyond {LARGEST:.0e}"
        journal.note(
            "not finite",
            "companies",
            reading.infinite,
            message,
            action=MADE_MISSING,
            column=name,
            examples=examples,
        )
    _note_broken(db, source, reading, journal)


def _note_broken(db: Db, source: Source, reading: Reading, journal: Journal) -> None:
    """Report and record the values that are not of their column's role; a status is missing for the living."""
    if reading.column.role is Role.STATUS:
        return
    broken = reading.cleaned - reading.typed - reading.infinite
    if broken <= 0:
        return
    name, role = reading.column.name, reading.column.role
    infinite = f"AND ({is_infinite(reading.unbounded)}) IS NULL" if role is Role.NUMBER else ""
    where = f"{reading.text} IS NOT NULL AND {reading.value} IS NULL {infinite}"
    what = {Role.DATE: "date", Role.NUMBER: "number"}.get(role, "yes or no")
    journal.note(
        f"broken {what}s" if role is not Role.BOOLEAN else "neither yes nor no",
        "companies",
        broken,
        f"{name}: values that cannot be read as a {what}",
        action=MADE_MISSING,
        column=name,
        examples=_examples(db, source, reading, where, distinct=False),
    )
    shown = f"left({reading.text}, 60)"
    journal.set_aside(
        source,
        "companies",
        f"SELECT row, ? || ': \"' || {shown} || '\" is no {what}; made missing' AS reason "
        f"FROM {source.view} WHERE {where}",
        [name],
    )


def _note_made_ids(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Report ids that were made, and how many companies share name and place, so that their ids are numbered."""
    key = next(reading for reading in readings if reading.column.role is Role.ID)
    if not key.made:
        return
    kept = "FROM typed WHERE row NOT IN (SELECT row FROM unusable)"
    made, numbered = one_row(db, f"SELECT count(*), count(*) FILTER (contains({key.typed_name}, '-')) {kept}")
    message = f"{key.column.reason}; they are the same in a newer file as long as these are"
    examples = (
        [f"{numbered:,} companies have the name and place of another: a number follows"] if numbered else []
    )
    journal.note("made ids", "companies", made, message, action=KEPT, column="company_id", examples=examples)


def _note_ended(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Report the companies that a status column records as no more."""
    for reading in readings:
        if reading.column.role is Role.STATUS:
            v, kept = reading.typed_name, "FROM typed WHERE row NOT IN (SELECT row FROM unusable)"
            (count,) = one_row(db, f"SELECT count({v}) {kept}")
            counted = f"SELECT {v}, count(*) AS n {kept} AND {v} IS NOT NULL GROUP BY 1"
            query = f"{counted} ORDER BY n DESC, 1 LIMIT {N_EXAMPLES}"
            examples = [f"{value} ({n:,} times)" for value, n in db.execute(query).fetchall()]
            name = reading.column.name
            message = f"{name}: companies that are no more; they stay in the graph, and can be clients to learn from"
            journal.note(
                "ended companies",
                "companies",
                count,
                message,
                action=OFF_THE_LIST,
                column=name,
                examples=examples,
            )


def _examples(db: Db, source: Source, reading: Reading, where: str, distinct: bool) -> list[str]:
    """Examples as they are in the file: the most frequent values, or the first with their rows."""
    value = f"left({reading.source}::VARCHAR, 60)"
    found = f"FROM {source.view} WHERE {reading.source} IS NOT NULL AND {where}"
    if distinct:
        query = f"SELECT {value} AS v, count(*) AS n {found} GROUP BY v ORDER BY n DESC, v LIMIT {N_EXAMPLES}"
        return [f"{v} ({n:,} times)" for v, n in db.execute(query).fetchall()]
    query = f"SELECT row, {value} {found} ORDER BY row LIMIT {N_EXAMPLES}"
    return [f"row {row}: {v}" for row, v in db.execute(query).fetchall()]


def _find_unusable_ids(db: Db, source: Source, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Make the table ``unusable`` (row, id, reason, exact): rows without an id, all rows of a repeated one but one."""
    key = _key(readings)
    made = any(reading.made for reading in readings)
    without = "no name to make an id from" if made else "no company id"
    whole = "(" + ", ".join(f"s.{column}" for column in source.columns) + ",)"
    filled = " + ".join(f"(s.{column} IS NOT NULL)::INTEGER" for column in source.columns)
    # By content, not by place in the file, so that shuffled rows leave the same one.
    db.execute(
        f"CREATE TEMP TABLE repeated AS SELECT r.row, r.id, hash({whole}) AS content, first_value(r.row) OVER ("
        f"PARTITION BY r.id ORDER BY {filled} DESC, {whole}::VARCHAR, r.row) AS kept FROM (SELECT row, {key} AS id "
        f"FROM typed WHERE {key} IN (SELECT {key} FROM typed GROUP BY {key} HAVING count(*) > 1)) r "
        f"JOIN {source.view} s ON s.row = r.row"
    )
    db.execute(
        "CREATE TEMP TABLE unusable AS "
        "SELECT a.row, a.id, CASE WHEN a.content = b.content THEN 'the same row as row ' || a.kept "
        "ELSE 'the id of row ' || a.kept || ' with other values' END AS reason, a.content = b.content AS exact "
        "FROM repeated a JOIN repeated b ON b.row = a.kept WHERE a.row <> a.kept "
        f"UNION ALL SELECT row, NULL, '{without}', NULL FROM typed WHERE {key} IS NULL"
    )
    journal.set_aside(source, "companies", "SELECT row, reason FROM unusable")
    _note_ids(db, journal)


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


def _key(readings: tuple[Reading, ...]) -> str:
    """The id in the view ``typed``."""
    return next(reading.typed_name for reading in readings if reading.column.role is Role.ID)


def _columns(readings: tuple[Reading, ...], *roles: Role) -> list[str]:
    return [reading.typed_name for role in roles for reading in readings if reading.column.role is role]


def _note_same_name_and_place(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    """Report companies with different ids that share a normalised name and the finest known place."""
    names = _columns(readings, Role.NAME)[:1]
    if not names:
        return
    finest = _columns(readings, Role.POSTCODE, Role.CITY, Role.REGION)
    country = _columns(readings, Role.COUNTRY)[:1]
    place = ", ".join([f"coalesce({', '.join([*finest, chr(39) * 2])})", *country])
    key = _key(readings)
    install(db)
    db.execute(
        f"CREATE TEMP TABLE twins AS SELECT hash(name_core(name_text({names[0]})), {place}) AS k, count(*) AS n, "
        f"min(row) AS row, list({key} ORDER BY row)[:3] AS ids, arg_min({names[0]}, row) AS name FROM typed "
        f"WHERE name_text({names[0]}) <> '' AND row NOT IN (SELECT row FROM unusable) GROUP BY k HAVING count(*) > 1"
    )
    groups, companies = one_row(db, "SELECT count(*), coalesce(sum(n), 0) FROM twins")
    rows = db.execute(f"SELECT name, n, ids FROM twins ORDER BY n DESC, row LIMIT {N_EXAMPLES}").fetchall()
    journal.note(
        "same name and place",
        "companies",
        companies,
        f"companies in {groups:,} groups that share a normalised name and a place under different ids",
        action=KEPT,
        examples=[
            f"{name}: {n} companies ({', '.join(ids)}{', ...' if n > len(ids) else ''})"
            for name, n, ids in rows
        ],
    )


def _note_long_names(db: Db, readings: tuple[Reading, ...], journal: Journal) -> None:
    for reading in readings:
        if reading.column.role is Role.NAME:
            v = reading.typed_name
            rows = db.execute(
                f"SELECT row, length({v}), left({v}, 40) FROM typed WHERE length({v}) > {LONG} ORDER BY row"
            ).fetchall()
            message = f"{reading.column.name}: names of more than {LONG:,} characters"
            examples = [f"row {row}: {size:,} characters, {start}..." for row, size, start in rows]
            journal.note(
                "long names",
                "companies",
                len(rows),
                message,
                action=KEPT,
                column=reading.column.name,
                examples=examples,
            )
