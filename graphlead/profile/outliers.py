"""Clients that look like no other client, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import NONE, Reals
from graphlead.core.profile import Outlier
from graphlead.core.register import Register, Role
from graphlead.profile.groups import AMOUNTS
from graphlead.profile.numbers import show, skewed
from graphlead.profile.segments.facets import Facet
from graphlead.profile.survey import Sample, tally

FEWEST = 10
"""With fewer clients nobody can be said to stand out."""

FAR = 3.5
"""Modified z-score of an outlier: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993."""

RARE = 0.02
"""A value that no other client has is strange only if at most this part of the register has it."""

MOST = 20


@dataclass(frozen=True)
class _Oddity:
    """How strange each client (k,) is in one column, 0 for not at all, and what to say of client i."""

    strange: Reals
    facet: Facet
    values: Reals | None


def find_outliers(register: Register, sample: Sample, facets: Sequence[Facet]) -> tuple[Outlier, ...]:
    """The clients with a value that no other has and few companies have, or a number far beyond all others.

    The strangest first, MOST at most.
    """
    clients = np.flatnonzero(sample.client)
    if len(clients) < FEWEST or not facets:
        return ()
    oddities = [_numbers(f, clients) if f.topic.numbers is not None else _values(f, clients) for f in facets]
    strange = np.stack([oddity.strange for oddity in oddities])
    total = strange.sum(axis=0)
    order = np.argsort(-total, kind="stable")[:MOST]
    found = [int(i) for i in order if total[i] > 0]
    ids, names = _name_of(register, sample.rows[clients[found]])
    return tuple(
        Outlier(company_id, name, _reason(oddities, i, clients))
        for company_id, name, i in zip(ids, names, found, strict=True)
    )


def _numbers(facet: Facet, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Oddity:
    """Far from the median of the clients."""
    numbers = facet.topic.numbers
    values = np.asarray(np.zeros(len(clients)) if numbers is None else numbers[clients], np.float64)
    known = np.isfinite(values)
    strange = np.zeros(len(values))
    if known.sum() < FEWEST:
        return _Oddity(strange, facet, values)
    scale = (
        values
        if facet.topic.column.role is Role.DATE or not skewed(values[known])
        else np.log10(np.maximum(values, values[known & (values > 0)].min()))
    )
    middle = np.median(scale[known])
    spread = 1.4826 * np.median(np.abs(scale[known] - middle))
    if spread > 0:
        far = np.abs(scale - middle) / spread
        strange[known] = np.where(far[known] > FAR, far[known], 0)
    return _Oddity(strange, facet, values)


def _values(facet: Facet, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Oddity:
    """A value that no other client has, though other clients mostly share theirs."""
    level = facet.topic.levels[0]
    codes = level.codes[clients]
    counts = tally(codes, len(level.names))
    share = level.companies / max(1, level.companies.sum())
    single = (codes != NONE) & (counts[codes] == 1) & (share[codes] <= RARE)
    usual = np.count_nonzero(counts == 1) <= 0.05 * max(1, counts.sum())
    surprise = -np.log(np.maximum(share[codes], 1e-9))
    return _Oddity(np.where(single & usual, surprise, 0.0), facet, None)


def _name_of(
    register: Register, rows: np.ndarray[tuple[int], np.dtype[np.int32]]
) -> tuple[list[str], list[str]]:
    at = pa.array(rows)
    ids = [str(each) for each in register.ids().take(at).to_pylist()]
    column = next(iter(register.names_of(Role.NAME)), None)
    if column is None:
        return ids, [""] * len(ids)
    return ids, [each or "" for each in register.read(column).column(0).take(at).to_pylist()]


def _reason(oddities: Sequence[_Oddity], i: int, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    told = [oddity for oddity in oddities if oddity.strange[i] > 0]
    told.sort(key=lambda oddity: -oddity.strange[i])
    return "; ".join(_said(oddity, i, clients) for oddity in told)


def _said(oddity: _Oddity, i: int, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> str:
    level = oddity.facet.topic.levels[0]
    if oddity.facet.topic.column.role not in AMOUNTS or oddity.values is None:
        code = int(level.codes[clients[i]])
        share = level.companies[code] / level.companies.sum()
        return f"the only client with {level.label} {level.names[code].as_py()} ({share:.1%} of the register)"
    values = oddity.values
    others = np.delete(values, i)
    others = others[np.isfinite(others)]
    middle = float(np.median(others))
    above = values[i] > middle
    next_one = others.max() if above else others.min()
    beyond = values[i] > next_one if above else values[i] < next_one
    beside = f", the next client {show(float(next_one))}" if beyond else ""
    return (
        f"{level.label} {show(float(values[i]))}, where the middle of the clients is {show(middle)}{beside}"
    )
