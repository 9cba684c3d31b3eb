"""How many clients will be won: by dates planted in a cohort, by what is given, and where dates are of no use."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from graphlead.core.clients import Cohort
from graphlead.core.errors import SettingsError
from graphlead.evaluate.wins import ASSUMED_DEVIATION, wins_of

TODAY = date(2026, 11, 25)
N = 1000


def cohort(days: list[str]) -> Cohort:
    """A cohort of N companies with a client for each day; an empty day is none."""
    won = np.array([day or "NaT" for day in days], "datetime64[D]")
    return Cohort(
        n_companies=N, clients=np.arange(len(days), dtype=np.int32), suppressed=np.zeros(0, np.int32), won=won
    )


def monthly(first: str, months: int) -> list[str]:
    """A day in each month from ``first`` on, such as 2020-01."""
    return [f"{month}-10" for month in np.datetime64(first, "M") + np.arange(months)]


def test_the_clients_of_the_last_24_months_are_counted_to_the_last_date() -> None:
    wins = wins_of(cohort(monthly("2015-01", 60)), None, None, TODAY)
    assert (wins.basis, wins.months, wins.past, wins.count) == ("dates", 24, 24, 24)
    assert wins.notes == ()


def test_a_shorter_history_gives_a_shorter_horizon() -> None:
    wins = wins_of(cohort([*monthly("2026-01", 8), "2026-08-31"]), None, None, TODAY)
    assert (wins.months, wins.past) == (7, 8)


def test_undated_clients_count_by_half_in_the_logarithm_and_widen_the_interval() -> None:
    dated = wins_of(cohort(monthly("2015-01", 60)), None, None, TODAY)
    partly = wins_of(cohort([*monthly("2015-01", 60), *[""] * 20]), None, None, TODAY)
    assert partly.past == 24
    assert partly.count == pytest.approx(24 * (80 / 60) ** 0.5)
    assert partly.deviation > dated.deviation


def test_more_wins_are_surer() -> None:
    few, many = (wins_of(cohort(monthly("2015-01", 60) * times), None, None, TODAY) for times in (1, 10))
    assert many.deviation < few.deviation


@pytest.mark.parametrize(
    ("days", "note"),
    [
        ([""] * 30, ""),
        (["2024-05-01"] * 30, "30 of 30 clients have the date 2024-05-01"),
        (["2024-05-01", *[""] * 29], "Only 1 of 30 clients have a date"),
        (["2024-05-01", *[""] * 0, *["2024-05-01"] * 15, *monthly("2020-01", 14)], "16 of 30 clients have the date"),
        ([f"2024-05-{day:02}" for day in range(1, 31)], "less than 3 months"),
        (["2099-01-01"] * 20 + monthly("2020-01", 10), "20 clients have a date in the future"),
    ],
)  # fmt: skip
def test_where_dates_are_of_no_use_a_third_of_the_clients_is_assumed(days: list[str], note: str) -> None:
    wins = wins_of(cohort(days), None, None, TODAY)
    assert (wins.basis, wins.months, wins.past) == ("assumed", 24, 0)
    assert wins.count == pytest.approx(10)
    assert wins.deviation == ASSUMED_DEVIATION
    assert "".join(wins.notes).startswith(note) or note in "".join(wins.notes)
    assert bool(wins.notes) == bool(note)


def test_dates_in_the_future_are_named_and_count_as_undated() -> None:
    wins = wins_of(cohort([*monthly("2015-01", 60), "2026-11-26", "2107-03-01"]), None, None, TODAY)
    assert (wins.basis, wins.past) == ("dates", 24)
    assert wins.notes == ("2 clients have a date in the future: they count as undated.",)
    today = wins_of(cohort([*monthly("2015-01", 60), "2026-11-25"]), None, None, TODAY)
    assert (today.past, today.notes) == (1, ())


def test_what_is_given_goes_before_the_dates() -> None:
    dated = cohort(monthly("2015-01", 60))
    expect = wins_of(dated, 50, 0.1, TODAY)
    assert (expect.basis, expect.count, expect.months) == ("expect", 50, 24)
    prior = wins_of(dated, None, 0.1, TODAY)
    assert (prior.basis, prior.count, prior.months) == ("prior", pytest.approx(94), None)


def test_more_than_there_are_companies_to_win_is_refused_with_a_remedy() -> None:
    with pytest.raises(SettingsError, match="only 970 companies") as caught:
        wins_of(cohort([""] * 30), 971, None, TODAY)
    assert caught.value.where == "--expect"
    assert "24 months" in caught.value.remedy
    assert wins_of(cohort([""] * 30), 970, None, TODAY).count == 970


def test_no_more_are_expected_than_there_are_candidates() -> None:
    won = np.full(30, "NaT", "datetime64[D]")
    few = Cohort(
        n_companies=35, clients=np.arange(30, dtype=np.int32), suppressed=np.zeros(0, np.int32), won=won
    )
    assert wins_of(few, None, None, TODAY).count == 5
