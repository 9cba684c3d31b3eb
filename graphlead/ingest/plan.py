"""The plan: the role of every column, and the reason. Names give hints, values decide."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from graphlead.core.errors import InputError, Place, SettingsError
from graphlead.core.register import Column, Role
from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest import headers
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.held import Held
from graphlead.ingest.id_column import find_id, no_id
from graphlead.ingest.life import end
from graphlead.ingest.open_file import Source, as_text
from graphlead.ingest.own_id import with_own_ids
from graphlead.ingest.roles import Decision, decide, status_of
from graphlead.ingest.several import MAY_HOLD_SEVERAL, Several, find_several
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
    role's type, ``infinite`` with NaN or an infinity. ``forced``: the user chose the role;
    ``made``: the file has no such column, its values were made from others.
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
    made: bool = False

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
        if self.column.role is Role.STATUS:
            return end(self.text, self.style)
        return self.text


def make_plan(db: Db, source: Held, overrides: Mapping[str, str]) -> tuple[Held, tuple[Reading, ...]]:
    """The source, with a last column of ids where it had none, and how every column of it is read.

    Raises InputError when neither a column can be the id nor one be made, SettingsError when an override names no
    column or no role.
    """
    forced = _check_overrides(source, overrides)
    refuse_headerless(source)
    refuse_unsplit(db, source)
    profiles = profile(db, source)
    decisions = [
        decide(name, family, seen)
        for name, family, seen in zip(source.names, source.families, profiles, strict=True)
    ]
    decisions = [
        _as_declared(forced[name], name, family, seen) if name in forced else found
        for name, family, seen, found in zip(source.names, source.families, profiles, decisions, strict=True)
    ]
    separators = {}
    for position, cells in find_several(db, source).items():
        single = _single(source.names[position], cells, decisions[position], forced)
        if single.role in MAY_HOLD_SEVERAL:
            decisions[position], separators[position] = single, cells.separator
    chosen = find_id(db, source, profiles, forced)
    if chosen:
        position, reason = chosen
        decisions[position] = Decision(Role.ID, reason, style=decisions[position].style)
        return source, _readings(source, position, decisions, separators, profiles, forced)
    made = with_own_ids(db, source, decisions)
    if made is None:
        raise no_id(source)
    extended, made_id = made
    every = [*decisions, made_id], separators, [*profiles, profiles[0]]
    read = _readings(extended, len(decisions), *every, forced)
    return extended, (*read[:-1], replace(read[-1], raw=source.rows, made=True))


def _single(name: str, cells: Several, found: Decision, forced: Mapping[str, Decision]) -> Decision:
    """The decision by the single values of a column with several in a cell."""
    single = found if name in forced else decide(name, "text", cells.profile)
    return replace(single, reason=f"{single.reason}; {cells.reason}")


def _as_declared(wish: Decision, name: str, family: str, seen: Profile) -> Decision:
    return status_of(name, family, seen) if wish.role is Role.STATUS else wish


def _readings(
    source: Source,
    id_at: int,
    decisions: Sequence[Decision],
    separators: Mapping[int, str],
    profiles: Sequence[Profile],
    forced: Mapping[str, Decision],
) -> tuple[Reading, ...]:
    names = _output_names(source, id_at)
    return tuple(
        Reading(
            column=Column(
                name=name,
                role=found.role,
                reason=found.reason,
                scheme=found.scheme,
                separator=separators.get(position, ""),
            ),
            source=column,
            family=family,
            style=found.style,
            keeps_na=found.role in (Role.COUNTRY, Role.REGION) or seen.share(seen.two_letters) > 0.8,
            raw=seen.filled,
            forced=original in forced,
        )
        for position, (name, original, column, family, found, seen) in enumerate(
            zip(names, source.names, source.columns, source.families, decisions, profiles, strict=True)
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
                "there is no such column.", where=Place.of(source.path, column=name), remedy=remedy
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
