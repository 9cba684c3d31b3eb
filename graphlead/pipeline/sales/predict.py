"""A sales verb from end to end: from tables to a list to work, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.core.arrays import Json
from graphlead.core.sales import SalesSettings
from graphlead.learn.cases.registry import check_automl
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.sales.deliver import Delivered, hand_over, policy
from graphlead.pipeline.sales.read import read
from graphlead.pipeline.sales.surroundings import surroundings
from graphlead.pipeline.sales.train import train
from graphlead.report.sales.summary import sales_summary
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.run import open_run
from graphlead.runs.sales_stages import SALES_STAGES


@dataclass(frozen=True, kw_only=True)
class Predicted:
    """The outcome of a sales verb: as text for the terminal, and as JSON."""

    delivered: Delivered
    text: str
    summary: Json


def predict(settings: SalesSettings, console: Console, *, config: Path | None = None) -> Predicted:
    """Learn what becomes of cases and score the open ones: read, look for late columns, train, explain, hand over.

    config: the file that the settings are from, if any; like the inputs, it is not replaced by a result.
    """
    check_automl(settings.automl)
    check_run(
        settings.out, [config, *settings.inputs().values(), *(parts_of(settings.run) if settings.run else ())]
    )
    inputs = hash_inputs(settings.inputs()) | ({"run": hash_run(settings.run)} if settings.run else {})
    with (
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json(), SALES_STAGES, settings.verb) as run,
    ):
        found = read(run, settings, console)
        policy(settings, found.cases)  # a wrong action is refused before anything is trained
        around = surroundings(run, found.cases, settings, console)
        trained = train(run, found, around, settings, console)
        return outcome_of(hand_over(run, found, trained, around, settings, console), settings)


def outcome_of(delivered: Delivered, settings: SalesSettings) -> Predicted:
    """What a verb prints of what it has handed over."""
    folder, verb = RunFolder(delivered.folder), settings.verb
    files = {
        "the list": folder.call_list(verb, delivered.content.made),
        "the list for Excel": folder.workbook(folder.call_list(verb, delivered.content.made)),
        "every case": folder.leads_scored if verb == "convert" else folder.customers_scored,
        "report": folder.report,
        "figures": folder.metrics,
    }
    summary = delivered.metrics | {"files": {name: str(path) for name, path in files.items()}}
    return Predicted(delivered=delivered, text=sales_summary(delivered.content, files), summary=summary)
