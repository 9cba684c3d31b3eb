"""From raw scores to the lists: probabilities, ranks, the leads to call, and the companies in clients' own groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints
from graphlead.core.register import Register
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.leaning import Leaning, leaning
from graphlead.pipeline.scored import Scored
from graphlead.tasks import task_of


@dataclass(frozen=True)
class Ranking:
    """Every candidate, best first, the two lists, and how well the ranking still predicts each excluded column."""

    scores: pd.DataFrame
    leads: pd.DataFrame
    whitespace: pd.DataFrame
    leanings: tuple[Leaning, ...]


def rank(sources: Sources, scored: Scored, settings: Settings) -> Ranking:
    """Rank the candidates of a run by its chosen ranker."""
    scores = _scores(sources, scored)
    leads, whitespace = task_of(settings.task).lists(
        scores, sources.register, sources.cohort, sources.graph.ownership,
        prior=scored.judgement.prior[1], top=settings.top,
    )  # fmt: skip
    best_first = pa.array(scores["company"])
    leanings = tuple(
        leaning(name, sources.register.read(name).column(0).take(best_first), settings.top)
        for name in settings.exclude
    )
    return Ranking(scores.drop(columns="company"), leads, whitespace, leanings)


def companies_of(table: pd.DataFrame, register: Register) -> Ints:
    """The companies (m,) of a table with the column company_id, as indices."""
    ids = pa.array(table["company_id"], pa.string())
    place = pc.index_in(ids, value_set=register.ids().cast(pa.string()))
    return np.asarray(place.to_numpy(), np.int32)


def _scores(sources: Sources, scored: Scored) -> pd.DataFrame:
    """One row per candidate, best first: company (its index), company_id, score, rank, and a column per ranker."""
    candidates = np.flatnonzero(sources.cohort.candidates()).astype(np.int32)
    raw = scored.judgement.final(scored.scores, candidates)
    table = pd.DataFrame({
        "company": candidates,
        "company_id": sources.register.ids().take(pa.array(candidates)).to_pandas(),
        "score": scored.judgement.calibration(raw),
        "rank": 0,
        **{name: values[candidates] for name, values in scored.scores.items()},
    }).iloc[np.argsort(-raw, kind="stable")]  # fmt: skip
    return table.assign(rank=np.arange(1, len(table) + 1)).reset_index(drop=True)
