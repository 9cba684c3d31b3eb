"""The survey, one pass over the columns: exact counts by group, and the codes of a sample of companies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.common.codes import distinct_keys
from graphlead.core.arrays import NONE, Flags, Floats, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.register import Column, Register
from graphlead.profile.groups import Grouping, Read, read_columns
from graphlead.profile.numbers import cells

MOST_CLIENTS, MOST_OTHERS = 20_000, 150_000
"""Clients and other companies in the sample of the search, whose time grows with it; counts are always of all."""

Counts = Longs


@dataclass(frozen=True)
class Sample:
    """A sample of companies: sorted rows (m,), whether each is a client, and the number of companies it stands for."""

    rows: Ints
    client: Flags
    weight: Reals


@dataclass(frozen=True, eq=False, kw_only=True)
class Surveyed:
    """One grouping: clients and companies by group (g,), and the group of each company of the sample (m,).

    known: clients and companies with a value: fewer than the sums where a company may be in several groups.
    """

    label: str
    names: pa.Array
    clients: Counts
    companies: Counts
    codes: Ints
    known: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Topic:
    """One column: its groupings, widest first; the sample's numbers (m,) and their cells, for a number or date."""

    column: Column
    levels: tuple[Surveyed, ...]
    numbers: Floats | None = None
    cells: Ints | None = None


def draw_sample(cohort: Cohort, seed: int) -> Sample:
    """Draw at most MOST_CLIENTS clients and MOST_OTHERS other companies, with weights that keep their proportion."""
    rng = np.random.default_rng(seed)
    client = cohort.labels() > 0
    mine, others = cohort.clients, np.flatnonzero(~client).astype(np.int32)
    some = mine if len(mine) <= MOST_CLIENTS else rng.choice(mine, MOST_CLIENTS, replace=False)
    rest = others if len(others) <= MOST_OTHERS else rng.choice(others, MOST_OTHERS, replace=False)
    rows = np.sort(np.concatenate([some, rest])).astype(np.int32)
    chosen = client[rows]
    weight = np.where(chosen, 1.0, len(others) / max(1, len(rest)) * len(some) / max(1, len(mine)))
    return Sample(rows, chosen, weight)


def survey(register: Register, cohort: Cohort, sample: Sample) -> list[Topic]:
    """Count all columns, one at a time: places first, widest first, then the others in the order of the register."""
    return [_topic(read, cohort, sample) for read in read_columns(register)]


def _topic(read: Read, cohort: Cohort, sample: Sample) -> Topic:
    levels = tuple(_count(grouping, cohort, sample) for grouping in read.groupings)
    if read.numbers is None:
        return Topic(read.column, levels)
    numbers = read.numbers[sample.rows]
    return Topic(read.column, levels, numbers.astype(np.float32), cells(numbers, numbers[~sample.client]))


def _count(grouping: Grouping, cohort: Cohort, sample: Sample) -> Surveyed:
    size, mine = len(grouping.names), grouping.codes[cohort.clients]
    clients, companies = _of_entries(grouping, cohort) if grouping.entries else (mine, grouping.codes)
    return Surveyed(
        label=grouping.label,
        names=grouping.names,
        clients=tally(clients, size),
        companies=tally(companies, size),
        codes=grouping.codes[sample.rows],
        known=(int(np.count_nonzero(mine != NONE)), int(np.count_nonzero(grouping.codes != NONE))),
    )


def _of_entries(grouping: Grouping, cohort: Cohort) -> tuple[Ints, Ints]:
    """The codes of the clients and of all companies, where a cell may have several."""
    companies, codes = _entries(grouping)
    return codes[(cohort.labels() > 0)[companies]], codes


def _entries(grouping: Grouping) -> tuple[Ints, Ints]:
    """Companies and codes (E,); a company that names a group twice, as "5610; 5610" does, is in it once."""
    if grouping.entries is None:
        return np.arange(len(grouping.codes), dtype=np.int32), grouping.codes
    companies, codes = grouping.entries
    width = len(grouping.names) + 1
    pairs = distinct_keys(companies.astype(np.int64) * width + codes + 1)
    return (pairs // width).astype(np.int32), (pairs % width - 1).astype(np.int32)


def tally(codes: Ints, size: int) -> Counts:
    """The count of each of ``size`` codes (size,), without NONE."""
    return np.bincount(codes + np.int32(1), minlength=size + 1)[1:].astype(np.int64)
