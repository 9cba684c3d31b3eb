"""The action advised for each case: rules on what columns mean, the user's own before those of the field."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.common.yes_no import NO, YES
from graphlead.core.actions import Action, Check, Condition, Value
from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Cases, Meaning

REFERRAL = r"\brefer(?!ral (?:site|link|traffic))|\brecommend|word.of.mouth|empfehl"
"""A person vouched for us. Web statistics call a visit from a linking page a referral too; that is none."""


def _upper(numbers: Reals, share: float) -> Flags:
    """Whether each number belongs to this share of the greatest, NaN to none."""
    if np.isnan(numbers).all():
        return np.zeros(len(numbers), bool)
    return np.asarray(numbers >= np.nanquantile(numbers, 1 - share))


COMPARED: Mapping[Check, Callable[[Reals, float], Flags]] = {
    Check.LESS: operator.lt,
    Check.AT_MOST: operator.le,
    Check.MORE: operator.gt,
    Check.AT_LEAST: operator.ge,
    Check.UPPER: _upper,
}

_NO_CSM = Condition(Meaning.CSM, Check.AMONG, (False, ""))
_RETURN = "Re-engagement campaign"

DEFAULTS = {
    "convert": (
        Action("Schedule executive meeting", (Condition(Meaning.DECISION_MAKER, Check.AMONG, (False,)),)),
        Action("Discuss budget & ROI", (Condition(Meaning.BUDGET, Check.AMONG, (False, "")),)),
        Action("Fast-track - lead aging", (Condition(Meaning.DAYS_SINCE_CONTACT, Check.MORE, (60.0,)),)),
        Action("Leverage referral relationship", (Condition(Meaning.SOURCE, Check.MENTIONS, (REFERRAL,)),)),
    ),
    "churn": (
        Action("NPS follow-up call", (Condition(Meaning.NPS, Check.AT_MOST, (6.0,)),)),
        Action(_RETURN, (Condition(Meaning.DAYS_SINCE_LOGIN, Check.MORE, (30.0,)),)),
        Action(_RETURN, (Condition(Meaning.LATENESS, Check.MORE, (0.75,)),)),
        Action("Value realization workshop", (Condition(Meaning.USAGE, Check.LESS, (40.0,)),)),
        Action("Assign dedicated CSM", (Condition(Meaning.VALUE, Check.UPPER, (0.5,)), _NO_CSM)),
    ),
}
"""The actions of the field by verb, in their order: what sales and customer success teams do first."""


def advise(
    cases: Cases,
    actions: Sequence[Action],
    probability: Reals,
    *,
    cost: float | None = None,
    gain: float | None = None,
) -> npt.NDArray[np.object_]:
    """The action (n,) for each case, "" where no rule holds.

    Of the actions that hold in a row, the one with the greatest expected value: probability times gain, less cost. The
    gain is the action's own, else the case's value, else ``gain``; the cost is the action's own, else ``cost``. Ties,
    and rows in which a gain is unknown, go by the order of the actions.
    """
    if not actions or not len(cases):
        return np.full(len(cases), "", object)
    holds = np.stack([_holds(cases, action) for action in actions])
    worth = np.stack([_worth(cases, action, probability, cost, gain) for action in actions])
    known = ~(holds & np.isnan(worth)).any(axis=0)
    best = np.argmax(np.where(holds & known, worth, np.where(holds, 0.0, -np.inf)), axis=0)
    texts = np.array([action.do for action in actions], object)
    return np.where(holds.any(axis=0), texts[best], "")


def _holds(cases: Cases, action: Action) -> Flags:
    """The rows (n,) in which all conditions hold; none where a column is not there."""
    holds = np.ones(len(cases), bool)
    for condition in action.when:
        values = _values(cases, condition.of)
        holds &= False if values is None else _meets(values, condition)
    return holds


def _worth(cases: Cases, action: Action, probability: Reals, cost: float | None, gain: float | None) -> Reals:
    """The expected value (n,) of an action, NaN where its gain is unknown."""
    general = np.nan if gain is None else gain
    own = general if cases.value is None else np.where(np.isnan(cases.value), general, cases.value)
    gained = own if action.gain is None else action.gain
    spent = action.cost if action.cost is not None else cost or 0.0
    return np.asarray(probability * gained - spent, np.float64)


def _values(cases: Cases, of: str) -> pd.Series[Any] | None:
    """The column of this name, as written, or the one with this meaning; None where there is neither."""
    if not isinstance(of, Meaning):
        for table in (cases.facts, cases.features):
            if of in table:
                return table[of]
    if of == Meaning.VALUE and cases.value is not None:
        return pd.Series(cases.value)
    column = next((column for column in cases.columns if column.meaning == of), None)
    return None if column is None else cases.features[column.name]


def _meets(values: pd.Series[Any], condition: Condition) -> Flags:
    check, operands = condition.check, condition.operands
    if check is Check.AMONG:
        return np.asarray(np.logical_or.reduce([_is(values, value) for value in operands]))
    if check is Check.MENTIONS:
        return _texts(values).str.contains(str(operands[0]), flags=re.IGNORECASE).to_numpy(bool)
    return np.asarray(COMPARED[check](_numbers(values), float(operands[0])))


def _is(values: pd.Series[Any], value: Value) -> Flags:
    """Whether each of the values (n,) is this one; text without regard to case, numbers by size."""
    if isinstance(value, bool):
        return _texts(values).isin(YES if value else NO).to_numpy(bool)
    if isinstance(value, str):
        return (_texts(values) == value.strip().lower()).to_numpy(bool)
    return np.asarray(_numbers(values) == value)


def _texts(values: pd.Series[Any]) -> pd.Series[str]:
    """The values as trimmed text in lower case, "" where there is none."""
    return values.astype("string").fillna("").str.strip().str.lower()


def _numbers(values: pd.Series[Any]) -> Reals:
    return pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
