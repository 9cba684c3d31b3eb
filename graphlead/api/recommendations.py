"""Recommendations in a notebook: the tables and figures of a run as DataFrames, and newer orders by its model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.recommend import RecommendGiven, RecommendSettings
from graphlead.pipeline.recommend.finished import FinishedRecommend
from graphlead.pipeline.recommend.recommend import recommend
from graphlead.pipeline.recommend.score import NewerOrders, recommend_again
from graphlead.pipeline.sales.frames import Table, as_files, folder_for


class OpenRecommend:
    """A finished run of ``recommend``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self._run = FinishedRecommend(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        return self._run.path

    @property
    def recommendations(self) -> pd.DataFrame:
        """What each customer is offered: customer, item, score, rank, kind, why."""
        return self._run.recommendations

    @property
    def prospects(self) -> pd.DataFrame | None:
        """Who wants the product, best first: id, score, rank, known, why; None where none was named."""
        return self._run.prospects

    @property
    def metrics(self) -> Json:
        """The figures, as in metrics.json."""
        return self._run.metrics

    def score(
        self,
        events: Table | list[Table],
        *,
        out: Path | str | None = None,
        items: Table | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenRecommend:
        """Recommendations from newer orders, by the trained model."""
        with as_files({"events": events, "items": items}) as files, folder_for(out) as (folder, own):
            recommend_again(self.folder, NewerOrders(**files, as_of=as_of), folder, Console(quiet=quiet))
            return OpenRecommend(folder, own)


def recommended(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenRecommend:
    """What ``recommend`` makes of tables, each a path or a DataFrame; into a folder of its own where none is given."""
    with as_files(given) as files, folder_for(given.get("out")) as (folder, own):
        settings: RecommendGiven = {**files, "out": folder}  # type: ignore[typeddict-item]
        recommend(RecommendSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenRecommend(folder, own)
