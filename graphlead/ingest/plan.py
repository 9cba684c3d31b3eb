"""The plan: the role of every column, and the reason. Names give hints, values decide."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphlead.core.errors import InputError, SettingsError
from graphlead.core.register import Column, Role
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest import headers
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.open_file import Source, as_text
from graphlead.ingest.roles import Decision, decide
from graphlead.ingest.values import (
    band,
    day,
    epoch_day,
    finite,
    is_placeholder,
    number,
    within_range,
    yes_or_no,
)

SCHEMES = ("NACE", "NAICS", "SIC")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a column of the source is read: its role and the style of its values.

    ``style``: "" or one of decimal comma, bands, month first, epoch, code with .0. ``keeps_na``: NA is a value.
    Numbers of rows: ``raw`` not empty, ``cleaned`` of these without placeholders, ``typed`` with a value of the
    role's type, ``infinite`` with NaN or an infinity. ``forced``: the user chose the role.
    """

    column: Column
    source: str
    family: str
    style: str = ""
    keeps_na: bool = False
    raw: int = 0
    cleaned: int = 0
    typed: int = 0
    infinite: int = 0
    forced: bool = False

    @property
    def typed_name(self) -> str:
        """The name of the value's column in the view of typed values."""
        return f"v{self.source[1:]}"

    @property
    def text(self) -> str:
        """SQL of the value as a string, placeholders as NULL."""
        text = as_text(self.source, self.family)
        if self.style == "code with .0":
            text = f"regexp_replace({text}, '\\.0$', '')"
        if self.family != "text" and self.column.role is not Role.POSTCODE:
            return text
        return f"CASE WHEN NOT {is_placeholder(text, self.column.role, self.keeps_na)} THEN {text} END"

    @property
    def unbounded(self) -> str:
        """SQL of a number, perhaps NaN or infinite."""
        if self.family in ("whole", "number"):
            return f"{self.source}::DOUBLE"
        if self.family != "text":
            return f"TRY_CAST({self.source} AS DOUBLE)"
        return band(self.text) if self.style == "bands" else number(self.text, self.style == "decimal comma")

    @property
    def value(self) -> str:
        """SQL of the value in the type of its role (see Register)."""
        if self.column.role is Role.NUMBER:
            return finite(self.unbounded)
        if self.column.role is Role.DATE:
            if self.family == "date":
                return within_range(self.source)
            return (
                epoch_day(self.text) if self.style == "epoch" else day(self.text, self.style == "month first")
            )
        if self.column.role is Role.BOOLEAN:
            return self.source if self.family == "boolean" else yes_or_no(self.text)
        return self.text


def make_plan(db: Db, source: Source, overrides: Mapping[str, str]) -> tuple[Reading, ...]:
    """Understand every column of the source.

    Raises InputError when no column can be the id, SettingsError when an override names no column or no role.
    """
    forced = _check_overrides(source, overrides)
    refuse_headerless(source)
    refuse_unsplit(db, source)
    profiles = profile(db, source)
    decisions = [
        decide(name, family, seen)
        for name, family, seen in zip(source.names, source.families, profiles, strict=True)
    ]
    decisions = [forced.get(name, found) for name, found in zip(source.names, decisions, strict=True)]
    chosen, reason = _find_id(db, source, profiles, forced)
    decisions[chosen] = Decision(Role.ID, reason, style=decisions[chosen].style)
    names = _output_names(source, chosen)
    return tuple(
        Reading(
            column=Column(name=name, role=found.role, reason=found.reason, scheme=found.scheme),
            source=column,
            family=family,
            style=found.style,
            keeps_na=found.role in (Role.COUNTRY, Role.REGION) or seen.share(seen.two_letters) > 0.8,
            raw=seen.filled,
            forced=original in forced,
        )
        for name, original, column, family, found, seen in zip(
            names, source.names, source.columns, source.families, decisions, profiles, strict=True
        )
    )


def refuse_headerless(source: Source) -> None:
    """Raise InputError when the first line looks like values: no name is understood and one is a number."""
    known = any(headers.is_known(headers.normalised(name)) for name in source.names)
    numeric = [name for name in source.names if name.replace(".", "", 1).replace("-", "", 1).isdigit()]
    if numeric and not known:
        raise InputError(
            f"the first line looks like values, not column names ({', '.join(source.names[:4])}).",
            where=f"{source.path}, header row",
            remedy="Add a first line that names the columns.",
        )


