"""What the outcomes of called leads changed in a run, as figures for its notes."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np

from graphlead.core.arrays import Ints, Json
from graphlead.core.outcomes import Applied
from graphlead.core.sources import Sources
from graphlead.evaluate.judge import called_saved
from graphlead.match.applied import applied
from graphlead.match.cohort import listed
from graphlead.pipeline.find import name_of
from graphlead.pipeline.scored import Evaluated
from graphlead.tasks.leads import net_new

NAMED = 3
"""Companies and texts named in a note, a choice: enough to find the others by."""


def came_back(sources: Sources, scored: Evaluated, top: int) -> Json | None:
    """The outcomes in figures, None without any; see ``report.outcomes``.

    of_first: how many of the first ``top`` leads, as they would have been, were lost and rejected; held_out: see
    ``Called``. Both are None where the models were not trained in this run.
    """
    outcomes, cohort = sources.outcomes, sources.cohort
    if outcomes is None:
        return None
    found = applied(sources.register.ids(), sources.clients, outcomes, cohort)
    others = outcomes.other_words()
    trained = _trained_here(scored, cohort.rejected)
    return {
        "column": outcomes.column,
        **outcomes.counts(),
        "new_clients": len(found.new),
        "already_clients": len(found.already),
        "lost_companies": len(cohort.lost),
        "rejected_companies": len(cohort.rejected),
        "kept_clients": _named(sources, found.kept),
        "several_outcomes": _named(sources, found.mixed),
        "other_words": dict(list(others.items())[:NAMED]),
        "of_first": _of_first(sources, scored, top) if trained else None,
        "held_out": _held_out(sources, scored, found) if trained else None,
    }


def _named(sources: Sources, companies: tuple[int, ...]) -> Json:
    names = [name_of(sources.register, company) for company in companies[:NAMED]]
    return {"count": len(companies), "names": names}


def _trained_here(scored: Evaluated, rejected: Ints) -> bool:
    """Whether the rejected have scores: only where the models were trained were they held out."""
    return all(np.isfinite(values[rejected]).all() for values in scored.scores.values())


def _of_first(sources: Sources, scored: Evaluated, top: int) -> Json:
    cohort = sources.cohort
    past = listed(sources.register.ids(), sources.suppressed)
    called = np.setdiff1d(np.concatenate([cohort.lost, cohort.rejected]), past)
    uncalled = replace(
        cohort,
        suppressed=np.setdiff1d(cohort.suppressed, called),
        lost=np.intersect1d(cohort.lost, past),
        rejected=np.intersect1d(cohort.rejected, past),
    )
    would_be = np.flatnonzero(net_new(uncalled, sources.graph.ownership)).astype(np.int32)
    raw = scored.judgement.final(scored.scores, would_be)
    first = would_be[np.argsort(-raw, kind="stable")[:top]]
    return {
        "first": len(first),
        "lost": int(np.isin(first, cohort.lost).sum()),
        "rejected": int(np.isin(first, cohort.rejected).sum()),
    }


def _held_out(sources: Sources, scored: Evaluated, found: Applied) -> Json | None:
    cohort = sources.cohort
    won = cohort.clients[np.isin(cohort.company[cohort.clients], (*found.new, *found.already))]
    called = called_saved(scored.heldout, scored.judgement, won, cohort.rejected)
    return None if called is None else asdict(called)
