"""Where the candidates of a run stand by its chosen ranker: worked out once, for the lists and for the reasons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from graphlead.common.parallel import meanwhile
from graphlead.core.arrays import Flags, Floats, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.order import Ordered
from graphlead.evaluate.blend import Alone, Among
from graphlead.pipeline.scored import Scored
from graphlead.tasks.leads import net_new


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The candidates (m,) of a run, best first.

    companies: int32 (m,); scores (m,): probabilities; leads (m,): the net-new ones, of each company its best record;
    among: finds the raw scores of any companies beside the candidates; ranked: the candidates' own, in order.
    """

    companies: Ints
    scores: Reals
    leads: Flags
    among: Among | Alone
    ranked: Ordered[np.float32]


def standing_of(scored: Scored, cohort: Cohort, candidates: Ints | None = None) -> Standing:
    """Where the ``candidates`` of a run stand, by default all that its cohort has."""
    if candidates is None:
        candidates = np.flatnonzero(cohort.candidates()).astype(np.int32)
    among = scored.judgement.among(scored.scores, candidates)
    numbers = among.own()
    with meanwhile(partial(_best_first, numbers)) as sorted_:
        ranked = Ordered(numbers)
        scores = scored.expected.scores_among(ranked, numbers)
        best_first = sorted_()
    companies = candidates[best_first]
    leads = net_new(cohort, scored.model_inputs.graph.ownership)[companies]
    leads[leads] = cohort.first_of_each(companies[leads])
    return Standing(
        companies=companies,
        scores=scores[best_first],
        leads=leads,
        among=among,
        ranked=ranked,
    )


def _best_first(numbers: Floats) -> Longs:
    """The places of the numbers (m,), the highest first, of equal ones the first."""
    return np.argsort(-numbers, kind="stable")
