"""Logistic regression on what a company is by itself, the unlabelled taken for negatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from graphlead.common.codes import tidy
from graphlead.common.columns import coded
from graphlead.common.deal import keys_of
from graphlead.common.levels import industry_levels, postcode_area
from graphlead.core.arrays import NONE, Floats, Ints, Keys
from graphlead.core.features import Features
from graphlead.core.register import Column, Register, Role
from graphlead.features.terms import term_incidence

VALUED = (Role.COUNTRY, Role.REGION, Role.CITY, Role.POSTCODE, Role.INDUSTRY, Role.CATEGORY)
"""Roles of columns with values to tell apart."""
MOST_STEPS = 1000
"""Steps of the solver, enough to converge on registers of 40,000 companies."""


@dataclass(frozen=True)
class Traits:
    """Flags of companies, independent of all labels: the values of their columns and the words of their names.

    keys: uint64 (n,), sorted; flags: 0/1 CSR (n, d) in their order.
    """

    keys: Keys
    flags: sp.csr_matrix

    def of(self, keys: Keys) -> sp.csr_matrix:
        """The flags (m, d) of the companies with these keys (m,)."""
        return sp.csr_matrix(self.flags[np.searchsorted(self.keys, keys)])


def traits_of(register: Register) -> Traits:
    """The traits of a register's companies."""
    blocks = [_flags(np.full(register.n_companies, NONE, np.int32))]
    blocks += [_flags(codes) for column in register.columns for codes in _codes(register, column)]
    blocks += [term_incidence(register.read(name).column(0))[0] for name in register.names_of(Role.NAME)[:1]]
    keys = keys_of(register.ids())
    order = np.argsort(keys)
    return Traits(keys[order], sp.hstack(blocks, format="csr", dtype=np.float32)[order])


def _codes(register: Register, column: Column) -> Iterator[Ints]:
    """The groups (n,) of the companies by the values of a column and their wider levels."""
    if column.role not in VALUED:
        return
    read = coded(register, column.name)
    for values in _levels(read.values, column):
        yield read.groups(values)[0]


def _levels(values: pa.Array, column: Column) -> list[pa.Array]:
    if column.role is Role.INDUSTRY:
        return list(industry_levels(values, column.scheme).values())
    return [tidy(values), *([postcode_area(values)] if column.role is Role.POSTCODE else [])]


def _flags(codes: Ints) -> sp.csr_matrix:
    """A flag (n, groups) for the group of each company."""
    known = np.flatnonzero(codes > NONE)
    ones = np.ones(len(known), np.float32)
    return sp.csr_matrix((ones, (known, codes[known])), shape=(len(codes), int(codes.max(initial=NONE)) + 1))


@dataclass(frozen=True)
class Logistic:
    """Numbers, imputed and standardised, and traits, in scikit-learn's logistic regression with its own defaults."""

    name: str
    traits: Traits
    numbers: Pipeline | None = None
    model: LogisticRegression | None = None

    def check(self, features: Features) -> None:
        """Accept any features."""

    def fit(self, features: Features, rows: Ints, labels: Floats, label_features: Floats, seed: int) -> Self:
        """Train on companies ``rows`` with their labels (len(rows),)."""
        imputer = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        numbers = make_pipeline(imputer, StandardScaler()).fit(features.attributes.numeric[rows])
        model = LogisticRegression(max_iter=MOST_STEPS)
        model.fit(self._matrix(numbers, features, rows), labels)
        return replace(self, numbers=numbers, model=model)

    def score(self, features: Features, rows: Ints, label_features: Floats) -> Floats:
        """The log-odds (len(rows),)."""
        if self.numbers is None or self.model is None:
            raise RuntimeError("Logistic is used before it is trained.")
        odds = self.model.decision_function(self._matrix(self.numbers, features, rows))
        return np.asarray(odds, np.float32)

    def _matrix(self, numbers: Pipeline, features: Features, rows: Ints) -> sp.csr_matrix:
        """The inputs of companies ``rows``, float32 CSR (len(rows), d)."""
        scaled = numbers.transform(features.attributes.numeric[rows])
        return sp.csr_matrix(sp.hstack([scaled, self.traits.of(features.keys[rows])], dtype=np.float32))
