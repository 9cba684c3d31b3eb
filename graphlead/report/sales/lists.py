"""The tables of a sales run: every case with its score, and the list to work from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Longs, Reals, require
from graphlead.core.cases import Cases, Meaning

Texts = npt.NDArray[np.object_]

REASONS = ("reason_1", "reason_2", "reason_3")


@dataclass(frozen=True)
class ListNames:
    """What the columns of a verb's list are called."""

    percent: str
    action: str


NAMES = {
    "convert": ListNames("conversion_probability_pct", "recommended_action"),
    "churn": ListNames("churn_probability_pct", "recommended_intervention"),
}


@dataclass(frozen=True, kw_only=True)
class Scored:
    """What is known of n cases after scoring, in the order of the cases.

    ids, advice: text (n,), no advice is "". probability: (n,) in [0, 1]. reasons: (n, 3) text, "" for none.
    missing: (n,) see ``missing_of``. company_ids: (n,) where a register is given. value: (n,) what a case is worth, NaN
    where unknown. hazard: (n,) relative, higher is sooner; median_time: (n,) in the unit of the durations.
    """

    ids: Texts
    probability: Reals
    advice: Texts
    reasons: Texts
    missing: Texts | None = None
    company_ids: Texts | None = None
    value: Reals | None = None
    hazard: Reals | None = None
    median_time: Reals | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            values = getattr(self, each.name)
            if values is not None:
                require(
                    len(values) == len(self.ids), "Scored", f"{each.name} of {len(self.ids)}", len(values)
                )
        require(self.reasons.ndim == 2 and self.reasons.shape[1] == len(REASONS), "Scored",
                "three reasons a case", self.reasons.shape)  # fmt: skip


def leads_scored(scored: Scored) -> pd.DataFrame:
    """One row per lead, the most promising first: id, probability, rank (1 is the first), recommended_action,
    reason_1 to reason_3, missing; company_id where a register is given.
    """
    missing = np.full(len(scored.ids), "", object) if scored.missing is None else scored.missing
    return _by_rank({**_common(scored, "convert"), "missing": missing}, scored.probability)


def customers_scored(scored: Scored) -> pd.DataFrame:
    """One row per customer, the one most likely to leave first: id, probability, rank, recommended_intervention,
    reason_1 to reason_3, hazard, median_time, value, value_at_risk (probability times value); NaN where unknown.
    """
    unknown = np.full(len(scored.ids), np.nan)
    value = unknown if scored.value is None else scored.value
    more = {
        "hazard": unknown if scored.hazard is None else scored.hazard,
        "median_time": unknown if scored.median_time is None else scored.median_time,
        "value": value,
        "value_at_risk": np.round(scored.probability * value, 2),
    }
    return _by_rank(_common(scored, "churn") | more, scored.probability)


def call_list(verb: str, scored: Scored, facts: pd.DataFrame, listed: Longs) -> pd.DataFrame:
    """The list to work from: of the cases at these positions, in this order, all input columns as written, then the
    probability in per cent, the advice and its reasons. An empty list keeps its columns.

    facts: (n, k) as in ``Cases``; a column of theirs that is named like one of the list's gets "(input)" behind it.
    """
    names = NAMES[verb]
    ours = {
        names.percent: np.round(100 * scored.probability[listed], 1),
        names.action: scored.advice[listed],
        **{name: scored.reasons[listed, i] for i, name in enumerate(REASONS)},
    }
    given = facts.iloc[listed].reset_index(drop=True)
    given = given.rename(columns={name: f"{name} (input)" for name in given if name in ours})
    return pd.concat([given, pd.DataFrame(ours, index=given.index)], axis=1)


def missing_of(cases: Cases, important: Collection[str] = ()) -> Texts:
    """The important columns of the user (n,) that each case has no value in, such as "budget, size"; "" for none.

    Important are those with a meaning, those of the plain rule, and the ``important`` sources, such as the strongest of
    the model.
    """
    texts = np.full(len(cases), "", object)
    sources = dict.fromkeys(
        column.source
        for column in cases.columns
        if column.meaning is not Meaning.NONE or column.plain or column.source in important
    )
    for source in sources:
        names = [column.name for column in cases.columns if column.source == source]
        values = cases.features[names]
        absent = (values.isna() | (values == "")).all(axis=1).to_numpy(bool)
        texts[absent] += np.where(texts[absent] == "", source, ", " + source)
    return texts


def _common(scored: Scored, verb: str) -> dict[str, Texts | Reals]:
    company = {} if scored.company_ids is None else {"company_id": scored.company_ids}
    return {
        "id": scored.ids,
        **company,
        "probability": scored.probability,
        NAMES[verb].action: scored.advice,
        **{name: scored.reasons[:, i] for i, name in enumerate(REASONS)},
    }


def _by_rank(columns: dict[str, Texts | Reals], probability: Reals) -> pd.DataFrame:
    """The rows, the highest probability first, with their rank behind the probability."""
    order = np.argsort(-probability, kind="stable")
    table = pd.DataFrame(columns).iloc[order].reset_index(drop=True)
    table.insert(list(table).index("probability") + 1, "rank", np.arange(1, len(table) + 1))
    return table
