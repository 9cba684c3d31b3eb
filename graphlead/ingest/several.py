"""Cells with several values, such as "AI; FinTech": found by the values that stand in other cells too."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, literal, one_row
from graphlead.ingest import headers
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.open_file import Source

SIGNS = (";", "|", ",")
"""Signs between values; a comma only between industry codes, since names and titles have commas of their own."""
CODES = r"[A-U]?[ .]?\d{1,6}(\.\d+)*(\s*,\s*[A-U]?[ .]?\d{1,6}(\.\d+)*)+"
MAY_HOLD_SEVERAL = (
    Role.INDUSTRY, Role.CATEGORY, Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE,
)  # fmt: skip
FEWEST = 3
LEAST_SHARE = 0.005
"""Cells with the sign, as a number and as a share of the filled ones, below which they are odd ones, not a habit."""
RECUR = 0.7
"""Share of the parts of such cells that must stand in another cell too. In the lists of real files it is 0.92 to
1.0; in names and texts at most 0.40 with these signs, and 0.57 with the comma, which is not taken for one."""


@dataclass(frozen=True)
class Several:
    """A column with several values in a cell: the sign between them, the reason, the profile of the single values."""

    separator: str
    reason: str
    profile: Profile


def find_several(db: Db, source: Source) -> dict[int, Several]:
    """The columns with several values in a cell, by position."""
    asked = [
        i
        for i, (name, family) in enumerate(zip(source.names, source.families, strict=True))
        if family == "text" and not headers.is_company_name(headers.normalised(name))
        and headers.place_role(headers.normalised(name)) is not Role.ADDRESS
    ]  # fmt: skip
    found = {}
    for i in asked:
        filled, *with_sign = _with_signs(db, source, source.columns[i])
        for sign, count in zip(SIGNS, with_sign, strict=True):
            enough = count >= max(FEWEST, LEAST_SHARE * filled)
            if enough and (reason := _reason(db, source, i, sign, count)):
                found[i] = Several(sign, reason, _profile_of_parts(db, source, i, sign))
                break
    return found


def _with_signs(db: Db, source: Source, column: str) -> tuple[int, ...]:
    """How many cells are filled, and how many of them have each of the signs."""
    has = (f" FILTER (contains({column}, {literal(sign)}))" for sign in SIGNS)
    counts = ", ".join(f"coalesce(sum(n){each}, 0)::BIGINT" for each in ("", *has))
    return one_row(db, f"SELECT {counts} FROM {source.cells(column)}")


def _reason(db: Db, source: Source, position: int, sign: str, count: int) -> str:
    """Why the cells with this sign hold several values, "" where they may not."""
    column = source.columns[position]
    if sign == ",":
        if headers.industry_scheme(headers.normalised(source.names[position])) is None:
            return ""
        has = f"contains({column}, ',')"
        (codes,) = one_row(
            db,
            f"SELECT coalesce(sum(n), 0) FROM {source.cells(column)} "
            f"WHERE {has} AND regexp_full_match({column}, {literal(CODES)})",
        )
        return f"{count:,} cells with several, between commas" if codes > 0.95 * count else ""
    recurring, parts = one_row(
        db,
        f"WITH cells AS (SELECT DISTINCT {column} AS v FROM {source.cells(column)}), "
        f"parts AS (SELECT v, lower(trim(unnest(string_split(v, {literal(sign)})))) AS p FROM cells), "
        "known AS (SELECT p, count(DISTINCT v) AS n FROM parts WHERE p <> '' GROUP BY p) "
        "SELECT count(*) FILTER (n > 1), count(*) FROM parts JOIN known USING (p) "
        f"WHERE contains(v, {literal(sign)})",
    )
    share = recurring / parts if parts else 0.0
    if share < RECUR:
        return ""
    return f"{count:,} cells with several, between {sign!r}: {share:.0%} of these stand in other cells too"


def _profile_of_parts(db: Db, source: Source, position: int, sign: str) -> Profile:
    view = f"{source.view}_several_{position}"
    db.execute(
        f"CREATE TEMP TABLE {view} AS SELECT row_number() OVER () AS row, c0 FROM (SELECT nullif(trim(unnest("
        f"string_split({source.columns[position]}, {literal(sign)}))), '') AS c0 FROM {source.view} ORDER BY row)"
    )
    (rows,) = one_row(db, f"SELECT count(*) FROM {view}")
    parts = Source(
        path=source.path, view=view, names=(source.names[position],), families=("text",), rows=int(rows)
    )
    (seen,) = profile(db, parts)
    db.execute(f"DROP TABLE {view}")
    return seen
