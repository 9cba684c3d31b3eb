"""What a kind of model has to offer: the log-odds of several candidates on held-out rows, and one of them trained."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from graphlead.core.arrays import Longs, Reals
from graphlead.learn.cases.encode import Encoding, Table


class Model(Protocol):
    """A trained model of cases; additive in log-odds, up to a constant."""

    def log_odds(self, table: Table) -> Reals:
        """Log-odds of the outcome 1, float64 (n,)."""
        ...

    def contributions(self, table: Table) -> pd.DataFrame:
        """What each of the user's columns adds to the log-odds of each row: (n, sources), by source."""
        ...

    def save(self, folder: Path, name: str) -> None: ...


class Member(Protocol):
    """A kind of model with candidates (a path of penalties, of rounds) to choose from by held-out loss."""

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        """Train every candidate; their log-odds (n, k) on the held-out rows."""
        ...

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> Model:
        """Train one candidate, by its place on the path."""
        ...

    def load(self, folder: Path, name: str, encoding: Encoding) -> Model: ...


def some_rows(rows: int, most: int, seed: int) -> Longs:
    """The positions, ascending, of ``most`` rows drawn at random; of all where there are no more."""
    if rows <= most:
        return np.arange(rows)
    return np.sort(np.random.default_rng(seed).permutation(rows)[:most])


def by_source(terms: Reals, sources: list[str]) -> pd.DataFrame:
    """Terms (n, d) summed over the columns of each source: (n, s), in the order of their first column."""
    places, names = pd.factorize(np.asarray(sources, object))
    whole = np.zeros((len(names), len(terms)))
    np.add.at(whole, places, np.asarray(terms, np.float64).T)
    return pd.DataFrame(whole.T, columns=list(names))
