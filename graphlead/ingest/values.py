"""SQL that reads values as people write them: numbers, bands, dates, yes and no, and placeholders.

Every function takes the SQL of a trimmed string and returns SQL that is NULL where the string is something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphlead.common.yes_no import NO, YES
from graphlead.core.register import Role
from graphlead.engines.duckdb import literal

NOTHING = (
    "n/a", "n.a.", "n.a", "n/d", "#n/a", "#n/d", "#value!", "#ref!", "#div/0!", "#name?", "#null!", "null", "none",
    "nan", "<na>", "nat", "unknown", "unbekannt", "inconnu", "not available", "not applicable", "not provided",
    "not known", "not specified",
    "not disclosed", "undisclosed", "unspecified", "missing", "empty", "(blank)", "(null)",
    "(none)", "[null]", "\\n", "tbd", "tbc", "tba", "to be determined", "to be confirmed", "test", "dummy",
    "0000-00-00", "0000-00-00 00:00:00", "00/00/0000", "00.00.0000", "00-00-0000",
)  # fmt: skip
IN_AN_ID = (
    "n/a",
    "#n/a",
    "null",
    "none",
    "nan",
    "<na>",
    "(blank)",
    "(null)",
    "[null]",
    "\\n",
    "unknown",
    "missing",
)

FIRST_YEAR, LAST_YEAR = 1500, 2100
"""Dates outside are broken: hardly a company is older, and later ones are typing errors or stand for "never"."""

CURRENCY = r"usd|eur|gbp|chf|inr|jpy|sek|nok|dkk|pln|\brs\.?|us\$"
JUNK = rf"[\s\x{{a0}}\x{{202f}}\x{{2009}}'’_+$€£¥₹~]|{CURRENCY}"
SCALES = {"k": 1e3, "tsd": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "million": 1e6,
          "millions": 1e6, "lakh": 1e5, "crore": 1e7, "b": 1e9, "bn": 1e9, "mrd": 1e9, "billion": 1e9,
          "tn": 1e12}  # fmt: skip
ENGLISH = r"\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?|\d+(\.\d*)?|\.\d+"
CONTINENTAL = r"\d{1,3}(\.\d{3})+(,\d+)?|\d+(,\d*)?|,\d+"

TIME_OF_DAY = r"(T|\s+)\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(am|pm)?\s*(z|utc|gmt|[+-]\d{2}:?\d{2})?$"
MONTH_FORMATS = (
    "%d-%b-%y",
    "%b-%y",
    "%d-%b-%Y",
    "%d-%B-%Y",
    "%b-%d-%Y",
    "%B-%d-%Y",
    "%Y-%b-%d",
    "%b-%Y",
    "%B-%Y",
)
MONTH = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"


def one_of(text: str, words: Iterable[str], patterns: str = "") -> str:
    """SQL: the string is one of these words, in any case, or fits one of the patterns.

    A regular expression instead of an IN list, for which DuckDB keeps a vector per word and column.
    """
    choices = "|".join(re.escape(word).replace("/", "\\/") for word in words)
    return f"regexp_full_match({text}, {literal('(?i)' + '|'.join(filter(None, [choices, patterns])))})"


def is_placeholder(text: str, role: Role, keeps_na: bool) -> str:
    """SQL: the string stands for a missing value. ``keeps_na``: NA is a code here (Namibia)."""
    if role is Role.ID:
        return one_of(text, IN_AN_ID, "[-–—._?*#]+")
    words: tuple[str, ...] = NOTHING if keeps_na else (*NOTHING, "na")
    patterns = r"[-–—._?*#/\\ ]+|[xX]{3,}"
    if role is Role.POSTCODE:
        patterns += r"|9{4,}|0{4,}|0{5}-0{4}|9{5}-9{4}"
    if role is Role.NUMBER:
        words = tuple(word for word in words if word != "nan")
    # Placeholders are short: checking the length first spares long texts the pattern.
    return f"(length({text}) <= 24 AND {one_of(text, words, patterns)})"


def let(value: str, name: str, body: str) -> str:
    """SQL that computes ``value`` once for a body that uses ``name`` several times."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def number(text: str, decimal_comma: bool) -> str:
    """SQL for a DOUBLE (perhaps NaN or infinite): 1,200 · 1.200,50 · € 3.4m · 10k · (500) · 12% as 0.12."""
    bare = f"regexp_replace(lower({text}), {literal(JUNK)}, '', 'g')"
    fields = "['sign', 'digits', 'power', 'scale', 'percent']"
    shape = r"^(\(|-|−)?([\d.,]+)(e-?\d+)?([a-z]*)\.?(%?)[\)-]?$"
    grouping, point, pattern = (".", ",", CONTINENTAL) if decimal_comma else (",", ".", ENGLISH)
    words = "[" + ", ".join(literal(word) for word in ("", *SCALES)) + "]"
    scale = f"{[1.0, *SCALES.values()]}[list_position({words}, p.scale)]"
    value = (
        f"CASE WHEN regexp_full_match(p.digits, {literal(pattern)}) THEN "
        f"TRY_CAST(replace(replace(p.digits, '{grouping}', ''), '{point}', '.') || p.power AS DOUBLE) "
        f"* {scale} * CASE WHEN p.percent = '' THEN 1 ELSE 0.01 END END"
    )
    signed = f"{value} * CASE WHEN p.sign = '' AND NOT ends_with(t, '-') THEN 1 ELSE -1 END"
    slow = let(bare, "t", let(f"regexp_extract(t, {literal(shape)}, {fields})", "p", signed))
    fast = f"TRY_CAST({text} AS DOUBLE)"
    if decimal_comma:
        fast = f"CASE WHEN NOT contains({text}, '.') THEN {fast} END"
    return (
        f"coalesce({fast}, CASE WHEN length({text}) < 40 AND regexp_matches({text}, '[0-9]') THEN {slow} END)"
    )


