"""How the tables of a sales verb are understood, column by column, before anything is learned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graphlead.core.sales import SalesSettings
from graphlead.ingest.cases.events.build import read_events
from graphlead.ingest.cases.events.layout import EventColumn
from graphlead.ingest.cases.understood import ReadColumn
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.cases.won import DEALS
from graphlead.pipeline.sales.read import event_options, table_of

ALONE = (str(Use.ID), str(Use.OUTCOME), str(Use.DURATION), str(Use.ACCOUNT))
"""Uses that say more than a meaning."""


@dataclass(frozen=True, kw_only=True)
class UnderstoodColumn:
    """A column as a configuration has it: word is what [columns] would say of it.

    table: the name in [columns.NAME], "" for [columns] itself.
    """

    table: str
    name: str
    word: str
    because: str


def understand(settings: SalesSettings) -> list[UnderstoodColumn]:
    """Every column of the tables that were given. Raises what a run on them would raise of its tables."""
    if settings.events:
        layout = read_events(settings.events, event_options(settings), settings.items).layout
        return [each for table in layout.tables for each in _columns(table.name, table.columns)]
    found = table_of(settings)
    return _columns("", found.understood.columns) + _columns(DEALS, found.deals)


def _columns(table: str, columns: Iterable[ReadColumn | EventColumn]) -> list[UnderstoodColumn]:
    return [
        UnderstoodColumn(
            table=table,
            name=each.name,
            word=str(each.use if str(each.use) in ALONE else each.meaning or each.use),
            because=each.because,
        )
        for each in columns
    ]
