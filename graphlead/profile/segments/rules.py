"""Rules that companies may be grouped by: a trade, a place or a fact, or two of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.register import PLACES, Role
from graphlead.profile.groups import NO
from graphlead.profile.survey import Sample, Surveyed, Topic

KINDS = ((Role.INDUSTRY,), PLACES, (Role.BOOLEAN, Role.CATEGORY, Role.NUMBER, Role.DATE))
"""Trade, place and facts: a rule has at most one condition of each, in this order, and two in all."""


@dataclass(frozen=True)
class Condition:
    """A column has a value: the column, the index of one of its groupings, and the code of a group there."""

    topic: Topic
    index: int
    group: int

    @property
    def level(self) -> Surveyed:
        return self.topic.levels[self.index]

    @property
    def value(self) -> str:
        return str(self.level.names[self.group].as_py())


Rule = tuple[Condition, ...]


def candidate_rules(topics: Sequence[Topic], sample: Sample, least: int) -> list[Rule]:
    """Every rule that holds for at least ``least`` clients of the sample: single conditions first, and finest first.

    Of rules that hold for the same companies, the finest has the most telling name. That something is not so (the "no"
    of a yes or no) is no condition: it is true of companies of all kinds.
    """
    kinds = [
        [_Frequent.of(topic, index, sample, least) for topic in topics if topic.column.role in roles
         for index in reversed(range(len(topic.levels)))]
        for roles in KINDS
    ]  # fmt: skip
    single = [(condition,) for of_kind in kinds for each in of_kind for condition in each.conditions()]
    pairs = (both for a, b in combinations(kinds, 2) for both in product(a, b))
    return [*single, *(rule for first, second in pairs for rule in _joined(first, second, least))]


@dataclass(frozen=True)
class _Frequent:
    """A grouping with the codes of the sample's clients (k,), NONE where too few of them are in a group."""

    topic: Topic
    index: int
    codes: Ints

    @staticmethod
    def of(topic: Topic, index: int, sample: Sample, least: int) -> _Frequent:
        level = topic.levels[index]
        codes = level.codes[sample.client]
        enough = np.bincount(codes + 1, minlength=len(level.names) + 1) >= least
        enough[0] = False
        if topic.column.role is Role.BOOLEAN:
            enough[1:] &= ~np.array([name == NO for name in level.names.to_pylist()], bool)
        return _Frequent(topic, index, np.where(enough[codes + 1], codes, NONE).astype(np.int32))

    def conditions(self) -> list[Condition]:
        return [self.condition(int(code)) for code in np.unique(self.codes) if code != NONE]

    def condition(self, group: int) -> Condition:
        return Condition(self.topic, self.index, group)


def _joined(first: _Frequent, second: _Frequent, least: int) -> Iterator[Rule]:
    both = (first.codes != NONE) & (second.codes != NONE)
    codes = np.stack([first.codes[both], second.codes[both]], axis=1)
    pairs, counts = np.unique(codes, axis=0, return_counts=True)
    for a, b in pairs[counts >= least].tolist():
        yield first.condition(a), second.condition(b)


def holds_in_sample(rule: Rule) -> Flags:
    """Whether the rule holds for each company of the sample, bool (m,); not where a value is missing."""
    return np.asarray(np.logical_and.reduce([each.level.codes == each.group for each in rule]))
