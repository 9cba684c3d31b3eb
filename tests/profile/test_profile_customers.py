"""Segments of customers: what purchases show, the number of segments, names, offers and what tells them apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import planted_segments as planted
import pytest
from sklearn.metrics import homogeneity_score

from graphlead.core.customers import Customers
from graphlead.core.errors import InputError, SettingsError
from graphlead.ingest.cases.events.layout import EventOptions
from graphlead.ingest.cases.events.purchases import read_purchases
from graphlead.profile.customers.apart import cohens_d, differences
from graphlead.profile.customers.axes import along
from graphlead.profile.customers.build import (
    Segmentation,
    described,
    find_segments,
    load_segmentation,
    save_segmentation,
    segmented,
)
from graphlead.profile.customers.clusters import Candidate, choose
from graphlead.profile.customers.curves import curves
from graphlead.profile.customers.names import BUYERS, names_of_buyers
from graphlead.profile.customers.offers import OFFERS, offers_for
from graphlead.profile.customers.purchased import customers_of
from graphlead.profile.customers.space import fit_space, principal, space_of
from graphlead.profile.customers.value import classes_of


def bought(folder: Path, orders: pd.DataFrame) -> Customers:
    orders.to_csv(folder / "orders.csv", index=False)
    options = EventOptions(as_of=date.fromisoformat(planted.AS_OF))
    return customers_of(read_purchases([folder / "orders.csv"], options, needs_items=False))


@pytest.fixture(scope="module")
def customers(tmp_path_factory: pytest.TempPathFactory) -> Customers:
    return bought(tmp_path_factory.mktemp("orders"), planted.orders())


@pytest.fixture(scope="module")
def found(customers: Customers) -> Segmentation:
    return find_segments(customers, np.zeros(len(customers), bool), 0, "orders.csv")


def kinds(customers: Customers) -> list[str]:
    return [str(id).rstrip("0123456789") for id in customers.ids]


def test_what_purchases_show_is_what_pandas_counts(customers: Customers) -> None:
    orders = planted.orders()
    each = orders.groupby("customer_id")
    expected = pd.DataFrame({
        "recency": (pd.Timestamp(planted.AS_OF) - each["date"].max()).dt.days,
        "frequency": each["date"].nunique(),
        "monetary": each["amount"].sum(),
        "variety": each["item"].nunique(),
    }).loc[list(customers.ids)]  # fmt: skip
    for name in expected:
        assert customers.table[name].to_numpy() == pytest.approx(expected[name].to_numpy(), rel=1e-9), name
    once = customers.table["rhythm"].isna().to_numpy()
    assert (once == (customers.frequency == 1)).all()
    assert customers.table["basket"].to_numpy() == pytest.approx(customers.monetary / customers.frequency)


def test_every_segment_is_of_one_planted_kind_and_has_a_fitting_name(
    customers: Customers, found: Segmentation
) -> None:
    table = segmented(found, customers)
    assert homogeneity_score(kinds(customers), table["segment"]) > 0.95
    assert len(set(found.names)) == len(found.names) <= 12
    medians = table.groupby("segment")[["recency", "frequency", "monetary"]].median()
    assert medians["monetary"].idxmax() in ("Champions", "Loyal")
    assert medians["recency"].idxmax() in ("Lapsing", "Lapsing big", "Lost big", "Lost")


def test_the_order_of_the_customers_has_no_influence(customers: Customers, found: Segmentation) -> None:
    turned = customers.rows(np.arange(len(customers))[::-1]).in_order()
    again = find_segments(turned, np.zeros(len(turned), bool), 0, "orders.csv")
    assert again.clusters.to_json() == found.clusters.to_json()
    assert again.names == found.names


def test_other_customers_of_the_same_kinds_get_the_segments_of_their_kind(
    customers: Customers, found: Segmentation, tmp_path: Path
) -> None:
    others = bought(tmp_path, planted.orders(seed=9, first=500))
    kind_of = (
        pd.Series(kinds(customers))
        .groupby(segmented(found, customers)["segment"])
        .agg(lambda held: held.mode()[0])
    )
    theirs = segmented(found, others)["segment"]
    assert (kind_of[theirs].to_numpy() == np.array(kinds(others))).mean() > 0.95


def test_a_segmentation_is_read_back_exactly(
    customers: Customers, found: Segmentation, tmp_path: Path
) -> None:
    save_segmentation(found, tmp_path / "model")
    again = load_segmentation(tmp_path / "model")
    assert segmented(again, customers).equals(segmented(found, customers))


def test_noise_has_no_part_in_the_fit(customers: Customers) -> None:
    wild = customers.table.copy()
    wild.iloc[:5, :] = 1e6
    odd = Customers(**{**vars(customers), "table": wild})
    apart = np.arange(len(customers)) < 5
    ours = find_segments(odd, apart, 0, "orders.csv")
    expected = find_segments(
        customers.rows(np.flatnonzero(~apart)), np.zeros(len(apart) - 5, bool), 0, "orders.csv"
    )
    assert ours.clusters.to_json() == expected.clusters.to_json()
    assert len(segmented(ours, odd)) == len(odd)


def test_few_customers_and_customers_all_alike_are_refused(customers: Customers) -> None:
    with pytest.raises(InputError, match=r"there are 19 customers; segments need at least 20\."):
        find_segments(customers.rows(np.arange(19)), np.zeros(19, bool), 0, "orders.csv")
    with pytest.raises(InputError, match="nothing tells these customers apart"):
        find_segments(planted.numbers(np.ones((30, 3))), np.zeros(30, bool), 0, "survey.csv")


def test_segments_and_their_values_add_up(customers: Customers, found: Segmentation) -> None:
    rows = described(found, customers, {"Champions": "Dinner"})
    assert sum(row["size"] for row in rows) == len(customers)
    assert sum(row["value"] for row in rows) == pytest.approx(customers.monetary.sum())
    assert sum(row["value_share"] for row in rows) == pytest.approx(1)
    champions = next(row for row in rows if row["segment"] == "Champions")
    assert champions["offer"] == "Dinner"
    assert {each["text"]: each["effect"] for each in champions["apart"]}["spent much"] > 0.8
    with pytest.raises(SettingsError, match=r"no segment 'Champion'\. Did you mean 'Champions'\?"):
        described(found, customers, {"Champion": "Dinner"})


def test_effects_are_cohens_d_and_shares_are_those_of_levels() -> None:
    draw = np.random.default_rng(1)
    a, b = draw.normal(1, 2, 40), draw.normal(0, 1, 60)
    pooled = np.sqrt((39 * a.var(ddof=1) + 59 * b.var(ddof=1)) / 98)
    assert cohens_d(a, b) == pytest.approx((a.mean() - b.mean()) / pooled, rel=1e-12)
    customers = planted.numbers(np.r_[a, b][:, None] - 10, "mood")  # below 0, so not logged
    (mood,) = differences(customers, np.arange(100) < 40)
    assert (mood.text, mood.effect) == ("high mood", pytest.approx(cohens_d(a, b), rel=1e-9))
    assert mood.inside == pytest.approx(np.median(a) - 10)


def test_names_of_buyers_are_those_of_the_nearest_places() -> None:
    places = np.repeat([[5.0, 40, 900], [300, 1, 10], [200, 35, 800]], 10, axis=0)
    customers = planted.numbers(places, "r f m")
    customers = Customers(
        **{**vars(customers), "recency": places[:, 0], "frequency": places[:, 1], "monetary": places[:, 2]}
    )
    names = names_of_buyers(customers, np.repeat([0, 1, 2], 10).astype(np.int32), 3)
    assert names == ["Champions", "Lost", "Lapsing big"] or names[:2] == ["Champions", "Lost"]
    assert len(set(names_of_buyers(customers, np.arange(30, dtype=np.int32) % 12, 12))) == len(BUYERS) == 12


def test_every_name_has_an_offer_and_others_are_by_value() -> None:
    assert set(OFFERS) == set(BUYERS)
    high, low, unknown = offers_for(["A", "B", "C"], ["high age", "", "low age"], [2.0, 0.5, None], {})
    assert "premium" in high
    assert "high age" in high
    assert "entry" in low
    assert "low age" in unknown


@pytest.mark.parametrize(
    ("tried", "chosen"),
    [
        ({2: 0.99, 5: 0.9, 6: 0.82, 7: 0.95}, 6),
        ({2: 0.99, 4: 0.9, 5: 0.7, 6: 0.79, 7: 0.7, 8: 0.81, 12: 0.8}, 8),
        ({2: 0.7, 3: 0.75, 6: 0.6}, 3),
    ],
)
def test_the_number_of_segments_is_the_one_nearest_to_six_that_is_found_again(
    tried: dict[int, float], chosen: int
) -> None:
    found = tuple(Candidate(segments=k, agreement=a, explained=k / 20) for k, a in tried.items())
    assert choose(found).segments == chosen


def test_a_space_is_standardised_logs_what_is_skewed_and_is_read_back() -> None:
    draw = np.random.default_rng(2)
    customers = planted.numbers(
        np.column_stack([draw.lognormal(3, 1, 500), draw.normal(50, 5, 500)]), "pay age"
    )
    space = fit_space(customers.traits, customers.table)
    assert [scale.logged for scale in space.scales] == [True, False]
    points = space.points(customers.table)
    inner = np.abs(points).max(1) < 3.9
    age = customers.table["age"].to_numpy()
    assert points[inner, 1] == pytest.approx(((age - age.mean()) / age.std())[inner], rel=1e-9)
    pay = np.log1p(customers.table["pay"].to_numpy())
    assert points[inner, 0] == pytest.approx(((pay - pay.mean()) / pay.std())[inner], rel=1e-9)
    assert (space_of(space.to_json()).points(customers.table) == points).all()


def test_many_columns_are_looked_at_along_principal_components() -> None:
    draw = np.random.default_rng(3)
    customers = planted.numbers(draw.normal(size=(200, 60)))
    space = fit_space(customers.traits, customers.table)
    assert space.points(customers.table).shape == (200, 20)
    scaled = space.standardised(customers.table)
    values = np.linalg.svd(scaled - scaled.mean(0), compute_uv=False)
    assert (scaled @ principal(scaled, 3)).var(0) * 200 == pytest.approx(values[:3] ** 2, rel=1e-9)


def test_the_axes_are_where_customers_differ_most(customers: Customers, found: Segmentation) -> None:
    place = along(found.clusters.space, found.axes, customers.table)
    assert abs(np.corrcoef(place.T)[0, 1]) < 1e-9
    assert found.axes[0].explained > found.axes[1].explained > 0
    assert found.axes[0].name


def test_classes_are_the_first_80_and_the_next_15_per_cent() -> None:
    assert classes_of(np.array([1.0, 60, 4, 30, 5])).tolist() == ["C", "A", "C", "A", "B"]
    assert classes_of(np.zeros(3)).tolist() == ["", "", ""]


def test_curves_count_every_customer_once(customers: Customers, found: Segmentation) -> None:
    table = segmented(found, customers)
    drawn = curves(customers, table["segment"].tolist(), found.names)
    first = drawn[0]
    assert first["column"] == "recency"
    counted = {each["segment"]: sum(each["counts"]) for each in first["segments"]}
    assert counted == table["segment"].value_counts().to_dict()
