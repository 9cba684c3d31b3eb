"""The notes on outcomes: every fact of them, and nothing without one."""

from __future__ import annotations

from typing import Any

from graphlead.report.outcomes import outcome_notes
from graphlead.report.summary import summary_text

FACTS: dict[str, Any] = {
    "column": "status", "lines": 220, "won": 45, "lost": 60, "rejected": 95, "open": 20, "matched": 196, "review": 1,
    "unmatched": 3, "new_clients": 40, "already_clients": 5, "lost_companies": 58, "rejected_companies": 93,
    "kept_clients": {"count": 5, "names": ["Elm", "Oak", "Yew"]}, "several_outcomes": {"count": 1, "names": ["Ash"]},
    "other_words": {"callback": 12}, "of_first": {"first": 500, "lost": 31, "rejected": 70},
    "held_out": {"won": 45, "rejected": 93, "before": 0.66, "low": 0.58, "high": 0.74},
}  # fmt: skip
QUIET: dict[str, Any] = {
    **FACTS, "review": 0, "unmatched": 0, "new_clients": 0, "already_clients": 0, "other_words": {},
    "kept_clients": {"count": 0, "names": []}, "several_outcomes": {"count": 0, "names": []}, "of_first": None,
    "held_out": None,
}  # fmt: skip


def test_every_fact_has_its_sentence() -> None:
    notes = outcome_notes(FACTS)
    assert notes[0] == (
        "By the outcomes (column status), 40 companies won became clients (5 more on the client list already); 58 lost "
        "are no leads for now; 93 rejected are no leads, and the models learn from them as true negatives."
    )
    assert notes[1].startswith("4 lines with an outcome could not be tied to a company for sure")
    assert "such as 'callback' (12)" in notes[2]
    assert notes[3].startswith("Of the first 500 leads as they would have been, 31 were lost and 70 rejected")
    assert "in 66% of the pairs (58% to 74%; chance is 50%)" in notes[4]
    assert notes[5].startswith("Held-out figures count won companies as clients")
    assert notes[6].startswith(
        "Lost or rejected, but on the client list, and so clients still: Elm, Oak, Yew and 2 more."
    )
    assert notes[7].endswith("won counts before rejected and rejected before lost: Ash.")
    assert len(notes) == 8


def test_what_did_not_happen_is_not_mentioned() -> None:
    assert len(outcome_notes(QUIET)) == 1
    assert outcome_notes(None) == []


def test_the_summary_counts_the_lines() -> None:
    text = summary_text({"outcomes": FACTS})
    assert text == (
        "Outcomes: 196 of 200 lines with an outcome matched, 45 won, 60 lost, 95 rejected, 20 open."
    )
