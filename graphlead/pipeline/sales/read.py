"""The first part of a sales verb: from tables to cases, and the plan by which they were read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.core.cases import Cases
from graphlead.core.errors import SettingsError, damage, unknown
from graphlead.core.sales import SalesSettings
from graphlead.ingest.cases.deals import read_deals
from graphlead.ingest.cases.events.build import Events, read_events
from graphlead.ingest.cases.events.layout import EventOptions
from graphlead.ingest.cases.files import load_cases, save_cases
from graphlead.ingest.cases.tables import CaseTable, read_cases
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.won import DEALS
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

READING, LIFETIMES = "reading.json", "lifetimes.parquet"
"""Within the folder of the cases: how the tables were understood, and how long customers stayed."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Cases, how their tables were understood, and notes for the user.

    plan: rows (column, as, because); understood: what a newer table of open cases is read by; absent: columns that the
    table of open cases lacks; durations: the columns that hold the duration itself. lifetimes: days (float) and left
    (bool) of every customer, None where a column holds the durations, or nothing does.
    """

    cases: Cases
    plan: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    understood: Json
    absent: tuple[str, ...] = ()
    durations: tuple[str, ...] = ()
    lifetimes: pd.DataFrame | None = None


def read(run: Run, settings: SalesSettings, console: Console) -> Read:
    """The cases of the tables that were given, and the plan, printed."""

    def make(folder: RunFolder) -> None:
        save_read(read_tables(settings), folder)

    with console.stage("reading the tables"):
        found = load_read(run.stage("cases", make))
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], found.plan)  # fmt: skip
    return found


def read_tables(settings: SalesSettings) -> Read:
    """The cases of the tables that the settings name. Raises InputError, SettingsError as the readers of tables do."""
    if settings.events:
        found = read_of_events(read_events(settings.events, event_options(settings), settings.items))
    else:
        found = read_of_table(table_of(settings))
    return _without(found, settings)


def table_of(settings: SalesSettings) -> CaseTable:
    """The cases of the table of leads or customers, with the plan that it was read by."""
    (table,) = filter(None, (settings.leads, settings.customers))
    if settings.deals:
        columns = _tables(settings, [DEALS]).get(DEALS, {})
        return read_deals(table, settings.deals, table_options(settings), columns)
    _tables(settings, [])
    return read_cases(table, settings.open, table_options(settings))


def read_of_table(found: CaseTable) -> Read:
    understood = found.understood
    deals = [(f"{DEALS}: {each.name}", str(each.use), each.because) for each in found.deals]
    return Read(
        cases=found.cases,
        plan=(*understood.plan(), *deals),
        notes=found.notes,
        understood=understood.to_json(),
        absent=understood.absent,
        durations=tuple(filter(None, [understood.name_of(Use.DURATION)])),
    )


def read_of_events(found: Events) -> Read:
    layout = found.layout
    return Read(
        cases=found.cases,
        plan=tuple(layout.plan()),
        notes=found.notes,
        understood=layout.to_json(),
        lifetimes=found.lifetimes,
    )


def table_options(settings: SalesSettings) -> TableOptions:
    return TableOptions(
        table="leads" if settings.leads else "customers",
        outcome=settings.outcome or "",
        positive=settings.positive or "",
        id=settings.id or "",
        duration=settings.duration or "",
        columns=_own_columns(settings.columns),
        keep=settings.keep,
        as_of=settings.as_of,
        within=settings.within,
    )


def event_options(settings: SalesSettings) -> EventOptions:
    stems = [path.name.partition(".")[0] for path in settings.events]
    tables, first = _tables(settings, stems), stems[0] if stems else ""
    own = _own_columns(settings.columns)
    return EventOptions(
        id=settings.id or "",
        item=settings.item or "",
        columns={**tables, first: {**own, **tables.get(first, {})}},
        as_of=settings.as_of,
        within=settings.within,
        active=settings.active,
        seed=settings.seed,
    )


def _own_columns(columns: Mapping[str, Any]) -> dict[str, str]:
    """Those of the first table."""
    return {name: use for name, use in columns.items() if isinstance(use, str)}


def _tables(settings: SalesSettings, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """The columns of each further table. Raises SettingsError for a table that is not among these."""
    tables = {name: dict(each) for name, each in settings.columns.items() if isinstance(each, Mapping)}
    for name in tables:
        if not names:
            raise SettingsError(
                f"there is no second table, which {name!r} would be.",
                where=f"[columns.{name}]",
                remedy="Write the columns of the table under [columns].",
            )
        if name not in names:
            raise unknown("table", name, names, f"[columns.{name}]")
    return tables


def _without(found: Read, settings: SalesSettings) -> Read:
    sources = {column.source for column in found.cases.columns}
    for name in settings.exclude:
        if name not in {*sources, *map(str, found.cases.facts)}:
            raise unknown("column", name, sorted(sources), "--exclude")
    return Read(**{**vars(found), "cases": found.cases.without(settings.exclude)})


def save_read(found: Read, folder: RunFolder) -> None:
    """Write the cases and how they were read into a run's folder."""
    save_cases(found.cases, folder.cases)
    named = [each.name for each in fields(Read) if each.name not in ("cases", "lifetimes")]
    write_json(folder.cases / READING, {name: getattr(found, name) for name in named})
    if found.lifetimes is not None:
        write_parquet(folder.cases / LIFETIMES, pa.Table.from_pandas(found.lifetimes, preserve_index=False))


def load_read(folder: RunFolder) -> Read:
    """Read what ``save_read`` wrote. Raises RunFolderError when a part is missing or damaged."""
    content, lifetimes = read_json(folder.cases / READING), folder.cases / LIFETIMES
    with damage(folder.cases / READING):
        lists = {name: tuple(content[name]) for name in ("notes", "absent", "durations")}
        return Read(
            cases=load_cases(folder.cases),
            plan=tuple((name, use, because) for name, use, because in content["plan"]),
            understood=content["understood"],
            lifetimes=read_parquet(lifetimes).to_pandas() if lifetimes.exists() else None,
            **lists,
        )
