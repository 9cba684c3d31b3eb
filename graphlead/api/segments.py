"""Segments of customers in a notebook: a finished run, and a new one from paths or DataFrames."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.segment import SegmentGiven, SegmentSettings
from graphlead.pipeline.sales.frames import Table, as_files, folder_for
from graphlead.pipeline.segment.finished import FinishedSegments
from graphlead.pipeline.segment.segment import segment


class OpenSegments:
    """A finished run of ``segment``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self._run = FinishedSegments(folder)
        self._own = own

    @property
    def folder(self) -> Path:
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
        new: Table | list[Table],
        *,
        out: Path | str | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenSegments:
        """The segments of other customers, whose orders or table is of the kind that these were found in."""
        key = "events" if self._run.settings.events else "customers"
        return found_segments(None, {key: new, "run": self.folder, "out": out, "as_of": as_of}, quiet=quiet)


def found_segments(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenSegments:
    """The segments in tables, each a path or a DataFrame; into a folder of its own where none is given."""
    with as_files(given) as files, folder_for(given.get("out")) as (folder, own):
        settings: SegmentGiven = {**files, "out": folder}  # type: ignore[typeddict-item]
        segment(SegmentSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenSegments(folder, own)
