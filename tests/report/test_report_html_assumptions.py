"""The assumptions as sentences and tables."""

from __future__ import annotations

import pytest

from graphlead.core.assumptions import Assumptions, Draw, Following
from graphlead.report.html.assumptions import sheet

PLACE = Following(
    column="region", explained=0.2, extent="strongly", top=100, value="Nordmark", on_list=0.4, of_clients=0.5,
    of_register=0.1,
)  # fmt: skip


def assumptions(*draws: Draw, neutral: str = "") -> Assumptions:
    return Assumptions(
        draws=draws, followings=(PLACE,), priors=(0.01, 0.05), found={100: (12.4, 62.0)}, neutral=neutral
    )


def draw(column: str, register: float, recent: float | None = None) -> Draw:
    return Draw(column=column, p_register=register, p_recent=recent)


def test_a_biased_list_is_called_so_with_its_columns() -> None:
    view = sheet(
        assumptions(draw("region", 0.001, 0.001), draw("employees", 0.02), draw("founded", 0.01, 0.4))
    )
    assert view["random"].startswith(
        "Your clients are not drawn from the register at random: they differ from it by region (p < 0.002) and founded "
        "(p = 0.01)."
    )
    assert view["recent"].startswith(
        "The later half of your dated clients differs from the earlier one by region (p < 0.002)"
    )


def test_without_evidence_nothing_is_claimed() -> None:
    view = sheet(assumptions(draw("region", 0.3, 0.5), draw("employees", 0.03, 0.9)))
    assert view["random"].startswith("By region and employees, your clients cannot be distinguished")
    assert "does not differ measurably from the earlier one by region and employees" in view["recent"]
    assert sheet(assumptions())["random"].startswith("The register has no region, size or age")
    assert sheet(assumptions(draw("region", 0.3)))["recent"].startswith("Too few clients have a date")


def test_the_tables_are_written_out() -> None:
    view = sheet(assumptions(draw("region", 0.3)))
    assert view["priors"] == ["1.0%", "5.0%"]
    assert view["found"] == [{"first": "100", "cells": ["12", "62"]}]
    assert view["followings"] == [
        {"column": "region", "explained": "20% (strongly)", "first": "100", "value": "Nordmark",
         "shares": ["40%", "50%", "10%"]}
    ]  # fmt: skip
    assert (view["neutral"], view["example"]) == ("", "region")


@pytest.mark.parametrize("neutral", ["", "region"])
def test_the_neutral_column_is_named(neutral: str) -> None:
    assert sheet(assumptions(draw("region", 0.3), neutral=neutral))["neutral"] == neutral
