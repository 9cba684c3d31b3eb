"""A list of companies found in a register, in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.clients import Match
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import match_list
from graphlead.pipeline.frames import as_files
from graphlead.report.cards import Bar, bars, card, counted, table

SHOWN = {"company_id": "company", "matched_name": "name", "probability": "probability", "outcome": "outcome",
         "evidence": "evidence"}  # fmt: skip
"""The columns that matching adds, in a card."""
NOWHERE = Path()


class FoundList:
    """A typed list with the companies found in the register."""

    def __init__(self, found: Match) -> None:
        self._found = found

    @property
    def table(self) -> pd.DataFrame:
        """Every line of the list in its order, with company_id, matched_name, probability, outcome (matched, review or
        unmatched) and evidence."""
        return self._found.table

    @property
    def review(self) -> pd.DataFrame:
        """The candidates of doubtful lines, with an empty column ``accept`` to fill in and give as ``reviewed``."""
        return self._found.review

    @property
    def counts(self) -> dict[str, int]:
        """How many lines are matched, under review and unmatched."""
        return self._found.counts()

    def __repr__(self) -> str:
        return f"<graphlead match: {', '.join(f'{n:,} {outcome}' for outcome, n in self.counts.items())}>"

    def _repr_html_(self) -> str:
        typed = {name: name for name in self.table.columns[:2] if name not in SHOWN}
        rows = [Bar(label=outcome, value=n, text=counted(n)) for outcome, n in self.counts.items()]
        title = f"{counted(self.counts['matched'])} of {counted(len(self.table))} lines found in the register"
        return card(
            title, [], bars("Lines by outcome", rows), table(self.table, typed | SHOWN, {"probability"})
        )


def matched(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> FoundList:
    """A list resolved against a register, tables as paths or in memory; nothing is written."""
    with as_files(given) as files:
        settings: Any = files | {"out": NOWHERE}
        return FoundList(match_list(Settings.load(config, settings), Console(quiet=quiet)))
