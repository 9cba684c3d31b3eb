"""The review table's columns, and a person's decisions read from it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from graphlead.common.codes import places_among
from graphlead.common.rows import place_of, row_number
from graphlead.core.arrays import NONE
from graphlead.core.errors import InputError, Place
from graphlead.core.register import Register

YES = frozenset({"yes", "y", "x", "1", "1.0", "true", "ja", "oui", "si"})
NO = frozenset({"no", "n", "0", "0.0", "false", "nein", "non"})

REVIEW = (
    "line", "candidate_rank", "candidate_id", "candidate_name", "probability", "evidence", "question", "accept"
)  # fmt: skip
"""The columns of the review table that are not the list's own; candidate_PLACE columns come in addition."""

WHICH, ANOTHER = "which company is meant", "another record of a listed company"
"""What a row of the review table asks: whether the line means the candidate, or whether the candidate, which was set
apart, is a record of a company on the lists. Without the column every row asks the first."""

MIDNIGHT = " 00:00:00"
"""What pandas adds to a day that it writes as text."""

_SAME_LIST = "Pass the review table together with the list and the register it was made from."


@dataclass(frozen=True)
class Decisions:
    """A person's decisions.

    chosen: line (0-based) to company index; ruled_out: pairs (line, company index); alone: indices of companies that
    are no other record of any company on the lists.
    """

    chosen: dict[int, int] = field(default_factory=dict)
    ruled_out: frozenset[tuple[int, int]] = frozenset()
    alone: frozenset[int] = frozenset()


def read_decisions(reviewed: pd.DataFrame | None, clients: pd.DataFrame, register: Register) -> Decisions:
    """The decisions in an edited review table.

    Raises InputError for a missing column, an answer that is neither yes nor no, an unknown line or company, two
    companies chosen for one line, or a table that was made from another list.
    """
    if reviewed is None:
        return Decisions()
    place = place_of(reviewed, "review table")
    for name in ("line", "candidate_id", "accept"):
        if name not in reviewed:
            problem = f"the column {name!r} is missing."
            raise InputError(problem, where=place, remedy="Pass the file back with only 'accept' edited.")
    typed = reviewed.astype("string").fillna("").apply(lambda column: column.str.strip()).to_dict("records")
    ids = pa.array([row["candidate_id"] for row in typed], pa.string())
    companies = places_among(ids, register.ids()).tolist()
    chosen: dict[int, int] = {}
    ruled_out, alone = set(), set()
    for position, (row, company) in enumerate(zip(typed, companies, strict=True)):
        where = Place.of(place, row=row_number(reviewed, position))
        if not row["accept"]:
            continue
        if company == NONE:
            raise _error(f"candidate_id {row['candidate_id']!r} is not in the register.", _SAME_LIST, where)
        accepted, another = _accepted(row["accept"], where), row.get("question") == ANOTHER
        line = -1 if another else _line(row, where, clients)
        if another and not accepted:
            alone.add(company)
        elif not another and not accepted:
            ruled_out.add((line, company))
        elif not another and chosen.setdefault(line, company) != company:
            raise _error(f"two companies are accepted for line {line + 1}.", "Keep one yes a line.", where)
    return Decisions(chosen, frozenset(ruled_out), frozenset(alone))


def _accepted(answer: str, where: str) -> bool:
    """Whether an answer is yes; raises InputError when it is neither yes nor no."""
    if answer.lower() not in YES | NO:
        raise _error(f"accept is {answer.lower()!r}.", "Write yes, no, or nothing.", where)
    return answer.lower() in YES


def _error(problem: str, remedy: str, where: str) -> InputError:
    return InputError(problem, where=where, remedy=remedy)


def _line(typed: Mapping[Hashable, str], where: str, clients: pd.DataFrame) -> int:
    """The 0-based line that a row of the review table is about, checked against the list's own columns."""
    stated = typed["line"].removesuffix(".0")
    line = int(stated) - 1 if stated.isdecimal() else -1
    if not 0 <= line < len(clients):
        raise _error(f"line {stated!r} is not in the list of {len(clients)} lines.", _SAME_LIST, where)
    for column in clients:
        written = f"input_{column}" if f"input_{column}" in typed else str(column)
        here = clients[column].iloc[line]
        here = "" if pd.isna(here) else str(here).strip()
        if written in typed and written not in REVIEW and _plain(typed[written]) != _plain(here):
            problem = f"line {line + 1} has {column} {here!r} in the list, {typed[written]!r} here."
            raise _error(problem, _SAME_LIST, where)
    return line


def _plain(cell: str) -> list[str]:
    """The words of a cell, a day without the midnight that some programs write after it."""
    return cell.removesuffix(MIDNIGHT).split()
