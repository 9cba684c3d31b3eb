"""What `recommend` and `segment` refuse, each in one line with the place and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_orders import orders, people

import graphlead
from graphlead.core.errors import GraphleadError, InputError, SettingsError


@pytest.mark.parametrize("verb", ["recommend", "segment"])
@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"as_of": "2020-01-01"}, "there is no purchase before 2020-01-01. The first is of 2023-"),
        ({"exclude": ("produkt",)}, "there is no column 'produkt'. Did you mean 'product'?"),
        ({"id": "custommer_id"}, "there is no column 'custommer_id'. Did you mean 'customer_id'?"),
        ({"item": "produkt"}, "there is no column 'produkt'. Did you mean 'product'?"),
        ({"columns": {"product": "amount"}}, "no number to multiply or to add: 'product' cannot be the amount."),
        ({"colour": "red"}, "there is no setting 'colour'"),
    ],
)  # fmt: skip
def test_orders_are_refused_by_both_verbs(verb: str, given: dict[str, object], part: str) -> None:
    with pytest.raises(GraphleadError) as refused:
        getattr(graphlead, verb)(events=orders(60), quiet=True, **given)
    assert part in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_table_of_customers_has_their_column() -> None:
    with pytest.raises(InputError, match="no column holds the customer"):
        graphlead.recommend(orders(), customers=people()[["club"]], quiet=True)
    with pytest.raises(SettingsError, match=r"there is no column 'clubb'. Did you mean 'club'\?"):
        graphlead.recommend(orders(), customers=people(), exclude=("clubb",), quiet=True)


def test_a_finished_run_needs_newer_orders(tmp_path: Path) -> None:
    run = graphlead.recommend(orders(30, days=10), models=("popular",), quiet=True)
    with pytest.raises(SettingsError, match="there are no orders to recommend from"):
        run.score(())  # type: ignore[arg-type]
