"""A finished run of a sales verb on another day: newer open cases scored by its models, without training again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.core.arrays import Json
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.sales import SalesGiven, SalesSettings
from graphlead.ingest.cases.events.build import read_again
from graphlead.ingest.cases.events.layout import layout_of
from graphlead.ingest.cases.tables import read_open
from graphlead.ingest.cases.understood import understood_of
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.sales.deliver import hand_over
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.pipeline.sales.predict import Predicted, outcome_of
from graphlead.pipeline.sales.read import Read, load_read, read_of_events, read_of_table, save_read
from graphlead.pipeline.sales.surroundings import surroundings
from graphlead.pipeline.sales.train import Trained, load_late, load_trained
from graphlead.pipeline.take_over import take_over
from graphlead.profile.late.find import left_out
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.run import Run, open_run
from graphlead.runs.sales_stages import SALES_STAGES


@dataclass(frozen=True, kw_only=True)
class Newer:
    """The tables that are scored: of open cases, or of events as many as the run learned from. items, as_of: by default
    those of the run, and the day that the tables give."""

    open: Path | None = None
    events: Sequence[Path] = ()
    items: Path | None = None
    as_of: str | date | None = None
    top: int | None = None


def score_cases(run: Path, newer: Newer, out: Path, console: Console) -> Predicted:
    """Score the open cases of newer tables by the models of a finished run, which becomes part of the new one.

    Raises SettingsError where the tables are not of the kind that the run learned from, InputError where they lack what
    it learned from, or where the discovery run that it built on is another one by now.
    """
    earlier = FinishedSales(run)
    settings = _settings(earlier, newer, out)
    read = {name: path for name, path in settings.inputs().items() if name in _read_from(settings)}
    more = parts_of(settings.run) if settings.run else []
    check_run(out, [*read.values(), *parts_of(run), *more])
    inputs = hash_inputs(read) | {"earlier": hash_run(run)} | _discovery(earlier)
    with disk_errors(out), open_run(out, inputs, settings.to_json(), SALES_STAGES, settings.verb) as again:
        found = _read(again, earlier, settings, console)
        around = surroundings(again, found.cases, settings, console, earlier.folder)
        late = load_late(again.stage("leaks", lambda folder: take_over(earlier.folder.leaks, folder)))
        models = again.stage("model", lambda folder: take_over(earlier.folder.model, folder))
        trained: Trained = load_trained(models, late, found.cases.without(left_out(late)), around)
        return outcome_of(hand_over(again, found, trained, around, settings, console, earlier), settings)


def _settings(earlier: FinishedSales, newer: Newer, out: Path) -> SalesSettings:
    """Those of the earlier run, with the newer tables."""
    before = earlier.settings
    flag, tables = ("--events", newer.events) if before.events else ("--open", newer.open)
    if not tables or (newer.open and newer.events):
        raise SettingsError(
            f"the run learned from {'events' if before.events else f'a table of {_cases(before)}'}.",
            where=str(earlier.path),
            remedy=f"Give {flag} with newer ones, and nothing else to score.",
        )
    if len(newer.events) != len(before.events):
        learned = ", ".join(path.name for path in before.events)
        raise SettingsError(
            f"the run learned from {len(before.events)} tables of events: {learned}.",
            where="--events",
            remedy="Give newer ones of each, in the same order.",
        )
    kept = {name: value for name, value in before.to_json().items() if name not in ("as_of", "open")}
    changes = {"open": newer.open, "events": newer.events, "items": newer.items, "top": newer.top}
    given_now = {name: value for name, value in changes.items() if value}
    given: SalesGiven = {**kept, **given_now, "as_of": newer.as_of, "out": out}  # type: ignore[typeddict-item]
    return SalesSettings.load(before.verb, None, given)


def _cases(settings: SalesSettings) -> str:
    return "leads" if settings.leads else "customers"


def _read_from(settings: SalesSettings) -> set[str]:
    """The inputs that are read again; the others were when the run was trained."""
    known = {"leads", "customers", "deals", "companies", "links", *(() if settings.events else ("items",))}
    return set(settings.inputs()) - known


def _discovery(earlier: FinishedSales) -> Json:
    """The discovery run that the earlier one built on. Raises InputError when it is another one by now."""
    if not earlier.settings.run:
        return {}
    now = hash_run(earlier.settings.run)
    if now["sha256"] != earlier.manifest["inputs"]["run"]["sha256"]:
        raise InputError(
            "this discovery run was made again after the models had learned from it.",
            where=str(earlier.settings.run),
            remedy="Train again with the newer one.",
        )
    return {"run": now}


def _read(run: Run, earlier: FinishedSales, settings: SalesSettings, console: Console) -> Read:
    """The cases that the earlier run knew, and below them the open ones of the newer tables."""

    def make(folder: RunFolder) -> None:
        newer = _newer(earlier, settings)
        opened = newer.cases.without(settings.exclude)
        if not len(opened):
            raise InputError("there is no case to score.", where=str(settings.open or settings.events[0]),
                             remedy="No row has an id.")  # fmt: skip
        known = earlier.found.cases.rows(earlier.found.cases.known)
        save_read(replace(newer, cases=known.stacked(opened)), folder)

    with console.stage("reading the tables"):
        return load_read(run.stage("cases", make))


def _newer(earlier: FinishedSales, settings: SalesSettings) -> Read:
    understood = earlier.found.understood
    if settings.events:
        layout = layout_of(understood)
        return read_of_events(read_again(settings.events, layout, settings.as_of, settings.items))
    needed = dict.fromkeys(column.source for column in earlier.usable.columns)
    learned = [name for name in needed if name not in earlier.found.absent]
    opened = settings.open or earlier.path
    return read_of_table(read_open(opened, understood_of(understood), learned, as_of=settings.as_of))
