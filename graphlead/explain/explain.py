"""Evidence for many companies at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from graphlead.common.parallel import meanwhile
from graphlead.core.arrays import NONE, Flags, Floats, Ints, Reals
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.evidence import Evidence
from graphlead.core.features import Feature, Features, Kind
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register, Role
from graphlead.explain.counterfactual import (
    Ranking,
    Rescoring,
    WalkWithout,
    counterfactuals,
    without_clients,
)
from graphlead.explain.facts import Facts, Names
from graphlead.explain.reasons.attribution import attribute
from graphlead.explain.reasons.choice import Choice
from graphlead.explain.reasons.counts import NeighbourCounts, count_neighbours
from graphlead.explain.reasons.inputs import Game, Scorer, Views, typical_company
from graphlead.explain.reasons.reasons import ReasonWriter
from graphlead.explain.reasons.removal import Lift
from graphlead.explain.reasons.sizes import Sizes
from graphlead.explain.reasons.themes import Themes, themes_of
from graphlead.explain.reasons.words import NamedWords, without_meaning
from graphlead.explain.ties.shares import StakesIn
from graphlead.explain.ties.ties import paths_to_clients, tie_writer

ATTRIBUTING = 300 * 2**20
"""Bytes that scoring variants of companies takes beside other work, see ``inputs.CASES``."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """What explaining takes of a finished ranking.

    weights: how much each client of the cohort counts in the label features (c,);
    label_features: the description of each label feature; sample, sampled: some unlabelled companies (s,) and their
    label features (s, F); log_odds: the published scores (n,), NaN for companies without; leads: bool (n,), the
    companies that a list of leads may hold.
    """

    register: Register
    graph: CompanyGraph
    cohort: Cohort
    weights: Reals
    features: Features
    label_features: tuple[Feature, ...]
    scorer: Scorer
    walk: WalkWithout
    lift: Lift
    stakes: StakesIn
    sample: Ints
    sampled: Floats
    log_odds: Reals
    leads: Flags


def explain(trained: Trained, views: Views, seed: int, progress: Progress = silent) -> list[Evidence]:
    """Evidence for each company of ``views`` (m,): candidates, in any order, each once.

    The contributions are Shapley values of the published score and add up to it, see ``attribute``.
    """
    companies = views.company
    if not len(companies):
        return []
    roles = {column.name: column.role for column in trained.register.columns}
    themes = themes_of(trained.features, trained.label_features, roles)
    typical = typical_company(trained.features, trained.sample, trained.sampled)
    game = Game(trained.scorer, views, typical, themes)
    with meanwhile(partial(attribute, game, seed, progress=progress), ATTRIBUTING) as attributed:
        paths = paths_to_clients(trained.register, trained.graph, trained.cohort, companies)
        ties = tie_writer(
            trained.register, trained.graph, [path for each in paths for path in each], trained.stakes
        )
        reasons = _reason_writer(trained, companies, themes, roles)
        left_out = without_clients(views, paths, _rescoring(trained))
        attribution = attributed()
    nearest = [ties.client(each[0]) if each else "" for each in paths]
    ranking = Ranking(np.sort(trained.log_odds[trained.leads]))
    published, listed = trained.log_odds[companies], trained.leads[companies]
    without = counterfactuals(game, themes, attribution, paths, nearest, left_out, ranking, published, listed)
    progress(2, 2, "explained")
    return [
        Evidence(
            company=int(company),
            **vars(reasons.because(attribution.contributions[i], i)),
            ties=tuple(map(ties.tie, paths[i])),
            counterfactual=without[i],
            introduction=ties.introduction(paths[i]),
            typical=float(1 / (1 + np.exp(-attribution.typical[i]))),
        )
        for i, company in enumerate(companies)
    ]


def _rescoring(trained: Trained) -> Rescoring:
    return Rescoring(
        clients=trained.cohort.clients,
        weights=trained.weights,
        lift=trained.lift,
        walk=trained.walk,
    )


def _reason_writer(
    trained: Trained, companies: Ints, themes: Themes, roles: Mapping[str, Role]
) -> ReasonWriter:
    register, features, clients = trained.register, trained.features, trained.cohort.clients
    counts = count_neighbours(features, clients, companies, NamedWords(register, companies))
    facts = Facts(register, companies)
    m = len(companies)
    empty = [without_meaning(facts, relation.source.levels, roles, m) for relation in features.relations]
    return ReasonWriter(
        companies=companies,
        features=features,
        themes=themes,
        counts=counts,
        choice=Choice(features, themes, counts, roles, np.array(empty, bool).reshape(counts.lift.shape)),
        facts=facts,
        sizes=Sizes.read(register, clients, companies),
        holders=_holders(trained, counts),
    )


def _holders(trained: Trained, counts: NeighbourCounts) -> dict[int, str]:
    """The names of the holders and persons among the neighbours counted."""
    rows = [
        i for i, relation in enumerate(trained.features.relations) if relation.source.kind is Kind.HOLDERS
    ]
    found = np.unique(counts.column[rows])
    numbers = found[found != NONE]
    first_person = trained.graph.nodes.get("holder", 0)
    wanted = {
        "holder": numbers[numbers < first_person],
        "person": numbers[numbers >= first_person] - first_person,
    }
    wanted = {label: nodes for label, nodes in wanted.items() if len(nodes)}
    names = Names(trained.register, trained.graph.keys, wanted)
    return {
        int(node) + (first_person if label == "person" else 0): names.name_of(label, int(node))
        for label, nodes in wanted.items()
        for node in nodes
    }
