"""Evidence for the companies of a run: their model inputs, scored again with some of them removed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from graphlead.common.deal import drawn
from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.evidence import Evidence, GroupTies
from graphlead.core.features import Features
from graphlead.core.graph import CompanyGraph
from graphlead.core.register import Register
from graphlead.explain.explain import Trained, explain
from graphlead.explain.reasons.inputs import Views
from graphlead.explain.reasons.removal import Lift
from graphlead.explain.ties.in_group import ties_in_group
from graphlead.explain.ties.shares import Stakes, StakesIn
from graphlead.features.labels import GROUP_STRENGTH, LINK_STRENGTH, ClientsByFold, lift_of
from graphlead.features.seeds import client_weights
from graphlead.graph.build import stakes_in_companies
from graphlead.learn.crossfit import Models, is_left_out, share_of_each
from graphlead.learn.registry import load_models
from graphlead.pipeline.find import find_company, name_of
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.scored import Scored, left_out_of
from graphlead.pipeline.standing import Standing, standing_of

SAMPLE = 2_000
"""Unlabelled companies that represent the typical one, a choice: each removal is averaged over all of them."""


class Rescorer:
    """Scores a run's models for inputs of no company: raw scores of the models, then the run's choice of ranker.

    A blend ranks each row among the candidates of the run, so the inputs of a candidate give its published score.
    """

    def __init__(self, models: Models, scored: Scored, standing: Standing) -> None:
        self._expected, self._standing = scored.expected, standing
        self._members = tuple(scored.judgement.choice.members)
        self._models = [[ranker for ranker in fold if ranker.name in self._members] for fold in models]

    def log_odds(self, features: Features, label_features: Floats, left_out: Ints) -> Reals:
        """Log-odds (r,) of the score of each row; see ``explain.inputs.Scorer``."""
        raw = {name: np.zeros(len(left_out), np.float32) for name in self._members}
        for f, rankers in enumerate(self._models):
            rows = np.flatnonzero(is_left_out(left_out, f)).astype(np.int32)
            share = share_of_each(left_out[rows])
            for ranker in rankers if len(rows) else ():
                raw[ranker.name][rows] += share * ranker.score(features, rows, label_features[rows])
        return log_odds(self._expected.scores_among(self._standing.ranked, self._standing.among.of(raw)))


def log_odds(probability: Reals) -> Reals:
    return np.asarray(np.log(probability) - np.log1p(-probability), np.float64)


def explain_companies(
    scored: Scored,
    cohort: Cohort,
    companies: Ints,
    progress: Progress = silent,
    standing: Standing | None = None,
) -> list[Evidence]:
    """Evidence for ``companies`` (m,), candidates of a run, each once, in their order.

    standing: see ``standing_of``, which is called where it is not given.
    """
    model_inputs = scored.model_inputs
    models = load_models(scored.trained.model, model_inputs.device, only=scored.judgement.choice.members)
    progress(0, 1, "computing the inputs of the models")
    standing = standing or standing_of(scored, cohort)
    around = model_inputs.around_all(cohort)
    views = Views(
        model_inputs.features,
        companies,
        left_out_of(scored.trained, model_inputs.register)[companies],
        around.rows(companies),
    )
    scorer = Rescorer(models, scored, standing)
    trained = _trained(scored, cohort, scorer, standing, around)
    found = explain(trained, views, model_inputs.settings.seed, progress)
    if model_inputs.settings.neutral:
        # What another score would be worth is known in the order of scores only, which the list no longer has.
        return [replace(each, counterfactual="") for each in found]
    return found


def _trained(
    scored: Scored,
    cohort: Cohort,
    scorer: Rescorer,
    standing: Standing,
    around: ClientsByFold,
) -> Trained:
    model_inputs, candidates = scored.model_inputs, np.sort(standing.companies)
    keys = model_inputs.features.keys[candidates]
    sample = candidates[drawn(keys, SAMPLE, "typical", model_inputs.settings.seed)]
    published, leads = np.full(cohort.n_companies, np.nan), np.zeros(cohort.n_companies, bool)
    published[standing.companies] = log_odds(standing.scores)
    leads[standing.companies[standing.leads]] = True
    return Trained(
        register=model_inputs.register,
        graph=model_inputs.graph,
        cohort=cohort,
        weights=client_weights(cohort.won),
        features=model_inputs.features,
        label_features=model_inputs.label_features.features,
        scorer=scorer,
        walk=around.walk_without,
        lift=Lift(lift_of, GROUP_STRENGTH, LINK_STRENGTH, cohort.rejected),
        stakes=stakes_in(model_inputs.register, model_inputs.graph),
        sample=sample,
        sampled=around.rows(sample),
        log_odds=published,
        leads=leads,
    )


def stakes_in(register: Register, graph: CompanyGraph) -> StakesIn:
    """A function of the stakes in companies of the register, which reads them when it is called."""

    def stakes(owned: Ints) -> Stakes:
        found = stakes_in_companies(register, graph, owned)
        return Stakes(owner=found.owner, owned=found.owned, low=found.low, high=found.high, known=found.known)

    return stakes


def whitespace_ties(register: Register, graph: CompanyGraph, cohort: Cohort, companies: Ints) -> GroupTies:
    """The nearest client of each company (m,) in a client's ownership group, with the path."""
    return ties_in_group(register, graph, cohort, companies, stakes_in(register, graph))


@dataclass(frozen=True, kw_only=True)
class Explained:
    """A company of a finished run with its score, its rank and the evidence for it.

    rank: among the ``leads``; None for a company in the ownership group of a client. assumed: see ``Expected``.
    """

    company_id: str
    name: str
    score: float
    assumed: float | None
    rank: int | None
    leads: int
    evidence: Evidence


def explain_company(run: FinishedRun, wanted: str, progress: Progress = silent) -> Explained:
    """Why a company, by its id or name, ranks where it does in a finished run."""
    company = find_company(run.register, run.cohort, wanted)
    evidence = explain_companies(run.scored, run.cohort, np.array([company], np.int32), progress)[0]
    company_id = run.register.ids()[company].as_py()
    [row] = np.flatnonzero(run.scores["company_id"] == company_id)
    score, rank = run.scores["score"].iloc[row], run.scores["rank"].iloc[row]
    return Explained(
        company_id=company_id,
        name=name_of(run.register, company),
        score=float(score),
        assumed=run.expected.assumed,
        rank=None if pd.isna(rank) else int(rank),
        leads=int(run.scores["rank"].count()),
        evidence=evidence,
    )
