"""The assumptions behind the list of a run: what they are measured on comes from every part of it."""

from __future__ import annotations

import pyarrow as pa

from graphlead.common.sizes import sizes_first
from graphlead.core.assumptions import Assumptions
from graphlead.core.register import PLACES, Register, Role
from graphlead.core.sources import Sources
from graphlead.evaluate.assumptions import draw_of, followings_of, hits_by_prior, priors_around
from graphlead.pipeline.result import Result
from graphlead.pipeline.scored import Evaluated


def assumptions_of(sources: Sources, scored: Evaluated, result: Result) -> Assumptions:
    """The assumptions behind the list of a run."""
    register, cohort, settings = sources.register, sources.cohort, scored.model_inputs.settings
    candidates, clients = pa.array(result.companies), pa.array(cohort.clients)
    leads = result.scores["rank"].notna().to_numpy()
    values = {name: register.read(name).column(0) for name in _followed(register, settings.neutral)}
    share = scored.expected.share
    priors = priors_around(share)
    return Assumptions(
        draws=tuple(draw_of(name, column, cohort, settings.seed) for name, column in values.items()),
        followings=tuple(
            following
            for name, column in values.items()
            for following in followings_of(name, column.take(candidates), column.take(clients), leads)
        ),
        priors=priors,
        found=hits_by_prior(result.hits, share[1], priors),
        neutral=settings.neutral or "",
    )


def _followed(register: Register, neutral: str | None) -> list[str]:
    """The columns that a list may follow: the neutral one, and a region, a size and an age, each the best there is."""
    places = register.names_of(Role.REGION, *PLACES)[:1]
    dates = [register.column(name) for name in register.names_of(Role.DATE)]
    size = sizes_first(register)[:1]
    age = sorted(dates, key=lambda each: each.missing)[:1]
    named = [*([neutral] if neutral else []), *places, *(column.name for column in (*size, *age))]
    return list(dict.fromkeys(named))
