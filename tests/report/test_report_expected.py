"""What is expected of a list, in words."""

from __future__ import annotations

import pytest

from graphlead.core.expected import Hits, Wins
from graphlead.report.expected import bound_sentence, hits_sentence, range_text

HITS = (
    Hits(first=25, months=24, low=4.2, point=11.4, high=24.9),
    Hits(first=100, months=24, low=10.9, point=26.3, high=64.2),
    Hits(first=500, months=24, low=20, point=60, high=150),
)


@pytest.mark.parametrize(
    ("wins", "ending"),
    [
        (Wins(count=144, deviation=0.3, months=24, basis="dates", past=144), "; you won 144 in the last 24."),
        (
            Wins(count=50, deviation=0.5, months=24, basis="assumed"),
            " if you win a third as many as you have.",
        ),
        (Wins(count=70, deviation=0.3, months=24, basis="expect"), " if you win the 70 you expect."),
    ],
)
def test_the_sentence_is_about_the_first_hundred(wins: Wins, ending: str) -> None:
    wanted = f"Of the first 100, expect 26 (10 to 65) to buy within 24 months{ending}"
    assert hits_sentence(HITS, wins) == wanted


def test_a_share_given_has_no_horizon() -> None:
    wins = Wins(count=200.4, deviation=0.3, months=None, basis="prior")
    hits = Hits(first=100, months=None, low=10.9, point=26.3, high=64.2)
    assert hits_sentence([hits], wins) == (
        "Of the first 100, expect 26 (10 to 65) to buy if the share of clients-to-be that you gave is right: "
        "200 companies."
    )


def test_shorter_lists_have_what_there_is() -> None:
    wins = Wins(count=9, deviation=0.3, months=7, basis="dates", past=9)
    short = Hits(first=12, months=7, low=0.1, point=0.3, high=0.9)
    assert hits_sentence([short], wins) == (
        "Of the first 12, expect less than 1 (0 to 1) to buy within 7 months; you won 9 in the last 7."
    )
    assert hits_sentence([], wins) == ""
    assert range_text(HITS[0]) == "11 (4 to 25)"


def test_the_prior_is_a_bound_or_what_was_given() -> None:
    assert (
        bound_sentence((0.001, 0.01, 0.043))
        == "At most 4.30% of the companies that are no clients can be clients-to-be."
    )
    assert "as given" in bound_sentence((0.02, 0.02, 0.02))
