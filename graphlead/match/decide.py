"""From scored pairs to outcomes: which line is settled, which one a person must look at, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.match.review import Decisions
from graphlead.match.score import Doubles, Longs, Pairs

ACCEPT = 0.9
"""Least probability of the best candidate, given its rivals, to match a line without asking."""

CONSIDER = 0.1
"""Least probability of a candidate, for itself, to be put up for review."""

CLOSENESS = 10.0
"""Log-odds between rivals written exactly alike and not at all: registers hold near duplicates."""

SHOWN = 5
"""Candidates shown for a line under review, at most."""


@dataclass(frozen=True)
class Verdict:
    """The outcome of one line. company: index in the register, -1 for none."""

    outcome: str
    company: int
    probability: float
    evidence: str


@dataclass(frozen=True)
class Candidate:
    """A company shown for a line under review. rank counts from 1."""

    line: int
    rank: int
    company: int
    probability: float
    evidence: str


def _likelihoods(pairs: Pairs) -> tuple[Longs, Doubles, Doubles]:
    """Order of the pairs (line, then likeliest first) with the probability alone and among its rivals, in that order.

    A line means one company or none: the odds of all its candidates say whether it is in the register at all, and
    that chance is shared among them by their odds and by how closely they are written alike.
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
    """Positions, ascending, of the first entry of each (line, twin): a company listed twice is no rival to itself."""
    return np.sort(np.unique(np.stack([line, twin]), axis=1, return_index=True)[1])


def _words(field: str, like: float) -> str:
    if like == 1:
        return f"{field} identical"
    level = "similar" if like >= 0.75 else "partly the same" if like >= 0.45 else "differs"
    return f"{field} {level} ({like:.2f})"


def describe(pairs: Pairs, pair: int) -> str:
    """What a pair rests on, in words: ``name identical; city similar (0.88); region identical``."""
    found = [(field, float(values[pair])) for field, values in pairs.likeness.items()]
    return "; ".join(_words(field, like) for field, like in found if not np.isnan(like))


def trusts_ids(pairs: Pairs, by_id: Longs) -> bool:
    """Whether ids and names agree: running numbers can be ids of the register by mere chance."""
    same = by_id[pairs.line] == pairs.company
    names = pairs.likeness["name"][same]
    known = names[~np.isnan(names)]
    return len(known) == 0 or bool((known >= 0.5).mean() >= 0.5)


def decide(
    pairs: Pairs, empty: npt.NDArray[np.bool_], by_id: Longs, id_evidence: list[str], decisions: Decisions
) -> tuple[list[Verdict], list[Candidate]]:
    """The verdict on every line and the candidates of those under review.

    A person's decision comes first, then the id, then the likeliest company.
    """
    allowed = np.array([pair not in decisions.ruled_out for pair in zip(pairs.line.tolist(), pairs.company.tolist(), strict=True)], bool)  # fmt: skip
    pairs = pairs.only(allowed)
    order, alone, probability = _likelihoods(pairs)
    starts = np.searchsorted(pairs.line[order], np.arange(len(empty) + 1))
    verdicts: list[Verdict] = []
    candidates: list[Candidate] = []
    ruled = {line for line, _ in decisions.ruled_out}
    for line in range(len(empty)):
        if line in decisions.chosen:
            verdicts.append(Verdict("matched", decisions.chosen[line], 1.0, "chosen in review"))
        elif by_id[line] >= 0 and (line, int(by_id[line])) not in decisions.ruled_out:
            verdicts.append(_by_id(pairs, line, int(by_id[line]), id_evidence[line]))
        elif empty[line]:
            verdicts.append(Verdict("unmatched", -1, 0.0, "empty line"))
        else:
            here = slice(starts[line], starts[line + 1])
            verdict, shown = _by_score(pairs, order[here], alone[here], probability[here])
            if verdict.outcome == "unmatched" and line in ruled:
                verdict = Verdict("unmatched", -1, 0.0, "rejected in review")
            verdicts.append(verdict)
            candidates += shown
    return verdicts, candidates


def _by_id(pairs: Pairs, line: int, company: int, evidence: str) -> Verdict:
    here = np.flatnonzero((pairs.line == line) & (pairs.company == company))
    more = "; " + describe(pairs, int(here[0])) if len(here) else ""
    return Verdict("matched", company, 1.0 if "zeros" not in evidence else 0.99, evidence + more)


def _by_score(
    pairs: Pairs, order: Longs, alone: Doubles, probability: Doubles
) -> tuple[Verdict, list[Candidate]]:
    """The verdict from one line's pairs, likeliest first."""
    if len(order) == 0 or alone[0] < CONSIDER:
        return Verdict(
            "unmatched", -1, float(probability[0]) if len(order) else 0.0, "no similar company"
        ), []
    best, chance, said = int(pairs.company[order[0]]), float(probability[0]), describe(pairs, int(order[0]))
    if chance >= ACCEPT:
        return Verdict("matched", best, chance, said), []
    shown = [place for place in range(min(len(order), SHOWN)) if alone[place] >= CONSIDER]
    found = [
        Candidate(
            int(pairs.line[order[p]]),
            p + 1,
            int(pairs.company[order[p]]),
            float(probability[p]),
            describe(pairs, int(order[p])),
        )  # fmt: skip
        for p in shown
    ]
    rivals = f"; {len(shown)} companies are possible" if len(shown) > 1 else ""
    return Verdict("review", -1, chance, said + rivals), found
