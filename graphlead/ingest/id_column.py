"""The id column of a register: by its name, else by its values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graphlead.core.errors import InputError
from graphlead.core.register import Role
from graphlead.engines.duckdb import Db
from graphlead.ingest import headers
from graphlead.ingest.column_profile import Profile
from graphlead.ingest.open_file import Source
from graphlead.ingest.roles import Decision


def find_id(
    db: Db,
    source: Source,
    profiles: Sequence[Profile],
    forced: Mapping[str, Decision],
) -> tuple[int, str] | None:
    """The position of the id column, and the reason; None where no column can be the id.

    A column that only counts the rows is none: in next month's file its numbers are other companies'.
    """
    wished = [i for i, name in enumerate(source.names) if name in forced and forced[name].role is Role.ID]
    if wished:
        return wished[0], "set by you"
    scores = [
        headers.id_score(headers.normalised(name))
        if name not in forced and not headers.is_serial(headers.normalised(name))
        else 0
        for name in source.names
    ]
    for i in sorted((i for i, score in enumerate(scores) if score), key=lambda i: (-scores[i], i)):
        filled, distinct = source.filled_and_distinct(db, source.columns[i])
        least = 0.0 if scores[i] > 90 else 0.8 if scores[i] >= 80 else 0.98
        if distinct and filled >= min(1, least + 0.1) * source.rows and distinct >= least * filled:
            return i, f"its name; {distinct:,} different values in {source.rows:,} rows"
    for i in _code_columns(source, profiles):
        if source.names[i] not in forced and source.filled_and_distinct(db, source.columns[i]) == (
            source.rows,
            source.rows,
        ):
            return i, "no column is named like an id; this one has a different short code in every row"
    return None


def no_id(source: Source) -> InputError:
    return InputError(
        "no column can serve as the company id, and none holds names to make one from.",
        where=f"{source.path}, columns {', '.join(source.names[:12])}",
        remedy="Name the column with the companies' ids company_id, or that with their names name, or give its role "
        "(NAME = id). "
        + (
            f"Only one column was found ({source.how}): check the delimiter."
            if len(source.names) == 1 and "delimiter" in source.how
            else ""
        ),
    )


def _code_columns(source: Source, profiles: Sequence[Profile]) -> list[int]:
    """Columns that may hold codes: short values without spaces, with digits, distinct in almost every row.

    No amounts: a revenue may differ in every row, too.
    """
    return [
        i
        for i, (name, family, seen) in enumerate(zip(source.names, source.families, profiles, strict=True))
        if family in ("text", "whole") and _may_be_codes(headers.normalised(name), seen, source.rows)
    ]


def _may_be_codes(name: str, seen: Profile, rows: int) -> bool:
    short = seen.share(seen.codes) > 0.99 and seen.longest <= 40
    different = seen.filled == rows and seen.uniqueness > 0.9
    other = headers.is_serial(name) or headers.is_number(name)
    return short and different and not other and seen.share(seen.days - seen.digit_days) <= 0.5
