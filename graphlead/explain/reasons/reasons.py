"""Contributions as sentences with the counts behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphlead.core.evidence import REST, Reason
from graphlead.core.features import Features, Incidence, Kind
from graphlead.core.graph import LinkKind
from graphlead.explain.facts import Facts
from graphlead.explain.reasons.attribution import Attribution
from graphlead.explain.reasons.counts import NeighbourCounts, Side
from graphlead.explain.reasons.inputs import Typical, Views
from graphlead.explain.reasons.themes import (
    HOLDERS,
    LINKS,
    NAME,
    OWNERSHIP,
    WALK,
    Themes,
)

MOST_REASONS = 6
"""Reasons named for a company, a choice: more would not be read."""

LEAST = 0.005
"""Smaller contributions, in log-odds, are not named: with two decimals they would read 0.00."""

_WITHOUT = {
    OWNERSHIP: "no ownership links are known",
    HOLDERS: "no holder or person is shared with another company",
    LINKS: "no other links are known",
}


@dataclass(frozen=True, kw_only=True)
class ReasonWriter:
    """Writes the reasons of m companies.

    holders: the names of their holders and persons, by their number among all holders and then all persons.
    """

    features: Features
    themes: Themes
    views: Views
    typical: Typical
    counts: NeighbourCounts
    facts: Facts
    holders: Mapping[int, str]

    def reasons(self, attribution: Attribution, i: int) -> tuple[Reason, ...]:
        """What moved the score of the i-th company, the strongest first, the rest as one last: together all of it."""
        values = attribution.contributions[i]
        strongest = np.argsort(-np.abs(values), kind="stable")[:MOST_REASONS]
        named = [int(theme) for theme in strongest if abs(values[theme]) >= LEAST]
        reasons = [
            Reason(
                self.sentence(theme, i, float(values[theme])), float(values[theme]), self.themes.names[theme]
            )
            for theme in named
        ]
        rest = np.delete(values, named)
        if np.abs(rest).sum() > 0:
            count = int((rest != 0).sum())
            text = f"{count} smaller contribution{'s' if count > 1 else ''} together"
            reasons.append(Reason(text, float(rest.sum()), REST))
        return tuple(reasons)

    def sentence(self, theme: int, i: int, contribution: float) -> str:
        """What the contribution of this theme rests on, as a sentence without its full stop."""
        name = self.themes.names[theme]
        if name == WALK:
            return self._walk(i)
        side = self.counts.highest if contribution > 0 else self.counts.lowest
        relation = self._strongest_relation(theme, i, side, contribution > 0)
        own = self._own(name, i)
        if relation is None:
            return own or _WITHOUT.get(name, f"{name}: nothing in common with other companies is known")
        counted = self._counted(relation, i, side)
        if float(side.lift[relation, i]) * contribution <= 0:
            return f"{own or name}, given everything else ({counted})"
        return f"{own}; {counted}" if own else counted

    def _strongest_relation(self, theme: int, i: int, side: Side, upwards: bool) -> int | None:
        """The relation of the theme with the highest lift (``upwards``) or the lowest; None without neighbours."""
        relations = [r for r in self.themes.relations[theme] if np.isfinite(side.lift[r, i])]
        if not relations:
            return None
        return (max if upwards else min)(relations, key=lambda r: float(side.lift[r, i]))

    def _own(self, name: str, i: int) -> str:
        """The company's own value, where the theme is one of its columns."""
        if name == NAME or name not in self._columns():
            return ""
        return f"{name} is {self.facts.text(name, i)}"

    def _columns(self) -> set[str]:
        """The columns that are themes by themselves."""
        made = (*self.features.attributes.numeric_features, *self.features.relations)
        return {level.column for each in made for level in each.source.levels} & set(self.themes.names)

    def _counted(self, relation: int, i: int, side: Side) -> str:
        won, others = int(side.won[relation, i]), int(side.others[relation, i])
        which = self._which(relation, i, int(side.column[relation, i]))
        if others == 1:
            return f"the one other company {which} is {'a' if won else 'no'} client"
        return f"{_of(won, others)} {which} {_are(won)} ({self._against(won, others)})"

    def _which(self, relation: int, i: int, column: int) -> str:
        """The neighbours of the i-th company by the relation, in words; ``column``: the group, where it has several."""
        found = self.features.relations[relation]
        match found.source.kind:
            case Kind.COLUMNS:
                return self.facts.group(found.source.levels, i)
            case Kind.OWNS:
                return "that owns it or that it owns"
            case Kind.LINK:
                return f"linked to it by {LinkKind(found.source.link).title()}"
            case Kind.WORDS if isinstance(found, Incidence) and found.terms is not None:
                return f'with "{found.terms[column].as_py()}" in their {found.source.column}'
            case Kind.HOLDERS:
                return f"that {self.holders[column]} holds or is joined to"
            case _:
                return "in its ownership group"

    def _against(self, won: int, others: int) -> str:
        base = percent(self.counts.base)
        return (
            f"{percent(won / others)}, against {base} of the register"
            if won
            else f"{base} of the register are"
        )

    def _walk(self, i: int) -> str:
        visits, usual = (
            float(np.exp(self.views.label_features[i, -1])),
            float(np.exp(self.typical.label_features[-1])),
        )
        return (
            f"over several links and things in common it is {times(visits / usual)} as close to the clients "
            "as a typical company (by a random walk from them)"
        )


def _of(won: int, others: int) -> str:
    if won == others:
        return f"{'both' if others == 2 else f'all {others:,}'} other companies"
    return f"{f'{won:,}' if won else 'none'} of the {others:,} other companies"


def _are(won: int) -> str:
    return "are clients" if won > 1 else "is a client"


def percent(share: float) -> str:
    """The share with two digits: 27 %, 1.6 %, 0.04 %."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %"


def times(ratio: float) -> str:
    return f"{ratio:.0f} times" if ratio >= 9.95 else f"{ratio:.1f} times"
