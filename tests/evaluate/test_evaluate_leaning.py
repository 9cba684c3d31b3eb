"""What the ranking still explains of a column that was left out."""

from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from graphlead.evaluate.leaning import leaning


def test_a_ranking_by_the_column_is_explained_by_it() -> None:
    values = pa.chunked_array([["north"] * 50, ["south"] * 50])
    found = leaning("region", values, top=20)
    # Two halves of a ranking explain 3/4 of its variation: 1 - (99/98) * (2 * 50 * (50^2-1)/12) / (100*(100^2-1)/12).
    assert found.explained == pytest.approx(1 - 99 / 98 * 2 * 50 * 2499 / (100 * 9999))
    assert (found.value, found.lift) == ("north", 2.0)
    assert "region was left out" in found.sentence()
    assert "north is 2.0 times as frequent" in found.sentence()
    assert "strongly" in found.sentence()


def test_a_column_that_has_nothing_to_do_with_it_explains_nothing_however_many_values_it_has() -> None:
    draw = np.random.default_rng(3)
    values = pa.chunked_array([draw.integers(0, 400, 4000).astype(str)])
    assert leaning("city", values, top=100).explained < 0.02


def test_numbers_and_dates_are_taken_by_bands_and_missing_values_by_themselves() -> None:
    numbers = pa.chunked_array([[*map(float, range(1000, 0, -1)), *[None] * 100]])
    found = leaning("employees", numbers, top=100)
    assert found.explained > 0.9
    assert found.value == "900.1 to 1,000"
    assert found.lift == pytest.approx(11, rel=0.02)
    days = pa.chunked_array(
        [[datetime.date(2020, 1, 1) + datetime.timedelta(days=day) for day in range(500)]]
    )
    assert leaning("founded", days, top=50).value == "2020-01-01 to 2020-02-19"


@pytest.mark.parametrize(
    ("scale", "band"),
    [(2004.9983, "1,804,699 to 2,004,998"), (2.0, "1,800 to 2,000"), (2e-6, "0.0018 to 0.002")],
)
def test_bands_are_plain_numbers_however_large_or_small(scale: float, band: str) -> None:
    numbers = pa.chunked_array([[scale * number for number in range(1000, 0, -1)]])
    assert leaning("revenue", numbers, top=100).value == band


@pytest.mark.parametrize("values", [[None] * 30, ["same"] * 30, [2.0] * 30, []])
def test_a_column_without_information(values: list[object]) -> None:
    kind = pa.float64() if values[:1] == [2.0] else pa.string()
    found = leaning("x", pa.chunked_array([values], kind), top=10)
    assert (found.explained, found.value, found.lift) == (0.0, "", 1.0)
    assert "next to nothing" in found.sentence()
