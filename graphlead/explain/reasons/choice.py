"""Which of many true counts are the reasons of a company: one for each thing, the combined ones where they say more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graphlead.core.arrays import Flags, Reals
from graphlead.core.features import Cut, Features, Kind, Relation
from graphlead.core.register import Role
from graphlead.explain.reasons.counts import NeighbourCounts
from graphlead.explain.reasons.themes import INDUSTRY, NAME, WALK, Themes, theme_of_column

MOST_REASONS = 6
"""Reasons named for a company, a choice: more would not be read."""

LEAST = 0.005
"""In log-odds: a theme that raised a score by less gives no reason for it."""

NEARLY_ALL = 0.8
"""A combined group with this share of the clients of a wider one is named in its place, unless its lift is lower: it
speaks of the same clients and says more about them. A choice."""


WORTH = 0.25
"""Of the highest lift of a company's reasons, a choice: what has less weakens the others, which it stands beside."""

AS_GOOD = 0.9
"""Of groups with at least this share of the best bound, the one with the finest industry is named: it says most."""


@dataclass(frozen=True)
class Count:
    """A relation (its position) whose counts are a reason, the theme it belongs to, and how much that raised the score.

    parts: the themes that the relation combines, its own theme where it is no combination.
    """

    relation: int
    theme: int
    parts: frozenset[int]
    raised: float


class Choice:
    """Chooses the reasons of m companies among the counts of their neighbours.

    empty: flags (R, m), the relations that join a company to others by a value that says nothing.
    """

    def __init__(
        self,
        features: Features,
        themes: Themes,
        counts: NeighbourCounts,
        roles: Mapping[str, Role],
        empty: Flags,
    ) -> None:
        self._themes, self._counts = themes, counts
        self._finest = [_finest(relation) for relation in features.relations]
        self._convincing: Flags = counts.convincing() & ~empty
        self._parts = [frozenset(_parts(features, themes, r, roles)) for r in range(len(features.relations))]

    def chosen(self, contributions: Reals, i: int) -> list[Count]:
        """The counts to name for the i-th company, the strongest first; contributions (themes,): what moved its score.

        The walk goes over all relations, so what it added to the score is credited to each.
        """
        walk = self._themes.number(WALK)
        best = self._best_of_each_theme(contributions + max(float(contributions[walk]), 0.0), i)
        kept = [one for one in self._combined(best, i) if one.raised > LEAST]
        named: list[Count] = []
        for one in sorted(kept, key=lambda each: -each.raised):
            if not any(one.parts & other.parts for other in named):
                named.append(one)
        lifts = [float(self._counts.lift[one.relation, i]) for one in named]
        worth = [one for one, lift in zip(named, lifts, strict=True) if lift >= WORTH * max(lifts)]
        return worth[:MOST_REASONS]

    def _best_of_each_theme(self, raised: Reals, i: int) -> list[Count]:
        found = []
        for theme, relations in enumerate(self._themes.relations):
            best = self._best([r for r in relations if self._convincing[r, i]], i)
            if best is not None and not self._echoes_its_trade(theme, best, i):
                found.append(Count(best, theme, self._parts[best], float(raised[theme])))
        return found

    def _best(self, among: Sequence[int], i: int) -> int | None:
        """The relation with the highest bound; of those about as good the one with the finest industry."""
        low = self._counts.low[:, i]
        most = max((float(low[r]) for r in among), default=0.0)
        good = [r for r in among if low[r] >= AS_GOOD * most]
        return max(good, key=lambda r: (self._finest[r], float(low[r])), default=None)

    def _echoes_its_trade(self, theme: int, relation: int, i: int) -> bool:
        """Whether a word of the name says no more than the trade: "lawn" in the name of a landscaper."""
        names = self._themes.names
        if names[theme] != NAME or INDUSTRY not in names:
            return False
        trade = self._best(self._themes.relations[names.index(INDUSTRY)], i)
        return trade is not None and not self._clearly_higher(relation, trade, i)

    def _combined(self, found: Sequence[Count], i: int) -> list[Count]:
        """The counts, each combination either in the place of the counts of its parts, or left out for them."""
        kept = list(found)
        for one in sorted(found, key=lambda each: -float(self._counts.low[each.relation, i])):
            parts = [other for other in kept if other.parts < one.parts]
            if one not in kept or not parts:
                continue
            if all(self._says_more(one.relation, other.relation, i) for other in parts):
                raised = one.raised + sum(max(other.raised, 0.0) for other in parts)
                kept = [other for other in kept if other not in parts and other != one]
                kept.append(Count(one.relation, one.theme, one.parts, raised))
            else:
                kept.remove(one)
        return kept

    def _says_more(self, narrow: int, wide: int, i: int) -> bool:
        """Whether the lift of a combination is clearly higher than that of a part, or its clients are nearly all."""
        counts = self._counts
        same = counts.won[narrow, i] >= NEARLY_ALL * counts.won[wide, i]
        # Of a few companies less, one client less is no lower lift.
        as_high = counts.lift[narrow, i] >= 0.95 * counts.lift[wide, i]
        return self._clearly_higher(narrow, wide, i) or bool(same and as_high)

    def _clearly_higher(self, one: int, other: int, i: int) -> bool:
        return bool(self._counts.low[one, i] > self._counts.lift[other, i])


def _finest(relation: Relation) -> float:
    """The length of the industry codes that a relation groups by, 0 for none."""
    codes = (level for level in relation.source.levels if level.cut is Cut.CODE)
    return max((level.length or float("inf") for level in codes), default=0)


def _parts(features: Features, themes: Themes, relation: int, roles: Mapping[str, Role]) -> list[int]:
    source = features.relations[relation].source
    own = next(theme for theme, relations in enumerate(themes.relations) if relation in relations)
    if source.kind is not Kind.COLUMNS:
        return [own]
    names = dict.fromkeys(theme_of_column(level.column, roles) for level in source.levels)
    parts = [themes.number(name) for name in names]
    return parts if len(parts) > 1 and min(parts) >= 0 else [own]
