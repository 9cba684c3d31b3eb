"""A finished run of `graphlead segment`: each part of its folder is read once, when first used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import pandas as pd

from graphlead.common.files import read_json, read_parquet
from graphlead.core.arrays import Json
from graphlead.core.errors import damage
from graphlead.core.segment import VERB, SegmentSettings
from graphlead.runs.finished import Finished


@dataclass(frozen=True)
class FinishedSegments(Finished):
    """The run of ``segment`` in the folder ``path``."""

    VERBS = (VERB,)

    @cached_property
    def settings(self) -> SegmentSettings:
        """The settings of the run; ``out`` is its folder now, wherever it was made."""
        with damage(self.folder.manifest):
            return replace(SegmentSettings.load(None, self.manifest["settings"]), out=self.path)

    @property
    def day(self) -> date:
        """The day of the segments, by default the day on which the run was finished."""
        return self.settings.as_of or self.finished_on

    @cached_property
    def profiles(self) -> Json:
        """What each segment is, as in segments.json."""
        return read_json(self.folder.segment_profiles)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Every customer with its segment."""
        table: pd.DataFrame = read_parquet(self.folder.segments).to_pandas()
        return table

    @cached_property
    def noise(self) -> pd.DataFrame:
        """How noisy each customer is."""
        table: pd.DataFrame = read_parquet(self.folder.noise_scores).to_pandas()
        return table
