"""The evidence of one company as lines to read."""

from __future__ import annotations

from collections.abc import Iterator

from graphlead.core.evidence import Evidence
from graphlead.explain.reasons.reasons import percent


def explanation(
    evidence: Evidence, name: str, score: float, rank: int | None, n_leads: int, *, cypher: bool = False
) -> list[str]:
    """The lines that explain a company's ``score`` (a probability) and its ``rank`` among ``n_leads``.

    cypher: whether to add the query that shows each tie, and its parameters.
    """
    lines = [
        f"{name}: {percent(score)}, {_place(rank, n_leads)}; a typical company has {percent(evidence.typical)}.",
        "What moved the score (in log-odds):",
        *(f"  {reason.contribution:+.2f}  {reason.text}" for reason in evidence.reasons),
    ]
    if evidence.ties:
        lines.append("The nearest clients:")
        lines += [
            line for tie in evidence.ties for line in _tie(tie.sentence, tie.cypher, tie.parameters, cypher)
        ]
    else:
        lines.append("No client is near by ownership, holder, person, address, link, or industry and place.")
    lines += [line for line in (evidence.counterfactual, evidence.introduction) if line]
    return lines


def _place(rank: int | None, n_leads: int) -> str:
    return f"rank {rank:,} of {n_leads:,}" if rank else "no lead but in the ownership group of a client"


def _tie(sentence: str, text: str, parameters: object, cypher: bool) -> Iterator[str]:
    yield f"  {sentence}"
    if cypher:
        yield f"    {text}"
        yield f"    {parameters}"
