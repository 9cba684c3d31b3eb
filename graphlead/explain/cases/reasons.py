"""The strongest reasons of each case, in words: its value of a column, and what known cases like it did."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs, Reals
from graphlead.core.cases import CaseColumn, Cases, Kind
from graphlead.explain.cases.sentences import sentences
from graphlead.explain.cases.shares import Texts, shares_of

REASONS = 3
LEAST = 0.05
"""The step in log-odds from which a column is a reason, a choice: it moves a probability of 50 % by one point."""
AGAINST = "against: "
"""Before a reason that lowers the probability."""


def reasons(known: Cases, scored: Cases, contributions: pd.DataFrame, happened: str) -> Texts:
    """The reasons (n, 3) why the probability of each scored case is what it is, "" for fewer.

    contributions (n, sources): what each of the user's columns adds to the log-odds, against the average case. Those
    that raise the probability come first, the strongest before the others; after them, marked, those that lower it. A
    case less likely than the average gets its three strongest, whichever way they point. happened: what the cases of
    outcome 1 did, such as "converted".
    """
    by_source = _by_source(scored)
    names = [str(name) for name in contributions if name in by_source]
    moved = contributions[names].to_numpy(np.float64)
    strongest = _strongest(moved)
    found = np.full((len(scored), REASONS), "", object)
    for at, name in enumerate(names):
        rows, places = np.nonzero(strongest == at)
        if len(rows):
            raises = moved[rows, at] > 0
            texts = _reasons_of(by_source[name], known, scored.features.iloc[rows], raises, happened)
            found[rows, places] = np.where(raises, "", AGAINST) + texts
    return found


def _by_source(cases: Cases) -> dict[str, list[CaseColumn]]:
    """The features to name for each of the user's columns: its text where it has one, and none of the plain rule's
    where there are others, which are made for the rule and not for readers."""
    found: dict[str, list[CaseColumn]] = {}
    for column in cases.columns:
        found.setdefault(column.source, []).append(column)
    return {source: _to_name(columns) for source, columns in found.items()}


def _to_name(columns: list[CaseColumn]) -> list[CaseColumn]:
    text = [column for column in columns if column.kind is Kind.TEXT]
    return text or [column for column in columns if not column.plain] or columns


def _strongest(moved: Reals) -> Longs:
    """The columns (n, REASONS) to give as reasons, by position, -1 for none."""
    size = np.where(np.abs(moved) >= LEAST, np.abs(moved), 0.0)
    raising_first = size + (size.max(initial=0.0) + 1) * ((size > 0) & (moved > 0))
    likely = moved.sum(axis=1, keepdims=True) > 0
    chosen = _highest(np.where(likely, raising_first, size))[:, :REASONS]
    order = _highest(np.take_along_axis(raising_first, chosen, axis=1))
    chosen = np.take_along_axis(chosen, order, axis=1)
    found = np.where(np.take_along_axis(size, chosen, axis=1) > 0, chosen, -1)
    return np.pad(found, ((0, 0), (0, REASONS - found.shape[1])), constant_values=-1)


def _highest(values: Reals) -> Longs:
    return np.argsort(-values, axis=1, kind="stable")


def _reasons_of(
    columns: list[CaseColumn], known: Cases, rows: pd.DataFrame, raises: Flags, happened: str
) -> Texts:
    """A text (m,) for each row: of the features of one column, the one whose known cases speak loudest for it."""
    shares = [shares_of(column, known) for column in columns]
    places = [each.places(rows[each.column.name]) for each in shares]
    sign = np.where(raises, 1.0, -1.0)
    support = np.stack([sign * each.support[place] for each, place in zip(shares, places, strict=True)])
    telling = np.argmax(support, axis=0)
    found = np.full(len(rows), "", object)
    for number, (each, place) in enumerate(zip(shares, places, strict=True)):
        at = np.flatnonzero(telling == number)
        values = rows[each.column.name].iloc[at]
        found[at] = sentences(each, values, place[at], support[number, at] > 0, happened)
    return found
