"""Two runs of `recommend` compared: other first offers, equal offers, items that rose and fell."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny import command

import graphlead
from graphlead.core.errors import SettingsError
from graphlead.experiments.compare.offers import OfferSide, offers_changed, offers_summary

DAY = date(2024, 6, 1)


def orders(seed: int = 0, customers: int = 120) -> pd.DataFrame:
    """Eight purchases a customer of its own half of twelve items."""
    draw = np.random.default_rng(seed)
    customer = np.repeat(np.arange(customers), 8)
    item = (customer % 2) * 6 + draw.integers(0, 6, len(customer))
    day = np.datetime64(DAY) - draw.integers(1, 200, len(customer))
    return pd.DataFrame({"customer_id": [f"C{each:03}" for each in customer], "order_date": day.astype(str),
                         "product": [f"P{each:02}" for each in item], "amount": 1.0})  # fmt: skip


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run, and the same models a month later: a customer bought its first offer, one is new, one is gone."""
    folder = tmp_path_factory.mktemp("offers")
    table = orders()
    old = graphlead.recommend(table, as_of=DAY, quiet=True, out=folder / "old")
    first = old.recommendations.query("customer == 'C000' and rank == 1")["item"].iloc[0]
    more = [
        ("C000", "2024-06-10", first, 1.0),
        ("N1", "2024-06-11", "P00", 1.0),
        ("N1", "2024-06-12", "P01", 1.0),
    ]
    later = pd.concat([table[table["customer_id"] != "C001"], pd.DataFrame(more, columns=[*table])])
    later.to_csv(folder / "later.csv", index=False)
    code = command("score", "--run", folder / "old", "--events", folder / "later.csv", "--as-of", "2024-07-01",
                   "--out", folder / "new", "--quiet")  # fmt: skip
    assert code == 0
    return folder / "old", folder / "new"


def test_other_first_offers_are_named_with_the_reason(runs: tuple[Path, Path], tmp_path: Path) -> None:
    assert command("compare", *runs, "--out", tmp_path / "out", "--seed", 3, "--quiet") == 0
    table = pd.read_parquet(tmp_path / "out" / "moved.parquet")
    assert list(table) == ["id", "change", "old_rank", "new_rank", "why"]
    moved = table.set_index("id")
    first = [pd.read_parquet(run / "recommendations.parquet").query("rank == 1").set_index("customer")["item"]
             for run in runs]  # fmt: skip
    assert moved.loc["C000", "change"] == "changed"
    assert moved.loc["C000", "why"].startswith(
        f"{first[1]['C000']} instead of {first[0]['C000']}, bought since; "
    )
    assert moved.loc["C001", "change"] == "left"
    assert moved.loc["N1", ["change", "new_rank"]].tolist() == ["entered", 1]
    both = first[0].index.intersection(first[1].index)
    assert set(moved.index[moved["change"] == "changed"]) == set(both[first[0][both] != first[1][both]])
    content = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert content["kind"] == "recommend"
    assert content["offers"]["same_first"] == pytest.approx((first[0][both] == first[1][both]).mean())
    assert {each["column"] for each in content["drift"]} >= {"first offer", "items bought"}
    assert [each["column"].startswith("score of the first offer by ") for each in content["scores"]] == [True]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Items that rose and fell" in page
    assert "Got another first offer" in page
    assert command("report", "--run", tmp_path / "out", "--quiet") == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["settings"]["seed"] == 3


def test_the_same_run_is_quiet(runs: tuple[Path, Path]) -> None:
    found = graphlead.compare(runs[0], runs[0], quiet=True)
    assert not found.alarm
    assert found.moved is not None
    assert len(found.moved) == 0
    assert found.offers is not None
    assert (found.offers["same_first"], found.offers["equal_offers"]) == (1, 1)
    assert (found.offers["rose"], found.offers["fell"]) == ([], [])
    assert found.segments is None


@dataclass
class Fixed:
    """A side whose lists are given as customer -> items."""

    lists: dict[str, str]
    had: set[tuple[str, str]] = field(default_factory=set)

    @property
    def offers(self) -> pd.DataFrame:
        rows = [(customer, item, at + 1, "why", 1.0) for customer, items in self.lists.items()
                for at, item in enumerate(items)]  # fmt: skip
        return pd.DataFrame(rows, columns=["customer", "item", "rank", "why", "score"])

    @property
    def scored(self) -> pd.DataFrame:
        first = self.offers.query("rank == 1")
        return first.assign(id=first["customer"]).reset_index(drop=True)

    def bought(self, customers: pd.Series, items: pd.Series) -> np.ndarray:
        return np.array([pair in self.had for pair in zip(customers, items, strict=True)])


def test_places_and_shares_are_those_of_the_lists() -> None:
    old = Fixed({"a": "xyz", "b": "xyz", "c": "xyz", "d": "xyz"})
    new = Fixed({"a": "xyw", "b": "yxz", "c": "wyx", "e": "xyz"})
    table = offers_changed(old, new).set_index("id")  # type: ignore[arg-type]
    assert table["change"].to_dict() == {"e": "entered", "d": "left", "b": "changed", "c": "changed"}
    assert table.loc["b", ["old_rank", "why"]].tolist() == [2, "y instead of x, now in place 2; why"]
    assert pd.isna(table.loc["c", "old_rank"])
    assert table.loc["c", "why"] == "w instead of x, now in place 3; why"
    found = offers_summary(old, new)  # type: ignore[arg-type]
    assert found["customers"] == 3
    assert found["same_first"] == pytest.approx(1 / 3)
    assert found["equal_offers"] == pytest.approx((2 + 3 + 2) / 9)
    assert found["rose"] == [{"item": "w", "old": 0.0, "new": 0.5}]
    assert found["fell"] == [{"item": "z", "old": 1.0, "new": 0.5}]


def test_scores_of_different_recommenders_raise_no_alarm(runs: tuple[Path, Path], tmp_path: Path) -> None:
    popular = graphlead.recommend(
        orders(), as_of=DAY, models=("popular",), quiet=True, out=tmp_path / "popular"
    )
    assert command("compare", runs[0], popular.folder, "--out", tmp_path / "out", "--quiet") == 0
    content = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert content["scores"] == []
    assert "score of the first offer by popular" in content["notes"][0]
    assert content["notes"][0] in (tmp_path / "out" / "report.html").read_text()


def test_outcomes_go_with_predictions_only(runs: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"--outcomes.*`graphlead recommend` predict no outcome"):
        graphlead.compare(*runs, outcomes=pd.DataFrame({"id": ["a"], "won": [1]}), quiet=True)


def test_the_purchases_of_a_run_are_known(runs: tuple[Path, Path]) -> None:
    from graphlead.pipeline.recommend.finished import FinishedRecommend

    side = OfferSide(FinishedRecommend(runs[1]))
    table = orders().query("customer_id == 'C003'")
    bought = side.bought(pd.Series(["C003", "C003"]), pd.Series([table["product"].iloc[0], "nothing"]))
    assert bought.tolist() == [True, False]
