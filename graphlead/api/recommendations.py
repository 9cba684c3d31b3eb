"""Recommendations in a notebook: the tables and figures of a run as DataFrames, and newer orders by its model."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.exchange import PushOptions
from graphlead.core.recommend import RecommendSettings
from graphlead.core.tables import Table
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.frames import as_files, as_settings, folder_for
from graphlead.pipeline.recommend.finished import FinishedRecommend, report_recommend
from graphlead.pipeline.recommend.recommend import recommend
from graphlead.pipeline.recommend.score import NewerOrders, recommend_again
from graphlead.report.cards import Bar, bars, card, counted, table
from graphlead.report.recommend.words import model_name

MODELS = 6
"""Ways that are drawn, the best first, a choice."""
OFFERS = {"customer": "customer", "rank": "rank", "item": "item", "score": "score", "why": "why"}
PROSPECTS = {"rank": "rank", "id": "id", "score": "score", "known": "known", "why": "why"}
"""The columns in a card."""


class OpenRecommend:
    """A finished run of ``recommend``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        self._run = FinishedRecommend(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        """The folder of the run, with every file that the command line writes."""
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
        events: Table | Sequence[Table],
        *,
        out: Path | str | None = None,
        items: Table | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenRecommend:
        """Recommendations from newer orders, by the trained model.

        Raises InputError where the orders lack a column that the model learned from.
        """
        with as_files({"events": events, "items": items}) as files, folder_for(out) as (folder, own):
            recommend_again(self.folder, NewerOrders(**files, as_of=as_of), folder, Console(quiet=quiet))
            return OpenRecommend(folder, own)

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Write the offers into a customer system or a graph; see ``OpenRun.push``."""
        return pushed(self.folder, target, options, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path."""
        return report_recommend(self.folder, Console(quiet=True))

    def __repr__(self) -> str:
        return f"<graphlead recommend in {self.folder}: {self._headline()}>"

    def _repr_html_(self) -> str:
        rows = [
            Bar(
                label=model_name(each["model"]),
                value=each["ndcg_10"],
                text=f"{each['ndcg_10']:.3f}",
                low=each["low"],
                high=each["high"],
            )
            for each in self.metrics["models"][:MODELS]
        ]
        chart = bars("How well each way finds what was bought next (NDCG@10)", rows)
        wanted = "" if self.prospects is None else table(self.prospects, PROSPECTS)
        offers = table(self.recommendations, OFFERS)
        line = f"{model_name(self.metrics['chosen'])} recommends."
        return card(self._headline(), [line], chart, wanted or offers, f"All of it: {self.folder}")

    def _headline(self) -> str:
        customers = self.recommendations["customer"].nunique()
        return f"{counted(len(self.recommendations))} offers to {counted(customers)} customers"


def recommended(config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenRecommend:
    """What ``recommend`` makes of tables, each a path or in memory; into a folder of its own where none is given."""
    with as_settings(given, config) as (settings, folder, own):
        recommend(RecommendSettings.load(config, settings), Console(quiet=quiet), config=config)
        return OpenRecommend(folder, own)
