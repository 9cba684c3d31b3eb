"""The review table: what a person is asked, and what the answers mean."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.carriers import Register
from graphlead.errors import InputError

YES = frozenset({"yes", "y", "x", "1", "1.0", "true", "ja", "oui", "si"})
NO = frozenset({"no", "n", "0", "0.0", "false", "nein", "non"})

REVIEW = ("line", "candidate_rank", "candidate_id", "candidate_name", "probability", "evidence", "accept")
"""The columns of the review table that are not the list's own; candidate_PLACE come on top."""

_SAME_LIST = "Pass the review table together with the list and the register it was made from."


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
            raise _error(f"the column {name!r} is missing.", "Pass the file back with only 'accept' edited.")
    table = reviewed.reset_index(drop=True)
    answers = table["accept"].astype("string").fillna("").str.strip().str.lower()
    said = table[(answers != "").to_numpy()]
    companies = _companies(said["candidate_id"], register)
    chosen: dict[int, int] = {}
    ruled_out = set()
    for (row, typed), company in zip(said.iterrows(), companies, strict=True):
        line, answer = _line(typed, row, clients), answers[row]
        if answer in NO:
            ruled_out.add((line, company))
        elif answer not in YES:
            raise _error(f"accept is {answer!r}.", "Write yes, no, or nothing.", row)
        elif chosen.setdefault(line, company) != company:
            raise _error(f"two companies are accepted for line {line + 1}.", "Keep one yes a line.", row)
    return Decisions(chosen, frozenset(ruled_out))


def _error(problem: str, remedy: str, row: Hashable | None = None) -> InputError:
    where = "review table" if row is None else f"review table, row {int(str(row)) + 1}"
    return InputError(problem, where=where, remedy=remedy)


def _companies(ids: pd.Series, register: Register) -> list[int]:
    """Index in the register of each id."""
    wanted = pa.array(ids.astype("string"), pa.string(), from_pandas=True)
    found = pc.index_in(wanted, value_set=register.ids()).to_pylist()
    for row, known in zip(ids.index, found, strict=True):
        if known is None:
            raise _error(f"candidate_id {ids[row]!r} is not in the register.", _SAME_LIST, row)
    return [int(company) for company in found]


def _line(typed: pd.Series, row: Hashable, clients: pd.DataFrame) -> int:
    """The 0-based line a row of the review table speaks of, checked against the list's own columns."""
    try:
        line = int(float(str(typed["line"]))) - 1
    except ValueError:
        line = -1
    if not 0 <= line < len(clients):
        raise _error(f"line {typed['line']!r} is not in the list of {len(clients)} lines.", _SAME_LIST, row)
    for column in clients:
        written = f"input_{column}" if f"input_{column}" in typed.index else column
        if written not in typed.index or written in REVIEW:
            continue
        there, here = _text(typed[written]), _text(clients[column].iloc[line])
        if there != here:
            raise _error(
                f"line {line + 1} has {column} {here!r} in the list, {there!r} here.", _SAME_LIST, row
            )
    return line


def _text(value: object) -> str:
    return "" if str(value) in ("<NA>", "nan", "None") else str(value).strip()
