"""The page of a sales run in a real browser: its charts are drawn, and its sliders compute from held-out cases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from sales_content import content, heldout, model, scored

from graphlead.report.sales.build import write_sales_report
from graphlead.report.sales.content import SalesContent


class Opened:
    """A page, the addresses it requested, and the messages and errors it logged."""

    def __init__(self, browser: Browser, path: Path, width: int) -> None:
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.asked: list[str] = []
        self.messages: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.goto(path.as_uri())

    def slide(self, id: str, value: float) -> None:
        self.page.eval_on_selector(
            f"#{id}",
            "(e, v) => { e.value = v; e.dispatchEvent(new Event('input', { bubbles: true })); }",
            value,
        )

    def figures(self) -> dict[str, str]:
        return {id: self.page.inner_text(f"#{id}") for id in ("cases", "precision", "recall", "value")}


def opened_on(browser: Browser, folder: Path, shown: SalesContent, width: int = 1400) -> Opened:
    write_sales_report(folder / "report.html", shown)
    return Opened(browser, folder / "report.html", width)


@pytest.fixture(scope="module")
def wide(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    opening = opened_on(browser, tmp_path_factory.mktemp("sales"), content())
    yield opening
    assert opening.messages == []
    opening.page.close()


def expected(threshold: float, capacity: int, cost: float, gain: float) -> dict[str, str]:
    """The figures from the rows themselves."""
    shown = content()
    probability, outcome = shown.heldout_probability, shown.heldout_outcome
    able = int((shown.probability >= threshold).sum())
    cases = min(able, capacity)
    least = threshold if cases == able else np.floor(shown.probability[cases - 1] * 1e4) / 1e4
    held = probability >= least
    precision = outcome[held].mean()
    return {
        "cases": f"{cases:,}",
        "precision": f"{precision:.0%}",
        "recall": f"{outcome[held].sum() / outcome.sum():.0%}",
        "value": f"{cases * (precision * gain - cost):,.0f}",
    }


@pytest.mark.parametrize(("verb", "width"), [("convert", 1400), ("churn", 1400), ("churn", 400)])
def test_it_opens_without_messages_and_requests_nothing(
    browser: Browser, tmp_path: Path, verb: str, width: int
) -> None:
    opened = opened_on(browser, tmp_path, content(verb), width)
    charts = ["models", "calibration", "tradeoff", *(["curves"] if verb == "churn" else [])]
    for chart in charts:
        assert opened.page.locator(f"#{chart} svg path").count() > 1
        assert len(opened.page.locator(f"#{chart}").get_attribute("aria-label") or "") > 20
    local = [url for url in opened.asked if urlparse(url).scheme != "data"]
    assert (opened.messages, local) == ([], [opened.page.url])
    assert opened.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert opened.page.evaluate("document.querySelectorAll('main img, main script').length") == 0
    opened.page.close()


def test_the_sliders_begin_with_the_list(wide: Opened) -> None:
    assert wide.figures() == expected(0.8, 2692, 40, 1200)
    assert wide.page.evaluate(
        "[...document.querySelectorAll('input')].every((each) => each.labels.length || each.ariaLabel)"
    )


def test_moving_a_slider_changes_the_figures(wide: Opened) -> None:
    wide.slide("threshold", 35.04)
    assert wide.page.input_value("#threshold-number") == "35"
    assert wide.figures() == expected(0.35, 2692, 40, 1200)
    wide.slide("capacity", 120)
    assert wide.figures() == expected(0.35, 120, 40, 1200)
    wide.slide("cost", 90)
    wide.slide("gain", 2400)
    assert wide.figures() == expected(0.35, 120, 90, 2400)
    wide.slide("capacity", 0)
    assert wide.figures() == {"cases": "0", "precision": "–", "recall": "0%", "value": "0"}
    for id, value in (("threshold", 80), ("capacity", 2692), ("cost", 40), ("gain", 1200)):
        wide.slide(id, value)
    assert wide.figures() == expected(0.8, 2692, 40, 1200)


def test_a_number_is_taken_as_it_is_typed(browser: Browser, tmp_path: Path) -> None:
    opened = opened_on(browser, tmp_path, content())
    opened.page.fill("#threshold-number", "51.25")
    assert opened.figures() == expected(0.5125, 2692, 40, 1200)
    opened.page.fill("#gain-number", "50000")
    assert opened.figures() == expected(0.5125, 2692, 40, 50000)
    opened.page.fill("#gain-number", "")
    assert opened.figures() == expected(0.5125, 2692, 40, 50000)
    opened.page.close()


def test_a_slider_is_moved_with_the_keyboard(browser: Browser, tmp_path: Path) -> None:
    opened = opened_on(browser, tmp_path, content())
    opened.page.focus("#threshold")
    opened.page.keyboard.press("ArrowLeft")
    moved = float(opened.page.input_value("#threshold-number"))
    assert 0 < moved < 80
    assert opened.figures() == expected(moved / 100, 2692, 40, 1200)
    assert opened.page.get_attribute("#threshold", "aria-valuetext") == f"{moved:g}%"
    opened.page.close()


def test_a_bare_run_works_too(browser: Browser, tmp_path: Path) -> None:
    """One model, no leaks, no money, nobody over the threshold, held-out cases all alike."""
    low = scored("convert", np.linspace(0.01, 0.4, 40), valued=False)
    bare = content(scored=low, listed=0, opened=40, cost=None, gain=None, heldout_probability=np.full(30, 0.3),
                   heldout_outcome=np.r_[np.ones(9, np.int8), np.zeros(21, np.int8)],
                   metrics={"leaks": [], "models": [model("stack", 0.7)]})  # fmt: skip
    opened = opened_on(browser, tmp_path, bare, 400)
    assert opened.figures() == {"cases": "0", "precision": "–", "recall": "0%", "value": "–"}
    opened.slide("threshold", 20)
    assert opened.figures() == {"cases": "21", "precision": "30%", "recall": "100%", "value": "–"}
    opened.slide("gain", 100)
    assert opened.figures()["value"] == "630"
    assert opened.messages == []
    opened.page.close()


def test_a_hundred_thousand_cases_are_counted(browser: Browser, tmp_path: Path) -> None:
    probability, outcome = heldout(100_000)
    shown = content(heldout_probability=probability, heldout_outcome=outcome)
    opened = opened_on(browser, tmp_path, shown)
    opened.slide("threshold", 50)
    over = probability >= 0.5
    assert opened.figures()["precision"] == f"{outcome[over].mean():.0%}"
    assert (
        opened.page.inner_text("#precision-of") == f"{outcome[over].sum():,} of {over.sum():,} held-out cases"
    )
    assert opened.messages == []
    opened.page.close()
