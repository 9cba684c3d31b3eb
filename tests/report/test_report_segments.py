"""The page of segments: every figure in it, texts escaped, and its charts drawn in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser

from graphlead.report.segments.build import render, write_segment_report
from graphlead.report.segments.content import SegmentContent
from graphlead.report.segments.summary import segment_summary
from graphlead.report.segments.views import plane_view

NAMES = ("Champions", "<i>Lost</i>")


def segment(name: str, size: int, share: float) -> dict[str, object]:
    apart = {
        "column": "pay",
        "level": "",
        "text": "spent much",
        "effect": 1.5,
        "inside": 90.0,
        "outside": 10.0,
        "share": False,
    }
    return {
        "segment": name, "size": size, "share": size / 60, "value": 100.0 * share, "value_share": share,
        "value_mean": 3.0, "worth": 1.0, "recency": 5.0, "frequency": 2.0, "monetary": 90.0, "apart": [apart],
        "text": "spent much", "offer": "Dinner",
    }  # fmt: skip


def content(cleaner: str = "none", aside: int = 0) -> SegmentContent:
    draw, n = np.random.default_rng(1), 60
    column = {
        "column": "pay", "title": "pay", "logarithmic": False, "edges": [0.0, 1.0, 2.0], "grid": [0.0, 1.0, 2.0],
        "segments": [{"segment": NAMES[0], "counts": [3, 4], "density": [0.1, 0.4, 0.2]},
                     {"segment": NAMES[1], "counts": [1, 0], "density": None}],
    }  # fmt: skip
    noise = {"cleaner": cleaner, "set_aside": aside, "share": aside / n, "clear": 2, "clear_from": 0.9}
    return SegmentContent(
        title="orders.csv",
        made=date(2026, 5, 1),
        metrics={
            "customers": n, "segments": 2, "agreement": 0.97, "variance_explained": 0.7, "assigned": False,
            "noise": noise, "notes": ["3 rows are returns."],
            "candidates": [{"segments": k, "agreement": 0.9, "explained": 0.2 * k} for k in (2, 3)],
        },
        profiles={
            "segments": [segment(NAMES[0], 40, 0.8), segment(NAMES[1], 20, 0.2)],
            "axes": [{"name": "spent much", "explained": 0.6}, {"name": "bought recently", "explained": 0.2}],
            "value_is": "spent",
            "columns": [column],
        },
        customers=pd.DataFrame({
            "customer": [f"C{i}" for i in range(n)], "segment": [NAMES[int(i >= 40)] for i in range(n)],
            "x": draw.normal(size=n), "y": draw.normal(size=n),
        }),
        noise=pd.DataFrame({
            "id": [f"C{i}" for i in range(n)],
            **{name: draw.random(n) for name in ("distance", "clusters", "lof", "hcleaner")},
            "votes": np.linspace(0, 1, n), "set_aside": np.arange(n) >= n - aside,
        }),
    )  # fmt: skip


def test_the_page_has_the_figures_and_escapes_texts() -> None:
    page = render(content())
    expected = (
        "60 customers in 2 segments. Champions, 67% of the customers, make 80% of what was spent.",
        "agree with these at 0.97",
        "Dinner",
        "90 against 10",
        "3 rows are returns.",
        "Nobody is set aside.",
    )
    for text in expected:
        assert text in page, text
    assert "<i>Lost</i>" not in page


def test_who_is_set_aside_is_stated_on_the_page_and_in_the_summary() -> None:
    shown = content("vote", 6)
    sentence = "The 6 noisiest by the vote of three cleaners (10%) were kept out of the search"
    assert sentence in render(shown)
    summary = segment_summary(shown, {"report": Path("out/report.html")})
    assert sentence in summary
    assert "Report: out/report.html" in summary
    assert sum(point[3] for point in plane_view(shown)["points"]) == 6


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[tuple[Browser, Path]]:
    write_segment_report(tmp_path / "report.html", content("vote", 6))
    yield browser, tmp_path / "report.html"


@pytest.mark.parametrize("width", [1400, 400])
def test_charts_are_drawn_without_an_error_and_the_page_fits(
    opened: tuple[Browser, Path], width: int
) -> None:
    browser, path = opened
    page = browser.new_page(viewport={"width": width, "height": 900})
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.goto(path.as_uri())
    drawn = page.eval_on_selector_all(".chart", "all => all.map(e => !!e.querySelector('svg path'))")
    assert messages == []
    assert len(drawn) == 6
    assert all(drawn)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()
