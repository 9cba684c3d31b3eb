"""The cases of an experiment: the arm, the outcomes and the value of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.experiments import ARM, HOLDOUT
from graphlead.experiments.read.join import joined
from graphlead.experiments.read.outcome import amounts, outcome_values
from graphlead.experiments.read.question import Question
from graphlead.experiments.rows import check_columns, coded, id_column, ids_of
from graphlead.report.summary import counted

MOST_ARMS = 50
"""Different values up to which a column may hold arms; a choice."""


@dataclass(frozen=True, kw_only=True)
class Units:
    """Cases with an arm, in the order of the table.

    rows: (n,) their positions in the table. arm: (n,) the position of each one's arm in ``arms``; control: the position
    of the control there. outcomes: (n,) by name, NaN where unknown; value: (n,). column: the one with the arm.
    """

    rows: Longs
    arm: Longs
    arms: tuple[str, ...]
    control: int
    column: str
    outcomes: Mapping[str, Reals]
    value: Reals | None
    notes: tuple[str, ...]

    def of(self, arm: int) -> Flags:
        """The cases (n,) of this arm."""
        return np.asarray(self.arm == arm)

    @property
    def treated(self) -> list[int]:
        """The positions of the arms that are compared with the control."""
        return [at for at in range(len(self.arms)) if at != self.control]


def units_of(
    frame: pd.DataFrame, question: Question, where: str, outcomes: pd.DataFrame | None = None, place: str = ""
) -> Units:
    """The cases of a table, their outcomes looked up by id where ``outcomes`` has them; place: that table's name.

    Raises InputError for ids that come twice, words that are no outcome and a control without outcomes, SettingsError
    for an unknown column, arm or value.
    """
    column = _arm_column(frame, question, where)
    id_name = id_column(frame, question.id if question.id in frame else None, where)
    ids = None if id_name is None else ids_of(frame, id_name, where)
    found, notes = _results(frame, ids, question, where, outcomes, place)
    codes, arms = coded(frame[column])
    control = _control(arms, question, f"{where}, column {column}")
    kept = np.flatnonzero(codes >= 0)
    if len(kept) < len(codes):
        notes = [*notes, f"Left out: {counted(len(codes) - len(kept), 'row')} without an arm."]
    units = Units(
        rows=kept,
        arm=codes[kept],
        arms=arms,
        control=control,
        column=column,
        outcomes={name: found[name][kept] for name in question.outcome},
        value=found[question.value][kept] if question.value is not None else None,
        notes=(),
    )
    _check_control(units, f"{where}, column {column}")
    return replace(units, notes=(*notes, *_unknown_notes(units)))


def _arm_column(frame: pd.DataFrame, question: Question, where: str) -> str:
    if question.arm is None and ARM not in frame:
        raise SettingsError(
            "no column is called arm.",
            where=where,
            remedy="Say --arm COLUMN, the column with the arm of each case.",
        )
    column = question.arm or ARM
    check_columns((column,), frame, f"{where}, --arm")
    return column


def _control(arms: tuple[str, ...], question: Question, where: str) -> int:
    """The position of the control among the arms. Raises SettingsError where it is not there, or nothing else is."""
    if len(arms) > MOST_ARMS:
        raise SettingsError(
            f"the column has {len(arms)} different values, too many for arms.",
            where=where,
            remedy="Say --arm COLUMN, the column with the arm of each case.",
        )
    shown = f"The arms are: {', '.join(arms) or 'none'}."
    control = question.control or HOLDOUT
    if control not in arms:
        wanted = (
            f"there is no arm {control!r} to compare with" if question.control else "the control is not given"
        )
        raise SettingsError(f"{wanted}.", where=f"{where}, --control", remedy=f"Say --control ARM. {shown}")
    if len(arms) < 2:
        raise SettingsError(
            f"all cases are of the control {control!r}.", where=where, remedy="Give the treated cases too."
        )
    return arms.index(control)


def _results(
    frame: pd.DataFrame,
    ids: pd.Series[Any] | None,
    question: Question,
    where: str,
    outcomes: pd.DataFrame | None,
    place: str,
) -> tuple[dict[str, Reals], list[str]]:
    """Every outcome and the value (rows of the table,), from the table itself or by id from the outcomes."""
    names = (*question.outcome, *([question.value] if question.value else []))
    if outcomes is None:
        check_columns(names, frame, where)
        return {name: _numbers(frame, name, question, where) for name in names}, []
    elsewhere = [name for name in names if name in outcomes]
    check_columns(tuple(name for name in names if name not in frame), outcomes, place)
    own = {name: _numbers(frame, name, question, where) for name in names if name not in elsewhere}
    numbers = {name: _numbers(outcomes, name, question, place) for name in elsewhere}
    found, notes = joined(frame, ids, outcomes, numbers, question, where, place)
    return own | found, notes


def _numbers(frame: pd.DataFrame, name: str, question: Question, where: str) -> Reals:
    place = f"{where}, column {name}"
    if name not in question.outcome:
        return amounts(frame[name], place)
    return outcome_values(frame[name], place, question.positive if name == question.outcome[0] else None)


def _check_control(units: Units, where: str) -> None:
    for name, values in units.outcomes.items():
        if np.isnan(values[units.of(units.control)]).all():
            raise InputError(
                f"no case of the control {units.arms[units.control]!r} has the outcome {name}.",
                where=where,
                remedy="Give the outcomes of the control too, 0 or no where nothing happened.",
            )


def _unknown_notes(units: Units) -> list[str]:
    notes = []
    for name, values in units.outcomes.items():
        unknown = np.isnan(values)
        if unknown.any():
            notes.append(
                f"Left out of the figures of {name}: {counted(int(unknown.sum()), 'case')} without it."
            )
    return notes
