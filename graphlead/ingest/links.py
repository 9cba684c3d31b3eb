"""Cleaning of the links table: sources and targets resolved to companies, shares to fractions, errors set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import InputError
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, literal, one_row, plain, write_parquet
from graphlead.ingest import headers
from graphlead.ingest.column_profile import profile
from graphlead.ingest.journal import KEPT, MADE_MISSING, N_EXAMPLES, SET_ASIDE, Journal
from graphlead.ingest.link_names import resolve_names
from graphlead.ingest.open_file import Source, as_text
from graphlead.ingest.roles import decide
from graphlead.ingest.shares import ROUNDING, bounds, is_per_cent
from graphlead.ingest.values import day, epoch_day, is_placeholder, one_of, within_range

OWNER = "owner|parent|shareholder|investor|holder|subject|interested_party|psc|acquirer"
OWNED = "subsidiary|child|owned|investee|portfolio_company|held|object|acquired|issuer"
FIELDS = (
    ("source_type", rf"(source|src|from|{OWNER})_(type|kind|category)"),
    ("source_name", rf"(source|src|from|{OWNER})_(name|label|legal_name|company_name)"),
    ("source_id", rf"source|src|from|head|(source|src|from|{OWNER})(_company)?_?(id|lei|number|no|key|code|orgnr)"
                  rf"|{OWNER}|start_node|from_company|source_company|node_?1"),
    ("target_id", rf"target|tgt|dst|dest|to|tail|(target|tgt|dst|dest|to|{OWNED})(_company)?"
                  r"_?(id|lei|number|no|key|code|orgnr)"
                  rf"|{OWNED}|end_node|to_company|target_company|node_?2|company_id|company|entity_id|company_number|orgnr"),
    ("share", r"share|shares|share_pct|pct|percent|percentage|ownership|stake|ownership_(share|pct|percent|percentage)"
              r"|.*_(pct|percent|percentage|share|stake)|equity|voting|holding|interest"),
    ("kind", r"kind|type|relation|relationship|rel|link_type|role|.*_(type|kind)|nature_of_control|relation_.*"),
    ("date", r"date|.*_date|since|from_date|start|valid_from|date_.*|year|.*_(on|at)|as_of"),
)  # fmt: skip
"""The parts of a link and patterns of their normalised column names; the first part that fits takes the column."""

OWNS = ("owns", "own", "owned", "ownership", "owner", "owner_of", "owned_by", "is_owned_by")
HOLDS = ("shareholder", "shareholding", "holds", "holding", "equity", "held_by")
CONTROLS = (
    "parent", "parent_of", "direct_parent", "is_parent_of", "subsidiary", "majority_owner", "controls",
    "subsidiary_of", "is_subsidiary_of", "child_of", "controlled_by", "is_directly_consolidated_by",
)  # fmt: skip
"""Kinds of ownership by strength: a holding of unknown size gives no control, a parent has it."""
OWNERSHIP = ("owns", "holds", "controls")
REVERSED = (
    "owned_by", "is_owned_by", "subsidiary_of", "is_subsidiary_of", "child_of", "controlled_by", "held_by",
    "is_directly_consolidated_by",
)  # fmt: skip
PERSON = "(^|_)(person|individual|natural_person|human|director|officer|individuals?)(_|$)"


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
    db: Db, source: Source, companies: Path, journal: Journal, path: Path, *, by_name: str = ""
) -> int:
    """Write the links with a target in the register, in the order of their parts; returns their number.

    by_name: the column with the companies' names, where the links can only know these, not the ids.
    Raises InputError when the file has no column for the source or for the target, or names no company.
    """
    journal.set_aside_unreadable(source, "links")
    parts = find_parts(source)
    _read_parts(db, source, parts)
    _settle_shares(db, source, journal)
    for loss in LOSSES:
        _note_loss(db, source, journal, loss)
    if by_name:
        resolve_names(db, source, companies, by_name, journal)
    _resolve(db, companies, "share" in parts)
    _set_aside_faults(db, source, journal)
    parts_kept = "source_id, target_id, kind, share_low, share_high, date, source_name, source_type"
    query = f"SELECT {parts_kept}, source, target FROM link WHERE fault IS NULL ORDER BY {parts_kept}"
    return write_parquet(db, query, path)


def find_parts(source: Source) -> dict[str, int]:
    """Part of a link to column position. Raises InputError without a column for the source or the target."""
    parts: dict[str, int] = {}
    normal = [headers.normalised(name) for name in source.names]
    for part, pattern in FIELDS:
        for position in _by_preference(normal, part):
            if position not in parts.values() and re.fullmatch(pattern, normal[position]):
                parts[part] = position
                break
    for part in ("source_id", "target_id"):
        if part not in parts:
            raise InputError(
                f"no column names the company a link {'starts from' if part == 'source_id' else 'points to'}.",
                where=f"{source.path}, columns {', '.join(source.names[:12])}",
                remedy=f"Name that column {part}.",
            )
    return parts


def _by_preference(normal: list[str], part: str) -> list[int]:
    """Column positions: those with the part's own name first, then those with "id" in their name."""
    return sorted(
        range(len(normal)),
        key=lambda i: (normal[i] != part, part.endswith("_id") and "id" not in normal[i].split("_"), i),
    )


