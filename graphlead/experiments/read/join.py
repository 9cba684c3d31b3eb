"""Outcomes of another table, joined to the cases by their id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from graphlead.core.arrays import Reals
from graphlead.core.errors import InputError, Place
from graphlead.experiments.read.question import Question
from graphlead.experiments.rows import id_column, ids_of
from graphlead.report.summary import counted


def joined(
    frame: pd.DataFrame,
    ids: pd.Series[Any] | None,
    outcomes: pd.DataFrame,
    numbers: Mapping[str, Reals],
    question: Question,
    where: str,
    place: str,
) -> tuple[dict[str, Reals], list[str]]:
    """These columns of the outcomes for each row of the table, and notes of what was not matched.

    A case without a row among the outcomes has unknown ones, unless the outcomes name only those that did: then it is
    one that did not. Raises InputError where a table has no ids, or where none of them match.
    """
    if ids is None:
        raise _no_ids(where)
    name = next((each for each in (question.id, ids.name) if each in outcomes), None)
    name = name or id_column(outcomes, None, place)
    if name is None:
        raise _no_ids(place)
    theirs = ids_of(outcomes, str(name), place)
    at = pd.Index(theirs).get_indexer(pd.Index(ids))
    at[ids.isna().to_numpy()] = -1
    missing = at < 0
    if missing.all():
        raise InputError(
            f"no id of the outcomes is one of the cases: {theirs.dropna().iloc[0]!r} against {ids.dropna().iloc[0]!r}.",
            where=Place.of(place, column=str(name)),
            remedy="Say --id COLUMN, the column that both tables have.",
        )
    hits = [numbers[each] for each in question.outcome if each in numbers]
    only_hits = bool(hits) and all(bool((each[~np.isnan(each)] == 1).all()) for each in hits)
    fill = 0.0 if only_hits else np.nan
    found = {each: np.where(missing, fill, values[at]) for each, values in numbers.items()}
    strangers = int((~theirs.isin(set(ids.dropna()))).sum())
    return found, _notes(int(missing.sum()), strangers, only_hits=only_hits)


def _no_ids(where: str) -> InputError:
    return InputError(
        "no column has an id of its own in every row, by which the outcomes could be joined.",
        where=where,
        remedy="Say --id COLUMN.",
    )


def _notes(missing: int, strangers: int, *, only_hits: bool) -> list[str]:
    notes = []
    if missing:
        so = "a no, for the outcomes name only those that did" if only_hits else "unknown"
        notes.append(f"Without a row among the outcomes: {counted(missing, 'case')}, taken as {so}.")
    if strangers:
        notes.append(f"Not used: {counted(strangers, 'row')} of the outcomes of no case in the table.")
    return notes
