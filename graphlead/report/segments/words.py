"""The sentences of a run of `graphlead segment`, the same on its page and on the console."""

from __future__ import annotations

from graphlead.core.arrays import Json
from graphlead.report.html.figures import count, percent
from graphlead.report.segments.content import SegmentContent
from graphlead.report.summary import counted

CLEANERS = {
    "distance": "the distance to their neighbours",
    "clusters": "the distance to the centre of their cluster",
    "lof": "the local outlier factor",
    "hcleaner": "the hypercliques that cover them",
    "vote": "the vote of three cleaners",
}


def headline(content: SegmentContent) -> str:
    """How many customers are in how many segments, and who is worth the most."""
    customers, segments = len(content.customers), content.segments
    text = f"{counted(customers, 'customer')} in {counted(len(segments), 'segment')}."
    valued = [each for each in segments if each["value_share"] is not None]
    if not valued:
        return text
    best = max(valued, key=lambda each: each["value_share"])
    return (
        f"{text} {best['segment']}, {percent(best['share'])} of the customers, "
        f"{'make' if content.profiles['value_is'] != 'value' else 'have'} {percent(best['value_share'])} "
        f"of {VALUES[content.profiles['value_is']]}."
    )


VALUES = {
    "spent": "what was spent",
    "purchases": "the days with purchases",
    "value": "the value",
    "": "the value",
}
"""What the value of a customer is, by its short name in segments.json."""


def steadiness(metrics: Json) -> str:
    """How surely the same segments are found again."""
    if metrics["assigned"]:
        return (
            "The segments are those of the earlier run; every customer has the one with the nearest centre."
        )
    again, explained = metrics["agreement"], metrics["variance_explained"]
    return (
        f"Looked for again in samples of 80% of the customers, the segments agree with these at {again:.2f} "
        f"(adjusted Rand index: 1 is the same, 0 is chance). They explain {percent(explained)} of how customers differ."
    )


def noise_sentence(metrics: Json) -> str:
    """Who was set aside as noise, or that nobody was."""
    noise, cleaner = metrics["noise"], metrics["noise"]["cleaner"]
    if cleaner == "none":
        return (
            f"Nobody is set aside. {counted(noise['clear'], 'customer')} "
            f"{'has' if noise['clear'] == 1 else 'have'} a vote of {noise['clear_from']} or more: all three cleaners "
            "find them noisy. --noise vote keeps the noisiest tenth out of the search for segments."
        )
    if metrics["assigned"]:
        return f"{count(noise['set_aside'])} are the noisiest by {CLEANERS[cleaner]}; each has a segment all the same."
    return (
        f"The {count(noise['set_aside'])} noisiest by {CLEANERS[cleaner]} ({percent(noise['share'])}) were kept out of "
        "the search for segments; each has the segment with the nearest centre all the same."
    )
