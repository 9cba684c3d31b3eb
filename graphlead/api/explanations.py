"""Why a company or a case has its score, in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from graphlead.core.arrays import Json
from graphlead.explain.files import entries
from graphlead.explain.text import explanation
from graphlead.pipeline.explain import Explained
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.sales.explain import ExplainedCase
from graphlead.report.cards import Bar, bars, card
from graphlead.report.html.figures import percent

STRONGEST = 8
"""Contributions that are drawn, a choice."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Explanation:
    """Why a company of a run, or a case of a sales run, has its score.

    text: to read, the first line says what is explained. contributions: what moved the score, the strongest first:
    what (text) and log_odds (what it added, against a typical company or the average case). content: all of it as
    plain values, as ``graphlead explain --json`` prints it.
    """

    text: str
    contributions: pd.DataFrame
    content: Json

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        title, *lines = self.text.splitlines()
        drawn = self.contributions.head(STRONGEST).itertuples(index=False)
        chart = bars(
            "What moved the score, in log-odds",
            [Bar(label=str(what), value=float(odds), text=f"{odds:+.2f}") for what, odds in drawn],
        )
        return card(title, (line.strip() for line in lines), chart)


def of_company(found: Explained, run: FinishedRun) -> Explanation:
    """The explanation of a company."""
    lines = explanation(
        found.evidence, found.name, found.score, found.rank, found.leads, assumed=found.assumed
    )
    facts = {"name": found.name, "score": found.score, "rank": found.rank, "leads": found.leads}
    content = facts | entries([found.evidence], run.register.ids())[0]
    moved = ((each.theme, each.log_odds) for each in found.evidence.contributions)
    return Explanation(text="\n".join(lines), contributions=_moved(moved), content=content)


def of_case(found: ExplainedCase) -> Explanation:
    """The explanation of a case."""
    moved = ((f"{name}: {value}" if value else name, odds) for name, value, odds in found.contributions)
    return Explanation(
        text="\n".join(_case_lines(found)), contributions=_moved(moved), content=found.to_json()
    )


def _case_lines(found: ExplainedCase) -> Iterator[str]:
    place = f", rank {found.rank:,} of {found.scored:,}" if found.rank else ""
    yield f"{found.id}: {percent(found.probability)}{place}."
    if found.action:
        yield f"To do: {found.action}"
    yield from found.reasons


def _moved(moved: Iterable[tuple[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(list(moved), columns=["what", "log_odds"])
