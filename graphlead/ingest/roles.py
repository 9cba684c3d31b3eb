"""From a column's name and profile to its role: rules in order, the first that fits decides."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.register import Role
from graphlead.ingest import headers, life
from graphlead.ingest.column_profile import Profile

SURE = 0.9
HINTED = 0.5
"""Share of values that must have a type's form: SURE by values alone, HINTED where the column's name suggests it."""

EVEN = 0.3
"""Distance of the quartiles over the range from which whole numbers are evenly spread. In 44 columns of 18 real files,
numbers that differ in most rows have 0.13 at most where they are sizes or money, and at least 0.465 where they are
serial numbers or random ones."""

MOST_INACTIVE = 0.5
"""Share of companies that are only "inactive", or "active: no", above which this is hardly about their life: a flag of
a few active accounts among many companies."""

FEW = 20
FEW_BANDS = 100
"""Distinct values up to which a column is taken for categories, and for bands."""


@dataclass(frozen=True)
class Decision:
    role: Role
    reason: str
    scheme: str = ""
    style: str = ""


def decide(name: str, family: str, seen: Profile) -> Decision:
    """The role of a column that is not the id."""
    if not seen.filled:
        return Decision(Role.IGNORED, "empty")
    normal = headers.normalised(name)
    state = _status(normal, family, seen)
    if state is not None:
        return state
    if family == "boolean":
        return Decision(Role.BOOLEAN, "a true/false column")
    if family == "date":
        return Decision(Role.DATE, "a date column")
    rules = NUMBER_RULES if family in ("whole", "number") else TEXT_RULES
    return next(found for rule in rules if (found := rule(normal, seen)))


def _status(name: str, family: str, seen: Profile) -> Decision | None:
    """The role of a column that says who is still in business; its words decide, and for flags and days its name."""
    recognised = seen.share(seen.living + seen.inactive + seen.ended)
    credible = seen.ended or seen.share(seen.inactive) <= MOST_INACTIVE
    named = life.is_status(name) or life.is_active_flag(name) or life.is_end(name)
    if named and recognised > 0.8 and credible:
        return Decision(Role.STATUS, "its name; words for living and ended companies", style=life.WORDS)
    flag = family == "boolean" or seen.share(seen.booleans) == 1
    if flag and life.is_active_flag(name) and seen.share(seen.noes) <= MOST_INACTIVE:
        return Decision(Role.STATUS, "its name; no means that the company is no more", style=life.FLAG)
    if flag and life.is_end(name) and seen.sampled:
        return Decision(Role.STATUS, "its name; yes means that the company is no more", style=life.END_FLAG)
    style = _style_of_end(name, family, seen) if life.is_end(name) else ""
    return Decision(Role.STATUS, "its name; when the company ended", style=style) if style else None


def _style_of_end(name: str, family: str, seen: Profile) -> str:
    """How a column dates the end of companies, "" for values that are no dates."""
    if family == "date":
        return life.DAY
    if seen.share(seen.years) > SURE:
        return life.YEAR
    if seen.share(seen.epochs) > SURE:
        return life.EPOCH
    if family == "text" and seen.share(max(seen.days, seen.month_first_days)) > HINTED:
        return life.MONTH_FIRST if _order_of_days(seen) == "month first" else life.DAY
    return ""


def status_of(name: str, family: str, seen: Profile) -> Decision:
    """How to read a column that the user declared to be a status, whatever its name."""
    normal = headers.normalised(name)
    dated = _style_of_end(normal, family, seen)
    flag = life.FLAG if life.is_active_flag(normal) else life.END_FLAG
    yes_no = family == "boolean" or (seen.sampled and seen.share(seen.booleans) == 1)
    return Decision(Role.STATUS, "set by you", style=dated or (flag if yes_no else life.WORDS))


def _web_or_mail_address(name: str, seen: Profile) -> Decision | None:
    if seen.share(seen.emails) > HINTED:
        return Decision(Role.CONTACT, "e-mail addresses")
    hinted = headers.is_contact(name)
    if seen.share(seen.urls) > (HINTED if hinted else SURE) and not seen.share(seen.numbers) > HINTED:
        return Decision(Role.CONTACT, "addresses of web sites")
    return None


def _place(name: str, seen: Profile) -> Decision | None:
    role = headers.place_role(name)
    if role is None or (role is not Role.POSTCODE and seen.share(seen.booleans) == 1):
        return None
    if role in (Role.CITY, Role.ADDRESS) and seen.share(seen.numbers) > SURE:
        return None
    style = "code with .0" if seen.sampled and seen.point_zero == seen.sampled else ""
    return Decision(role, "its name", style=style)


def _company_name(name: str, seen: Profile) -> Decision | None:
    if not headers.is_company_name(name) or max(seen.share(seen.numbers), seen.share(seen.booleans)) > HINTED:
        return None
    if seen.filled > 100 and seen.uniqueness < 0.2:
        return None
    return Decision(Role.NAME, "its name; words that differ from row to row")


def _industry(name: str, seen: Profile) -> Decision | None:
    scheme = headers.industry_scheme(name)
    if scheme is None or seen.share(seen.booleans) == 1:
        return None
    style = "code with .0" if seen.sampled and seen.point_zero == seen.sampled else ""
    if (
        seen.share(seen.digits_2_to_6 + seen.point_zero + seen.nace) > HINTED
        or seen.share(seen.digits_5) > HINTED
    ):
        if scheme:
            return Decision(Role.INDUSTRY, f"its name contains {scheme}", scheme, style)
        scheme = _scheme_of_values(seen)
        return Decision(Role.INDUSTRY, f"its name; codes of the form of {scheme}", scheme, style)
    if seen.words > 6 or (seen.distinct > 50 and seen.uniqueness > 0.5):
        return None
    return Decision(Role.INDUSTRY, "its name; words, no codes")


def _scheme_of_values(seen: Profile) -> str:
    if seen.nace > seen.digits_2_to_6:
        return "NACE"
    if seen.digits_4 > 0.9 * seen.digits_2_to_6 or seen.digits_5 > 0.9 * seen.digits_2_to_6:
        return "SIC"
    return "NAICS"


def _contact(name: str, seen: Profile) -> Decision | None:
    if not headers.is_contact(name) or seen.share(seen.booleans) > SURE:
        return None
    many = seen.distinct > max(FEW, 0.05 * seen.filled) or seen.uniqueness > SURE
    amounts = seen.share(seen.numbers) > SURE and not seen.share(seen.phones) > HINTED
    days = max(seen.days, seen.month_first_days) > SURE * seen.sampled
    return Decision(Role.CONTACT, "its name") if many and not amounts and not days else None


def _boolean(_: str, seen: Profile) -> Decision | None:
    fits = seen.sampled and seen.booleans == seen.sampled and seen.distinct <= 8
    return Decision(Role.BOOLEAN, "only yes and no, in one spelling or another") if fits else None


def _date(name: str, seen: Profile) -> Decision | None:
    hinted = headers.is_date(name)
    days = max(seen.days, seen.month_first_days)
    if hinted and seen.share(seen.epochs) > SURE:
        return Decision(Role.DATE, "its name; Unix times", style="epoch")
    amounts = seen.share(seen.years) > 0.98 or seen.share(seen.digit_days) > 0.98
    if seen.share(days) <= (HINTED if hinted else SURE) or (amounts and (not hinted or "date" not in name)):
        return None
    order = _order_of_days(seen)
    note = {"": "dates", "day first": "dates, the day first", "month first": "dates, the month first"}[order]
    if order == "day first" and not seen.first_above_12:
        note = "dates, taken to have the day first (no value settles it)"
    return Decision(Role.DATE, note, style="month first" if order == "month first" else "")


def _order_of_days(seen: Profile) -> str:
    if seen.second_above_12 > seen.first_above_12:
        return "month first"
    return "day first" if seen.days > seen.digit_days and seen.month_first_days != seen.days else ""


def _serial(name: str, seen: Profile) -> Decision | None:
    """Numbers that only tell rows apart: they are no amounts, and as categories they would say nothing."""
    if headers.is_serial(name) and seen.share(seen.wholes) > HINTED:
        return Decision(Role.IDENTIFIER, "its name: it counts the rows")
    hinted = headers.is_number(name) or headers.is_date(name) or headers.is_identifier(name)
    if hinted or seen.share(seen.wholes) < 0.99:
        return None
    even = seen.uniqueness > HINTED and seen.distinct > FEW_BANDS and seen.evenness >= EVEN
    return (
        Decision(Role.IDENTIFIER, "whole numbers, evenly spread, that differ from row to row")
        if even
        else None
    )


def _band(_: str, seen: Profile) -> Decision | None:
    fits = (
        seen.distinct <= FEW_BANDS and seen.share(seen.band_numbers) > 0.98 and seen.share(seen.bands) >= 0.3
    )
    return (
        Decision(Role.NUMBER, "bands; read as the geometric mean of their ends", style="bands")
        if fits
        else None
    )


def _number(name: str, seen: Profile) -> Decision | None:
    comma = seen.continental > seen.english
    share = seen.share(seen.comma_numbers if comma else seen.numbers)
    if share <= (HINTED if headers.is_number(name) else 0.95) or seen.share(seen.leading_zeros) > 0.005:
        return None
    if headers.is_label(name) or (headers.is_identifier(name) and not headers.is_number(name)):
        return None
    style = "decimal comma" if comma else ""
    return Decision(Role.NUMBER, "numbers with a decimal comma" if comma else "numbers", style=style)


def _identifier(name: str, seen: Profile) -> Decision | None:
    unique = seen.uniqueness > 0.9 and seen.distinct > FEW
    if unique and headers.is_identifier(name):
        return Decision(Role.IDENTIFIER, "its name; different in every row")
    if seen.uniqueness > HINTED and seen.share(seen.codes) > SURE and seen.distinct > FEW:
        return Decision(Role.IDENTIFIER, "codes that differ from row to row")
    return None


def _category(name: str, seen: Profile) -> Decision | None:
    few = seen.uniqueness <= HINTED or seen.distinct <= FEW
    fits = few and seen.words <= 6 and seen.longest <= 200
    return Decision(Role.CATEGORY, f"{seen.distinct:,} different values") if fits else None


def _label(name: str, seen: Profile) -> Decision | None:
    if not (headers.is_label(name) or headers.is_identifier(name)) or headers.is_number(name):
        return None
    if seen.uniqueness > HINTED and seen.distinct > FEW:
        return Decision(Role.IDENTIFIER, "its name; different from row to row")
    return Decision(Role.CATEGORY, "its name: the numbers are labels")


def _text(_: str, __: Profile) -> Decision:
    return Decision(Role.TEXT, "free text")


def _plain_number(_: str, __: Profile) -> Decision:
    return Decision(Role.NUMBER, "a column of numbers")


TEXT_RULES = (
    _web_or_mail_address, _place, _industry, _company_name, _contact, _boolean, _date, _serial, _band, _number,
    _identifier, _category, _text,
)  # fmt: skip
NUMBER_RULES = (_place, _industry, _contact, _boolean, _date, _serial, _label, _plain_number)
