"""What is done with a probability: who is on the list, and what is advised. Changing it never trains again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graphlead.core.actions import Action
from graphlead.core.arrays import Longs, Reals
from graphlead.core.cases import Cases
from graphlead.core.errors import SettingsError
from graphlead.tasks.actions import DEFAULTS, advise

THRESHOLDS = {"convert": 0.80, "churn": 0.70}
"""The probability from which a case is on the list, a custom of the field."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """threshold: the probability from which a case is on the list; top: how many it holds at most; cost: of working one
    case; gain: what success with one is worth, where the case's own value is unknown; actions: the rules, in order.

    Raises SettingsError, naming the key, for a value out of range.
    """

    threshold: float
    top: int | None = None
    cost: float | None = None
    gain: float | None = None
    actions: tuple[Action, ...] = ()

    def __post_init__(self) -> None:
        _check(0 <= self.threshold <= 1, "threshold", self.threshold, "a share from 0 to 1, such as 0.80")
        _check(self.top is None or self.top >= 1, "top", self.top, "a whole number of at least 1")
        _check(_amount(self.cost), "cost", self.cost, "an amount of 0 or more")
        _check(_amount(self.gain), "gain", self.gain, "an amount of 0 or more")

    def listed(self, probability: Reals) -> Longs:
        """The positions of the cases on the list, the highest probability first; equals stay in their order."""
        order = np.argsort(-probability, kind="stable")
        return np.asarray(order[probability[order] >= self.threshold][: self.top], np.int64)

    def advice(self, cases: Cases, probability: Reals) -> npt.NDArray[np.object_]:
        """The action (n,) for each case, "" where no rule holds; see ``advise``."""
        return advise(cases, self.actions, probability, cost=self.cost, gain=self.gain)


def policy_of(
    verb: str,
    *,
    threshold: float | None = None,
    top: int | None = None,
    cost: float | None = None,
    gain: float | None = None,
    actions: Sequence[Action] = (),
) -> Policy:
    """The policy of ``convert`` or ``churn``, the user's actions before those of the field.

    Without a threshold it is that of the verb; with ``top`` alone, the list is the first of all cases.
    """
    usual = 0.0 if top is not None else THRESHOLDS[verb]
    return Policy(
        threshold=usual if threshold is None else threshold,
        top=top,
        cost=cost,
        gain=gain,
        actions=(*actions, *DEFAULTS[verb]),
    )


def _amount(value: float | None) -> bool:
    return value is None or 0 <= value < math.inf


def _check(holds: bool, key: str, value: object, expected: str) -> None:
    if not holds:
        raise SettingsError(f"{key} is {value}.", where=key, remedy=f"It has to be {expected}.")
