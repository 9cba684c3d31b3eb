"""The first part of `graphlead segment`: from orders or a table to customers, and the plan by which they were read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from graphlead.common.console import Console
from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Json
from graphlead.core.customers import Customers
from graphlead.core.errors import damage, unknown
from graphlead.core.segment import SegmentSettings
from graphlead.ingest.cases.customers import read_customers
from graphlead.ingest.cases.events.layout import EventOptions
from graphlead.ingest.cases.events.purchase_files import load_purchases, save_purchases
from graphlead.ingest.cases.events.purchases import layout_of_purchases, read_purchases
from graphlead.ingest.cases.files import load_cases, save_cases
from graphlead.ingest.cases.understood import TableOptions, understood_of
from graphlead.ingest.cases.wide import is_wide, read_wide
from graphlead.profile.customers.purchased import customers_of
from graphlead.profile.customers.surveyed import customers_of_table
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

READING = "reading.json"
"""Within the folder of the cases: how the table of customers was understood."""
MOST_PLANNED = 200
"""Columns of which the plan is printed; of wider tables all but the id are numbers."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """Customers, how their table was understood, and notes for the user. plan: rows (column, as, because)."""

    customers: Customers
    plan: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def read(run: Run, settings: SegmentSettings, console: Console, earlier: RunFolder | None = None) -> Read:
    """The customers of the tables that were given, and the plan, printed.

    earlier: the folder of a run by whose plan they are read.
    """

    def make(folder: RunFolder) -> None:
        if settings.events:
            _save_purchases(folder, settings, earlier)
        else:
            _save_table(folder, settings, earlier)

    with console.stage("reading the tables"):
        found = load(run.stage("read", make), settings)
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], found.plan)  # fmt: skip
    return found


def load(folder: RunFolder, settings: SegmentSettings) -> Read:
    """The customers in a run's folder. Raises RunFolderError when a part is missing or damaged."""
    if settings.events:
        purchases = load_purchases(folder.purchases)
        with damage(folder.purchases):
            customers = customers_of(purchases)
        return _without(Read(customers=customers, plan=purchases.plan, notes=purchases.notes), settings)
    cases, content = load_cases(folder.cases), read_json(folder.cases / READING)
    with damage(folder.cases):
        plan = tuple((name, use, because) for name, use, because in content["plan"])
        found = Read(customers=customers_of_table(cases), plan=plan, notes=tuple(content["notes"]))
    return _without(found, settings)


def _save_purchases(folder: RunFolder, settings: SegmentSettings, earlier: RunFolder | None) -> None:
    like = layout_of_purchases(load_purchases(earlier.purchases)) if earlier else None
    found = read_purchases(settings.events, _event_options(settings), needs_items=False, like=like)
    save_purchases(found, folder.purchases)


def _save_table(folder: RunFolder, settings: SegmentSettings, earlier: RunFolder | None) -> None:
    like = understood_of(_understood(earlier)) if earlier else None
    table = settings.source
    options = TableOptions(
        table="customers", id=settings.id or "", columns=_own(settings.columns), as_of=settings.as_of
    )
    found = (read_wide if is_wide(table) else read_customers)(table, options, like)
    save_cases(found.cases, folder.cases)
    write_json(folder.cases / READING, {
        "plan": _short(found.understood.plan()), "notes": found.notes, "understood": found.understood.to_json()
    })  # fmt: skip


def _short(plan: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """The plan without the columns after the first MOST_PLANNED, which are counted."""
    rest = len(plan) - MOST_PLANNED
    more = [(f"({rest:,} further columns)", "numbers", "as those before")] if rest > 0 else []
    return plan[:MOST_PLANNED] + more


def _understood(folder: RunFolder) -> Json:
    content = read_json(folder.cases / READING)
    with damage(folder.cases / READING):
        understood: Json = content["understood"]
        return understood


def _event_options(settings: SegmentSettings) -> EventOptions:
    tables = {name: dict(each) for name, each in settings.columns.items() if isinstance(each, Mapping)}
    first, own = settings.source.name.partition(".")[0], _own(settings.columns)
    return EventOptions(
        id=settings.id or "",
        item=settings.item or "",
        columns={**tables, first: {**own, **tables.get(first, {})}},
        as_of=settings.as_of,
    )


def _own(columns: Mapping[str, object]) -> dict[str, str]:
    """Those of the first table."""
    return {name: use for name, use in columns.items() if isinstance(use, str)}


def _without(found: Read, settings: SegmentSettings) -> Read:
    """The same without the columns that the user excludes. Raises SettingsError for one that is not there."""
    names = [trait.name for trait in found.customers.traits]
    _check_excluded(settings.exclude, names, [row[0] for row in found.plan])
    kept = tuple(trait for trait in found.customers.traits if trait.name not in settings.exclude)
    values = found.customers.table[[trait.name for trait in kept]]
    return replace(found, customers=replace(found.customers, traits=kept, table=values))


def _check_excluded(excluded: Iterable[str], names: list[str], columns: list[str]) -> None:
    for name in excluded:
        if name not in {*names, *columns}:
            raise unknown("column", name, [*names, *columns], "--exclude")
