"""Naive Bayes on quantile bins of numbers and levels of categories, smoothed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Ints, Reals
from graphlead.learn.cases.encode import Encoding, Table
from graphlead.learn.cases.members.member import by_source

TRUST = 10.0
"""Rows, spread as all rows are, that are added to those of each outcome; a choice."""


@dataclass(frozen=True)
class NaiveBayesModel:
    """The log-odds of all rows, and the log ratio of each bin: ratios[j][1 + b], 0 for the missing and the rare."""

    constant: float
    ratios: tuple[Reals, ...]

    def log_odds(self, table: Table) -> Reals:
        return np.asarray(self.constant + self._terms(table).sum(axis=1))

    def contributions(self, table: Table) -> pd.DataFrame:
        encoding = table.encoding
        sources = [each.source for each in encoding.numbers] + [each.source for each in encoding.categories]
        return by_source(self._terms(table), sources)

    def _terms(self, table: Table) -> Reals:
        cells = _cells(table)
        found = [each[column] for each, column in zip(self.ratios, cells.T, strict=True)]
        return np.stack(found, axis=1) if found else np.zeros((len(table), 0))

    def save(self, folder: Path, name: str) -> None:
        ratios = [each.tolist() for each in self.ratios]
        write_json(folder / f"{name}.json", {"constant": self.constant, "ratios": ratios})


class NaiveBayes:
    """One candidate."""

    def path(self, train: Table, outcome: Reals, held: Table, seed: int) -> Reals:
        return self.fit(train, outcome, 0, seed).log_odds(held)[:, None]

    def fit(self, train: Table, outcome: Reals, candidate: int, seed: int) -> NaiveBayesModel:
        encoding = train.encoding
        sizes = [len(each.edges) + 2 for each in encoding.numbers]
        sizes += [len(each.levels) + 1 for each in encoding.categories]
        cells = zip(_cells(train).T, sizes, strict=True)
        odds = (outcome.sum() + 0.5) / (len(outcome) - outcome.sum() + 0.5)
        return NaiveBayesModel(
            float(np.log(odds)), tuple(_ratios(each, outcome, size) for each, size in cells)
        )

    def load(self, folder: Path, name: str, encoding: Encoding) -> NaiveBayesModel:
        content = read_json(folder / f"{name}.json")
        return NaiveBayesModel(content["constant"], tuple(np.asarray(each) for each in content["ratios"]))


def _cells(table: Table) -> Ints:
    return np.hstack([table.bins(), table.codes]) + 1


def _ratios(cells: Ints, outcome: Reals, size: int) -> Reals:
    share = (np.bincount(cells, minlength=size) + 1 / size) / (len(cells) + 1)
    ones, zeros = (_spread(cells, weight, share) for weight in (outcome, 1 - outcome))
    return np.asarray(np.log(ones) - np.log(zeros))


def _spread(cells: Ints, weight: Reals, share: Reals) -> Reals:
    counts = np.bincount(cells, weight, minlength=len(share))
    return np.asarray((counts + TRUST * share) / (weight.sum() + TRUST))
