"""The parts of links as a file states them: which column has which, and what its values mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.common.codes import combine, through
from graphlead.core.arrays import Flags
from graphlead.core.errors import InputError
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, one_row, table
from graphlead.ingest import headers
from graphlead.ingest.column_profile import profile
from graphlead.ingest.held import Held, Values, worked_out
from graphlead.ingest.open_file import Source, as_text
from graphlead.ingest.roles import decide
from graphlead.ingest.shares import ROUNDING, bounds, is_per_cent
from graphlead.ingest.values import day, epoch_day, is_placeholder, one_of, within_range

OWNER = "owner|parent|shareholder|investor|holder|subject|interested_party|psc|acquirer"
SHARE = "share|shares|stake|ownership|voting|equity|holding|interest|share_pct|share_percent|share_percentage"
LOW, HIGH = "low|lower|min|minimum", "high|higher|upper|max|maximum"
OWNED = "subsidiary|child|owned|investee|portfolio_company|held|object|acquired|issuer"
FIELDS = (
    ("source_type", rf"(source|src|from|{OWNER})_(type|kind|category)"),
    ("source_name", rf"(source|src|from|{OWNER})_(name|label|legal_name|company_name)"),
    ("source_id", rf"source|src|from|head|(source|src|from|{OWNER})(_company)?_?(id|lei|number|no|key|code|orgnr)"
                  rf"|{OWNER}|start_node|from_company|source_company|node_?1"),
    ("target_id", rf"target|tgt|dst|dest|to|tail|(target|tgt|dst|dest|to|{OWNED})(_company)?"
                  r"_?(id|lei|number|no|key|code|orgnr)"
                  rf"|{OWNED}|end_node|to_company|target_company|node_?2|company_id|company|entity_id|company_number|orgnr"),
    ("share_low", rf"({SHARE})_({LOW})|({LOW})_({SHARE})"),
    ("share_high", rf"({SHARE})_({HIGH})|({HIGH})_({SHARE})"),
    ("share", r"share|shares|share_pct|pct|percent|percentage|ownership|stake|ownership_(share|pct|percent|percentage)"
              r"|.*_(pct|percent|percentage|share|stake)|equity|voting|holding|interest"),
    ("kind", r"kind|type|relation|relationship|rel|link_type|role|.*_(type|kind)|nature_of_control|relation_.*"),
    ("date", r"date|.*_date|since|from_date|start|valid_from|date_.*|year|.*_(on|at)|as_of"),
)  # fmt: skip
"""The parts of a link and patterns of their normalised column names; the first part that fits takes the column."""
BOUNDS = ("share_low", "share_high")

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


@dataclass(frozen=True, kw_only=True)
class Shares:
    """The shares of the links as texts, and what each text (k,) means.

    low, high: bounds as fractions, null where the text cannot be read or is not between 0 and 100 %; read: whether it
    is a number at all. known: links with a share that is one; unit: what the whole is in the file, 1 or 100.
    """

    texts: Values
    low: pa.Array
    high: pa.Array
    read: pa.Array
    known: int
    unit: float


@dataclass(frozen=True, kw_only=True)
class Days:
    """The days of the links: for each distinct cell (k,) its text, and its day, null where it has none."""

    cells: Values
    texts: pa.Array
    days: pa.Array


@dataclass(frozen=True, kw_only=True)
class Stated:
    """The parts of n links as the file states them. backwards (n,): the kind points from the owned to the owner."""

    source_id: Values
    target_id: Values
    source_name: Values
    source_type: Values
    kind: Values
    backwards: Flags
    shares: Shares
    days: Days
    has_shares: bool


def find_parts(source: Source) -> dict[str, int]:
    """Part of a link to column position. Raises InputError without a column for the source or the target."""
    parts: dict[str, int] = {}
    normal = [headers.normalised(name) for name in source.names]
    for part, pattern in FIELDS:
        for position in _by_preference(normal, part):
            if position not in parts.values() and re.fullmatch(pattern, normal[position]):
                parts[part] = position
                break
        # One bound without the other is a share like any other.
        if part == BOUNDS[-1] and not parts.keys() >= set(BOUNDS):
            parts = {name: position for name, position in parts.items() if name not in BOUNDS}
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


def read_parts(db: Db, source: Held, parts: dict[str, int]) -> Stated:
    """The parts of all links; a part without a column is missing everywhere."""
    texts = {part: _texts(db, source, parts, part) for part, _ in FIELDS if part != "date"}
    kind, backwards = _kinds(db, texts["kind"])
    return Stated(
        source_id=texts["source_id"],
        target_id=texts["target_id"],
        source_name=texts["source_name"],
        source_type=texts["source_type"],
        kind=kind,
        backwards=backwards,
        shares=_shares(db, _joined(db, *(texts[part] for part in ("share", *BOUNDS)))),
        days=_days(db, source, parts),
        has_shares="share" in parts or BOUNDS[0] in parts,
    )


def _texts(db: Db, source: Held, parts: dict[str, int], part: str) -> Values:
    if part not in parts:
        return Values(np.full(len(source.numbers), -1, np.int32), pa.array([], pa.large_string()))
    cells = source.cells(source.columns[parts[part]])
    texts = worked_out(db, f"SELECT {_text_of(source, parts[part], part)} AS c FROM {cells}")
    return source.data[parts[part]].through(texts)


def _joined(db: Db, share: Values, low: Values, high: Values) -> Values:
    """The shares as texts: where two bounds differ a band, else the share, or what bound there is."""
    if not len(low.distinct) and not len(high.distinct):
        return share
    bounds, *of_bounds = combine(low.codes, high.codes)
    codes, of_share, of_both = combine(share.codes, bounds)
    of_low, of_high = (through(each, of_both) for each in of_bounds)
    texts = {
        name: Values(each, values.distinct).spread(values.distinct)
        for name, values, each in (("share", share, of_share), ("low", low, of_low), ("high", high, of_high))
    }
    db.register("stated", pa.table(texts))
    joined = worked_out(
        db,
        "SELECT CASE WHEN low <> high THEN low || '-' || high ELSE coalesce(share, "
        "CASE WHEN low = high THEN low END, 'min ' || low, 'max ' || high) END AS c FROM stated",
    )
    db.unregister("stated")
    return Values(codes, pa.array(range(len(of_share)))).through(joined)


def _text_of(source: Held, position: int, part: str) -> str:
    text = as_text(source.columns[position], source.families[position])
    role = Role.ID if part.endswith("_id") else Role.CATEGORY
    return f"CASE WHEN NOT {is_placeholder(text, role, keeps_na=False)} THEN {text} END"


def _kinds(db: Db, texts: Values) -> tuple[Values, Flags]:
    """The kinds, those of ownership by their strength, and which links point backwards."""
    plain = "regexp_replace(lower(t), '[^a-z0-9]+', '_', 'g')"
    strengths = " ".join(
        f"WHEN {one_of(plain, kinds)} THEN '{name}'"
        for name, kinds in zip(OWNERSHIP, (OWNS, HOLDS, CONTROLS), strict=True)
    )
    db.register("texts_of_part", pa.table({"t": texts.distinct}))
    found = table(
        db,
        f"SELECT CASE {strengths} ELSE t END AS kind, {one_of(plain, REVERSED)} AS backwards FROM texts_of_part",
    )
    backwards = np.append(np.asarray(found["backwards"], bool), False)[texts.codes]
    return texts.through(found["kind"].combine_chunks().cast(pa.large_string())), backwards


def _shares(db: Db, texts: Values) -> Shares:
    db.register("texts_of_part", pa.table({"share": texts.distinct, "n": texts.times}))
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE shares AS SELECT share, n, {bounds('share')} AS bounds FROM texts_of_part"
    )
    signs, largest, above_one, known = one_row(
        db,
        "SELECT coalesce(sum(n) FILTER (contains(share, '%')), 0), coalesce(max(bounds[1]), 0), "
        "coalesce(sum(n) FILTER (bounds[1] > 1), 0), coalesce(sum(n) FILTER (bounds IS NOT NULL), 0) FROM shares",
    )
    unit = 100.0 if is_per_cent(signs, largest, above_one, known) else 1.0
    high = f"CASE WHEN isnan(bounds[2]) THEN 1.0 ELSE bounds[2] / {unit} END"
    possible = f"bounds[1] >= 0 AND bounds[1] / {unit} <= 1 + {ROUNDING} AND {high} <= 1 + {ROUNDING}"
    found = table(
        db,
        f"SELECT CASE WHEN {possible} THEN least(bounds[1] / {unit}, 1)::DOUBLE END AS low, "
        f"CASE WHEN {possible} THEN least({high}, 1)::DOUBLE END AS high, bounds IS NOT NULL AS read FROM shares",
    )
    low, high_, read = (column.combine_chunks() for column in found.columns)
    return Shares(texts=texts, low=low, high=high_, read=read, known=int(known), unit=unit)


def _days(db: Db, source: Held, parts: dict[str, int]) -> Days:
    if "date" not in parts:
        nothing = pa.array([], pa.large_string())
        cells = Values(np.full(len(source.numbers), -1, np.int32), nothing)
        return Days(cells=cells, texts=nothing, days=pa.array([], pa.date32()))
    position = parts["date"]
    column, text = source.columns[position], _text_of(source, position, "date")
    found = table(
        db,
        f"SELECT {text} AS t, {_day_of(db, source, position, text)} AS d FROM {source.cells(column)}",
    )
    texts, days = (each.combine_chunks() for each in found.columns)
    return Days(cells=source.data[position], texts=texts, days=days)


def _day_of(db: Db, source: Held, position: int, text: str) -> str:
    family = source.families[position]
    if family == "date":
        return within_range(source.columns[position])
    style = decide("date", family, profile(db, source)[position]).style
    return epoch_day(text) if style == "epoch" else day(text, month_first=style == "month first")
