"""A run of `recommend` in a few lines for the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.report.html.figures import count, percent
from graphlead.report.recommend.content import RecommendContent
from graphlead.report.recommend.words import expectation, headline


def recommend_summary(content: RecommendContent, files: Mapping[str, Path]) -> str:
    """What it learned from, what it chose and how good that is, notes, and where the files are."""
    metrics = content.metrics
    lines = [
        f"Learned from {count(metrics['purchases'])} purchases of {count(metrics['customers'])} customers and "
        f"{count(metrics['items'])} items before {metrics['as_of']}.",
        headline(content),
        expectation(content),
        f"Recommended: {count(metrics['recommended']['items'])} different items "
        f"({percent(metrics['recommended']['coverage'])} of those that are sold).",
    ]
    lines += [f"Note: {note}" for note in metrics["notes"]]
    width = max(map(len, files))
    lines += [f"  {name:{width}}  {path}" for name, path in files.items()]
    return "\n".join(line for line in lines if line)
