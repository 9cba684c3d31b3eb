"""What is expected of the list, as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphlead.core.expected import Hits, Wins

HEADLINE = 100
"""The number of first companies that sentences are about, a choice: a quarter's calls."""


def headline_hits(hits: Sequence[Hits]) -> Hits | None:
    """The hits that sentences are about: among the first HEADLINE companies, or of a shorter list; None without any."""
    return next(iter([each for each in reversed(hits) if each.first <= HEADLINE] or hits), None)


def hits_sentence(hits: Sequence[Hits], wins: Wins) -> str:
    """How many of the first companies are expected to buy, within when, and what that rests on; empty without any."""
    each = headline_hits(hits)
    if each is None:
        return ""
    within = f" within {each.months} months" if each.months else ""
    low, point, high = _counts(each)
    return f"Of the first {each.first}, expect {point} ({low} to {high}) to buy{within}{_rests_on(wins)}."


def range_text(hits: Hits) -> str:
    """The hits with their interval: 26 (10 to 65)."""
    low, point, high = _counts(hits)
    return f"{point} ({low} to {high})"


def bound_sentence(prior: tuple[float, float, float]) -> str:
    """How many of the other companies can be clients-to-be, or are by what was given."""
    low, _, high = prior
    if low == high:
        return f"{high:.2%} of the companies that are no clients are taken to be clients-to-be, as given."
    return f"At most {high:.2%} of the companies that are no clients can be clients-to-be."


def _counts(hits: Hits) -> tuple[str, str, str]:
    """Low, point and high in whole companies, the interval widened to them."""
    point = f"{hits.point:,.0f}" if hits.point >= 0.5 else "less than 1"
    return f"{int(hits.low):,}", point, f"{-int(-hits.high // 1):,}"


def _rests_on(wins: Wins) -> str:
    match wins.basis:
        case "dates":
            return f"; you won {wins.past:,} in the last {wins.months}"
        case "expect":
            return f" if you win the {wins.count:,.0f} you expect"
        case "prior":
            return f" if the share of clients-to-be that you gave is right: {wins.count:,.0f} companies"
        case "assumed":
            return " if you win a third as many as you have"
