"""A list with the arm of each row, and what the experiment can show: the results of ``experiment assign``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.files import write_json
from graphlead.common.spreadsheets import write_csv
from graphlead.core.arrays import Ints, Json
from graphlead.core.errors import InputError
from graphlead.core.experiments import ARM, EXPLORE, HOLDOUT, TREAT, AssignSettings
from graphlead.experiments.assign.base import expected_base, power_of
from graphlead.experiments.assign.deal import dealt_arms, strata_of
from graphlead.experiments.rows import check_columns, id_column, ids_of, read_texts
from graphlead.report.summary import counted
from graphlead.runs.layout import RunFolder

FEWEST = 10
"""Cases below which a list is not dealt: nothing could be shown; a choice."""
SMALL = 5
"""Cases of a stratum below which its share is rather one of all strata together; a choice."""
MOST_STRATA = 200
"""Strata that are listed at most, the largest: a choice."""


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """The list with the columns id and arm before its own, and the content of experiment.json."""

    table: pd.DataFrame
    content: Json


def assigning(settings: AssignSettings) -> Callable[[RunFolder], None]:
    """What writes every result of ``experiment assign`` but the report into a run's folder."""

    def make(folder: RunFolder) -> None:
        assigned = assign(settings)
        write_csv(folder.assignment, assigned.table)
        write_json(folder.experiment, assigned.content)
        named = ("verb", "step", "rows", "arms", "seed", "notes")
        write_json(folder.metrics, {name: assigned.content[name] for name in named})
        notes = assigned.content["notes"] or ["none"]
        folder.noise.write_text("\n".join(["Notes:", *notes]) + "\n", "utf-8")

    return make


def assign(settings: AssignSettings) -> Assigned:
    """The list of these settings, dealt.

    Raises InputError for ids that come twice and too few rows, SettingsError for an unknown column and for shares that
    leave nobody to treat.
    """
    where = str(settings.table)
    frame = read_texts(settings.table)
    column = id_column(frame, settings.id, where)
    check_columns(settings.by, frame, f"{where}, --by")
    ids = ids_of(frame, column, where)
    filled = ids.notna()
    frame, ids = frame[filled].reset_index(drop=True), ids[filled].reset_index(drop=True)
    _check_size(len(frame), where)
    strata = strata_of([frame[name] for name in settings.by], len(frame))
    names = _arms(settings)
    shares = np.array([names[name] for name in names])
    arm = dealt_arms(ids.tolist(), strata, shares, settings.seed)
    notes = [*_id_notes(column, int((~filled).sum())), *_strata_notes(strata, settings.by)]
    content = _content(settings, column, tuple(names), arm, strata)
    content |= {"power": _power(frame, content), "notes": notes}
    return Assigned(table=_listed(frame, ids, np.array([*names], object)[arm], column), content=content)


def _arms(settings: AssignSettings) -> dict[str, float]:
    """The share of each arm."""
    shares = {HOLDOUT: settings.holdout, EXPLORE: settings.explore}
    return {TREAT: 1 - sum(shares.values())} | {name: share for name, share in shares.items() if share}


def _check_size(rows: int, where: str) -> None:
    if rows < FEWEST:
        raise InputError(
            f"there are {rows} cases with an id; at least {FEWEST} are needed to deal them into arms.",
            where=where,
            remedy="Give a longer list.",
        )


def _listed(frame: pd.DataFrame, ids: pd.Series[Any], arm: Any, column: str | None) -> pd.DataFrame:
    """The id and the arm before the list's own columns; one of these that is called alike gets "(input)" behind it."""
    given = frame.drop(columns=["id"]) if column == "id" else frame
    given = given.rename(columns={name: f"{name} (input)" for name in given if name in ("id", ARM)})
    return pd.concat([pd.DataFrame({"id": ids, ARM: arm}), given], axis=1)


def _content(
    settings: AssignSettings, column: str | None, names: tuple[str, ...], arm: Ints, strata: pd.Series[Any]
) -> Json:
    counts = np.bincount(arm, minlength=len(names))
    table = pd.crosstab(strata, arm).reindex(columns=range(len(names)), fill_value=0)
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    rows = [
        {"stratum": str(name), "n": int(row.sum()), **dict(zip(names, row.tolist(), strict=True))}
        for name, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    return {
        "verb": "experiment",
        "step": "assign",
        "list": settings.table.name,
        "id": column,
        "by": list(settings.by),
        "seed": settings.seed,
        "rows": len(arm),
        "arms": [
            {"arm": name, "n": int(n), "share": int(n) / len(arm)}
            for name, n in zip(names, counts, strict=True)
        ],
        "strata": rows[:MOST_STRATA] if settings.by else [],
        "strata_in_all": len(rows) if settings.by else 0,
    }


def _power(frame: pd.DataFrame, content: Json) -> Json:
    counts = {each["arm"]: each["n"] for each in content["arms"]}
    return power_of(expected_base(frame), len(frame) - counts[HOLDOUT], counts[HOLDOUT])


def _id_notes(column: str | None, without: int) -> list[str]:
    notes = []
    if column is None:
        notes.append("No column has an id of its own in every row: the number of the row is the id.")
    if without:
        notes.append(f"Left out: {counted(without, 'row')} without an id.")
    return notes


def _strata_notes(strata: pd.Series[Any], by: tuple[str, ...]) -> list[str]:
    sizes = strata.value_counts()
    small = int((sizes < SMALL).sum())
    if not by or not small:
        return []
    return [
        f"{small} of the {len(sizes)} values of {', '.join(by)} have fewer than {SMALL} cases: there the shares hold "
        "over all of them together."
    ]
