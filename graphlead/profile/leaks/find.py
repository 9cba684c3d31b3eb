"""Every column and every kind of link tested alone: does it give away who is a client?"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.special import betainc

from graphlead.common.codes import encode
from graphlead.common.columns import coded
from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.leaks import Leak
from graphlead.core.register import PLACES, Column, Register, Role
from graphlead.profile.leaks.alone import Cases, best_found, cases_of, filling
from graphlead.profile.leaks.cells import cells_of
from graphlead.profile.leaks.decide import CHANCE, Tested, decide

TESTED = (
    *PLACES, Role.INDUSTRY, Role.NUMBER, Role.DATE, Role.BOOLEAN, Role.CATEGORY, Role.TEXT, Role.IDENTIFIER,
)  # fmt: skip
"""Roles with values, or with the lack of them, that a ranker can learn from; names and contacts are shown only."""

MOSTLY = 0.8
"""The share of the dated clients that must have a later date: a client may also be won twice."""
LATER = 1.0
"""Years by which the median of the clients must lie after that of the others."""
YEAR = 365.2425


def find_leaks(
    register: Register,
    cohort: Cohort,
    *,
    exclude: Collection[str] = (),
    keep: Collection[str] = (),
    progress: Progress = silent,
) -> tuple[Leak, ...]:
    """A decision on every column that a ranker can learn from and on every kind of link, in the register's order.

    exclude: columns left out already, which are not tested; keep: columns and kinds to use whatever they give away.
    One pass over the coded columns: 30 of a million companies take some seconds.
    """
    columns = [c for c in register.columns if c.role in TESTED and c.name not in exclude]
    kinds = touched_by_kind(register)
    cases, tests = cases_of(cohort, register.ids()), len(columns) + len(kinds)
    found = []
    for place, tested in enumerate(_tested(register, columns, kinds, cases, cohort)):
        progress(place, tests, f"looking for leaks: {tested.name}")
        found.append(decide(tested, keep=tested.name in keep))
    progress(tests, tests, "looked for leaks")
    return tuple(found)


def _tested(
    register: Register, columns: list[Column], kinds: dict[str, Ints], cases: Cases, cohort: Cohort
) -> Iterator[Tested]:
    tests = len(columns) + len(kinds)
    for column in columns:
        known = (coded(register, column.name).codes != NONE).astype(np.int32)
        found = max(
            (best_found(cells, cases) for cells in cells_of(register, column)), key=lambda each: each.f1
        )
        later = _years_later(register, column, cases, cohort) if column.role is Role.DATE else 0.0
        yield Tested(name=column.name, role=column.role, found=found, filled=filling(known, cases), tests=tests,
                     later=later)  # fmt: skip
    for kind, touched in kinds.items():
        found = best_found(touched, cases)
        yield Tested(name=kind, role=None, found=found, filled=filling(touched, cases), tests=tests)


def kinds_of_links(register: Register) -> list[str]:
    """The kinds of the register's links."""
    kinds: list[str] = (
        pc.unique(pq.read_table(register.links, columns=["kind"])["kind"]).drop_null().to_pylist()
    )
    return kinds


def touched_by_kind(register: Register) -> dict[str, Ints]:
    """For each kind of link, int32 (n,): 1 for the companies that have one, at either end."""
    links = pq.read_table(register.links, columns=["kind", "source", "target"])
    codes, kinds = encode(links["kind"])
    ends = [links[end].fill_null(NONE).to_numpy().astype(np.int64) for end in ("source", "target")]
    touched = np.zeros((len(kinds), register.n_companies), np.int32)
    for end in ends:
        there = (end != NONE) & (codes != NONE)
        touched[codes[there], end[there]] = 1
    return dict(zip(kinds.to_pylist(), touched, strict=True))


def _years_later(register: Register, column: Column, cases: Cases, cohort: Cohort) -> float:
    """Years by which the clients' dates lie after the others' in the median, if they follow the day they were won."""
    days = _days(register, column)
    won = cohort.won.astype("datetime64[D]").astype(np.float64)
    won[np.isnat(cohort.won)] = np.nan
    own = days[cohort.clients]
    dated = np.isfinite(own) & np.isfinite(won)
    after = int((own[dated] > won[dated]).sum())
    others = np.isfinite(days) & cohort.candidates()
    # The binomial tail; scipy.stats has it by name, but takes a second to import.
    by_chance = betainc(after, dated.sum() - after + 1, 0.5) if after else 1.0
    if not dated.any() or not others.any() or after < MOSTLY * dated.sum() or by_chance >= CHANCE:
        return 0.0
    later = float(np.median(own[dated]) - np.median(days[others])) / YEAR
    return later if later > LATER else 0.0


def _days(register: Register, column: Column) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    read = coded(register, column.name)
    days = pc.cast(pc.cast(pc.cast(read.values, pa.date32()), pa.int32()), pa.float64())
    return read.numbers(days.to_numpy(zero_copy_only=False))
