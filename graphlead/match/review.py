"""The review table: what a person is asked, and what the answers mean."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from graphlead.carriers import Register
from graphlead.errors import InputError

YES = frozenset({"yes", "y", "x", "1", "1.0", "true", "ja", "oui", "si"})
NO = frozenset({"no", "n", "0", "0.0", "false", "nein", "non"})
WHERE = "review table"


@dataclass(frozen=True)
class Decisions:
    """What a person decided. chosen: line (0-based) to company index; ruled_out: pairs (line, company index)."""

    chosen: dict[int, int] = field(default_factory=dict)
    ruled_out: frozenset[tuple[int, int]] = frozenset()


def read_decisions(reviewed: pd.DataFrame | None, clients: pd.DataFrame, register: Register) -> Decisions:
    """Read the answers of an edited review table.

    Raises InputError for a missing column, an answer that is neither yes nor no, an unknown line or company, two
    companies chosen for one line, or a table that was made from another list.
    """
    if reviewed is None:
        return Decisions()
    for name in ("line", "candidate_id", "accept"):
        if name not in reviewed:
            raise InputError(f"the column {name!r} is missing.", where=WHERE, remedy="Pass the file back as it was written, with only 'accept' edited.")  # fmt: skip
    answers = reviewed["accept"].astype("string").fillna("").str.strip().str.lower()
    said = reviewed[(answers != "").to_numpy()]
    companies = _companies(said["candidate_id"].astype("string"), register)
    chosen: dict[int, int] = {}
    ruled_out = set()
    for row, company in zip(said.index, companies, strict=True):
        line, answer = _line(reviewed, row, clients), answers[row]
        if answer in NO:
            ruled_out.add((line, company))
        elif answer not in YES:
            raise InputError(f"accept is {answer!r}.", where=_place(row), remedy="Write yes, no, or nothing.")
        elif chosen.setdefault(line, company) != company:
            raise InputError(f"two companies are accepted for line {line + 1}.", where=_place(row), remedy="Keep one yes a line.")  # fmt: skip
    return Decisions(chosen, frozenset(ruled_out))


def _place(row: object) -> str:
    return f"{WHERE}, row {int(str(row)) + 1}"


def _companies(ids: pd.Series, register: Register) -> list[int]:
    found = pc.index_in(ids.tolist(), value_set=register.ids())
    unknown = np.flatnonzero(np.asarray(found.is_null()))
    if len(unknown):
        raise InputError(f"candidate_id {ids.iloc[int(unknown[0])]!r} is not in the register.", where=_place(ids.index[int(unknown[0])]), remedy="Match again with this register.")  # fmt: skip
    return [int(company) for company in found.to_pylist()]


def _line(reviewed: pd.DataFrame, row: object, clients: pd.DataFrame) -> int:
    """The 0-based line a row of the review table speaks of, checked against the list's own columns."""
    stated = pd.to_numeric(pd.Series([reviewed.loc[row, "line"]]), errors="coerce").iloc[0]
    if pd.isna(stated) or not 1 <= stated <= len(clients):
        raise InputError(f"line {reviewed.loc[row, 'line']!r} is not in the list of {len(clients)} lines.", where=_place(row), remedy="Pass the review table together with the list it was made from.")  # fmt: skip
    line = int(stated) - 1
    for column in [name for name in clients if name in reviewed and name not in ("line", "accept")]:
        typed, known = _text(reviewed.loc[row, column]), _text(clients[column].iloc[line])
        if typed != known:
            raise InputError(f"line {line + 1} has {column} {known!r} in the list but {typed!r} here.", where=_place(row), remedy="Pass the review table together with the list it was made from.")  # fmt: skip
    return line


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else str(value).strip()  # noqa: PLR0124
