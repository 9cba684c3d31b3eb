"""The scores of a run as every store writes them back."""

from __future__ import annotations

import pyarrow as pa

from graphlead.carriers import SCORED

_TYPES = {"score": pa.float64(), "rank": pa.int64()}


def score_table(scores: pa.Table, run_id: str) -> pa.Table:
    """company_id and all of SCORED, null where ``scores`` does not know them."""
    n = len(scores)
    columns = {"company_id": scores["company_id"].cast(pa.string())}
    for name in SCORED[:-1]:
        type_ = _TYPES.get(name, pa.string())
        columns[name] = scores[name].cast(type_) if name in scores.column_names else pa.nulls(n, type_)
    return pa.table(columns | {"run_id": pa.array([run_id] * n if n else [], pa.string())})
