"""Segments of customers in a notebook: a finished run, and a new one from paths or tables in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.exchange import PushOptions
from graphlead.core.segment import SegmentSettings
from graphlead.core.tables import Table
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.frames import as_settings
from graphlead.pipeline.segment.finished import FinishedSegments
from graphlead.pipeline.segment.report import report_segments
from graphlead.pipeline.segment.segment import segment
from graphlead.report.cards import Bar, bars, card, counted, table

SHOWN = {
    "customer": "customer", "segment": "segment", "recency": "recency", "frequency": "frequency",
    "monetary": "monetary", "value_class": "value",
}  # fmt: skip
"""The columns of customers in a card."""


class OpenSegments:
    """A finished run of ``segment``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self._run = FinishedSegments(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        """The folder of the run, with every file that the command line writes."""
        return self._run.path

    @property
    def segments(self) -> pd.DataFrame:
        """Every customer: customer, segment, recency, frequency, monetary, value_class, and x, y, its two axes."""
        return self._run.segments

    @property
    def profiles(self) -> list[Json]:
        """Each segment: its size, its value, what tells it apart, and its offer."""
        return list(self._run.profiles["segments"])

    @property
    def noise(self) -> pd.DataFrame:
        """How noisy each customer is: id, distance, clusters, lof, hcleaner, votes, set_aside."""
        return self._run.noise

    @property
    def metrics(self) -> Json:
        """The figures, as in metrics.json."""
        return self._run.metrics

    def assign(
        self,
        new: Table | Sequence[Table],
        *,
        out: Path | str | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenSegments:
        """The segments of other customers, whose orders or table is of the kind that these were found in."""
        key = "events" if self._run.settings.events else "customers"
        return found_segments(None, {key: new, "run": self.folder, "out": out, "as_of": as_of}, quiet=quiet)

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Write the segments into a customer system or a graph; see ``OpenRun.push``."""
        return pushed(self.folder, target, options, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path."""
        return report_segments(self.folder, Console(quiet=True))

    def __repr__(self) -> str:
        return f"<graphlead segment in {self.folder}: {self._headline()}>"

    def _repr_html_(self) -> str:
        size = self.segments["segment"].value_counts()
        rows = [Bar(label=str(name), value=float(n), text=counted(n)) for name, n in size.items()]
        return card(
            self._headline(),
            [f"{each['segment']}: {each['text']}. {each['offer']}." for each in self.profiles],
            bars("Customers by segment", rows),
            table(self.segments, SHOWN),
            f"All of it: {self.folder}",
        )

    def _headline(self) -> str:
        return f"{counted(len(self.segments))} customers in {self.segments['segment'].nunique()} segments"


def found_segments(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenSegments:
    """The segments in tables, each a path or in memory; into a folder of its own where none is given."""
    with as_settings(given, config) as (settings, folder, own):
        segment(SegmentSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenSegments(folder, own)
