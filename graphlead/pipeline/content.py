"""The content of the HTML report, gathered from a run."""

from __future__ import annotations

from datetime import date

import numpy as np

from graphlead.core.sources import Sources
from graphlead.evaluate.judge import curves_saved
from graphlead.pipeline.assumptions import assumptions_of
from graphlead.pipeline.rank import companies_of
from graphlead.pipeline.result import Result
from graphlead.pipeline.scored import Evaluated
from graphlead.report.html.content import ReportContent
from graphlead.report.html.names import names_of
from graphlead.report.html.plane import make_plane
from graphlead.report.outcomes import outcome_notes


def content_of(sources: Sources, scored: Evaluated, result: Result) -> ReportContent:
    """The content of a run's report."""
    leads = companies_of(result.leads, sources.register)
    seed = scored.model_inputs.settings.seed
    choice = scored.judgement.choice
    return ReportContent(
        title="Companies to call",
        made=date.today(),
        register=sources.register,
        noise=sources.noise,
        clients=sources.clients,
        cohort=sources.cohort,
        evaluation=scored.evaluation,
        ranker=choice.name,
        members=tuple(choice.members),
        reason=choice.reason,
        prior=scored.judgement.prior,
        expected=scored.expected,
        hits=result.hits,
        scores=result.scores["score"].to_numpy(np.float64),
        leads=result.leads,
        lead_companies=leads,
        whitespace=len(result.whitespace),
        apart=result.summary["duplicates"],
        outcomes=tuple(outcome_notes(result.summary.get("outcomes"))),
        curves=curves_saved(scored.heldout, scored.judgement, seed),
        profile=result.profile,
        evidence=tuple(result.evidence),
        names=names_of(result.evidence, sources.register),
        leaks=sources.leaks,
        assumptions=assumptions_of(sources, scored, result),
        plane=make_plane(sources.register, sources.cohort, leads, seed),
    )
