"""Planted events: what lies ahead of a day changes nothing that is known on it, and decides the outcome alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_events import AS_OF, OPTIONS, by_hand, by_row, file_of, order, orders, outcomes

from graphlead.core.errors import InputError
from graphlead.ingest.cases.events.build import read_again, read_events


@pytest.mark.parametrize("days", [0, 1, 40])
def test_events_from_the_day_on_change_nothing_and_are_counted(tmp_path: Path, days: int) -> None:
    table = orders()
    later = order("K00", AS_OF + timedelta(days=days))
    before = read_events([file_of(tmp_path / "a", table)], OPTIONS)
    after = read_events([file_of(tmp_path / "b", pd.concat([table, later]))], OPTIONS)
    pd.testing.assert_frame_equal(by_row(after.cases), by_row(before.cases))
    assert outcomes(after.cases) == outcomes(before.cases)
    assert f"1 rows of orders.csv are of {AS_OF} or later: no feature knows of them." in after.notes
    assert not any("later" in note for note in before.notes)


@pytest.mark.parametrize("days", [0, 29])
def test_an_event_within_the_period_of_a_cut_decides_its_outcome_alone(tmp_path: Path, days: int) -> None:
    table = orders()
    before = read_events([file_of(tmp_path / "a", table)], OPTIONS).cases
    left = outcomes(before)
    customer, cut = next(key for key, outcome in left.items() if outcome == 1)
    region = table.region[table.customer_id == customer].iloc[0]
    planted = order(customer, cut + timedelta(days=days)).assign(region=region)
    after = read_events([file_of(tmp_path / "b", pd.concat([table, planted]))], OPTIONS).cases
    assert outcomes(after)[customer, cut] == 0
    earlier = pd.Timestamp(cut)
    rows = [
        frame[frame.index.get_level_values("day") <= earlier] for frame in (by_row(before), by_row(after))
    ]
    pd.testing.assert_frame_equal(rows[1], rows[0], check_like=True)


def test_cuts_of_a_year_lie_whole_years_apart(tmp_path: Path) -> None:
    days = pd.date_range("2019-01-01", "2024-06-30", freq="20D").strftime("%Y-%m-%d")
    table = pd.DataFrame(
        {"customer_id": np.tile(["a", "b"], len(days) // 2), "order_date": days[: len(days) // 2 * 2]}
    )
    cases = read_events([file_of(tmp_path, table)], replace(OPTIONS, within=365)).cases
    assert sorted({str(day) for day in cases.day}) == [f"{year}-07-01" for year in range(2020, 2025)]


def test_no_purchase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no row is a purchase of a customer on a day"):
        read_events([file_of(tmp_path, by_hand().assign(amount=[-1, -2, -3, 0, -1, -2, -3, -4]))], OPTIONS)


def test_later_events_give_the_features_that_were_learned_from(tmp_path: Path) -> None:
    table = orders().drop(columns="region")
    found = read_events([file_of(tmp_path / "a", table)], OPTIONS)
    table["channel"] = np.where(table.customer_id < "K20", "web", "shop")
    again = read_again([file_of(tmp_path / "b", table)], found.layout, None).cases
    assert again.columns == found.cases.columns


def test_ids_keep_their_zeros_and_files_of_any_format_are_alike(tmp_path: Path) -> None:
    table = by_hand()
    table["order_date"] = pd.to_datetime(table.order_date)
    found = [
        read_events([file_of(tmp_path, table, name)], OPTIONS).cases
        for name in ("orders.csv", "orders.csv.gz", "orders.parquet")
    ]
    assert set(found[0].ids) == {"007", "042"}
    for each in found[1:]:
        pd.testing.assert_frame_equal(by_row(each), by_row(found[0]))
        assert outcomes(each) == outcomes(found[0])
