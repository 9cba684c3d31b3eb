"""The cases of an experiment and the open ones, as models see them: columns known beforehand alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.spreadsheets import restored
from graphlead.core.cases import Cases
from graphlead.core.errors import InputError
from graphlead.core.experiments import ARM, ReadSettings
from graphlead.experiments.read.question import question_of
from graphlead.experiments.read.units import Units, units_of
from graphlead.experiments.rows import check_columns, id_column, read_texts
from graphlead.ingest.cases.tables import read_features
from graphlead.ingest.cases.understood import TableOptions, Understood
from graphlead.ingest.open_file import is_text


@dataclass(frozen=True, kw_only=True)
class Known:
    """The cases of the experiment with their arms and outcomes, and the open ones.

    understood: how the columns were read; plan: rows (column, as, because) of it.
    """

    cases: Cases
    units: Units
    opened: Cases
    understood: Understood
    plan: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]


def read_known(settings: ReadSettings) -> Known:
    """The two tables of these settings. Raises InputError where the open one has none of the columns learned from."""
    if settings.open is None:
        raise InputError("there is no table of open cases.", where="open", remedy="Give --open FILE.")
    where, question = str(settings.table), question_of(settings)
    frame, opened = read_texts(settings.table), read_texts(settings.open)
    check_columns(settings.exclude, frame, f"{where}, --exclude")
    shared = frame[[name for name in frame if name in opened]]
    own_id = settings.id if settings.id in opened else id_column(shared, None, where)
    past, future = read_features(settings.table, settings.open, _options(settings, frame, own_id))
    outcomes = None if settings.outcomes is None else read_texts(settings.outcomes)
    facts = restored(past.cases.facts) if is_text(settings.table) else past.cases.facts
    units = units_of(facts, question, where, outcomes, str(settings.outcomes))
    cases, found = past.cases.without(past.understood.absent), future.cases.without(past.understood.absent)
    if not cases.columns:
        raise InputError(
            "the open cases have none of the columns that an uplift could be learned from.",
            where=str(settings.open),
            remedy=f"Give it columns of {settings.table.name} that were known before the treatment.",
        )
    return Known(
        cases=cases,
        units=units,
        opened=with_ids_restored(found, settings.open),
        understood=past.understood,
        plan=tuple(past.understood.plan()),
        notes=future.notes,
    )


def _options(settings: ReadSettings, frame: pd.DataFrame, own_id: str | None) -> TableOptions:
    """No feature are the arm, what was known afterwards and what the user leaves out."""
    value = (settings.value,) if settings.value else ()
    named = [settings.arm or ARM, *settings.outcome, *value, *settings.exclude]
    ignored = {name: "ignored" for name in named if name in frame and name != own_id}
    return TableOptions(table="customers", id=own_id or "", columns=ignored)


def with_ids_restored(cases: Cases, path: Path) -> Cases:
    """The cases of a file with the ids as they were before spreadsheets were guarded against them."""
    if not is_text(path):
        return cases
    ids = restored(pd.DataFrame({"id": cases.ids}))["id"].to_numpy(object)
    return replace(cases, ids=np.asarray(ids, object))
