"""The page of a comparison: alarms first, every text escaped, no script."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pandas as pd

from graphlead.report.compare.build import render
from graphlead.report.compare.content import ComparisonContent
from graphlead.report.compare.words import summary_text

BINS = [{"value": "<b>low</b>", "old": 0.75, "new": 0.5}, {"value": "high", "old": 0.25, "new": 0.5}]


def row(name: str, psi: float | None, *, alarm: bool = False) -> dict[str, Any]:
    js = None if psi is None else psi / 6
    bins = [] if psi is None else BINS
    return {
        "column": name,
        "psi": psi,
        "js": js,
        "alarm": alarm,
        "text": f"{name}: text of {name}",
        "bins": bins,
    }


def content(*, runs: bool = True) -> ComparisonContent:
    moved = pd.DataFrame(
        {
            "id": ["A<i>", "B"],
            "change": ["entered", "down"],
            "old_rank": pd.array([pd.NA, 4], dtype="Int64"),
            "new_rank": pd.array([1, 1200], dtype="Int64"),
            "why": ["new in the tables", "employees 40 -> 2"],
        }
    )
    tenth = {"predicted": 0.2, "happened": 0.5, "n": 20, "low": 0.3, "high": 0.7}
    comparison = {
        "alarm": True,
        "kind": "convert" if runs else "tables",
        "old": {"path": "old", "rows": 1200},
        "new": {"path": "new", "rows": 1300},
        "drift": [
            row("quiet", 0.01),
            row("ids", None),
            row("moved", 0.4, alarm=True),
            row("gone", None, alarm=True),
        ],
        "scores": [row("probability", 0.02)],
        "moved": {"entered": 1, "down": 1} if runs else None,
        "calibration": {"text": "Too low.", "unknown": 3, "bins": [tenth]} if runs else None,
        "notes": [],
    }
    return ComparisonContent(comparison, moved if runs else None, date(2026, 5, 1))


def test_alarms_come_first_and_nothing_is_markup_or_script() -> None:
    page = render(content())
    body = page[page.index("<main>") :]
    assert body.index("text of moved") < body.index("text of gone") < body.index("text of quiet")
    assert "&lt;b&gt;low&lt;/b&gt;" in page
    assert "A&lt;i&gt;" in page
    assert "<script>" not in page
    assert re.search(r"script-src\s*;", page)
    assert page.count('class="alarm"') == 1
    assert "1,200" in body


def test_parts_that_are_not_there_have_no_heading() -> None:
    page = render(content(runs=False))
    for part in ("moved", "calibration"):
        assert f'<section id="{part}"' in render(content())
        assert f'<section id="{part}"' not in page


def test_the_summary_states_the_alarms_the_moves_and_what_happened() -> None:
    text = summary_text(content(), {})
    assert "Alarm: 2 columns of 5 raise it." in text
    assert "text of moved" in text
    assert "text of quiet" not in text
    assert "1 came onto the list and 1 moved far down." in text
    assert "Too low." in text