def _read_parts(db: Db, source: Source, parts: dict[str, int]) -> None:
    """Make the table ``stated``: each link's parts as strings, the bounds of its share, and its day."""
    texts = {part: _text_of(source, parts, part) for part, _ in FIELDS}
    kind = f"regexp_replace(lower({texts['kind']}), '[^a-z0-9]+', '_', 'g')"
    reverse = one_of(kind, REVERSED)
    strengths = " ".join(
        f"WHEN {one_of(kind, kinds)} THEN '{name}'"
        for name, kinds in zip(OWNERSHIP, (OWNS, HOLDS, CONTROLS), strict=True)
    )
    db.execute(
        f"CREATE TEMP TABLE stated AS SELECT row, {texts['source_id']} AS source_id, "
        f"{texts['target_id']} AS target_id, CASE {strengths} ELSE {texts['kind']} END AS kind, "
        f"coalesce({reverse}, false) AS reversed, {texts['share']} AS share, {bounds(texts['share'])} AS bounds, "
        f"{texts['date']} AS date_text, {_day_of(db, source, parts)} AS date, {texts['source_name']} AS source_name, "
        f"{texts['source_type']} AS source_type FROM {source.view}"
    )
    # A source with a name but no id is a holder identified by its name; kinds like "owned by" point backwards.
    db.execute(
        "UPDATE stated SET source_id = source_name WHERE source_id IS NULL AND source_name IS NOT NULL"
    )
    db.execute(
        "UPDATE stated SET source_id = target_id, target_id = source_id, source_name = NULL, source_type = NULL "
        "WHERE reversed"
    )


def _text_of(source: Source, parts: dict[str, int], part: str) -> str:
    if part not in parts:
        return "NULL::VARCHAR"
    text = as_text(source.columns[parts[part]], source.families[parts[part]])
    role = Role.ID if part.endswith("_id") else Role.CATEGORY
    return f"CASE WHEN NOT {is_placeholder(text, role, keeps_na=False)} THEN {text} END"


def _day_of(db: Db, source: Source, parts: dict[str, int]) -> str:
    if "date" not in parts:
        return "NULL::DATE"
    position = parts["date"]
    column, family = source.columns[position], source.families[position]
    if family == "date":
        return within_range(column)
    style = decide("date", family, profile(db, source)[position]).style
    text = _text_of(source, parts, "date")
    return epoch_day(text) if style == "epoch" else day(text, month_first=style == "month first")


def _settle_shares(db: Db, source: Source, journal: Journal) -> None:
    """Add share_low and share_high (fractions) to ``stated``, NULL for impossible shares; report the unit."""
    signs, largest, above_one, known = one_row(
        db,
        "SELECT count(*) FILTER (contains(share, '%')), coalesce(max(bounds[1]), 0), "
        "count(*) FILTER (bounds[1] > 1), count(bounds) FROM stated",
    )
    unit = 100.0 if is_per_cent(signs, largest, above_one, known) else 1.0
    db.execute("ALTER TABLE stated ADD COLUMN share_low DOUBLE")
    db.execute("ALTER TABLE stated ADD COLUMN share_high DOUBLE")
    high = "CASE WHEN isnan(bounds[2]) THEN 1.0 ELSE bounds[2] / $unit END"
    possible = f"bounds[1] >= 0 AND bounds[1] / $unit <= 1 + $rounding AND {high} <= 1 + $rounding"
    db.execute(
        f"UPDATE stated SET share_low = least(bounds[1] / $unit, 1), share_high = least({high}, 1) WHERE {possible}",
        {"unit": unit, "rounding": ROUNDING},
    )
    unit_name = "per cent" if unit > 1 else "fractions of one"
    journal.note("share unit", "links", known, f"shares, read as {unit_name}", action=KEPT, column="share")


@dataclass(frozen=True, kw_only=True)
class _Loss:
    """Values of a part that are made missing: a condition, the message for all, and the reason for each."""

    check: str
    column: str
    where: str
    message: str
    reason: str


