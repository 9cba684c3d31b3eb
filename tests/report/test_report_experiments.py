"""The page of an experiment: its sentences, what it shows of hostile texts, and its charts in a real browser."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

import graphlead
from graphlead.core.arrays import Json
from graphlead.report.experiments.build import render, write_experiment_report
from graphlead.report.experiments.summary import experiment_summary
from graphlead.report.experiments.words import amount, arm_sentence, points, uplift_sentence

DAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def assigned() -> Json:
    table = pd.DataFrame({"id": range(500), "area": ["north <b>", "south"] * 250, "probability": 0.2})
    return graphlead.assign_experiment(table, by="area", explore=0.1).content


@pytest.fixture(scope="module")
def reading() -> Json:
    rng = np.random.default_rng(0)
    arm = rng.choice(["mail <i>", "call", "none"], 3000)
    hit = rng.random(3000) < 0.1 + 0.1 * (arm == "call")
    table = pd.DataFrame({"arm": arm, "visit": hit.astype(int), "spend": hit * rng.gamma(2, 9, 3000)})
    content = graphlead.read_experiment(
        table, control="none", outcome=["visit", "spend"], value="spend", cost=1
    ).content
    curve = [{"depth": d, "n": 100, "lift": 0.1, "low": 0.02, "high": 0.2, "added": 0.1 * d, "added_low": -0.02 * d,
              "added_high": 0.2 * d, "at_random": 0.05 * d} for d in np.arange(1, 21) / 20]  # fmt: skip
    found = {"n": 900, "mean": 0.05, "ranking": "tied", "areas": {"tied": 0.004, "trees": 0.003}, "slope": 0.9,
             "slope_error": 0.2, "area_error": 0.001, "p_value": 0.0001, "curve": curve}  # fmt: skip
    arms = [{"arm": name, **found} for name in ("call", "mail <i>")]
    uplift = {
        "outcome": "visit",
        "unwanted": False,
        "kind": "rate",
        "open": 700,
        "columns": ["age", "city"],
        "arms": arms,
    }
    return content | {"table": "mail.csv", "uplift": uplift}


def test_the_sentences_state_what_was_found(reading: Json, assigned: Json) -> None:
    call = next(row for row in reading["arms"] if row["arm"] == "call" and row["outcome"] == "visit")
    text = arm_sentence(call, reading)
    assert text.startswith(f"call adds {points(call['lift'])} points of visit ({points(call['low'])} to ")
    mail = next(row for row in reading["arms"] if row["arm"] == "mail <i>" and row["outcome"] == "visit")
    assert "changes visit by no more than chance would" in arm_sentence(mail, reading)
    fewer = call | {"lift": -0.05, "low": -0.07, "high": -0.03}
    assert "call takes 5.0 points of visit (3.0 to 7.0)" in arm_sentence(fewer, reading)
    (first, _) = (uplift_sentence(arm, reading["uplift"]) for arm in reading["uplift"]["arms"])
    assert (
        first
        == "call: among the 30% ranked first, 10.0 points of visit added (2.0 to 20.0) on cases held out, "
        "against 5.0 of all."
    )
    none = reading["uplift"]["arms"][0] | {"p_value": 0.4}
    assert "no ranking is clearly better than chance (p 0.400)" in uplift_sentence(none, reading["uplift"])
    summary = experiment_summary(assigned, {"the list": Path("assignment.csv")})
    assert summary.startswith(
        "Of 500 cases, 350 are to be treated, 50 to be explored and 100 (20%) are left alone."
    )
    assert "At the rate of 20% that the list expects (probability), a lift of " in summary


def test_figures_have_the_digits_that_they_bear() -> None:
    assert [points(x) for x in (0.0747, 0.00494, 0.00012, None)] == ["7.5", "0.49", "0.012", "–"]
    assert [amount(x) for x in (1.318, 12345.6, None)] == ["1.32", "12,346", "–"]


def test_texts_of_the_table_are_never_markup(reading: Json, assigned: Json) -> None:
    for content in (reading, assigned):
        page = render(content, DAY)
        assert "<i>" not in page
        assert "north <b>" not in page


@pytest.mark.parametrize("width", [1400, 400])
def test_it_opens_without_messages_and_draws_its_charts(
    browser: Browser, tmp_path: Path, reading: Json, assigned: Json, width: int
) -> None:
    for content, charts in ((assigned, ["needed"]), (reading, ["lifts", "curve-0", "curve-1"])):
        write_experiment_report(tmp_path / "report.html", content, DAY)
        page = browser.new_page(viewport={"width": width, "height": 900})
        messages: list[str] = []
        page.on("console", lambda message: messages.append(message.text))  # noqa: B023
        page.on("pageerror", lambda error: messages.append(str(error)))  # noqa: B023
        page.goto((tmp_path / "report.html").as_uri())
        for chart in charts:
            assert page.locator(f"#{chart} svg path").count() > 1
            assert len(page.locator(f"#{chart}").get_attribute("aria-label") or "") > 20
        assert messages == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.close()
