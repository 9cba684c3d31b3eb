"""A finished run of `recommend`: each part of its folder is read once, when first used; and its report once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_parquet
from graphlead.core.errors import damage
from graphlead.core.purchases import Purchases
from graphlead.core.recommend import RecommendSettings
from graphlead.ingest.cases.events.purchase_files import load_purchases
from graphlead.pipeline.outputs import report_to_replace
from graphlead.pipeline.recommend.deliver import VERB, content_of
from graphlead.pipeline.recommend.drifted import Offered
from graphlead.report.recommend.build import write_recommend_report
from graphlead.runs.finished import Finished


@dataclass(frozen=True)
class FinishedRecommend(Finished):
    """The run of ``recommend`` in the folder ``path``."""

    VERBS = (VERB,)

    @cached_property
    def settings(self) -> RecommendSettings:
        """The settings of the run; ``out`` is its folder now, wherever it was made."""
        with damage(self.folder.manifest):
            return replace(RecommendSettings.load(None, self.manifest["settings"]), out=self.path)

    @cached_property
    def purchases(self) -> Purchases:
        return load_purchases(self.folder.purchases)

    @cached_property
    def recommendations(self) -> pd.DataFrame:
        """What each customer is offered: customer, item, score, rank, kind, why."""
        table: pd.DataFrame = read_parquet(self.folder.recommendations).to_pandas()
        return table

    @cached_property
    def offered(self) -> Offered:
        """The recommendations with the purchases that they are from."""
        return Offered(
            purchases=self.purchases,
            table=self.recommendations,
            within=self.settings.within,
            model=self.metrics["chosen"],
        )

    @cached_property
    def prospects(self) -> pd.DataFrame | None:
        """Who wants the product, best first; None where none was named."""
        if self.folder.prospects.name not in self.manifest["files"]:
            return None
        table: pd.DataFrame = read_parquet(self.folder.prospects).to_pandas()
        return table


def report_recommend(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    finished = FinishedRecommend(run)
    report = report_to_replace(run)
    with console.stage("reading the run"):
        content = content_of(finished.folder, finished.folder, finished.settings)
    with console.stage("writing the report"), disk_errors(report):
        write_recommend_report(report, content)
    return report
