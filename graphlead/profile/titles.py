"""Titles of industry codes: of their classification, else from another column of the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from graphlead.common.industries.titles import column_titles
from graphlead.core.arrays import Ints
from graphlead.core.profile import Lift
from graphlead.core.register import Register, Role
from graphlead.profile.groups import read_text
from graphlead.profile.survey import Sample, Surveyed, Topic

PURE = 0.95
"""The share of companies that must have the usual title of their code; below it the column is not the code's title."""

MOST_TITLES = 5000
"""Distinct values of a text column that may be titles: classifications have fewer codes."""

LevelTitles = Mapping[str, Mapping[str, str]]
"""From the label of an industry level to titles by code."""


def level_titles(register: Register, topics: Sequence[Topic], sample: Sample) -> LevelTitles:
    """The titles of the codes at every level of the industry columns, as far as they are known.

    Where the classification has none, they are those of a category or text that is all but determined by the code.
    """
    industries = [topic for topic in topics if topic.column.role is Role.INDUSTRY]
    levels = [level for topic in industries for level in topic.levels]
    own = _own_titles(levels, _candidates(register, topics, sample)) if levels else {}
    return {
        level.label: {**own.get(level.label, {}), **_published(register, topic, level)}
        for topic in industries
        for level in topic.levels
    }


def with_titles(lifts: Sequence[Lift], titles: LevelTitles) -> list[Lift]:
    """The lifts with each industry code followed by its title: ``41 Construction of buildings``."""
    return [replace(lift, value=titled(lift.column, lift.value, titles)) for lift in lifts]


def titled(label: str, value: str, titles: LevelTitles) -> str:
    """A value of the level with this label, followed by its title where it has one."""
    title = titles.get(label, {}).get(value)
    return f"{value} {title}" if title else value


def _published(register: Register, topic: Topic, level: Surveyed) -> dict[str, str]:
    found = column_titles(register, topic.column.name).of(level.names)
    return {
        code: title
        for code, title in zip(level.names.to_pylist(), found.to_pylist(), strict=True)
        if title is not None
    }


def _own_titles(
    levels: Sequence[Surveyed], columns: Sequence[tuple[Ints, pa.Array]]
) -> dict[str, dict[str, str]]:
    """Titles from the first of these columns that has them, by the label of the level."""
    found: dict[str, dict[str, str]] = {}
    for codes, names in columns:
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
