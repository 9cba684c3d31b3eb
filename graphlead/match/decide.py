"""From scored pairs to outcomes: lines that are settled, lines for review, and the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.match.review import Decisions
from graphlead.match.score import Pairs

ACCEPT = 0.9
"""Least probability of the best candidate, given its rivals, to match a line without review. Measured on 1,500 typed
lines of a generated world of 20,000 companies: 0.8 matches 95 % rightly and 2 lines wrongly, 0.9 94 % and 2, 0.95 92 %
and 2, 0.99 74 % and 1; the rest go to review, so 0.9 buys caution on dirtier lists cheaply."""

CONSIDER = 0.1
"""Least probability of a candidate, on its own, to be shown for review: below, it would waste the reader's time."""

SAME_NAME = 0.5
"""Least likeness of names that may be the same company's, enough to notice ids that hit by chance."""

CLOSENESS = 10.0
"""Log-odds between rivals with identical and with entirely different spelling, so that of near duplicates in the
register the one spelled like the line wins."""

SHOWN = 5
"""Candidates shown for a line under review, at most: what a person compares at a glance."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of one line. company: index in the register, -1 for none."""

    outcome: str
    company: int
    probability: float
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A company shown for a line under review. rank counts from 1."""

    line: int
    rank: int
    company: int
    probability: float
    evidence: str


def _likelihoods(pairs: Pairs) -> tuple[Longs, Reals, Reals]:
    """Order of the pairs (by line, likeliest first), and in that order their probability alone and among rivals.

    A line means one company or none: the odds of all its candidates give the chance that it is in the register at
    all, which is shared among them by their odds and by closeness of spelling.
    """
    rivals = pairs.log_odds + CLOSENESS * pairs.closeness
    order = np.lexsort((pairs.company, -rivals, pairs.line))
    order = order[_first_of_twins(pairs.line[order], pairs.twin[order])]
    pairs = pairs.only(order)
    odds = np.exp(pairs.log_odds.clip(-30, 30))
    lines = 1 + int(pairs.line.max(initial=0))
    total = np.bincount(pairs.line, odds, minlength=lines)
    rivals = rivals[order]
    top = np.full(lines, -np.inf)
    np.maximum.at(top, pairs.line, rivals)
    share = np.exp(rivals - top[pairs.line])
    share /= np.bincount(pairs.line, share, minlength=lines)[pairs.line]
    return order, odds / (1 + odds), share * (total / (1 + total))[pairs.line]


def _first_of_twins(line: Longs, twin: Longs) -> Longs:
    """Positions, ascending, of each first (line, twin): a company listed twice is not its own rival."""
    return np.sort(np.unique(np.stack([line, twin]), axis=1, return_index=True)[1])


def _words(field: str, like: float) -> str:
    if like == 1:
        return f"{field} identical"
    level = "similar" if like >= 0.75 else "partly the same" if like >= 0.45 else "differs"
    return f"{field} {level} ({like:.2f})"


def describe(pairs: Pairs, pair: int) -> str:
    """The evidence for a pair in words: ``name identical; city similar (0.88); region identical``."""
    found = [(field, float(values[pair])) for field, values in pairs.likeness.items()]
    return "; ".join(_words(field, like) for field, like in found if not np.isnan(like))


def trusts_ids(pairs: Pairs, by_id: Longs) -> bool:
    """Whether ids and names agree on most lines: running numbers can hit ids of the register by chance."""
    same = by_id[pairs.line] == pairs.company
    names = pairs.likeness["name"][same]
    known = names[~np.isnan(names)]
    return len(known) == 0 or bool((known >= SAME_NAME).mean() >= 0.5)


def decide(
    pairs: Pairs, empty: Flags, by_id: Longs, id_evidence: list[str], decisions: Decisions
) -> tuple[list[Verdict], list[Candidate]]:
    """The verdict on every line, and the candidates of those under review.

    A person's decision comes first, then the id (by_id: company of each line, -1 for none), then the scores.
    """
    both = zip(pairs.line.tolist(), pairs.company.tolist(), strict=True)
    pairs = pairs.only(np.array([pair not in decisions.ruled_out for pair in both], bool))
    order, alone, probability = _likelihoods(pairs)
    starts = np.searchsorted(pairs.line[order], np.arange(len(empty) + 1))
    verdicts: list[Verdict] = []
    candidates: list[Candidate] = []
    for line in range(len(empty)):
        here = slice(starts[line], starts[line + 1])
        verdict = _settled(line, empty, by_id, id_evidence, decisions)
        if verdict is None:
            verdict, shown = _by_score(pairs, order[here], alone[here], probability[here])
            candidates += shown
        verdicts.append(verdict)
    return verdicts, candidates


def _settled(
    line: int, empty: Flags, by_id: Longs, id_evidence: list[str], decisions: Decisions
) -> Verdict | None:
    """The verdict on a line that a decision, an id or its emptiness settles, else None."""
    if line in decisions.chosen:
        return Verdict("matched", decisions.chosen[line], 1.0, "chosen in review")
    company = int(by_id[line])
    if company >= 0 and (line, company) not in decisions.ruled_out:
        return Verdict("matched", company, 1.0, id_evidence[line])
    return Verdict("unmatched", -1, 0.0, "empty line") if empty[line] else None


def _by_score(
    pairs: Pairs, order: Longs, alone: Reals, probability: Reals
) -> tuple[Verdict, list[Candidate]]:
    """The verdict from one line's pairs, likeliest first."""
    if len(order) == 0 or alone[0] < CONSIDER:
        return Verdict(
            "unmatched", -1, float(probability[0]) if len(order) else 0.0, "no similar company"
        ), []
    best, chance, evidence = (
        int(pairs.company[order[0]]),
        float(probability[0]),
        describe(pairs, int(order[0])),
    )
    if chance >= ACCEPT:
        return Verdict("matched", best, chance, evidence), []
    shown = [(rank, pair) for rank, pair in enumerate(order[:SHOWN].tolist()) if alone[rank] >= CONSIDER]
    found = [
        Candidate(
            line=int(pairs.line[pair]),
            rank=rank + 1,
            company=int(pairs.company[pair]),
            probability=float(probability[rank]),
            evidence=text,
        )
        for (rank, pair), text in zip(shown, (describe(pairs, pair) for _, pair in shown), strict=True)
    ]
    rivals = f"; {len(shown)} companies are possible" if len(shown) > 1 else ""
    return Verdict("review", -1, chance, evidence + rivals), found
