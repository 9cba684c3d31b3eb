"""The evidence of one company as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.core.evidence import Evidence, Tie
from graphlead.explain.reasons.reasons import percent, times


def explanation(
    evidence: Evidence,
    name: str,
    score: float,
    rank: int | None,
    n_leads: int,
    *,
    assumed: float | None = None,
    cypher: bool = False,
) -> list[str]:
    """The lines that explain a company's ``score`` and its ``rank`` among ``n_leads``.

    assumed: the hits per company where the number of clients to be won is only assumed; the score then shows as a
    multiple of it. cypher: whether to add the query that shows each tie, and its parameters.
    """
    lines = [
        f"{name}: {_chance(score, evidence.typical, assumed)}, {_place(rank, n_leads)}.",
        "Why:",
        *(f"  {text}" for text in evidence.why),
    ]
    if evidence.ties:
        lines.append("The nearest clients:")
        lines += [line for tie in evidence.ties for line in _tie(tie, cypher)]
    else:
        lines.append("No client is near by ownership, holder, person, address, link, or industry and place.")
    asked = "" if evidence.introduction in evidence.why else evidence.introduction
    return [*lines, *(line for line in (evidence.counterfactual, asked) if line)]


def _chance(score: float, typical: float, assumed: float | None) -> str:
    if assumed is not None:
        return f"{times(score / assumed)} the chance of any company"
    return f"{percent(score)} (a typical company: {percent(typical)})"


def _place(rank: int | None, n_leads: int) -> str:
    return f"rank {rank:,} of {n_leads:,}" if rank else "no lead but in the ownership group of a client"


def _tie(tie: Tie, cypher: bool) -> Iterator[str]:
    yield f"  {tie.sentence}"
    if cypher:
        yield f"    {tie.cypher}"
        yield f"    {tie.parameters}"
