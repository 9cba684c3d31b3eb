"""Profiles of columns: counts of what their values look like, measured on a sample of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from graphlead.core.register import Role
from graphlead.engines.duckdb import Db, literal, one_row
from graphlead.ingest.headers import is_date, normalised
from graphlead.ingest.life import is_ended, is_inactive, is_living
from graphlead.ingest.open_file import Source
from graphlead.ingest.values import (
    band,
    day,
    epoch_day,
    finite,
    is_band,
    is_placeholder,
    number,
    yes_or_no,
)

SAMPLE_ROWS = 10_000
"""Rows sampled at most: a share's standard error is then at most half a per cent."""

SAMPLE_CELLS = 1_000_000
"""Cells sampled at most: very wide files get fewer rows, to bound time and memory."""

DIGITS = 0.3
"""Share of values with a digit below which the costly measures (numbers, bands, dates) are skipped."""

LONGEST_STATUS = 60
"""Characters up to which a text may be the state of a company: longer ones are spared the patterns."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Counts over the sampled rows; ``filled`` and ``distinct`` (approximate) over all rows.

    ``sampled``: values in the sample that are not placeholders. The other fields count those of them that have the
    form in the field's name; ``words`` is a mean, ``longest`` a maximum, ``evenness`` the distance of the quartiles of
    plain numbers over their range (0.5 for even ones). Zero where it cannot apply to the type.
    """

    filled: int
    distinct: int
    sampled: int
    words: float
    longest: int
    continental: int
    english: int
    leading_zeros: int
    years: int
    first_above_12: int
    second_above_12: int
    booleans: int
    noes: int
    living: int
    inactive: int
    ended: int
    emails: int
    urls: int
    phones: int
    codes: int
    two_letters: int
    nace: int
    digits_4: int
    digits_5: int
    digits_2_to_6: int
    point_zero: int
    wholes: int
    evenness: float
    with_digit: int
    plain_numbers: int
    numbers: int
    comma_numbers: int
    bands: int
    band_numbers: int
    days: int
    month_first_days: int
    digit_days: int
    epochs: int

    def share(self, count: int) -> float:
        """``count`` as a share of the sampled values."""
        return count / self.sampled if self.sampled else 0.0

    @property
    def uniqueness(self) -> float:
        """Distinct values per filled row, over the whole file."""
        return min(1.0, self.distinct / self.filled) if self.filled else 0.0


EVENNESS = "any_value(evenness)"


def _times(condition: str) -> str:
    """SQL: how many rows have a value that fulfils the condition; ``n`` rows have each value."""
    return f"coalesce(sum(n) FILTER ({condition}), 0)::BIGINT"


