"""Runs of convert and churn in a notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.sales import SalesGiven, SalesSettings
from graphlead.pipeline.sales.frames import Table, as_files, folder_for

if TYPE_CHECKING:
    from graphlead.pipeline.sales.finished import FinishedSales


class OpenSales:
    """A finished run of ``convert`` or ``churn``. Raises RunFolderError when there is none in the folder.

    A folder that was made for it is removed when nothing refers to it any more.
    """

    def __init__(self, folder: Path, own: tempfile.TemporaryDirectory[str] | None = None) -> None:
        from graphlead.pipeline.sales.finished import FinishedSales

        self._run: FinishedSales = FinishedSales(folder)
        self._own = own

    @property
    def folder(self) -> Path:
        return self._run.path

    @property
    def scored(self) -> pd.DataFrame:
        """Every scored case, best first: id, probability, rank, what to do, reasons."""
        return self._run.scored

    @property
    def metrics(self) -> Json:
        """The figures, as in metrics.json."""
        return self._run.metrics

    @property
    def leaks(self) -> list[Json]:
        """The columns that are known only afterwards, or may be: column, verdict, why, and figures."""
        return list(self.metrics["leaks"])

    def above(self, threshold: float) -> pd.DataFrame:
        """The scored cases with at least this probability, best first."""
        return self.scored[self.scored["probability"] >= threshold]

    def score(
        self,
        new: Table | list[Table],
        *,
        out: Path | str | None = None,
        items: Table | None = None,
        as_of: str | None = None,
        quiet: bool = True,
    ) -> OpenSales:
        """Newer open cases, or the newer tables of events where the run learned from events, by the trained models."""
        from graphlead.pipeline.sales.score import Newer, score_cases

        key = "events" if self._run.settings.events else "open"
        with as_files({key: new, "items": items}) as files, folder_for(out) as (folder, own):
            score_cases(self.folder, Newer(**files, as_of=as_of), folder, Console(quiet=quiet))
            return OpenSales(folder, own)


def predicted(verb: str, config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenSales:
    """What a sales verb makes of tables, each a path or a DataFrame; into a folder of its own where none is given."""
    from graphlead.pipeline.sales.predict import predict

    with as_files(given) as files, folder_for(given.get("out")) as (folder, own):
        settings: SalesGiven = {**files, "out": folder}  # type: ignore[typeddict-item]
        predict(SalesSettings.load(verb, config, settings), Console(quiet=quiet), config=config)
        return OpenSales(folder, own)