LARGEST = 1e30
"""Numbers beyond are taken for infinite: sums of a hundred million of these still fit in single precision."""


def finite(value: str) -> str:
    """SQL: the DOUBLE, or NULL where it is NaN, infinite or beyond LARGEST."""
    return f"CASE WHEN abs({value}) <= {LARGEST} THEN {value} END"


def is_infinite(value: str) -> str:
    """SQL: the DOUBLE is NaN, infinite or beyond LARGEST; NULL where it is missing."""
    return f"NOT abs({value}) <= {LARGEST}"


def numbers_in(text: str) -> str:
    """SQL for the list of numbers in a text such as "1,000 to 4,999", "10k-50k", "25-50%"."""
    joined = f"regexp_replace({text}, '([0-9])[, ’'']([0-9]{{3}})\\b', '\\1\\2', 'g')"
    tokens = f"regexp_extract_all(lower({joined}), '[0-9]+(?:[.][0-9]+)?(?:[km]\\b)?')"
    return (
        f"list_transform({tokens}, lambda t: TRY_CAST(rtrim(t, 'km') AS DOUBLE) * "
        "CASE WHEN t LIKE '%k' THEN 1e3 WHEN t LIKE '%m' THEN 1e6 ELSE 1 END)"
    )


BELOW = r"<|≤|less|under|up to|below|fewer|max|bis zu|at most|jusqu"
ABOVE = r">|≥|\+|over|more|above|at least|min|from|ab |plus de"


def band(text: str) -> str:
    """SQL for a band as one number: its ends' geometric mean, half of a lone upper end, or a lone lower end."""
    value = (
        "CASE WHEN len(n) = 2 AND n[1] < n[2] THEN CASE WHEN n[1] > 0 THEN sqrt(n[1] * n[2]) ELSE n[2] / 2 END "
        f"WHEN len(n) = 1 AND regexp_matches(lower({text}), {literal(BELOW)}) THEN n[1] / 2 "
        f"WHEN len(n) = 1 AND regexp_matches(lower({text}), {literal(ABOVE)}) THEN n[1] "
        f"WHEN len(n) = 1 THEN TRY_CAST({text} AS DOUBLE) END"
    )
    return let(numbers_in(text), "n", value)