def _cheap_text_measures(x: str) -> tuple[str, ...]:
    """SQL of the fields of Profile from ``sampled`` to ``plain_numbers``, for a text column."""

    def like(pattern: str) -> str:
        return _times(f"regexp_full_match({x}, {literal(pattern)})")

    def above_12(group: int) -> str:
        parts = r"'^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}.*$'"
        return _times(f"TRY_CAST(regexp_extract({x}, {parts}, {group}) AS INTEGER) > 12")

    return (
        _times("true"),
        f"coalesce(sum(n * (length({x}) - length(replace({x}, ' ', '')) + 1)) / sum(n), 0)",
        f"coalesce(max(length({x})), 0)",
        like(r"[^0-9]*(\d{1,3}(\.\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|\d{1,3}(\.\d{3}){2,})[^0-9]*"),
        like(r"[^0-9]*(\d{1,3}(,\d{3})+\.\d+|\d+\.\d{1,2}|\d+\.\d{4,}|\d{1,3}(,\d{3}){2,})[^0-9]*"),
        like(r"0\d+"),
        like(r"(1[5-9]|20)\d\d"),
        above_12(1),
        above_12(2),
        _times(f"{yes_or_no(x)} IS NOT NULL"),
        _times(f"NOT {yes_or_no(x)}"),
        *(
            _times(f"length({x}) <= {LONGEST_STATUS} AND {stated(x)}")
            for stated in (is_living, is_inactive, is_ended)
        ),
        like(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
        like(
            r"(?i)(https?://\S+|www\.\S+|[a-z0-9-]+(\.[a-z0-9-]+)*\.(com|org|net|eu|io|co|[a-z]{2})(/\S*)?)"
        ),
        like(r"[+(]?[0-9][0-9 ()/.-]{6,}"),
        _times(f"regexp_full_match({x}, '\\S{{1,40}}') AND regexp_matches({x}, '[0-9]')"),
        like("[A-Z]{2}"),
        like(r"[A-U]|[A-U]?\d{2}\.\d{1,2}(\.\d{1,2})?|[A-U]\.?\d{2,5}"),
        like(r"\d{4}"),
        like(r"\d{5}([,;| ]+\d{5})*"),
        like(r"\d{2,6}"),
        like(r"\d+\.0"),
        like(r"-?\d+(\.0+)?"),
        EVENNESS,
        _times(f"regexp_matches({x}, '[0-9]')"),
        _known(finite(f"TRY_CAST({x} AS DOUBLE)")),
    )


def _known(value: str) -> str:
    return _times(f"{value} IS NOT NULL")


def _costly_text_measures(x: str) -> tuple[str, ...]:
    """SQL of the remaining fields, from ``numbers`` on."""
    first_day, digits = day(x, month_first=False), f"regexp_full_match({x}, '\\d+')"
    return (
        _known(finite(number(x, decimal_comma=False))),
        _known(finite(number(x, decimal_comma=True))),
        _times(f"length({x}) < 40 AND {is_band(x)}"),
        _known(f"(CASE WHEN length({x}) < 40 THEN {band(x)} END)"),
        _known(f"({first_day})"),
        _known(f"({day(x, month_first=True)})"),
        _times(f"({first_day}) IS NOT NULL AND {digits}"),
        _epochs(x),
    )


def _epochs(text: str) -> str:
    shape = f"regexp_full_match({text}, '1\\d{{9}}(\\d{{3}})?')"
    return _times(f"({epoch_day(text)}) IS NOT NULL AND {shape}")


def _number_measures(x: str) -> tuple[str, ...]:
    """SQL of all fields from ``sampled`` on for a number column; its form as a string only where that matters."""
    text, filled = f"{x}::VARCHAR", _times("true")
    ones = f"CASE WHEN {_times(f'{x} NOT IN (0, 1)')} = 0 THEN {filled} ELSE 0 END"
    known = {"sampled": filled, "words": "1", "longest": f"coalesce(max(length({text})), 0)"}
    known |= {"numbers": filled, "booleans": ones, "epochs": _epochs(text), "codes": filled}
    known |= {"noes": _times(f"{x} = 0"), "wholes": _times(f"{x} = trunc({x})")}
    known |= {"evenness": EVENNESS}
    known |= {
        name: _times(f"regexp_full_match({text}, '{shape}')")
        for name, shape in {
            "years": r"(1[5-9]|20)\d\d(\.0)?", "digits_4": r"\d{4}", "digits_5": r"\d{5}",
            "digits_2_to_6": r"\d{2,6}(\.0)?",
        }.items()
    }  # fmt: skip
    return tuple(known.get(name, "0") for name in FIELDS)


def _other_measures(x: str, family: str) -> tuple[str, ...]:
    known = {"sampled": _times("true"), "words": "1"}
    known |= {"noes": _times(f"NOT {x}")} if family == "boolean" else {}
    return tuple(known.get(name, "0") for name in FIELDS)


N_COSTLY = 8
FIELDS = tuple(field.name for field in fields(Profile))[2:]


def _cheap(x: str, family: str) -> tuple[str, ...]:
    if family == "text":
        return _cheap_text_measures(x)
    return (_number_measures(x) if family in ("whole", "number") else _other_measures(x, family))[:-N_COSTLY]


def _costly(x: str, family: str) -> tuple[str, ...]:
    return _costly_text_measures(x) if family == "text" else _number_measures(x)[-N_COSTLY:]


def profile(db: Db, source: Source) -> tuple[Profile, ...]:
    """A Profile for every column of the source."""
    step = max(1, source.rows // min(SAMPLE_ROWS, SAMPLE_CELLS // len(source.names)))
    cleaned = ", ".join(
        f"CASE WHEN NOT {is_placeholder(c, Role.CATEGORY, False)} THEN {c} END AS {c}"
        if family == "text"
        else c
        for c, family in zip(source.columns, source.families, strict=True)
    )
    table = f"{source.view}_cleaned"
    db.execute(f"CREATE TEMP TABLE {table} AS SELECT {cleaned} FROM {source.sample(db, step)}")
    columns = list(zip(source.columns, source.families, strict=True))
    everywhere = [
        one_row(db, f"SELECT coalesce(sum(n), 0)::BIGINT, approx_count_distinct({c}) FROM {source.cells(c)}")
        for c in source.columns
    ]
    cheap = measure(db, table, columns, _cheap)
    asked = [i for i, name in enumerate(source.names) if _worth_asking(name, source.families[i], cheap[i])]
    answers = measure(db, table, [columns[i] for i in asked], _costly)
    costly = dict(zip(asked, answers, strict=True))
    db.execute(f"DROP TABLE {table}")
    # Without the costly measures a column's numbers are its plain numbers, and the rest is zero.
    return tuple(
        _profile_of((*whole, *part, *costly.get(i, (part[-1], *(0,) * (N_COSTLY - 1)))))
        for i, (whole, part) in enumerate(zip(everywhere, cheap, strict=True))
    )


def _profile_of(measures: tuple[Any, ...]) -> Profile:
    """The Profile of a column's measures, which are taken in the order of its fields."""
    names = (each.name for each in fields(Profile))
    return Profile(**dict(zip(names, measures, strict=True)))


def _worth_asking(name: str, family: str, cheap: tuple[Any, ...]) -> bool:
    """Whether a column may hold numbers as people write them, bands or dates."""
    sampled, with_digit, plain_numbers = cheap[0], cheap[-2], cheap[-1]
    if family != "text":
        return family in ("whole", "number")
    only_numbers = plain_numbers == sampled and not is_date(normalised(name))
    return not only_numbers and with_digit > DIGITS * sampled


def measure(
    db: Db,
    table: str,
    columns: list[tuple[str, str]],
    measures: Callable[[str, str], tuple[str, ...]],
) -> list[tuple[Any, ...]]:
    """The measures of every (column, family), over the values and how many rows have each of them.

    All texts are measured by one query: what takes time is to make sense of its patterns, not to apply them.
    """
    kinds = {family: [i for i, (_, each) in enumerate(columns) if each == family] for _, family in columns}
    found: dict[int, tuple[Any, ...]] = {}
    for family, members in kinds.items():
        for at in [members] if family == "text" else [[i] for i in members]:
            cells = " UNION ALL ".join(_cells_of(table, columns[i][0], i) for i in at)
            found |= _measured(db, cells, _as_number(family), measures("x", family))
    nothing = (0,) * len(measures("x", "text"))
    return [found.get(i, nothing) for i in range(len(columns))]


def _cells_of(table: str, column: str, at: int) -> str:
    return (
        f"SELECT {at} AS i, {column} AS x, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY x"
    )


def _as_number(family: str) -> str:
    """SQL of the value x as a number, NULL where it is none."""
    if family == "text":
        return finite("TRY_CAST(x AS DOUBLE)")
    return finite("x::DOUBLE") if family in ("whole", "number") else "NULL::DOUBLE"


def _measured(db: Db, cells: str, number: str, measures: tuple[str, ...]) -> dict[int, tuple[Any, ...]]:
    """The measures of each column i of the cells (i, x, n)."""
    quartiles = "quantile_cont(v, 0.75) - quantile_cont(v, 0.25)"
    found = db.execute(
        f"WITH cells AS MATERIALIZED ({cells}), every AS (SELECT i, {number} AS v, unnest(range(n)) FROM cells), "
        f"even AS (SELECT i, coalesce(({quartiles}) / nullif(max(v) - min(v), 0), 0) AS evenness FROM every "
        f"GROUP BY i) SELECT i, {', '.join(measures)} FROM cells JOIN even USING (i) GROUP BY i"
    ).fetchall()
    return {i: tuple(rest) for i, *rest in found}