LOSSES = (
    _Loss(
        check="impossible shares",
        column="share",
        where="share IS NOT NULL AND share_low IS NULL AND bounds IS NOT NULL",
        message="shares below 0 or above 100 %",
        reason="is not between 0 and 100 %",
    ),
    _Loss(
        check="broken shares",
        column="share",
        where="share IS NOT NULL AND bounds IS NULL",
        message="shares that cannot be read",
        reason="is no share",
    ),
    _Loss(
        check="broken dates",
        column="date_text",
        where="date_text IS NOT NULL AND date IS NULL",
        message="dates that cannot be read",
        reason="is no date",
    ),
)


def _note_loss(db: Db, source: Source, journal: Journal, loss: _Loss) -> None:
    """Report values that were made missing, and record their links."""
    name, value = loss.column.removesuffix("_text"), f"left({loss.column}, 60)"
    reason = f"? || ' \"' || {value} || '\" ' || ? || '; made missing'"
    where = f"FROM stated WHERE {loss.where}"
    count = journal.set_aside(source, "links", f"SELECT row, {reason} AS reason {where}", [name, loss.reason])
    rows = db.execute(f"SELECT row, {value} {where} ORDER BY row LIMIT {N_EXAMPLES}").fetchall()
    examples = [f"row {row}: {text}" for row, text in rows]
    journal.note(
        loss.check, "links", count, loss.message, action=MADE_MISSING, column=name, examples=examples
    )


def _resolve(db: Db, companies: Path, has_shares: bool) -> None:
    """Make the table ``link``: the columns of Register.links, the row, and the fault of a link that cannot stay."""
    words = "regexp_replace(lower(concat_ws('_', stated.source_type, stated.kind)), '[^a-z]+', '_', 'g')"
    sort = f"WHEN regexp_matches({words}, {literal(PERSON)}) THEN 'person' ELSE 'holder'"
    kind = "coalesce(kind, CASE WHEN share_low IS NOT NULL OR ? THEN 'owns' ELSE 'linked' END)"
    db.execute(
        "CREATE TEMP TABLE link AS WITH ids AS (SELECT company_id, file_row_number::INTEGER AS i "
        "FROM read_parquet(?, file_row_number = true)), found AS ("
        f"SELECT stated.row, source_id, target_id, {kind} AS kind, share_low, share_high, date, source_name, "
        f"CASE WHEN s.i IS NOT NULL THEN 'company' {sort} END AS source_type, s.i AS source, t.i AS target "
        "FROM stated LEFT JOIN ids s ON s.company_id = source_id LEFT JOIN ids t ON t.company_id = target_id), "
        "ranked AS (SELECT *, "
        "first_value(row) OVER (PARTITION BY source_id, target_id, kind, share_low, share_high, date "
        "ORDER BY source_name NULLS LAST, source_type, row) AS kept FROM found) "
        "SELECT *, CASE WHEN source_id IS NULL THEN 'no source' WHEN target_id IS NULL THEN 'no target' "
        "WHEN source_id = target_id THEN 'self-ownership' "
        "WHEN target IS NULL AND source IS NULL THEN 'neither source nor target in the register' "
        "WHEN target IS NULL THEN 'target not in the register' "
        "WHEN kept <> row THEN 'the same link as row ' || kept END AS fault FROM ranked",
        [plain(companies), has_shares],
    )
    db.execute("DROP TABLE stated")


FAULTS = (
    ("missing ends", "fault IN ('no source', 'no target')", "links without a source or without a target"),
    ("self-ownership", "fault = 'self-ownership'", "links from a company to itself"),
    ("unknown targets", "fault = 'target not in the register'", "links to ids that are not in the register"),
    ("unknown ends", "fault LIKE 'neither%'", "links between two ids that are not in the register"),
    ("duplicate links", "fault LIKE 'the same link%'", "links that repeat another one in every part"),
)


def _set_aside_faults(db: Db, source: Source, journal: Journal) -> None:
    journal.set_aside(source, "links", "SELECT row, fault AS reason FROM link WHERE fault IS NOT NULL")
    for check, condition, message in FAULTS:
        (count,) = one_row(db, f"SELECT count(*) FROM link WHERE {condition}")
        rows = db.execute(
            f"SELECT row, source_id, target_id FROM link WHERE {condition} ORDER BY row LIMIT {N_EXAMPLES}"
        ).fetchall()
        examples = [f"row {row}: {source_id} to {target_id}" for row, source_id, target_id in rows]
        journal.note(check, "links", count, message, action=SET_ASIDE, examples=examples)