def refuse_unsplit(db: Db, source: Source) -> None:
    """Raise InputError for a single column with the header's symbol in every row: an unknown delimiter."""
    signs = re.findall(r"(?<=\w)[^\w\s.,-](?=\w)", source.names[0]) if len(source.names) == 1 else []
    for sign in set(signs):
        (without,) = one_row(
            db, f"SELECT count(*) FROM {source.view} WHERE NOT contains(c0::VARCHAR, ?)", [sign]
        )
        if not without:
            raise InputError(
                f"Only one column was found, {source.names[0]!r}.",
                where=f"{source.path}, header row",
                remedy=f"The delimiter seems to be {sign!r}: use comma, semicolon, tab or pipe.",
            )


def _check_overrides(source: Source, overrides: Mapping[str, str]) -> dict[str, Decision]:
    forced = {}
    for name, wish in overrides.items():
        if name not in source.names:
            near = difflib.get_close_matches(name, source.names, 1)
            remedy = (
                f"Did you mean {near[0]}?" if near else f"The columns are: {', '.join(source.names[:20])}."
            )
            raise SettingsError(
                "there is no such column.", where=f"{source.path}, column {name}", remedy=remedy
            )
        role, _, scheme = wish.partition(":")
        roles = [str(each) for each in Role]
        if role.lower() not in roles or (
            scheme and (role.lower() != "industry" or scheme.upper() not in SCHEMES)
        ):
            raise SettingsError(
                f"{wish!r} is not a role.",
                where=f"column {name}",
                remedy=f"Use one of {', '.join(roles)}, or industry:{'|'.join(SCHEMES)}.",
            )
        forced[name] = Decision(Role(role.lower()), "set by you", scheme.upper())
    return forced


def _find_id(
    db: Db,
    source: Source,
    profiles: tuple[Profile, ...],
    forced: Mapping[str, Decision],
) -> tuple[int, str]:
    """The position of the id column, and the reason. Raises InputError when no column can be the id."""
    wished = [i for i, name in enumerate(source.names) if name in forced and forced[name].role is Role.ID]
    if wished:
        return wished[0], "set by you"
    scores = [
        headers.id_score(headers.normalised(name)) if name not in forced else 0 for name in source.names
    ]
    for i in sorted((i for i, score in enumerate(scores) if score), key=lambda i: (-scores[i], i)):
        filled, distinct = _filled_and_distinct(db, source, i)
        least = 0.0 if scores[i] > 90 else 0.8 if scores[i] >= 80 else 0.98
        if distinct and filled >= min(1, least + 0.1) * source.rows and distinct >= least * filled:
            return i, f"its name; {distinct:,} different values in {source.rows:,} rows"
    for i in _code_columns(source, profiles):
        if source.names[i] not in forced and _filled_and_distinct(db, source, i) == (
            source.rows,
            source.rows,
        ):
            return i, "no column is named like an id; this one has a different short code in every row"
    raise InputError(
        "no column can serve as the company id.",
        where=f"{source.path}, columns {', '.join(source.names[:12])}",
        remedy="Name the column with the companies' ids company_id, or give its role (NAME = id). "
        + (
            f"Only one column was found ({source.how}): check the delimiter."
            if len(source.names) == 1
            else ""
        ),
    )


def _code_columns(source: Source, profiles: tuple[Profile, ...]) -> list[int]:
    """Columns that may hold codes: short values without spaces, with digits, distinct in almost every row."""
    return [
        i
        for i, (family, seen) in enumerate(zip(source.families, profiles, strict=True))
        if family in ("text", "whole") and seen.share(seen.codes) > 0.99 and seen.longest <= 40
        and seen.filled == source.rows and seen.uniqueness > 0.9 and not seen.share(seen.days - seen.digit_days) > 0.5
    ]  # fmt: skip


def _filled_and_distinct(db: Db, source: Source, position: int) -> tuple[int, int]:
    c = source.columns[position]
    filled, distinct = one_row(db, f"SELECT count({c}), count(DISTINCT {c}) FROM {source.view}")
    return int(filled), int(distinct)


def _output_names(source: Source, chosen: int) -> list[str]:
    """The user's names, with company_id for the id column and a suffix where another column has that name."""
    names = list(source.names)
    taken = {name.lower() for name in names}
    for i, name in enumerate(names):
        if i != chosen and name.lower() == "company_id":
            times = next(k for k in range(2, len(names) + 3) if f"company_id_{k}" not in taken)
            names[i] = f"company_id_{times}"
    names[chosen] = "company_id"
    return names
