"""What each column of a sales table is used as, from its name and its values."""

from __future__ import annotations

from enum import StrEnum

from graphlead.core.register import Role
from graphlead.ingest import headers
from graphlead.ingest.column_profile import Profile
from graphlead.ingest.roles import NUMBER_RULES, SURE, TEXT_RULES, Decision


class Use(StrEnum):
    """What a column of a table is used as."""

    ID = "id"
    OUTCOME = "outcome"
    DURATION = "duration"
    ACCOUNT = "account"
    NUMBER = "number"
    FLAG = "flag"
    CATEGORY = "category"
    TEXT = "text"
    DATE = "date"
    ORDER = "order"
    IGNORED = "ignored"


FEATURES = (Use.NUMBER, Use.FLAG, Use.CATEGORY, Use.TEXT, Use.DATE, Use.ORDER, Use.DURATION)
"""Uses that give a feature."""

ROLES = {
    Use.ID: Role.ID,
    Use.OUTCOME: Role.CATEGORY,
    Use.DURATION: Role.NUMBER,
    Use.ACCOUNT: Role.NAME,
    Use.NUMBER: Role.NUMBER,
    Use.FLAG: Role.BOOLEAN,
    Use.CATEGORY: Role.CATEGORY,
    Use.TEXT: Role.TEXT,
    Use.DATE: Role.DATE,
    Use.ORDER: Role.NUMBER,
}
"""The role by which the values of a use are read."""

_USES = {Role.NUMBER: Use.NUMBER, Role.BOOLEAN: Use.FLAG, Role.DATE: Use.DATE, Role.TEXT: Use.TEXT}
_NO_FEATURES = {
    Role.IDENTIFIER: "",
    Role.NAME: "; names are no features",
    Role.CONTACT: "; they are no features",
    Role.ADDRESS: "; addresses are no features",
}

NEAR_EMPTY = 0.995
"""The share of missing values beyond which a column is ignored."""


def use_of(name: str, family: str, seen: Profile, rows: int) -> tuple[Use, str, str]:
    """The use, the style of the values and the reason, for a column without a part of its own (id, outcome ...)."""
    if seen.filled <= (1 - NEAR_EMPTY) * rows:
        return Use.IGNORED, "", "empty" if not seen.filled else f"{1 - seen.filled / rows:.1%} empty"
    use, style, because = use_of_values(name, family, seen)
    if use is not Use.IGNORED and _is_constant(seen, rows):
        return Use.IGNORED, "", "the same value in every row"
    return use, style, because


def use_of_values(name: str, family: str, seen: Profile) -> tuple[Use, str, str]:
    """As ``use_of``, also for a column that is nearly empty or has one value."""
    found = _decision(name, family, seen)
    if found.role in _NO_FEATURES:
        return Use.IGNORED, "", found.reason + _NO_FEATURES[found.role]
    use = _USES.get(found.role, Use.CATEGORY)
    coded = found.role is not Role.INDUSTRY or found.scheme
    return (
        use,
        _style(use, found.style, seen),
        found.reason if coded else f"{seen.distinct:,} different values",
    )


def style_of(use: Use, name: str, family: str, seen: Profile) -> str:
    """How the values of a column whose use is given are written: the style of Reading."""
    found = _decision(name, family, seen)
    fits = found.role is ROLES.get(use)
    return _style(use, found.style if fits else "", seen)


def _decision(name: str, family: str, seen: Profile) -> Decision:
    if family == "boolean":
        return Decision(Role.BOOLEAN, "a true/false column")
    if family == "date":
        return Decision(Role.DATE, "a date column")
    rules = NUMBER_RULES if family in ("whole", "number") else TEXT_RULES
    return next(found for rule in rules if (found := rule(headers.normalised(name), seen)))


def _style(use: Use, style: str, seen: Profile) -> str:
    """The style; of numbers that are read as words, one for which 3 and 3.0 are the same."""
    words = use in (Use.CATEGORY, Use.ID, Use.ACCOUNT, Use.OUTCOME)
    return "code with .0" if words and seen.share(max(seen.plain_numbers, seen.numbers)) > SURE else style


def _is_constant(seen: Profile, rows: int) -> bool:
    """Whether all rows have the same value; where some lack it, having it is a signal."""
    return seen.distinct == 1 and seen.filled >= 0.99 * rows
