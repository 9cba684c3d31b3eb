"""A ranker, a store, a connector and a task as somebody else would write them, outside the package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.connectors.tables import Imported
from graphlead.core.arrays import Floats, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, RankerSetup, silent
from graphlead.core.features import Features
from graphlead.core.graph import Ownership
from graphlead.core.property_graph import Projection
from graphlead.core.register import Register
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.tasks.leads import LEADS, lead_table


class Nearest:
    """Ranks by how near a company's own numbers are to the clients' mean: a model of one row of numbers."""

    name = "nearest"

    def __init__(self, setup: RankerSetup) -> None:
        self._mean = np.zeros(0, np.float32)

    def check(self, features: Features) -> None:
        """It trains on any numbers."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        self._mean = self._matrix(features, rows)[labels > 0].mean(0)
        return self

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        return -np.abs(self._matrix(features, rows) - self._mean).sum(1).astype(np.float32)

    def save(self, folder: Path) -> None:
        np.save(folder / "nearest.npy", self._mean, allow_pickle=False)

    def load(self, folder: Path) -> Self:
        self._mean = np.load(folder / "nearest.npy", allow_pickle=False)
        return self

    def _matrix(self, features: Features, rows: Ints) -> Floats:
        return np.nan_to_num(features.attributes.numeric[rows])


class Shelf(EmbeddedStore):
    """A database beside the runs: the embedded store in a place of its own, which ``PLACE`` names."""

    PLACE = Path()

    @classmethod
    def located(cls, path: Path) -> Self:
        return cls(cls.PLACE / "shelf.lbug")

    def build(self, projection: Projection, *, progress: Progress = silent) -> None:
        self.path.parent.mkdir(exist_ok=True)
        super().build(projection, progress=progress)


def read_names(files: Sequence[Path], out: Path, progress: Progress) -> Imported:
    """Companies out of text files, a name a line."""
    names = [line for file in files for line in file.read_text("utf-8").splitlines()]
    out.mkdir(parents=True, exist_ok=True)
    ids = [f"n{i}" for i in range(len(names))]
    pq.write_table(pa.table({"company_id": ids, "name": names}), out / "companies.parquet")
    pq.write_table(
        pa.table({"source_id": ids[:0], "target_id": ids[:0], "kind": ids[:0]}), out / "links.parquet"
    )
    pq.write_table(pa.table({"file": ids[:0], "reason": ids[:0]}), out / "set_aside.parquet")
    tables = {name: out / f"{name}.parquet" for name in ("companies", "links", "set_aside")}
    return Imported(**tables, n_companies=len(names), n_links=0, reasons=())


def worst_first(
    scores: pd.DataFrame,
    register: Register,
    cohort: Cohort,
    ownership: Ownership,
    *,
    grades: tuple[float, float],
    top: int,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The list from its end: whom not to call."""
    return lead_table(scores.iloc[::-1], register, cohort, ownership, grades=grades, top=top)


WARNINGS = replace(
    LEADS,
    name="warnings",
    models=("pagerank", "nearest"),
    metrics=("auc",),
    splits=("random",),
    lists=worst_first,
)
