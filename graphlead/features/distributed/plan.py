"""The relations of a feature plan by number, and what is known of each before anything is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from graphlead.core.features import Cut, Level
from graphlead.core.register import Column
from graphlead.features.build import MOST_AVERAGED, FeaturePlan

GROUPS, INCIDENCE, NEIGHBOURS = "groups", "incidence", "neighbours"


@dataclass(frozen=True)
class Numbered:
    """A plan over these columns, its relations numbered as ``build_features`` puts them: those by columns, by words,
    by links, of ownership groups and of holders. Levels that only tell how common a value is have the numbers after.
    """

    plan: FeaturePlan
    columns: tuple[Column, ...]

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Whether each relation is one of groups, of several groups a company, or of neighbours."""
        relations = self.plan.relations
        return (
            *(INCIDENCE if self._several(levels) else GROUPS for levels in relations.crossed),
            *(INCIDENCE for _ in relations.texts),
            *(NEIGHBOURS for _ in relations.links),
            *([GROUPS] if relations.owned else []),
            *([INCIDENCE] if relations.held else []),
        )

    def _several(self, levels: Sequence[Level]) -> bool:
        present = {column.name for column in self.columns}
        plain = (Cut.BANDS, Cut.NAME)
        return any(each.several and each.cut not in plain and each.column in present for each in levels)

    @cached_property
    def common(self) -> tuple[int, ...]:
        """The relation, or the further number, of each level of which the commonness of values is a feature."""
        single = {
            levels[0]: number
            for number, levels in enumerate(self.plan.relations.crossed)
            if len(levels) == 1 and self.kinds[number] == GROUPS
        }
        further = range(len(self.kinds), len(self.kinds) + len(self.plan.attributes.common))
        return tuple(
            single.get(level, number)
            for level, number in zip(self.plan.attributes.common, further, strict=True)
        )

    @property
    def named(self) -> tuple[int, ...]:
        """The relations by names, of which groups of one company are none."""
        return tuple(
            number
            for number, levels in enumerate(self.plan.relations.crossed)
            if any(level.cut is Cut.NAME for level in levels)
        )

    @property
    def words(self) -> range:
        first = len(self.plan.relations.crossed)
        return range(first, first + len(self.plan.relations.texts))

    @property
    def links(self) -> range:
        return range(self.words.stop, self.words.stop + len(self.plan.relations.links))

    @property
    def owned(self) -> int:
        """The number of the ownership groups, where the plan has them."""
        return self.links.stop

    @property
    def held(self) -> int:
        """The number of the shared holders, where the plan has them."""
        return self.links.stop + bool(self.plan.relations.owned)

    @property
    def linked(self) -> range:
        """The relations by links."""
        return range(self.links.start, len(self.kinds))

    @property
    def own(self) -> int:
        """How many numbers a company has by itself, the length of its name among them."""
        return len(self.plan.attributes.numeric) + len(self.plan.attributes.ordered) + 1

    @property
    def averaged(self) -> int:
        """How many of them are averaged over the companies around."""
        return min(MOST_AVERAGED, self.own - 1)

    @property
    def meaning(self) -> int:
        """How many numbers there are about the words of a company."""
        return len(self.plan.meaning_features)

    @property
    def structure(self) -> int:
        """The width of the features of links."""
        return (1 + self.averaged) * len(self.linked)
