"""The sentences of a sales run, on the console and on the page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sales_content import LEAKS, NASTY, content, scored

from graphlead.report.sales.summary import sales_summary
from graphlead.report.sales.words import headline, none_sentence, promise, rounded_down


def test_the_summary_has_counts_verdict_leaks_notes_and_files() -> None:
    shown = content(metrics={"notes": ["one"], "graph": {"text": "The register adds nothing."}})
    lines = sales_summary(shown, {"list": Path("a.csv"), "report": Path("report.html")}).splitlines()
    assert lines[0] == "Learned from 6,210 leads, of which 2,241 (36%) converted, 2,692 are open."
    assert lines[1] == headline(shown) == "Of 2,692 open leads, 201 have a chance of 80% or more to convert."
    assert "held-out AUC 0.889" in lines[2]
    assert lines[3].startswith(f"Known only afterwards: {NASTY}: left out: filled in 81%")
    assert lines[-4:] == [
        "The register adds nothing.",
        "Note: one",
        "  list    a.csv",
        "  report  report.html",
    ]


def test_a_promise_is_set_beside_what_is_reached() -> None:
    assert "promised an AUC of 0.986" in promise(content().metrics)
    assert "held-out AUC is 0.889" in promise(content().metrics)
    kept = [LEAKS[0] | {"auc_with": 0.893}]
    assert promise(content(metrics={"leaks": kept}).metrics) == ""
    suspected = [LEAKS[1]]
    assert promise(content(metrics={"leaks": suspected}).metrics) == ""


def test_an_empty_list_names_the_threshold_that_gives_a_tenth() -> None:
    table = scored("convert", np.linspace(0.01, 0.4, 40), valued=False)
    shown = content(opened=40, scored=table, listed=0)
    assert headline(shown) == none_sentence(shown)
    assert headline(shown) == "No lead reaches 80%: the highest is 40%; --threshold 0.37 gives a tenth."
    assert int((table["probability"] >= 0.37).sum()) == 4


def test_known_cases_are_judged_by_a_model_that_did_not_see_them() -> None:
    shown = content("churn", metrics={"open": 0}, listed=3)
    assert headline(shown) == (
        "Of 2,692 customers, each judged by a model that did not train on it, 3 have a chance of 80% or more to leave "
        "within 90 days."
    )
    assert "are open" not in sales_summary(shown, {})


def test_a_list_of_the_first_needs_no_threshold() -> None:
    assert headline(content(threshold=0.0, listed=50)) == "The first 50 of 2,692 open leads are on the list."


@pytest.mark.parametrize(
    ("share", "text"), [(0.3499, "0.34"), (0.35, "0.35"), (0.00347, "0.0034"), (1.0, "1.00"), (0.0, "0")]
)
def test_a_threshold_is_rounded_down(share: float, text: str) -> None:
    assert rounded_down(share) == text
    assert float(text) <= share
