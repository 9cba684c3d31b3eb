"""Scores of companies from features that an engine has worked out, by the models of a run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.core.arrays import Floats, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.features import Feature, Features, Kind, Source, Statistic
from graphlead.engines.batches import column, vectors
from graphlead.engines.tables import ROW, Tables
from graphlead.features.attributes import attributes_of
from graphlead.features.distributed.labels import LABELS, Around
from graphlead.features.distributed.meaning import MEANING
from graphlead.features.distributed.memberships import NUMBERS
from graphlead.features.distributed.plan import Numbered
from graphlead.features.distributed.structure import STRUCTURE
from graphlead.features.distributed.walk import VISITS
from graphlead.features.labels import log_visits
from graphlead.features.seeds import share_of_visits
from graphlead.learn.crossfit import Models, score_others

KNOWN, SCORED = "known", "scored"


@dataclass(frozen=True)
class Given:
    """Label features (m, F) of the companies of a batch, as ``AroundClients`` gives them."""

    labels: Floats

    def rows(self, rows: Ints, hidden: Collection[int] = ()) -> Floats:
        """Those of these companies; nobody is hidden."""
        return self.labels[rows]


@dataclass(frozen=True, kw_only=True)
class Scoring:
    """From the features of companies to their scores by each ranker, NaN for the decided.

    weights: what the clients weigh in all; labels, common: the features of a company that is in no group.
    """

    numbered: Numbered
    models: Models = field(repr=False)
    weights: float
    labels: Floats
    common: Floats

    @classmethod
    def of(cls, around: Around, models: Models, weights: Reals) -> Self:
        """The same models on the label features of ``around``; weights: those of the clients (c,)."""
        labels, common = around.nothing()
        total = np.bincount(np.zeros(len(weights), np.int64), weights, 1)[0]
        return cls(
            numbered=around.numbered, models=models, weights=float(total), labels=labels, common=common
        )

    @property
    def rankers(self) -> list[str]:
        return [ranker.name for ranker in self.models[0]]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([("company", pa.int64()), *((name, pa.float32()) for name in self.rankers)])

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            if not batch.num_rows:
                continue
            scores = score_others(
                self.models,
                self._features(batch),
                Given(self._around(batch)),
                _decided(column(batch, "decided", np.int64)),
                column(batch, "left_out", np.int32),
            )
            yield pa.record_batch([batch["company"], *map(pa.array, scores.values())], schema=self.schema)

    def _features(self, batch: pa.RecordBatch) -> Features:
        numbered, plan = self.numbered, self.numbered.plan.attributes
        own = vectors(batch, "numbers", numbered.own, np.float32)
        common = _filled(batch, "common", self.common)
        structure = _filled(batch, "structure", np.zeros((1, numbered.structure), np.float32))
        return Features(
            keys=keys_of(batch["company_id"]),
            attributes=attributes_of(plan, own, list(common.T)),
            structure=structure,
            structure_features=(Feature(Source(kind=Kind.OWNS), Statistic.COUNT),) * numbered.structure,
            relations=(),
            meaning=_filled(batch, "meaning", np.zeros((1, numbered.meaning), np.float32)),
        )

    def _around(self, batch: pa.RecordBatch) -> Floats:
        labels = _filled(batch, "labels", self.labels)
        visits = np.nan_to_num(batch["visits"].to_numpy(zero_copy_only=False).astype(np.float32))
        walk = log_visits(share_of_visits(visits[:, None], self.weights))
        return np.concatenate([labels, walk[:, None]], axis=1)


def _filled(batch: pa.RecordBatch, name: str, nothing: Floats) -> Floats:
    """A column of lists as an array (rows, k), with the row ``nothing`` (1, k) where it is null."""
    there = batch[name].is_valid().to_numpy(zero_copy_only=False)
    found = np.repeat(nothing, batch.num_rows, axis=0)
    if there.any():
        found[there] = np.asarray(batch[name].drop_null().flatten().to_numpy(), np.float32).reshape(
            there.sum(), -1
        )
    return found


def _decided(flags: npt.NDArray[Any]) -> Cohort:
    """A cohort in which those with a flag are decided."""
    who = np.flatnonzero(flags).astype(np.int32)
    return Cohort(
        n_companies=len(flags), clients=who, suppressed=who[:0], won=np.full(len(who), "NaT", "datetime64[D]")
    )


def scores_of(tables: Tables, scoring: Scoring, ids: str, n: int) -> dict[str, Floats]:
    """The scores (n,) of all companies by each ranker; ids: the table with the id of each."""
    tables.engine.sql(
        "featured",
        f"""SELECT n.company AS company, i.company_id AS company_id, n.numbers AS numbers, l.labels AS labels,
            l.common AS common, s.structure AS structure, m.meaning AS meaning,
            v.visits AS visits, k.left_out AS left_out, k.decided AS decided
        FROM {NUMBERS} AS n JOIN {ids} AS i ON n.company = i.{ROW} JOIN {KNOWN} AS k ON n.company = k.company
        LEFT JOIN {LABELS} AS l ON n.company = l.company LEFT JOIN {STRUCTURE} AS s ON n.company = s.company
        LEFT JOIN {VISITS} AS v ON n.company = v.company LEFT JOIN {MEANING} AS m ON n.company = m.company""",
    )
    tables.engine.map_arrow("scored_read", "featured", scoring)
    found = tables.fetch(SCORED, "SELECT * FROM scored_read")
    company: Longs = column(found, "company", np.int64)
    return {name: _placed(company, column(found, name, np.float32), n) for name in scoring.rankers}


def _placed(company: Longs, values: Floats, n: int) -> Floats:
    scores = np.full(n, np.nan, np.float32)
    scores[company] = values
    return scores
