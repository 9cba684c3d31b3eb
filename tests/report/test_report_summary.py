"""A run in a few lines."""

from __future__ import annotations

from graphlead.report.summary import summary_text

WHOLE = {
    "companies": 3000, "links": 1, "set_aside": 12, "suppressed": 1, "scored": 2840, "leads": 500, "whitespace": 31,
    "duplicates": {"first": 37, "all": 1042},
    "clients": {"lines": 155, "matched": 148, "review": 3, "unmatched": 4}, "prior": (0.01, 0.025, 0.04),
    "expected": "Of the first 100, expect 26 (10 to 65) to buy.",
    "ranker": "blend", "reason": "gnn and tabular together: best.", "verdict": "The graph helps.",
    "notes": ["Few clients."], "seconds": 41.6, "peak_mb": 812.3, "files": {"leads": "out/leads.csv", "a": "out/a"},
}  # fmt: skip


def test_the_whole_story() -> None:
    assert summary_text(WHOLE).splitlines() == [
        "Read 3,000 companies and 1 link; 12 rows set aside.",
        "Clients: 148 of 155 client lines matched, 3 to review, 4 not found, 1 company suppressed.",
        "Set apart (duplicates.csv): 37 of the first 100 leads, 1,042 in all, were clients under another record.",
        "Of the first 100, expect 26 (10 to 65) to buy.",
        "At most 4.00% of the companies that are no clients can be clients-to-be.",
        "The list is ranked by blend: gnn and tabular together: best.",
        "The graph helps.",
        "Note: Few clients.",
        "500 leads of 2,840 scored companies; 31 companies in clients' own groups or related to them kept apart.",
        "  leads  out/leads.csv",
        "  a      out/a",
        "Done in 42 s, 812 MiB of memory.",
    ]


def test_lines_without_their_facts_are_left_out() -> None:
    assert summary_text({}) == ""
    assert summary_text({"leads": 1}) == "1 lead."
