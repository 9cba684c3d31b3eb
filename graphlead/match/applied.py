"""What outcomes changed about who is a client, and where they disagree."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.outcomes import DECIDED, LOST, REJECTED, WON, Applied, Outcomes
from graphlead.match.cohort import called, listed


def applied(ids: pa.Array, clients: Match, outcomes: Outcomes, cohort: Cohort) -> Applied:
    """What the outcomes did to the cohort over the companies ``ids`` (n,); ``clients``: the client list."""
    company = cohort.company if len(cohort.company) else np.arange(cohort.n_companies, dtype=np.int32)

    found = {result: np.unique(company[called(ids, outcomes, result)]) for result in DECIDED}
    own, won = np.unique(company[listed(ids, clients)]), found[WON]
    declined = np.union1d(found[LOST], found[REJECTED])
    results, count = np.unique(np.concatenate(list(found.values())), return_counts=True)
    return Applied(
        new=_sorted(np.setdiff1d(won, own)),
        already=_sorted(np.intersect1d(won, own)),
        kept=_sorted(reduce(np.setdiff1d, [np.intersect1d(declined, own), won])),
        mixed=_sorted(results[count > 1]),
    )


def _sorted(companies: Ints) -> tuple[int, ...]:
    return tuple(map(int, companies))
