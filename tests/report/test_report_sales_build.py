"""The page of a sales run as a file: it loads nothing, escapes everything, and leaves out what is not there."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sales_content import NASTY, content, heldout, model, scored, survival

from graphlead.report.sales.build import SCRIPTS, render, write_sales_report
from graphlead.report.sales.calibration import calibration_view
from graphlead.report.sales.choose import GRID, counts
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.survival import survival_view


def island(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def text_of(page: str) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def parts(page: str) -> list[str]:
    return re.findall(r'<section id="([a-z-]+)"', page)


@pytest.mark.parametrize("verb", ["convert", "churn"])
def test_nothing_of_the_user_becomes_markup(verb: str) -> None:
    page = render(content(verb))
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert page.count("</script>") == 1 + len(SCRIPTS)
    assert "<img" not in markup
    assert NASTY in unescape(markup)
    assert re.findall(r"(?:src|href)=[\"'](?!#|data:)", markup) == []


def test_the_page_is_written_whole(tmp_path: Path) -> None:
    write_sales_report(tmp_path / "report.html", content())
    assert (tmp_path / "report.html").read_text("utf-8") == render(content())
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


def test_parts_that_are_not_there_are_left_out() -> None:
    assert parts(render(content())) == ["in-short", "choose", "list", "playbooks", "quality", "late"]
    everything = content("churn", metrics={"graph": {"text": "It helps.", "matched": 0.9}})
    assert parts(render(everything)) == [
        "in-short", "choose", "list", "playbooks", "quality", "survival", "late", "graph",
    ]  # fmt: skip
    bare = content(metrics={"leaks": [], "models": [model("stack", 0.7)]}, playbooks={}, cost=None, gain=None)
    assert parts(render(bare)) == ["in-short", "choose", "list", "quality"]
    assert "as a number" in render(bare)


def test_every_link_of_the_contents_leads_somewhere() -> None:
    page = render(content("churn"))
    nav = page[page.index("<nav") : page.index("</nav>")]
    assert set(re.findall(r'href="#([a-z-]+)"', nav)) == set(parts(page))


def test_without_a_case_over_the_threshold_the_nearest_are_shown() -> None:
    low = scored("convert", np.linspace(0.01, 0.4, 40), valued=False)
    text = text_of(render(content(scored=low, listed=0, opened=40)))
    assert "--threshold 0.37 gives a tenth" in text
    assert "Nobody reaches the threshold" in text
    assert "L39" in text


def test_without_any_case_and_without_held_out_ones_there_is_a_page() -> None:
    empty = content(scored=scored("convert", np.zeros(0), valued=False), listed=0, opened=0,
                    heldout_probability=np.zeros(0), heldout_outcome=np.zeros(0, np.int8))  # fmt: skip
    page = render(empty)
    assert parts(page) == ["in-short", "list", "playbooks", "quality", "late"]
    assert "There is no lead to score." in text_of(page)


def test_a_hundred_thousand_held_out_cases_take_little_room() -> None:
    probability, outcome = heldout(100_000)
    page = render(content(heldout_probability=probability, heldout_outcome=outcome))
    bare = render(content(heldout_probability=probability[:20], heldout_outcome=outcome[:20]))
    assert len(page) - len(bare) < 150_000


def test_a_hundred_thousand_scored_cases_take_little_room() -> None:
    many, few = (scored("convert", heldout(n)[0], valued=False) for n in (100_000, 60))
    assert (
        len(render(content(scored=many, listed=9000))) - len(render(content(scored=few, listed=60))) < 150_000
    )


def test_counts_by_probability_are_exact_on_the_grid() -> None:
    chances = np.array([0.29, 0.2899, 1.0, 0.8, 0.8, 0.79999, 0.0])
    found = counts(chances, np.array([1.0, 0, 1, 0, 1, 0, 0]))
    assert found["step"].tolist() == [GRID, 8000, 7999, 2900, 2899, 0]
    assert found["cases"].tolist() == [1, 2, 1, 1, 1, 1]
    assert found["hits"].tolist() == [1, 1, 0, 1, 0, 0]


@pytest.mark.parametrize("threshold", [0.05, 0.29, 0.57, 0.8, 0.9])
def test_counts_over_a_threshold_are_those_of_the_rows(threshold: float) -> None:
    probability, outcome = heldout(5000)
    found = counts(probability, outcome.astype(float))
    over = found["step"] >= round(threshold * GRID)
    assert found["cases"][over].sum() == (probability >= threshold).sum()
    assert found["hits"][over].sum() == outcome[probability >= threshold].sum()


def test_sliders_begin_where_the_run_stands() -> None:
    def starts(shown: SalesContent) -> dict[str, float]:
        return {each["id"]: each["value"] for each in island(render(shown))["choose"]["sliders"]}

    assert starts(content()) == {"threshold": 80, "capacity": 2692, "cost": 40, "gain": 1200}
    assert starts(content(listed=50))["capacity"] == 50
    assert starts(content("churn")) == {"threshold": 80, "capacity": 2692, "cost": 0, "gain": 1000}
    unknown = starts(content(cost=None, gain=None))
    assert (unknown["cost"], unknown["gain"]) == (0, 0)


def test_groups_of_the_calibration_hold_all_held_out_cases() -> None:
    shown = content()
    view = calibration_view(shown)
    assert view
    assert sum(group["n"] for group in view["groups"]) == 6210
    assert np.mean([group["low"] <= group["predicted"] <= group["high"] for group in view["groups"]]) >= 0.8
    assert calibration_view(content(known=9)) is None


def test_models_stand_by_auc_with_intervals_of_both_figures() -> None:
    models = island(render(content()))["models"]
    assert [row["model"] for row in models["rows"]][:2] == ["stack", "xgboost"]
    assert models["rows"][-1]["name"] == "Plain rule"
    for row in models["rows"]:
        assert row["accuracy_low"] < row["accuracy"] < row["accuracy_high"]
    assert models["frequent"] == pytest.approx(1 - 2241 / 6210)
    ranking = content(metrics={"models": [model("stack", 0.8), {"model": "plain", "auc": 0.6}]})
    assert "Plain rule" in text_of(render(ranking))


def test_survival_begins_with_everybody_and_draws_the_largest_groups() -> None:
    one = survival()
    many = pd.concat([one, *(one.assign(group=f"g{i}", at_risk=i + 1) for i in range(9))])
    view = survival_view(many)
    assert view
    assert len(view["curves"]) == 8
    assert view["left_out"] == 4
    assert view["curves"][0]["name"] == "all"
    assert (view["curves"][0]["time"][0], view["curves"][0]["survival"][0]) == (0, 1)
    assert view["rows"][0]["median"] == "58"
    days = pd.DataFrame({"group": "all", "time": np.arange(3000.0), "survival": np.linspace(1, 0.2, 3000),
                         "low": 0.1, "high": 1.0, "at_risk": 9})  # fmt: skip
    long = survival_view(days)
    assert long
    assert len(long["curves"][0]["time"]) == 200
    assert long["curves"][0]["survival"][-1] == 0.2
    assert survival_view(None) is None
