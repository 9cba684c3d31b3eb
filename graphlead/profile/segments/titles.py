"""Titles of industry codes, from another column of the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Ints
from graphlead.core.register import Register, Role
from graphlead.profile.groups import read_text
from graphlead.profile.survey import Sample, Surveyed, Topic

PURE = 0.95
"""The share of companies that must have the usual title of their code; below it the column is not the code's title."""

MOST_TITLES = 5000
"""Distinct values of a text column that may be titles: classifications have fewer codes."""

Titles = Mapping[str, Mapping[str, str]]
"""From the label of an industry level to titles by code."""


def find_titles(register: Register, topics: Sequence[Topic], sample: Sample) -> Titles:
    """Titles for the levels of industry codes, from a category or text that is all but determined by the code."""
    levels = [level for topic in topics if topic.column.role is Role.INDUSTRY for level in topic.levels]
    found: dict[str, dict[str, str]] = {}
    if not levels:
        return found
    for codes, names in _candidates(register, topics, sample):
        for level in levels:
            if level.label not in found and (titles := _titles(level, codes, names)):
                found[level.label] = titles
    return found


def _candidates(register: Register, topics: Sequence[Topic], sample: Sample) -> list[tuple[Ints, pa.Array]]:
    known = [
        (topic.levels[0].codes, topic.levels[0].names)
        for topic in topics
        if topic.column.role in (Role.CATEGORY, Role.INDUSTRY) and len(topic.levels) == 1
    ]
    for column in register.columns:
        if column.role is Role.TEXT and 0 < column.distinct <= MOST_TITLES and column.missing < 0.5:
            codes, names = read_text(register, column.name)
            known.append((codes[sample.rows], names))
    return known


def _titles(level: Surveyed, codes: Ints, names: pa.Array) -> dict[str, str]:
    """The usual title of each code, if codes determine titles and titles distinguish codes; else nothing."""
    both = (level.codes >= 0) & (codes >= 0)
    if not both.any() or codes is level.codes:
        return {}
    pairs, counts = np.unique(
        level.codes[both].astype(np.int64) * len(names) + codes[both], return_counts=True
    )
    code, title = np.divmod(pairs, len(names))
    order = np.lexsort((-counts, code))
    first = order[np.concatenate([[True], np.diff(code[order]) != 0])]
    apart = len(np.unique(title[first])) >= len(first) / 2
    if counts[first].sum() < PURE * counts.sum() or len(first) == len(pairs) == 1 or not apart:
        return {}
    titled, by = level.names.take(pa.array(code[first])), names.take(pa.array(title[first]))
    return dict(zip(titled.to_pylist(), by.to_pylist(), strict=True))
