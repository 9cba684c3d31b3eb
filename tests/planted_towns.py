"""Companies in towns, with links, and clients that a ranker has to find in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import scipy.sparse as sp
from sources import counts, features_of, link, numbers, same

from graphlead.core.arrays import Floats, Folds, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import AroundClients
from graphlead.core.features import Attributes, Features, Groups, Neighbours
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator

N, TOWN, FOLDS = 600, 12, 3


@dataclass(frozen=True)
class Planted:
    """Clients live in ten lucky towns of fifty and are larger than others; a fifth of the sizes is missing."""

    features: Features
    cohort: Cohort
    folds: Folds

    def label_features(self) -> ClientsAround:
        return ClientsAround(self.features, CpuPropagator())

    def around(self) -> AroundClients:
        return self.label_features().around(self.cohort, self.folds)

    def training(self) -> tuple[Features, Ints, Floats, Floats]:
        """The training companies of fold 0, with their labels and the label features from the other folds' clients."""
        folds = [np.flatnonzero(self.folds == fold).astype(np.int32) for fold in range(1, FOLDS)]
        nearby = [self.around().rows(rows, {0, fold}) for fold, rows in enumerate(folds, start=1)]
        rows = np.concatenate(folds)
        return self.features, rows, self.cohort.labels()[rows], np.concatenate(nearby)

    def unseen(self) -> tuple[Features, Ints, Floats]:
        """The companies of fold 0, with the label features from the clients of the others."""
        rows = np.flatnonzero(self.folds == 0).astype(np.int32)
        return self.features, rows, self.around().rows(rows, {0})


@cache
def planted() -> Planted:
    draw = np.random.default_rng(11)
    town = (np.arange(N) // TOWN).astype(np.int32)
    lucky = town < 10
    size = 2.5 * lucky + draw.normal(size=N)
    size[draw.random(N) < 0.2] = np.nan
    numeric = np.stack([size, draw.normal(size=N), np.full(N, np.nan)], axis=1).astype(np.float32)
    attributes = Attributes(numeric, numbers("size", "noise", "never given"))
    ends = draw.integers(0, TOWN, (2, 400)) + TOWN * draw.integers(0, N // TOWN, 400)
    joined = np.zeros((N, N), np.float32)
    joined[ends[0], ends[1]] = joined[ends[1], ends[0]] = 1
    np.fill_diagonal(joined, 0)
    links = sp.csr_matrix(joined)
    relations = (Groups(same("town"), town, N // TOWN), Neighbours(link("supplies"), links))
    structure = np.log1p(np.asarray(links.sum(1), np.float32))
    clients = np.sort(draw.choice(np.flatnonzero(lucky), 80, replace=False)).astype(np.int32)
    suppressed = np.array([N - 1], np.int32)
    cohort = Cohort(
        n_companies=N,
        clients=clients,
        suppressed=suppressed,
        won=np.full(80, np.datetime64("NaT"), "datetime64[D]"),
    )
    folds = draw.permutation(np.arange(N) % FOLDS).astype(np.int8)
    return Planted(features_of(attributes, structure, counts(link("supplies")), relations), cohort, folds)
