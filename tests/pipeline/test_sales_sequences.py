"""A churn run in which the sequence network takes part: scored on newer events, explained, reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import planted_sales as planted
import pytest

from graphlead.common.console import Console
from graphlead.core.sales import SalesSettings
from graphlead.learn.cases import choose
from graphlead.learn.cases.registry import GRU, STACK
from graphlead.learn.cases.rhythm import RHYTHM
from graphlead.pipeline.sales.explain import explain_case
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.pipeline.sales.predict import predict
from graphlead.pipeline.sales.score import Newer, score_cases

QUIET = Console(quiet=True)
DAY = date(2026, 5, 1)


def test_a_run_with_the_sequence_network_is_scored_and_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "CLEARLY", float("-inf"))
    orders = tmp_path / "orders.csv"
    planted.orders().to_csv(orders, index=False)
    predict(SalesSettings(verb="churn", events=(orders,), as_of=DAY, out=tmp_path / "out"), QUIET)
    before = FinishedSales(tmp_path / "out")
    assert before.metrics["chosen"] == STACK
    assert GRU in {model["model"] for model in before.metrics["models"]}
    assert "Sequence network" in before.folder.report.read_text("utf-8")
    case = explain_case(before, str(before.scored["id"][0]))
    (weeks,) = [value for column, value, _ in case.contributions if column == RHYTHM]
    assert len(weeks) == 13
    assert set(weeks) <= {"x", "-"}
    score_cases(tmp_path / "out", Newer(events=(orders,), as_of=DAY), tmp_path / "again", QUIET)
    assert FinishedSales(tmp_path / "again").scored.equals(before.scored)
