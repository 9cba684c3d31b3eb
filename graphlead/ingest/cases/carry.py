"""Rows of a table to Cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.deal import keys_of
from graphlead.core.arrays import Longs
from graphlead.core.cases import CaseColumn, Cases, Kind, Meaning
from graphlead.ingest.cases.meanings import PLAIN
from graphlead.ingest.cases.rows import Rows
from graphlead.ingest.cases.understood import ReadColumn, Understood
from graphlead.ingest.cases.uses import Use

_KINDS = {Use.CATEGORY: Kind.CATEGORY, Use.TEXT: Kind.TEXT, Use.FLAG: Kind.FLAG}


def cases_of(rows: Rows, understood: Understood) -> Cases:
    """The cases of rows that were read by this plan."""
    columns = tuple(_case_column(column) for column in understood.features)
    worth = (each.name for each in columns if each.meaning is Meaning.VALUE and each.kind is Kind.NUMBER)
    value = next(worth, "")
    return Cases(
        ids=rows.ids,
        features=rows.features,
        columns=columns,
        outcome=rows.outcome,
        day=np.full(len(rows), np.datetime64(understood.as_of or "NaT", "D")),
        group=_groups(rows),
        facts=rows.facts,
        account=rows.account if understood.name_of(Use.ACCOUNT) else rows.ids,
        duration=rows.duration if understood.name_of(Use.DURATION) else None,
        value=rows.features[value].to_numpy(np.float64) if value else None,
    )


def _case_column(column: ReadColumn) -> CaseColumn:
    return CaseColumn(
        name=column.feature,
        kind=_KINDS.get(column.use, Kind.NUMBER),
        source=column.name,
        meaning=column.meaning,
        plain=column.meaning in PLAIN,
        reason=column.because,
    )


def _groups(rows: Rows) -> Longs:
    """The fold key: a hash of the account, or of the id where a row has none."""
    accounts = pd.Series(rows.account, dtype=object).str.strip().str.lower()
    keys = ("account " + accounts).fillna("case " + pd.Series(rows.ids, dtype=object))
    return keys_of(pa.array(keys, pa.string())).view(np.int64)
