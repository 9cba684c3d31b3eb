"""Outcomes as numbers: yes and no as 1 and 0, whatever words a table has for them; numbers as they are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from graphlead.common.rows import row_number
from graphlead.core.arrays import Reals
from graphlead.core.errors import InputError, unknown
from graphlead.experiments.rows import texts_of
from graphlead.ingest.cases.outcomes import decided
from graphlead.ingest.cases.understood import Table

TABLES: tuple[Table, ...] = ("leads", "customers")
MOST_WORDS = 50
"""Different words up to which they may be outcomes: more are no stages; a choice."""


def outcome_values(values: pd.Series[Any], place: str, positive: str | None = None) -> Reals:
    """An outcome (n,), NaN where empty.

    positive: the value that stands for yes; then every other one that is filled in stands for no. Raises InputError for
    words that are neither yes nor no, SettingsError for a positive value that does not occur.
    """
    if positive is not None:
        return _against(texts_of(values), positive, place)
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values):
        return _finite(values.to_numpy(np.float64, na_value=np.nan))
    texts = texts_of(values)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    if not (texts.notna().to_numpy() & np.isnan(numbers)).any():
        return _finite(numbers)
    return _words(texts, place)


def amounts(values: pd.Series[Any], place: str) -> Reals:
    """Numbers (n,), NaN where empty. Raises InputError for a cell that is no number."""
    if pd.api.types.is_numeric_dtype(values):
        return _finite(values.to_numpy(np.float64, na_value=np.nan))
    texts = texts_of(values)
    numbers = pd.to_numeric(texts, errors="coerce").to_numpy(np.float64)
    strange = np.flatnonzero(texts.notna().to_numpy() & np.isnan(numbers))
    if len(strange):
        raise InputError(
            f"{texts.iloc[strange[0]]!r} is no number (row {row_number(values, int(strange[0]))}).",
            where=place,
            remedy="Write amounts as 1234.50.",
        )
    return _finite(numbers)


def _finite(numbers: Reals) -> Reals:
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _against(texts: pd.Series[Any], positive: str, place: str) -> Reals:
    words = sorted(set(texts.dropna()))
    if positive.lower() not in (word.lower() for word in words):
        raise unknown("value", positive, words, f"{place}, --positive")
    hit: Reals = np.asarray(texts.str.lower() == positive.lower(), np.float64)
    return np.asarray(np.where(texts.notna(), hit, np.nan), np.float64)


def _words(texts: pd.Series[Any], place: str) -> Reals:
    """Words as yes and no: those of leads (won, lost), else those of customers (churned, active)."""
    words = sorted(set(texts.dropna()))
    for table in TABLES if len(words) <= MOST_WORDS else ():
        meaning = {word: decided(word, table) for word in words}
        if None not in meaning.values():
            return np.asarray(texts.map(meaning), np.float64)
    strange = [word for word in words if all(decided(word, table) is None for table in TABLES)]
    raise InputError(
        f"these values mean neither yes nor no: {', '.join((strange or words)[:8])}.",
        where=place,
        remedy="Say --positive VALUE for the value that counts.",
    )
