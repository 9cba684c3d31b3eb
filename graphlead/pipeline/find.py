"""Find a company by its id or name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz, process

from graphlead.core.clients import Cohort
from graphlead.core.errors import InputError
from graphlead.core.register import Register, Role

MOST_SUGGESTED = 5
"""Ids listed when several companies have a name: as many as a line has room for."""
ALIKE = 70.0
"""The least similarity (0 to 100) of a suggestion, a choice: one wrong letter in a word of four is still alike."""


def find_company(register: Register, cohort: Cohort, wanted: str, where: str = "company") -> int:
    """The index of the candidate with this id, or with this name if it is the only one.

    Raises InputError, with the company probably meant, when there is none, when several have the name, or when it is a
    client, another record of one, suppressed or no more: only candidates have a score to explain.
    """
    company = by_id_or_name(register, wanted, where)
    name = name_of(register, company)
    at = int(np.searchsorted(cohort.clients, company))
    if at < len(cohort.clients) and cohort.clients[at] == company:
        won = cohort.won[at]
        raise InputError(
            f"{name} is already a client{'' if np.isnat(won) else f' since {won}'}: it has no score.",
            where=where,
            remedy="Ask about a company of scores.parquet.",
        )
    if company in cohort.twins:
        client = cohort.clients[cohort.company[cohort.clients] == cohort.company[company]][0]
        raise InputError(
            f"{name} is another record of your client {name_of(register, int(client))}: it has no rank.",
            where=where,
            remedy="Ask about a lead of leads.csv; if it is another company, answer no in review.csv.",
        )
    if company in cohort.suppressed:
        raise _suppressed(cohort, company, name, where)
    if company in cohort.dead:
        raise InputError(
            f"{name} is no more, by the register ({_end(register, company)}): it has no score.",
            where=where,
            remedy="Give the column another role under [columns] in --config if it says something else.",
        )
    return company


def _suppressed(cohort: Cohort, company: int, name: str, where: str) -> InputError:
    called = {"rejected": cohort.rejected, "lost": cohort.lost}
    result = next((result for result, companies in called.items() if company in companies), "")
    problem = f"was {result} when it was called" if result else "is on the list of companies never to propose"
    source = "table given with --outcomes" if result else "list given with --suppress"
    return InputError(
        f"{name} {problem}: it has no score.", where=where, remedy=f"Take it from the {source} and run again."
    )


def _end(register: Register, company: int) -> str:
    """What the status columns record: ``company_status: Dissolved``."""
    stated = register.rows(register.names_of(Role.STATUS), np.array([company])).to_pylist()[0]
    return ", ".join(f"{column}: {value}" for column, value in stated.items() if value is not None)


def by_id_or_name(register: Register, wanted: str, where: str = "company") -> int:
    """The index of the company with this id, or with this name if it is the only one; else InputError."""
    ids = register.ids().cast(pa.string())
    place = pc.index(ids, wanted).as_py()
    if place >= 0:
        return int(place)
    named = [register.read(name).column(0) for name in register.names_of(Role.NAME)[:1]]
    same = [at for names in named for at in _equal(names, wanted)]
    if len(same) == 1:
        return same[0]
    if same:
        raise InputError(
            f"{len(same)} companies have the name {wanted!r}.",
            where=where,
            remedy=f"Give the id of one: {', '.join(ids.take(pa.array(same[:MOST_SUGGESTED])).to_pylist())}.",
        )
    raise InputError(
        f"the register has no company with the id or name {wanted!r}.",
        where=where,
        remedy=_meant(ids, named, wanted),
    )


def _equal(names: pa.ChunkedArray, wanted: str) -> list[int]:
    found = pc.equal(pc.utf8_lower(names), wanted.lower()).fill_null(False)
    return [int(at) for at in np.flatnonzero(found.to_numpy())]


def _meant(ids: pa.Array, named: Sequence[pa.ChunkedArray], wanted: str) -> str:
    """A suggestion of the ids and names most like ``wanted``."""
    near = process.extract(wanted, ids.to_pylist(), scorer=fuzz.ratio, limit=1, score_cutoff=ALIKE)
    meant = [str(text) for text, _, _ in near]
    for names in named:
        close = process.extract(
            wanted.lower(), pc.utf8_lower(names).to_pylist(), scorer=fuzz.ratio, limit=2, score_cutoff=ALIKE
        )
        meant += [f"{ids[at].as_py()} ({names[at].as_py()})" for _, _, at in close]
    return f"Did you mean {' or '.join(meant)}?" if meant else "Give an id of the register's id column."


def name_of(register: Register, company: int) -> str:
    """The name of a company, its id where it has none."""
    names = [register.read(name).column(0)[company].as_py() for name in register.names_of(Role.NAME)[:1]]
    return str(next((name for name in names if name), register.ids()[company].as_py()))
