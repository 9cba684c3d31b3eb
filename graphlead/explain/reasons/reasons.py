"""The reasons of companies as sentences with the counts behind them, and what moved their scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Ints, Reals
from graphlead.core.evidence import REST, Contribution, Reason
from graphlead.core.features import Features, Incidence, Kind, Relation
from graphlead.core.graph import LinkKind
from graphlead.explain.facts import Facts, readable
from graphlead.explain.reasons.choice import LEAST, Choice, Count
from graphlead.explain.reasons.counts import NeighbourCounts
from graphlead.explain.reasons.sizes import Sizes
from graphlead.explain.reasons.themes import INDUSTRY, INDUSTRY_PLACE, OTHERS, PLACE, TOGETHER, WALK, Themes

MOST_THEMES_NAMED = 6
"""Contributions with a theme of their own in the evidence of a company; the others are summed up."""

MIXED = 3
"""Themes named where no reason is, a choice: a mix of more is no help."""


def contributions(values: Reals, themes: Themes) -> tuple[Contribution, ...]:
    """What moved a score by ``values`` (themes,), the strongest first, the rest as one last: together all of it."""
    strongest = np.argsort(-np.abs(values), kind="stable")[:MOST_THEMES_NAMED]
    named = [int(theme) for theme in strongest if abs(values[theme]) >= LEAST]
    found = [Contribution(themes.names[theme], float(values[theme])) for theme in named]
    rest = np.delete(values, named)
    return (*found, *([Contribution(REST, float(rest.sum()))] if np.abs(rest).sum() > 0 else []))


def mixed(found: tuple[Contribution, ...]) -> str:
    """What a score goes by that nothing single explains, in a sentence without its full stop."""
    raised = [each.theme for each in found if each.log_odds > 0 and each.theme != REST]
    if not raised:
        return "no reason is known: what is known of it is rare among your clients"
    parts = [
        part for theme in raised for part in ((INDUSTRY, PLACE) if theme == INDUSTRY_PLACE else (theme,))
    ]
    named = [readable(part) for part in dict.fromkeys(parts) if part not in (WALK, TOGETHER, OTHERS)][:MIXED]
    if not named:
        return "no single strong reason: many small things in common with your clients"
    if len(named) == 1:
        return f"no single strong reason: mostly its {named[0]}"
    return f"no single strong reason: a mix of its {', '.join(named[:-1])} and {named[-1]}"


@dataclass(frozen=True, kw_only=True)
class Because:
    """What moved the score of one company, and why it is a lead; see Evidence."""

    contributions: tuple[Contribution, ...]
    reasons: tuple[Reason, ...]
    mixed: str
    size: str


@dataclass(frozen=True, kw_only=True)
class ReasonWriter:
    """Writes the reasons of ``companies`` (m,).

    sizes: None where the register has none; holders: the names of the companies' holders and persons, by their number
    among all holders and then all persons.
    """

    companies: Ints
    features: Features
    themes: Themes
    counts: NeighbourCounts
    choice: Choice
    facts: Facts
    sizes: Sizes | None
    holders: Mapping[int, str]

    def because(self, values: Reals, i: int) -> Because:
        """Why the i-th company is a lead, its score having been moved by ``values`` (themes,)."""
        moved, chosen = contributions(values, self.themes), self.choice.chosen(values, i)
        among = self.features.relations[chosen[0].relation] if chosen else None
        return Because(
            contributions=moved,
            reasons=tuple(self._reason(one, i) for one in chosen),
            mixed="" if chosen else mixed(moved),
            size=self.sizes.unusual(i, int(self.companies[i]), among) if self.sizes else "",
        )

    def _reason(self, one: Count, i: int) -> Reason:
        counts, at = self.counts, (one.relation, i)
        return Reason(
            text=self._sentence(one.relation, i),
            theme=self.themes.names[one.theme],
            others=int(counts.others[at]),
            clients=int(counts.won[at]),
            lift=float(counts.lift[at]),
            low=float(counts.low[at]),
        )

    def _sentence(self, relation: int, i: int) -> str:
        """The clients among the neighbours, without a full stop."""
        won, others = int(self.counts.won[relation, i]), int(self.counts.others[relation, i])
        which = self._which(relation, i)
        who = (
            f"all {others:,} other companies"
            if won == others
            else f"{won:,} of the {others:,} other companies"
        )
        return f"{who} {which} are clients ({times(float(self.counts.lift[relation, i]))} the register)"

    def _which(self, relation: int, i: int) -> str:
        """The neighbours of the i-th company by the relation, in words."""
        found, column = self.features.relations[relation], int(self.counts.column[relation, i])
        match found.source.kind:
            case Kind.COLUMNS:
                return self.facts.group(found.source.levels, i, _term(found, column))
            case Kind.OWNS:
                return "that own it or that it owns"
            case Kind.LINK:
                kind = LinkKind(found.source.link)
                return f"with the same {kind.shared}" if kind.shared else f"linked to it by {kind.title()}"
            case Kind.WORDS if isinstance(found, Incidence) and found.terms is not None:
                return f'with "{found.terms[column].as_py()}" in their {readable(found.source.column)}'
            case Kind.HOLDERS:
                return f"that {self.holders[column]} owns or is linked to"
            case _:
                return "in its ownership group"


def _term(relation: Relation, group: int) -> str:
    """The word or value of a group, empty where the relation names none."""
    if not isinstance(relation, Incidence) or relation.terms is None or group < 0:
        return ""
    return str(relation.terms[group].as_py())


def percent(share: float) -> str:
    """The share with two digits: 27 %, 1.6 %, 0.04 %."""
    value = 100 * share
    return f"{value:.0f} %" if value >= 9.95 else f"{value:.2g} %"


def times(ratio: float) -> str:
    """The ratio as a reader compares: 12 x, 3.1 x."""
    return f"{ratio:,.0f} x" if ratio >= 9.95 else f"{ratio:.1f} x"
