"""Sources and features, as short as tests by hand need them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.core.arrays import Floats, Folds, Ints, Keys
from graphlead.core.clients import Cohort
from graphlead.core.features import Attributes, Feature, Features, Kind, Level, Relation, Source, Statistic

GROUP, OWNED, HELD = (Source(kind=kind) for kind in (Kind.GROUP, Kind.OWNS, Kind.HOLDERS))


def same(*columns: str | Level) -> Source:
    """Companies with the same values in these columns."""
    levels = (column if isinstance(column, Level) else Level(column=column) for column in columns)
    return Source(kind=Kind.COLUMNS, levels=tuple(levels))


def words(column: str = "name") -> Source:
    return Source(kind=Kind.WORDS, column=column)


def link(kind: str) -> Source:
    return Source(kind=Kind.LINK, link=kind)


def numbers(*columns: str) -> tuple[Feature, ...]:
    """The values of columns as numbers."""
    return tuple(Feature(same(column), Statistic.NUMBER) for column in columns)


def counts(*sources: Source) -> tuple[Feature, ...]:
    """How many neighbours there are by each source."""
    return tuple(Feature(source, Statistic.COUNT) for source in sources)


def keys(n: int) -> Keys:
    """The keys of companies 0, 1, ..., n - 1."""
    return keys_of(pa.array([str(i) for i in range(n)], pa.string()))


def cohort(n: int, clients: Ints, won: npt.NDArray[np.datetime64] | None = None) -> Cohort:
    """These of n companies are clients, nobody is suppressed."""
    undated = np.full(len(clients), "NaT", "datetime64[D]")
    nobody = np.zeros(0, np.int32)
    return Cohort(n_companies=n, clients=clients, suppressed=nobody, won=undated if won is None else won)


def in_one_fold(n: int) -> Folds:
    """The folds of n companies where nobody is hidden."""
    return np.zeros(n, np.int8)


def features_of(
    attributes: Attributes,
    structure: Floats,
    structure_features: tuple[Feature, ...],
    relations: tuple[Relation, ...],
) -> Features:
    """The features of companies 0, 1, ..."""
    return Features(
        keys=keys(len(structure)),
        attributes=attributes,
        structure=structure,
        structure_features=structure_features,
        relations=relations,
    )
