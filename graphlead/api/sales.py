"""Runs of convert and churn in a notebook."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from graphlead.api.explanations import Explanation, of_case
from graphlead.common.console import Console
from graphlead.core.arrays import Json
from graphlead.core.exchange import PushOptions
from graphlead.core.sales import SalesSettings
from graphlead.core.tables import Table
from graphlead.pipeline.exchange.results import PushResult, pushed
from graphlead.pipeline.frames import as_files, as_settings, folder_for
from graphlead.report.cards import Bar, bars, card, counted, table
from graphlead.report.sales.words import WORDS, leak_sentences, model_name

if TYPE_CHECKING:
    from graphlead.pipeline.sales.finished import FinishedSales

SHOWN = {
    "rank": "rank", "id": "id", "probability": "probability", "recommended_action": "to do",
    "recommended_intervention": "to do", "value_at_risk": "value at risk", "reason_1": "why",
}  # fmt: skip
"""The columns of scored cases in a card."""


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
        """The folder of the run, with every file that the command line writes."""
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

    def explain(self, case: str) -> Explanation:
        """Why a case, by its id, has its probability. Raises InputError, with the id most like it, for no such case."""
        from graphlead.pipeline.sales.explain import explain_case

        return of_case(explain_case(self._run, str(case)))

    def score(
        self,
        new: Table | Sequence[Table],
        *,
        out: Path | str | None = None,
        items: Table | None = None,
        as_of: str | None = None,
        top: int | None = None,
        quiet: bool = True,
    ) -> OpenSales:
        """Newer open cases, or the newer tables of events where the run learned from events, by the trained models.

        Raises InputError where a column that the models learned from is missing, or there is no case to score.
        """
        from graphlead.pipeline.sales.score import Newer, score_cases

        key = "events" if self._run.settings.events else "open"
        with as_files({key: new, "items": items}) as files, folder_for(out) as (folder, own):
            score_cases(self.folder, Newer(**files, as_of=as_of, top=top), folder, Console(quiet=quiet))
            return OpenSales(folder, own)

    def push(self, target: str, *, quiet: bool = True, **options: Unpack[PushOptions]) -> PushResult:
        """Write the list into a customer system, or customers at risk into a graph; see ``OpenRun.push``."""
        return pushed(self.folder, target, options, quiet=quiet)

    def report(self) -> Path:
        """Write report.html once more, and return its path."""
        from graphlead.pipeline.sales.report import report_sales

        return report_sales(self.folder, Console(quiet=True))

    def __repr__(self) -> str:
        return f"<graphlead {self._run.verb} in {self.folder}: {counted(len(self.scored))} scored>"

    def _repr_html_(self) -> str:
        metrics, words = self.metrics, WORDS[self._run.verb]
        kind = "open " if metrics["open"] else ""
        title = f"{counted(len(self.scored))} {kind}{words.case}s scored"
        lines = [
            f"{model_name(metrics['chosen'])}, learned from {counted(metrics['known'])} known ones: "
            f"held-out AUC {metrics['heldout']['auc']:.3f}.",
            (metrics["graph"] or {}).get("text", ""),
            *(f"Known only afterwards: {line}" for line in leak_sentences(metrics)),
        ]
        rows = table(self.scored, SHOWN, shares={"probability"})
        return card(
            title, lines, _by_tenth(self.scored["probability"], words.case), rows, f"All of it: {self.folder}"
        )


def _by_tenth(probability: pd.Series[float], case: str) -> str:
    """How many cases have which probability, in tenths."""
    count = np.histogram(probability, bins=np.linspace(0, 1, 11))[0].tolist()
    rows = [
        Bar(label=f"{tenth * 10} to {tenth * 10 + 10} %", value=n, text=counted(n))
        for tenth, n in reversed(list(enumerate(count)))
    ]
    return bars(f"{case.capitalize()}s by probability", rows)


def predicted(verb: str, config: Path | None, given: Mapping[str, Any], *, quiet: bool) -> OpenSales:
    """What a sales verb makes of tables, each a path or in memory; into a folder of its own where none is given."""
    from graphlead.pipeline.sales.predict import predict

    with as_settings(given, config) as (settings, folder, own):
        predict(SalesSettings.load(verb, config, settings), Console(quiet=quiet), config=config)
        return OpenSales(folder, own)
