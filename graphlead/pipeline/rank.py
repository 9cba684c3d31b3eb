"""From raw scores to the lists: scores, ranks, the leads to call, and the companies in clients' own groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Ints
from graphlead.core.expected import Hits
from graphlead.core.outcomes import WON
from graphlead.core.register import Register
from graphlead.core.settings import Settings
from graphlead.core.sources import Sources
from graphlead.evaluate.leaning import Leaning, coded_values, leaning
from graphlead.evaluate.neutral import neutral_order
from graphlead.match.cohort import called, indices_of, listed
from graphlead.pipeline.scored import Scored
from graphlead.pipeline.standing import Standing, standing_of
from graphlead.tasks import task_of


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Every candidate, best first, the two lists, and what is expected of them.

    companies: int32 (m,), those of ``scores``; standing: the same before a list is neutral by anything; apart: the
    records of clients that are set apart, with their scores, but without a rank; hits: those expected among the first
    of all net-new companies; leanings: how well the ranking still predicts each excluded column.
    """

    scores: pd.DataFrame
    companies: Ints
    standing: Standing
    apart: pd.DataFrame
    leads: pd.DataFrame
    whitespace: pd.DataFrame
    hits: tuple[Hits, ...]
    leanings: tuple[Leaning, ...]


def rank(sources: Sources, scored: Scored, settings: Settings) -> Ranking:
    """Rank the candidates of a run by its chosen ranker."""
    standing = standing_of(scored, sources.cohort)
    scores = _scores(sources.register, scored, standing)
    if settings.neutral:
        scores = _neutral(scores, sources.register.read(settings.neutral).column(0))
    leads, whitespace = task_of(settings.task).lists(
        scores, sources.register, sources.cohort, sources.graph.ownership,
        grades=scored.expected.grades, top=settings.top,
    )  # fmt: skip
    companies = scores["company"].to_numpy(np.int32)
    leanings = tuple(
        leaning(name, sources.register.read(name).column(0).take(pa.array(companies)), settings.top)
        for name in settings.exclude
    )
    return Ranking(
        scores=scores.drop(columns="company"),
        companies=companies,
        standing=standing,
        apart=_apart(sources, scored, standing),
        leads=leads,
        whitespace=whitespace,
        hits=scored.expected.table(scores.loc[scores["rank"].notna(), "score"].to_numpy(np.float64)),
        leanings=leanings,
    )


def companies_of(table: pd.DataFrame, register: Register) -> Ints:
    """The companies (m,) of a table with the column company_id, as indices."""
    return indices_of(register.ids(), table["company_id"])


FIRST = 100
"""The length of the list that the records set apart are counted on: the first calls."""


def set_apart(ranking: Ranking) -> dict[str, int]:
    """How many records of clients were set apart: ``all``, and among the ``first`` 100 leads as they would have been.

    Records that are on the client list themselves do not count.
    """
    leads = ranking.scores.loc[ranking.scores["rank"].notna(), "score"].nlargest(FIRST)
    scores = np.concatenate([ranking.apart["score"], leads])
    first = np.argsort(-scores, kind="stable")[:FIRST]
    return {"first": int((first < len(ranking.apart)).sum()), "all": len(ranking.apart)}


def _twins(sources: Sources) -> Ints:
    """The other records of clients that are not on the client list, or among the won, themselves."""
    ids = sources.register.ids()
    own = np.concatenate([listed(ids, sources.clients), called(ids, sources.outcomes, WON)])
    return np.setdiff1d(sources.cohort.twins, own)


def _apart(sources: Sources, scored: Scored, standing: Standing) -> pd.DataFrame:
    """One row per record of a client that is set apart: company_id, record_of (the client's id), score, the rankers.

    They are scored all the same: if one is another company after all, its score says what it is worth.
    """
    cohort, ids, twins = sources.cohort, sources.register.ids(), _twins(sources)
    raw = standing.among.of({name: scored.scores[name][twins] for name in scored.judgement.choice.members})
    client = dict(zip(cohort.company[cohort.clients].tolist(), cohort.clients, strict=False))
    clients = np.array([client[company] for company in cohort.company[twins].tolist()], np.int32)
    return pd.DataFrame({
        "company_id": ids.take(pa.array(twins)).to_pandas(),
        "record_of": ids.take(pa.array(clients)).to_pandas(),
        "score": scored.expected.scores_among(standing.ranked, raw),
        **{name: values[twins] for name, values in scored.scores.items()},
    })  # fmt: skip


def with_apart(scores: pd.DataFrame, apart: pd.DataFrame) -> pd.DataFrame:
    """The candidates and, after them, the records of clients that are set apart, which have no rank."""
    table = scores.assign(rank_all=scores["rank_all"].astype("Int64"), record_of=pd.Series(dtype="string"))
    return pd.concat([table, apart]) if len(apart) else table


def _scores(register: Register, scored: Scored, standing: Standing) -> pd.DataFrame:
    """One row per candidate (m,), best first.

    Columns: company (its index), company_id, score, rank (from 1 among the leads, missing for the others), rank_all
    (from 1 among all), and one per ranker.
    """
    companies, lead = standing.companies, standing.leads
    return pd.DataFrame({
        "company": companies,
        "company_id": register.ids().take(pa.array(companies)).to_pandas(),
        "score": standing.scores,
        "rank": pa.array(lead.cumsum(), mask=~lead).to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get),
        "rank_all": np.arange(1, len(companies) + 1),
        **{name: values[companies] for name, values in scored.scores.items()},
    })  # fmt: skip


def _neutral(scores: pd.DataFrame, values: pa.ChunkedArray) -> pd.DataFrame:
    """The candidates in an order that does not follow a column, with values (n,) of all companies."""
    codes, _ = coded_values(values.take(pa.array(scores["company"])))
    order = neutral_order(codes, scores["rank"].notna().to_numpy())
    moved = scores.iloc[order].reset_index(drop=True)
    lead = moved["rank"].notna()
    return moved.assign(rank=lead.cumsum().where(lead).astype("Int64"), rank_all=np.arange(1, len(moved) + 1))
