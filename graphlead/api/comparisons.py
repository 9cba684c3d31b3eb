"""Comparisons of runs and tables in a notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.exchange import PushOptions
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.frames import as_settings
from graphlead.report.cards import Bar, bars, card, table

if TYPE_CHECKING:
    from graphlead.experiments.compare.finished import FinishedComparison


MOVED = {"id": "id", "change": "change", "old_rank": "rank before", "new_rank": "rank now", "why": "why"}
"""The columns of those who moved in a card."""


class OpenComparison:
    """A finished comparison of two runs or two tables. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        from graphlead.experiments.compare.finished import FinishedComparison

        self._run: FinishedComparison = FinishedComparison(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        """The folder of the comparison, with every file that the command line writes."""
        return self._run.path

    @property
    def alarm(self) -> bool:
        """Whether any column changed by much, or is gone or new."""
        return bool(self._run.comparison["alarm"])

    @property
    def drift(self) -> list[Json]:
        """What changed in each column: column, psi, js (both None where nothing was compared), alarm, text, bins."""
        return list(self._run.comparison["drift"])

    @property
    def scores(self) -> list[Json]:
        """The same of the columns that a model gave."""
        return list(self._run.comparison["scores"])

    @property
    def moved(self) -> pd.DataFrame | None:
        """Who moved between two runs: id, change, old_rank, new_rank, why; None for two tables."""
        return self._run.moved

    @property
    def offers(self) -> Json | None:
        """How far the lists of two runs of ``recommend`` agree, and the items that rose and fell; None for others."""
        found: Json | None = self._run.comparison.get("offers")
        return found

    @property
    def segments(self) -> Json | None:
        """How far two runs of ``segment`` agree, with sizes and who went where; None for others."""
        found: Json | None = self._run.comparison.get("segments")
        return found

    @property
    def calibration(self) -> Json | None:
        """Predicted against happened: bins, ece, expected, happened, n, text; None without outcomes."""
        found: Json | None = self._run.comparison["calibration"]
        return found

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Add what moved to a graph; see ``OpenRun.push``, of whose options it takes ``into``."""
        return pushed(self.folder, target, options, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path."""
        return self._run.report()

    def __repr__(self) -> str:
        return f"<graphlead compare in {self.folder}: {self._headline()}>"

    def _repr_html_(self) -> str:
        changed = sorted(
            (each for each in self.drift if each["psi"] is not None), key=lambda each: -each["psi"]
        )
        rows = [
            Bar(label=each["column"], value=each["psi"], text=f"{each['psi']:.2f}") for each in changed[:10]
        ]
        alarms = [each["text"] for each in self.drift if each["alarm"]]
        moved = "" if self.moved is None else table(self.moved, MOVED)
        return card(self._headline(), alarms, bars("Change of each column (PSI)", rows), moved)

    def _headline(self) -> str:
        alarms = sum(bool(each["alarm"]) for each in self.drift)
        return (
            f"{alarms} of {len(self.drift)} columns changed by much"
            if alarms
            else "No column changed by much"
        )


def compared(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenComparison:
    """What ``compare`` finds between two runs or tables; into a folder of its own where none is given."""
    from graphlead.core.comparison import ComparisonSettings
    from graphlead.experiments.compare.compare import compare

    with as_settings(given, config) as (settings, folder, own):
        compare(ComparisonSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenComparison(folder, own)
