"""What a table of customers, such as a survey, shows of them."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Reals
from graphlead.core.cases import CaseColumn, Cases, Kind, Meaning
from graphlead.core.customers import Customers, Trait

MOST_LEVELS = 50
"""Different values beyond which a category says who somebody is, not what kind of customer. A choice."""


def customers_of_table(cases: Cases) -> Customers:
    """The customers of a table with every column that is a number, a yes or no, or a category of few levels.

    Recency is in days since the last log-in, frequency and value are of the columns with that meaning; NaN without.
    """
    kept = [column for column in cases.columns if _is_usable(cases, column)]
    traits = tuple(Trait(name=column.name, kind=column.kind, title=_title(column.name)) for column in kept)
    return Customers(
        ids=cases.ids,
        traits=traits,
        table=cases.features[[trait.name for trait in traits]].reset_index(drop=True),
        recency=_meaning(cases, Meaning.DAYS_SINCE_LOGIN),
        frequency=_meaning(cases, Meaning.FREQUENCY),
        monetary=_meaning(cases, Meaning.VALUE),
        bought=False,
    ).in_order()


def _is_usable(cases: Cases, column: CaseColumn) -> bool:
    if column.kind is Kind.CATEGORY:
        return cases.features[column.name].nunique() <= MOST_LEVELS
    return column.kind in (Kind.NUMBER, Kind.FLAG)


def _title(name: str) -> str:
    return " ".join(name.replace("_", " ").split()) or name


def _meaning(cases: Cases, meaning: Meaning) -> Reals:
    column = cases.column(meaning)
    if column is None or column.kind is not Kind.NUMBER:
        return np.full(len(cases), np.nan)
    return cases.features[column.name].to_numpy(np.float64)
