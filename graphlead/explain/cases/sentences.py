"""Sentences on the value of a feature, with what known cases of such a value did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs
from graphlead.core.cases import Kind, Meaning
from graphlead.explain.cases.shares import Shares, Texts, number, texts
from graphlead.explain.reasons.reasons import percent

EMPTY = "not filled in"


def sentences(shares: Shares, values: pd.Series[Any], places: Longs, agree: Flags, happened: str) -> Texts:
    """A sentence for each value (m,) of the feature, in the part ``places`` (m,).

    agree: (m,) whether the known cases of the part did what the model expects; where they did not, other columns of the
    row decide, and the sentence names the value alone.
    """
    keys = pd.MultiIndex.from_arrays([_shown(shares, values), places, agree])
    codes, distinct = pd.factorize(keys)
    written = [_sentence(shares, shown, place, agreeing, happened) for shown, place, agreeing in distinct]
    return np.array([*written, ""], object)[codes]


def _shown(shares: Shares, values: pd.Series[Any]) -> Texts:
    """The value of each row (m,) in words."""
    kind = shares.column.kind
    if kind is Kind.CATEGORY:
        return np.where(texts(values) == "", EMPTY, texts(values)).astype(object)
    if kind is Kind.TEXT:
        return np.where(texts(values) == "", EMPTY, "by its words").astype(object)
    codes, distinct = pd.factorize(values.to_numpy(np.float64))
    write = _yes_no if kind is Kind.FLAG else _late if shares.column.meaning is Meaning.LATENESS else number
    return np.array([*(write(each) for each in distinct), EMPTY], object)[codes]


def _yes_no(value: float) -> str:
    return "yes" if value > 0 else "no"


def _late(share: float) -> str:
    """The share of a customer's own gaps that are shorter than the time since the last visit."""
    return f"{percent(share)}, later than usual" if share >= 0.75 else percent(share)


def _sentence(shares: Shares, shown: str, place: int, agrees: bool, happened: str) -> str:
    value, rate = f"{shares.column.name}: {shown}", shares.rate[place]
    if not agrees:
        return value
    those = f"those {band}" if (band := shares.band(place)) else "these"
    if rate == 0:
        return f"{value} (none of {those} {happened})"
    return f"{value} ({percent(rate)} of {those} {happened}, {_times(rate / shares.mean)} the average)"


def _times(ratio: float) -> str:
    return "about" if 0.95 < ratio < 1.05 else f"{ratio:.2g} times"
