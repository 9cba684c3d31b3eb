"""What changed in the inputs and in the scores from one run to another: of a register, or of cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import read_json, write_json
from graphlead.core.cases import CaseColumn, Cases, Kind
from graphlead.core.drift import Form, Pair
from graphlead.core.errors import damage
from graphlead.core.register import Column, Register, Role
from graphlead.profile.drift.build import drift_of
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from graphlead.core.arrays import Json

Inputs = Mapping[str, tuple[Form, "pd.Series | None", str]]
"""By column: how its values are compared, the values as in ``Pair``, and the reason."""
SHOWN = 5
"""Columns that have a note of their own, those that changed most; a list of twenty is not read."""
_OF_ROLES = {
    Role.NUMBER: Form.NUMBER, Role.DATE: Form.DATE, Role.ID: Form.NOTHING, Role.IGNORED: Form.NOTHING,
    **dict.fromkeys(
        (Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE, Role.INDUSTRY, Role.BOOLEAN, Role.CATEGORY),
        Form.CATEGORY,
    ),
}  # fmt: skip
"""By role; of all others only whether they are filled."""
_OF_KINDS = {
    Kind.NUMBER: Form.NUMBER, Kind.FLAG: Form.CATEGORY, Kind.CATEGORY: Form.CATEGORY, Kind.TEXT: Form.FILLED,
}  # fmt: skip


@dataclass(frozen=True)
class RegisterInputs(Mapping[str, tuple[Form, "pd.Series | None", str]]):
    """The columns of a register, a row a company; each is read when it is asked for, and not kept."""

    register: Register

    def __getitem__(self, name: str) -> tuple[Form, pd.Series | None, str]:
        return _register_input(self.register, self.register.column(name))

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.register.columns)

    def __iter__(self) -> Iterator[str]:
        return (column.name for column in self.register.columns)

    def __len__(self) -> int:
        return len(self.register.columns)


def _register_input(register: Register, column: Column) -> tuple[Form, pd.Series | None, str]:
    form = _OF_ROLES.get(column.role, Form.FILLED)
    if form is Form.NOTHING:
        return form, None, "ids of the rows" if column.role is Role.ID else column.reason
    values = register.read(column.name).column(0)
    if form is Form.FILLED:
        return form, pd.Series(values.is_valid().to_numpy()), column.reason
    if form is Form.CATEGORY:
        return form, pd.Series(pc.cast(values, pa.string()), dtype="string[pyarrow]"), column.reason
    days = pc.cast(pc.cast(values, pa.int32()), pa.float64()) if form is Form.DATE else values
    return form, pd.Series(days.to_numpy().astype(np.float64)), column.reason


def case_inputs(cases: Cases) -> Inputs:
    """The columns of cases as the models see them, a row a case."""
    return {column.name: _case_input(column, cases.features[column.name]) for column in cases.columns}


def _case_input(column: CaseColumn, values: pd.Series) -> tuple[Form, pd.Series, str]:
    form = _OF_KINDS[column.kind]
    if column.kind is Kind.FLAG:
        values = values.map({1.0: "yes", 0.0: "no"}).astype(object)
    if form is Form.FILLED:
        values = values.notna() & (values != "")
    return form, values, column.reason


def pairs_of(before: Inputs, after: Inputs) -> Iterator[Pair]:
    """Each column of two runs, also where one lacks it or read it in another way."""
    for name in dict.fromkeys([*after, *before]):
        if name not in before or name not in after:
            yield Pair(name=name, form=Form.NEW if name in after else Form.GONE)
            continue
        (form, values, why), (other, more, _) = before[name], after[name]
        if form is other:
            yield Pair(name=name, form=form, old=values, new=more, why=why)
        elif values is None or more is None:
            yield Pair(name=name, form=Form.NOTHING, why=f"read as {form} before, as {other} now")
        else:
            sides = [each if each.dtype == bool else each.notna() for each in (values, more)]
            yield Pair(name=name, form=Form.FILLED, old=sides[0], new=sides[1])


def score_pair(name: str, old: pd.Series, new: pd.Series) -> Pair:
    """The scores of two runs, called the same in both."""
    return Pair(name=name, form=Form.NUMBER, old=old, new=new, score=True)


def save_drift(folder: RunFolder, earlier: Path, before: Inputs, after: Inputs, scores: Pair) -> None:
    """Write what changed since an earlier run, of which the models are applied; columns and scores as in compare.json.

    scores: see ``score_pair``.
    """
    found = drift_of(chain(pairs_of(before, after), [scores]))
    content = {
        "alarm": any(each.alarm for each in found),
        "since": earlier.as_posix(),
        "drift": [each.to_json() for each in found if not each.score],
        "scores": [each.to_json() for each in found if each.score],
    }
    write_json(folder.drift, content)


def drift_notes(folder: RunFolder) -> tuple[str, ...]:
    """What changed by much since the models were trained, as sentences; none where nothing did, or was compared."""
    if not folder.drift.exists():
        return ()
    content: Json = read_json(folder.drift)
    with damage(folder.drift):
        alarms = [each for each in (*content["drift"], *content["scores"]) if each["alarm"]]
        alarms.sort(key=lambda each: -(each["psi"] or np.inf))
        notes = [f"Since the models were trained: {each['text']}" for each in alarms[:SHOWN]]
    if len(alarms) > SHOWN:
        more = ", ".join(str(each["column"]) for each in alarms[SHOWN:])
        notes.append(f"Since the models were trained these changed by much too: {more}.")
    return tuple(notes)
