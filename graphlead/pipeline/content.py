"""The content of the HTML report, gathered from a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pandas as pd

from graphlead.core.evidence import Evidence
from graphlead.core.expected import Hits
from graphlead.core.profile import Profile
from graphlead.core.sources import Sources
from graphlead.evaluate.judge import curves_saved
from graphlead.pipeline.assumptions import assumptions_of
from graphlead.pipeline.rank import companies_of
from graphlead.pipeline.scored import Evaluated
from graphlead.report.html.content import ReportContent
from graphlead.report.html.names import names_of
from graphlead.report.html.plane import make_plane


def content_of(
    sources: Sources,
    scored: Evaluated,
    profile: Profile,
    scores: pd.DataFrame,
    hits: tuple[Hits, ...],
    leads: pd.DataFrame,
    whitespace: int,
    evidence: Sequence[Evidence],
    apart: Mapping[str, int],
    outcomes: Sequence[str],
) -> ReportContent:
    """The content of a run's report.

    scores: every candidate; hits: among the first of the leads; whitespace: the number of companies on that list;
    apart: see ``rank.set_apart``; outcomes: what those of called leads changed, in sentences.
    """
    companies = companies_of(leads, sources.register)
    seed = scored.model_inputs.settings.seed
    choice = scored.judgement.choice
    curves = curves_saved(scored.heldout, scored.judgement, seed)
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
        hits=hits,
        scores=scores["score"].to_numpy(np.float64),
        leads=leads,
        lead_companies=companies,
        whitespace=whitespace,
        apart=apart,
        outcomes=tuple(outcomes),
        curves=curves,
        profile=profile,
        evidence=tuple(evidence),
        names=names_of(evidence, sources.register),
        leaks=sources.leaks,
        assumptions=assumptions_of(sources, scored, scores, hits),
        plane=make_plane(sources.register, sources.cohort, companies, seed),
    )
