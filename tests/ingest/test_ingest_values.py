"""Numbers, bands, dates, yes and no as people write them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.core.register import Role
from graphlead.ingest import values
from graphlead.ingest.shares import bounds, is_per_cent


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    yield connection
    connection.close()


def ask(db: duckdb.DuckDBPyConnection, sql: str, text: str) -> object:
    return db.execute(f"SELECT {sql} FROM (SELECT ? AS x)", [text]).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200", 1200), ("1,200.50", 1200.5), ("€ 3.4m", 3.4e6), ("10k", 1e4), ("(500)", -500), ("12%", 0.12),
        ("-5", -5), ("5-", -5), ("1e5", 1e5), ("1,00,000", 1e5), ("$1.2 billion", 1.2e9), ("1 200", 1200),
        ("1'200", 1200), ("USD 5", 5), (".5", 0.5), ("1000+", 1000), ("−7", -7),
    ],
)  # fmt: skip
def test_numbers(db: duckdb.DuckDBPyConnection, text: str, number: float) -> None:
    assert ask(db, values.number("x", decimal_comma=False), text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["abc", "1,2,3", "93110,93130", "Series 5", "12 Main Street", "1.2.3"])
def test_what_is_no_number(db: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(db, values.number("x", decimal_comma=False), text) is None


@pytest.mark.parametrize(
    ("text", "number"), [("1.200,50", 1200.5), ("3,5", 3.5), ("1.200", 1200), ("1200,5 €", 1200.5)]
)
def test_numbers_with_a_decimal_comma(db: duckdb.DuckDBPyConnection, text: str, number: float) -> None:
    assert ask(db, values.number("x", decimal_comma=True), text) == pytest.approx(number)


@settings(max_examples=60, deadline=None)
@given(st.floats(-1e12, 1e12, allow_nan=False).map(lambda value: round(value, 2)))
def test_both_ways_to_group_digits_give_the_same_value(value: float) -> None:
    english = f"{value:,.2f}"
    continental = english.translate(str.maketrans(",.", ".,"))
    with duckdb.connect() as db:
        assert ask(db, values.number("x", decimal_comma=False), english) == pytest.approx(value)
        assert ask(db, values.number("x", decimal_comma=True), continental) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "number"),
    [("250 to 499", math.sqrt(250 * 499)), ("10-49", math.sqrt(490)), ("1000+", 1000), ("Less than 250", 125),
     ("20,000 or more", 20000), ("1,000 to 4,999", math.sqrt(1000 * 4999)), ("0-9", 4.5), ("10k-50k", math.sqrt(5e8))],
)  # fmt: skip
def test_bands(db: duckdb.DuckDBPyConnection, text: str, number: float) -> None:
    assert ask(db, values.band("x"), text) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2011-03-04", dt.date(2011, 3, 4)), ("2011-03-04T10:00:00Z", dt.date(2011, 3, 4)),
        ("04/03/2011", dt.date(2011, 3, 4)), ("4.3.2011", dt.date(2011, 3, 4)), ("Mar 2011", dt.date(2011, 3, 1)),
        ("3 March 2011", dt.date(2011, 3, 3)), ("1st Jan 2020", dt.date(2020, 1, 1)), ("20110304", dt.date(2011, 3, 4)),
        ("2011", dt.date(2011, 1, 1)), ("03-Mar-11", dt.date(2011, 3, 3)), ("March 3, 2011", dt.date(2011, 3, 3)),
        ("2020/04/03 14:47:45", dt.date(2020, 4, 3)),
        ("31/31/2011", None), ("2019-02-30", None), ("1400-01-01", None), ("9999-12-31", None), ("05/072018", None),
    ],
)  # fmt: skip
def test_days(db: duckdb.DuckDBPyConnection, text: str, day: dt.date | None) -> None:
    assert ask(db, values.day("x", month_first=False), text) == day


def test_the_month_may_come_first(db: duckdb.DuckDBPyConnection) -> None:
    assert ask(db, values.day("x", month_first=True), "04/13/2011") == dt.date(2011, 4, 13)


def test_unix_times(db: duckdb.DuckDBPyConnection) -> None:
    assert ask(db, values.epoch_day("x"), "1300000000") == dt.date(2011, 3, 13)
    assert ask(db, values.epoch_day("x"), "1300000000000") == dt.date(2011, 3, 13)


@pytest.mark.parametrize("text", ["n/a", "-", "XXX", "unknown", "#N/A", "TBD", "0000-00-00", ".", "Test"])
def test_words_for_nothing(db: duckdb.DuckDBPyConnection, text: str) -> None:
    assert ask(db, values.is_placeholder("x", Role.CATEGORY, keeps_na=True), text) is True


def test_na_is_a_placeholder_only_where_it_is_no_code(db: duckdb.DuckDBPyConnection) -> None:
    assert ask(db, values.is_placeholder("x", Role.CATEGORY, keeps_na=False), "NA") is True
    assert ask(db, values.is_placeholder("x", Role.COUNTRY, keeps_na=True), "NA") is False


def test_nines_are_nothing_only_in_postcodes(db: duckdb.DuckDBPyConnection) -> None:
    assert ask(db, values.is_placeholder("x", Role.POSTCODE, keeps_na=False), "99999") is True
    assert ask(db, values.is_placeholder("x", Role.NUMBER, keeps_na=False), "99999") is False


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("25%", 25, 25), ("0.4", 0.4, 0.4), ("25-50", 25, 50), ("25-50%", 25, 50), ("75 to 100", 75, 100),
     ("less than 5%", 0, 5), ("-3", -3, -3), ("12,5", 12.5, 12.5),
     ("ownership-of-shares-25-to-50-percent", 25, 50)],
)  # fmt: skip
def test_bounds_of_shares(db: duckdb.DuckDBPyConnection, text: str, low: float, high: float) -> None:
    assert ask(db, bounds("x"), text) == [low, high]


def test_an_open_band_has_no_upper_bound(db: duckdb.DuckDBPyConnection) -> None:
    found = ask(db, bounds("x"), "more than 75%")
    assert isinstance(found, list)
    assert found[0] == 75
    assert math.isnan(found[1])


def test_the_unit_of_shares_is_decided_for_the_column() -> None:
    assert is_per_cent(signs=0, largest=100, above_one=3, known=9)
    assert is_per_cent(signs=1, largest=0.5, above_one=0, known=9)
    assert not is_per_cent(signs=0, largest=1.0, above_one=0, known=9)
    assert not is_per_cent(signs=0, largest=1.2, above_one=1, known=9)
