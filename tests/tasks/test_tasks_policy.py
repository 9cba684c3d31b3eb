"""The policy: who is on the list, and the values it accepts."""

from __future__ import annotations

import numpy as np
import pytest

from graphlead.core.actions import Action
from graphlead.core.errors import SettingsError
from graphlead.tasks.actions import DEFAULTS
from graphlead.tasks.policy import policy_of

CHANCES = np.array([0.3, 0.8, 0.95, 0.7999, 0.8])


def test_the_list_holds_the_cases_from_the_threshold_best_first() -> None:
    assert policy_of("convert").listed(CHANCES).tolist() == [2, 1, 4]
    assert policy_of("churn").listed(CHANCES).tolist() == [2, 1, 4, 3]
    assert policy_of("churn", threshold=0.99).listed(CHANCES).tolist() == []
    assert policy_of("churn").listed(np.zeros(0)).tolist() == []


def test_top_alone_takes_the_first_and_with_a_threshold_it_cuts_the_list() -> None:
    assert policy_of("convert", top=4).listed(CHANCES).tolist() == [2, 1, 4, 3]
    assert policy_of("convert", top=2, threshold=0.8).listed(CHANCES).tolist() == [2, 1]
    assert policy_of("convert", top=9, threshold=0.9).listed(CHANCES).tolist() == [2]


def test_own_actions_come_before_those_of_the_field() -> None:
    own = Action("Call", ())
    assert policy_of("churn", actions=[own]).actions == (own, *DEFAULTS["churn"])


@pytest.mark.parametrize(
    "wrong", [{"threshold": 80.0}, {"threshold": float("nan")}, {"top": 0}, {"cost": -1.0}, {"gain": float("inf")}]
)  # fmt: skip
def test_values_out_of_range_are_refused_by_name(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingsError, match=f"^{next(iter(wrong))}: "):
        policy_of("convert", **wrong)  # type: ignore[arg-type]