def is_band(text: str) -> str:
    """SQL: the text is a band with two ends (a < b)."""
    shape = (
        r"[^0-9]{0,12}[0-9][0-9., ’'']*[km]?\s*(-|–|—|to|bis|and|à|a)\s*[0-9][0-9., ’'']*[km]?[^0-9]{0,24}"
    )
    rising = let(numbers_in(text), "n", "len(n) = 2 AND n[1] < n[2]")
    return f"(regexp_full_match(lower({text}), '{shape}') AND {rising})"


def day(text: str, month_first: bool) -> str:
    """SQL for a DATE in FIRST_YEAR to LAST_YEAR: ISO, d/m/y or m/d/y, "3 Mar 2011", "Mar 2011", 20110331, 2011."""
    dated = f"regexp_replace({text}, {literal(TIME_OF_DAY)}, '', 'i')"
    first, second = ("%m", "%d") if month_first else ("%d", "%m")
    shapes = {
        r"\d{4}-\d{1,2}-\d{1,2}": "%Y-%m-%d",
        r"\d{1,2}-\d{1,2}-\d{4}": f"{first}-{second}-%Y",
        r"\d{1,2}-\d{1,2}-\d{2}": f"{first}-{second}-%y",
        r"\d{8}": "%Y%m%d",
        r"\d{4}": "%Y",
        r"\d{4}-\d{1,2}": "%Y-%m",
        r"\d{1,2}-\d{4}": "%m-%Y",
    }
    arms = " ".join(
        f"WHEN regexp_full_match(x, '{shape}') THEN try_strptime(x, '{form}')"
        for shape, form in shapes.items()
    )
    formats = ", ".join(literal(form) for form in MONTH_FORMATS)
    words = "regexp_replace(x, '([0-9])(st|nd|rd|th)\\b', '\\1', 'i')"
    named = f"WHEN regexp_matches(x, '{MONTH}', 'i') THEN try_strptime({words}, [{formats}])"
    slow = let(f"regexp_replace({dated}, '[/.,\\s]+', '-', 'g')", "x", f"CASE {arms} {named} END")
    # Dates as databases write them are cast: a hundred times as fast as parsing.
    is_iso = f"regexp_full_match({text}, '\\d{{4}}-\\d\\d-\\d\\d([T ].*)?')"
    iso = f"CASE WHEN {is_iso} THEN TRY_CAST({text} AS TIMESTAMP) END"
    moment = f"coalesce({iso}, CASE WHEN regexp_matches({text}, '[0-9]') THEN {slow} END)"
    return f"CASE WHEN length({text}) BETWEEN 4 AND 40 THEN {let(moment, 'm', within_range('m'))} END"


def within_range(moment: str) -> str:
    """SQL: the day of a timestamp, or NULL outside FIRST_YEAR to LAST_YEAR."""
    return f"CASE WHEN year({moment}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN ({moment})::DATE END"


def epoch_day(text: str) -> str:
    """SQL for the day of a Unix time in seconds (10 digits) or milliseconds (13)."""
    number = f"CASE WHEN length({text}) <= 13 THEN TRY_CAST({text} AS BIGINT) END"
    seconds = f"CASE WHEN length({text}) = 13 THEN {number} // 1000 ELSE {number} END"
    return within_range(f"make_timestamp({seconds} * 1000000)")


def yes_or_no(text: str) -> str:
    """SQL for a BOOLEAN."""
    return f"CASE WHEN {one_of(text, YES)} THEN true WHEN {one_of(text, NO)} THEN false END"
