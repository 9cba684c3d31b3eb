"""Clients that are unlike all other clients, and why."""

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
from graphlead.profile.survey import Sample, Topic, tally
from graphlead.profile.titles import LevelTitles, titled

FEWEST = 10
"""Clients below which no outliers are sought: there is no norm to differ from."""

FAR = 3.5
"""Modified z-score of an outlier: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993."""

RARE = 0.02
"""A value of a single client is odd only if at most this share of the register has it."""

USUAL = 0.05
"""The largest share of clients with a value of their own: above it such values are normal for the column."""

MOST = 20
"""Outliers reported at most: a list to look through by hand."""


@dataclass(frozen=True)
class _Oddity:
    """The oddity of each client (k,) in one column, 0 for none, and the clients' numbers where the column has any."""

    odd: Reals
    topic: Topic
    values: Reals | None


def find_outliers(
    register: Register, sample: Sample, topics: Sequence[Topic], titles: LevelTitles
) -> tuple[Outlier, ...]:
    """The clients with a rare value that no other client has, or a number far from the others' median.

    The oddest first, at most MOST.
    """
    clients = np.flatnonzero(sample.client)
    if len(clients) < FEWEST or not topics:
        return ()
    oddities = [
        _numbers(each, clients) if each.numbers is not None else _values(each, clients) for each in topics
    ]
    odd = np.stack([oddity.odd for oddity in oddities])
    total = odd.sum(axis=0)
    order = np.argsort(-total, kind="stable")[:MOST]
    found = [int(i) for i in order if total[i] > 0]
    ids, names = _ids_and_names(register, sample.rows[clients[found]])
    return tuple(
        Outlier(company_id, name, _reason(oddities, i, clients, titles))
        for company_id, name, i in zip(ids, names, found, strict=True)
    )


def _numbers(topic: Topic, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Oddity:
    """Numbers far from the median of the clients."""
    numbers = topic.numbers
    values = np.asarray(np.zeros(len(clients)) if numbers is None else numbers[clients], np.float64)
    known = np.isfinite(values)
    odd = np.zeros(len(values))
    if known.sum() < FEWEST:
        return _Oddity(odd, topic, values)
    scale = (
        values
        if topic.column.role is Role.DATE or not skewed(values[known])
        else np.log10(np.maximum(values, values[known & (values > 0)].min()))
    )
    middle = np.median(scale[known])
    spread = 1.4826 * np.median(np.abs(scale[known] - middle))
    if spread > 0:
        far = np.abs(scale - middle) / spread
        odd[known] = np.where(far[known] > FAR, far[known], 0)
    return _Oddity(odd, topic, values)


def _values(topic: Topic, clients: np.ndarray[tuple[int], np.dtype[np.int64]]) -> _Oddity:
    """Rare values of a single client, in a column where clients mostly share their values."""
    level = topic.levels[0]
    codes = level.codes[clients]
    counts = tally(codes, len(level.names))
    share = level.companies / max(1, level.companies.sum())
    single = (codes != NONE) & (counts[codes] == 1) & (share[codes] <= RARE)
    usual = np.count_nonzero(counts == 1) <= USUAL * max(1, counts.sum())
    surprise = -np.log(np.maximum(share[codes], 1e-9))
    return _Oddity(np.where(single & usual, surprise, 0.0), topic, None)


def _ids_and_names(
    register: Register, rows: np.ndarray[tuple[int], np.dtype[np.int32]]
) -> tuple[list[str], list[str]]:
    at = pa.array(rows)
    ids = [str(each) for each in register.ids().take(at).to_pylist()]
    column = next(iter(register.names_of(Role.NAME)), None)
    if column is None:
        return ids, [""] * len(ids)
    return ids, [each or "" for each in register.read(column).column(0).take(at).to_pylist()]


def _reason(
    oddities: Sequence[_Oddity],
    i: int,
    clients: np.ndarray[tuple[int], np.dtype[np.int64]],
    titles: LevelTitles,
) -> str:
    odd = [oddity for oddity in oddities if oddity.odd[i] > 0]
    odd.sort(key=lambda oddity: -oddity.odd[i])
    return "; ".join(_described(oddity, i, clients, titles) for oddity in odd)


def _described(
    oddity: _Oddity, i: int, clients: np.ndarray[tuple[int], np.dtype[np.int64]], titles: LevelTitles
) -> str:
    level = oddity.topic.levels[0]
    if oddity.topic.column.role not in AMOUNTS or oddity.values is None:
        code = int(level.codes[clients[i]])
        share = level.companies[code] / level.companies.sum()
        value = titled(level.label, str(level.names[code].as_py()), titles)
        return f"the only client with {level.label} {value} ({share:.1%} of the register)"
    values = oddity.values
    others = np.delete(values, i)
    others = others[np.isfinite(others)]
    middle = float(np.median(others))
    above = values[i] > middle
    next_one = others.max() if above else others.min()
    beyond = values[i] > next_one if above else values[i] < next_one
    beside = f", the next client {show(float(next_one))}" if beyond else ""
    return (
        f"{level.label} {show(float(values[i]))}, where the median of the clients is {show(middle)}{beside}"
    )
