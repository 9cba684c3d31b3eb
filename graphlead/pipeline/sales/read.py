"""The first part of a sales verb: from tables to cases, and the plan by which they were read."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.common.console import Console
from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Json
from graphlead.core.cases import Cases
from graphlead.core.errors import damage, unknown
from graphlead.core.sales import SalesSettings
from graphlead.ingest.cases.files import load_cases, save_cases
from graphlead.ingest.cases.tables import read_cases
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.cases.uses import Use
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

READING = "reading.json"
"""Within the folder of the cases: how the tables were understood, as JSON."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Cases, how their tables were understood, and notes for the user.

    plan: rows (column, as, because); understood: what a newer table of open cases is read by; absent: columns that the
    table of open cases lacks; durations: the columns that hold the duration itself.
    """

    cases: Cases
    plan: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    understood: Json
    absent: tuple[str, ...]
    durations: tuple[str, ...]


def read(run: Run, settings: SalesSettings, console: Console) -> Read:
    """The cases of the tables that were given, and the plan, printed."""

    def make(folder: RunFolder) -> None:
        save_read(_read(settings), folder)

    with console.stage("reading the tables"):
        found = load_read(run.stage("cases", make))
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], found.plan)  # fmt: skip
    return found


def _read(settings: SalesSettings) -> Read:
    (table,) = filter(None, (settings.leads, settings.customers))
    found = read_cases(table, settings.open, table_options(settings))
    return Read(
        cases=_without(found.cases, settings),
        plan=tuple(found.understood.plan()),
        notes=found.notes,
        understood=found.understood.to_json(),
        absent=found.understood.absent,
        durations=tuple(filter(None, [found.understood.name_of(Use.DURATION)])),
    )


def table_options(settings: SalesSettings) -> TableOptions:
    return TableOptions(
        table="leads" if settings.leads else "customers",
        outcome=settings.outcome or "",
        positive=settings.positive or "",
        id=settings.id or "",
        duration=settings.duration or "",
        columns={name: use for name, use in settings.columns.items() if isinstance(use, str)},
        keep=settings.keep,
        as_of=settings.as_of,
        within=settings.within,
    )


def _without(cases: Cases, settings: SalesSettings) -> Cases:
    sources = {column.source for column in cases.columns}
    for name in settings.exclude:
        if name not in {*sources, *map(str, cases.facts)}:
            raise unknown("column", name, sorted(sources), "--exclude")
    return cases.without(settings.exclude)


def save_read(found: Read, folder: RunFolder) -> None:
    """Write the cases and how they were read into a run's folder."""
    save_cases(found.cases, folder.cases)
    content = {name: value for name, value in vars(found).items() if name != "cases"}
    write_json(folder.cases / READING, content)


def load_read(folder: RunFolder) -> Read:
    """Read what ``save_read`` wrote. Raises RunFolderError when a part is missing or damaged."""
    content = read_json(folder.cases / READING)
    with damage(folder.cases / READING):
        return Read(
            cases=load_cases(folder.cases),
            plan=tuple(tuple(row) for row in content["plan"]),
            notes=tuple(content["notes"]),
            understood=content["understood"],
            absent=tuple(content["absent"]),
            durations=tuple(content["durations"]),
        )
