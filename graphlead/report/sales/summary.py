"""A sales run in a few lines for the console."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.report.html.figures import count, percent
from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.words import WORDS, expectation, headline, leak_sentences, promise, rate


def sales_summary(content: SalesContent, files: Mapping[str, Path]) -> str:
    """The verdict, counts, the chosen model and what to expect of it, leaks in one line each, and where the files are.

    files: what each holds, in the order in which they are shown.
    """
    metrics = content.metrics
    lines = [_counts(content), headline(content), expectation(content)]
    lines += [f"Known only afterwards: {line}" for line in leak_sentences(metrics)]
    lines += [promise(metrics), (metrics.get("graph") or {}).get("text", "")]
    lines += [f"Note: {note}" for note in metrics.get("notes") or ()]
    width = max(map(len, files), default=0)
    lines += [f"  {name:{width}}  {path}" for name, path in files.items()]
    return "\n".join(line for line in lines if line)


def _counts(content: SalesContent) -> str:
    metrics, words = content.metrics, WORDS[content.verb]
    opened = f", {count(metrics['open'])} are open" if content.opened else ""
    return (
        f"Learned from {count(metrics['known'])} {words.case}s, of which {count(metrics['positive'])} "
        f"({percent(rate(metrics))}) {words.happened}{opened}."
    )
