"""A finished run of `recommend`: each part of its folder is read once, when first used; and its report once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet
from graphlead.common.outputs import check_files
from graphlead.core.arrays import Json
from graphlead.core.errors import damage
from graphlead.core.purchases import Purchases
from graphlead.core.recommend import RecommendSettings
from graphlead.ingest.cases.events.purchase_files import load_purchases
from graphlead.pipeline.outputs import parts_of
from graphlead.pipeline.recommend.deliver import VERB, content_of
from graphlead.report.recommend.build import write_recommend_report
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import check_verb, read_manifest


@dataclass(frozen=True)
class FinishedRecommend:
    """The run of ``recommend`` in the folder ``path``.

    Raises RunFolderError for no run, an unfinished one, and one of another verb.
    """

    path: Path

    def __post_init__(self) -> None:
        check_verb(self.path, (VERB,))

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.path)

    @cached_property
    def manifest(self) -> Json:
        return read_manifest(self.path)

    @cached_property
    def settings(self) -> RecommendSettings:
        """The settings of the run; ``out`` is its folder now, wherever it was made."""
        with damage(self.folder.manifest):
            return replace(RecommendSettings.load(None, self.manifest["settings"]), out=self.path)

    @cached_property
    def purchases(self) -> Purchases:
        return load_purchases(self.folder.purchases)

    @cached_property
    def metrics(self) -> Json:
        return read_json(self.folder.metrics)

    @cached_property
    def recommendations(self) -> pd.DataFrame:
        """What each customer is offered: customer, item, score, rank, kind, why."""
        table: pd.DataFrame = read_parquet(self.folder.recommendations).to_pandas()
        return table

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
    report = finished.folder.report
    check_files([report], [path for path in parts_of(run) if path != report])
    with console.stage("reading the run"):
        content = content_of(finished.folder, finished.folder, finished.settings)
    with console.stage("writing the report"), disk_errors(report):
        write_recommend_report(report, content)
    return report
