"""Tables of orders as purchases: who bought what on which day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made_events import AS_OF, file_of, orders

from graphlead.core.arrays import NONE
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.purchases import Lines, Purchases
from graphlead.ingest.cases.events.layout import EventOptions
from graphlead.ingest.cases.events.purchase_files import load_purchases, save_purchases
from graphlead.ingest.cases.events.purchases import layout_of_purchases, read_purchases

HAND = [
    ("b", "2024-01-10", "tea", 2, 3.0, "north"),
    ("b", "2024-01-10", "tea", 1, 3.0, "north"),
    ("b", "2024-02-10", "pot", 1, 20.0, "north"),
    ("a", "2024-02-11", "tea", 5, 3.0, "south"),
    ("a", "2024-03-11", "tea", -5, 3.0, "south"),
    ("a", "2024-03-12", "mug", 1, 0.0, "south"),
    ("c", "2024-03-12", "cup", -1, 4.0, "south"),
    ("a", "2024-04-01", "tea", 1, 3.0, "south"),
    ("a", "2024-03-31", "", 1, 9.0, "south"),
    ("", "2024-03-31", "tea", 1, 9.0, "south"),
]
OPTIONS = EventOptions(as_of=date(2024, 4, 1))


def by_hand() -> pd.DataFrame:
    return pd.DataFrame(HAND, columns=["customer_id", "order_date", "product", "quantity", "price", "region"])


@pytest.fixture
def found(tmp_path: Path) -> Purchases:
    return read_purchases([file_of(tmp_path, by_hand())], OPTIONS)


def rows(found: Purchases, lines: Lines) -> list[tuple[str, str, str, float, float]]:
    items = [*found.items, ""]
    columns = (lines.customer, lines.item, lines.day, lines.amount, lines.quantity)
    return [(found.customers[c], items[i], str(d), a, q) for c, i, d, a, q in zip(*columns, strict=True)]


def test_a_line_is_what_a_customer_bought_of_an_item_on_a_day(found: Purchases) -> None:
    assert list(found.customers) == ["a", "b"]
    assert list(found.items) == ["pot", "tea"]
    assert rows(found, found.bought) == [
        ("a", "", "2024-03-31", 9.0, 1.0),
        ("a", "tea", "2024-02-11", 15.0, 5.0),
        ("b", "pot", "2024-02-10", 20.0, 1.0),
        ("b", "tea", "2024-01-10", 9.0, 3.0),
    ]
    assert found.named == "product"
    assert found.size == "amount"


def test_a_return_is_never_a_purchase_and_a_price_of_nothing_is_none(found: Purchases) -> None:
    assert rows(found, found.returned) == [
        ("a", "", "2024-03-12", 0.0, 1.0),
        ("a", "tea", "2024-03-11", -15.0, -5.0),
    ]


def test_rows_that_are_not_used_are_counted(found: Purchases) -> None:
    assert "1 rows are of 2024-04-01 or later: nothing knows of them." in found.notes
    assert "1 rows have no customer or no time: left out." in found.notes
    assert "3 rows have an amount or a quantity of 0 or less: returns, not purchases." in found.notes
    assert "1 purchases have no item." in found.notes


def test_the_order_of_rows_and_parts_does_not_matter(found: Purchases, tmp_path: Path) -> None:
    table = by_hand()
    parts = [
        file_of(tmp_path, table.iloc[[8, 9, 1, 6]], "new.csv"),
        file_of(tmp_path, table.iloc[[0, 2, 3, 4, 5, 7]][table.columns[::-1]], "old.csv"),
    ]
    again = read_purchases(parts, OPTIONS)
    assert rows(again, again.bought) == rows(found, found.bought)


def test_it_is_read_back_exactly(found: Purchases, tmp_path: Path) -> None:
    save_purchases(found, tmp_path / "purchases")
    again = load_purchases(tmp_path / "purchases")
    for name in ("customers", "items"):
        assert list(getattr(again, name)) == list(getattr(found, name))
    for name in ("bought", "returned"):
        for column in ("customer", "item", "day", "amount", "quantity"):
            np.testing.assert_array_equal(
                getattr(getattr(again, name), column), getattr(getattr(found, name), column)
            )
    pd.testing.assert_frame_equal(again.of_items, found.of_items)
    pd.testing.assert_frame_equal(again.of_customers, found.of_customers)
    rest = ("as_of", "named", "size", "plan", "notes")
    assert [getattr(again, name) for name in rest] == [getattr(found, name) for name in rest]
    assert layout_of_purchases(again) == layout_of_purchases(found)


def test_newer_orders_are_read_by_the_plan_of_earlier_ones(found: Purchases, tmp_path: Path) -> None:
    newer = file_of(tmp_path, by_hand().head(4), "newer.csv")
    again = read_purchases([newer], EventOptions(), like=layout_of_purchases(found))
    assert again.as_of == date(2024, 2, 12)
    assert len(again.bought) == 3
    lacking = file_of(tmp_path, by_hand().drop(columns="price"), "lacking.csv")
    with pytest.raises(InputError, match=r"'price' is missing"):
        read_purchases([lacking], EventOptions(), like=layout_of_purchases(found))


def offers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "sku": [1, 2, 3, 4],
            "name": ["black tea", "green tea", "pot", "urn"],
            "kind": ["drink", "drink", "dish", "dish"],
            "colour": ["black", "green", "white", "white"],
        }
    )


def with_items(folder: Path, sold: Sequence[int], options: EventOptions) -> Purchases:
    table = pd.DataFrame(
        {"customer_id": [f"k{i}" for i in range(len(sold))], "day": "2024-01-02", "sku": sold}
    )
    return read_purchases([file_of(folder, table)], options, file_of(folder, offers(), "products.csv"))


def test_items_are_described_also_those_that_nobody_bought(tmp_path: Path) -> None:
    found = with_items(tmp_path, [1, 1, 2, 9], EventOptions(as_of=date(2024, 4, 1)))
    assert list(found.items) == ["1", "2", "3", "4", "9"]
    assert list(found.of_items["kind"]) == ["drink", "drink", "dish", "dish", None]
    assert set(found.bought.item) == {0, 1, 4}


def test_the_item_may_be_a_column_of_the_items(tmp_path: Path) -> None:
    found = with_items(tmp_path, [1, 1, 2, 3], EventOptions(as_of=date(2024, 4, 1), item="kind"))
    assert list(found.items) == ["dish", "drink"]
    assert list(found.of_items["colour"]) == ["white", "black"]
    assert list(found.bought.item) == [1, 1, 1, 0]


def test_columns_that_are_the_same_for_a_customer_or_an_item_describe_them(tmp_path: Path) -> None:
    table = orders().assign(shelf=lambda each: each["product"].map({"tea": "A", "mugs": "B", "pots": "B"}))
    found = read_purchases([file_of(tmp_path, table)], EventOptions(as_of=AS_OF))
    assert list(found.of_items) == ["shelf"]
    assert list(found.of_items["shelf"]) == ["B", "B", "A"]
    assert list(found.of_customers) == ["region"]
    assert list(found.of_customers["region"][:2]) == ["north", "south"]


def test_without_an_item_column_it_is_asked_for_where_one_is_needed(tmp_path: Path) -> None:
    table = by_hand().rename(columns={"product": "thing"})
    path = file_of(tmp_path, table)
    with pytest.raises(InputError, match=r"no column is called like what was bought; .*thing.*--item thing"):
        read_purchases([path], OPTIONS)
    found = read_purchases([path], OPTIONS, needs_items=False)
    assert len(found.items) == 0
    assert set(found.bought.item) == {NONE}
    assert list(read_purchases([path], EventOptions(item="thing")).items) == ["pot", "tea"]


def test_a_wrong_item_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no column 'produkt'. Did you mean 'product'\?"):
        read_purchases([file_of(tmp_path, by_hand())], EventOptions(item="produkt"))


def test_no_purchase_before_the_day_is_refused_with_the_first(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no purchase before 2023-01-01. The first is of 2024-01-10"):
        read_purchases([file_of(tmp_path, by_hand())], EventOptions(as_of=date(2023, 1, 1)))
    with pytest.raises(InputError, match="no row is a purchase"):
        read_purchases([file_of(tmp_path, by_hand().iloc[[4, 5, 6]])], EventOptions())
