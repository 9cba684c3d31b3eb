"""What the outcomes of called leads changed, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphlead.report.summary import counted

Facts = Mapping[str, Any]
"""As of ``pipeline.came_back``."""


def outcome_notes(facts: Facts | None) -> list[str]:
    """What changed by the outcomes of a run; nothing without any."""
    return [] if facts is None else list(_notes(facts))


def _notes(facts: Facts) -> Iterator[str]:
    yield _changed(facts)
    yield from _unused(facts)
    yield from _ranking(facts)
    yield from _conflicts(facts)


def _changed(facts: Facts) -> str:
    already = facts["already_clients"]
    listed = f" ({already:,} more on the client list already)" if already else ""
    return (
        f"By the outcomes (column {facts['column']}), {counted(facts['new_clients'], 'company')} won became clients"
        f"{listed}; {facts['lost_companies']:,} lost are no leads for now; {facts['rejected_companies']:,} rejected "
        "are no leads, and the models learn from them as true negatives."
    )


def _unused(facts: Facts) -> Iterator[str]:
    doubtful = facts["review"] + facts["unmatched"]
    if doubtful:
        yield (
            f"{counted(doubtful, 'line')} with an outcome could not be tied to a company for sure and changed nothing: "
            "outcomes.csv has them; give them the company_id."
        )
    if facts["other_words"]:
        words = ", ".join(f"{text!r} ({lines:,})" for text, lines in facts["other_words"].items())
        yield f"Words other than won, lost and rejected count as open, such as {words}."


def _ranking(facts: Facts) -> Iterator[str]:
    first, called = facts["of_first"], facts["held_out"]
    if first and first["lost"] + first["rejected"]:
        yield (
            f"Of the first {first['first']:,} leads as they would have been, {first['lost']:,} were lost and "
            f"{first['rejected']:,} rejected before: they left the list, and others moved up."
        )
    if called:
        yield (
            f"By models that had not seen them, a company that was won ranks before one that was rejected in "
            f"{called['before']:.0%} of the pairs ({called['low']:.0%} to {called['high']:.0%}; chance is 50%)."
        )
    if facts["new_clients"]:
        yield (
            "Held-out figures count won companies as clients, and lost and rejected ones against the list. They do not "
            "compare with those of the run before: who was called was at the top of its list."
        )


def _conflicts(facts: Facts) -> Iterator[str]:
    kept, several = facts["kept_clients"], facts["several_outcomes"]
    if kept["count"]:
        yield (
            f"Lost or rejected, but on the client list, and so clients still: {_listed(kept)}. Take them off that list "
            "if they are none."
        )
    if several["count"]:
        yield (
            f"With several outcomes, of which won counts before rejected and rejected before lost: {_listed(several)}."
        )


def _listed(companies: Facts) -> str:
    names, more = companies["names"], companies["count"] - len(companies["names"])
    return ", ".join(names) + (f" and {more:,} more" if more else "")
