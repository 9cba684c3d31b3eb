"""Actions: the rules of the field on what columns mean, the user's own on any column, and which comes first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from graphlead.core.actions import Action, Check, Condition, check_actions, parse_actions
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind, Meaning
from graphlead.core.errors import SettingsError
from graphlead.tasks.actions import DEFAULTS, advise
from graphlead.tasks.playbooks import PLAYBOOKS, playbooks_of

KINDS = {Meaning.SOURCE: Kind.CATEGORY, Meaning.CSM: Kind.FLAG, Meaning.DECISION_MAKER: Kind.FLAG}


def cases_of(
    features: Mapping[Meaning, Any], facts: Mapping[str, Any] | None = None, value: Any = None
) -> Cases:
    """Open cases with one feature, named feature_0 and so on, for each meaning; facts are the user's columns."""
    n = len(next(iter([*features.values(), *(facts or {}).values()])))
    names = [f"feature_{i}" for i in range(len(features))]
    columns = tuple(
        CaseColumn(name=name, kind=KINDS.get(meaning, Kind.NUMBER), source=f"column {name}", meaning=meaning)
        for name, meaning in zip(names, features, strict=True)
    )
    return Cases(
        ids=np.array([f"L{i}" for i in range(n)], object),
        features=pd.DataFrame(dict(zip(names, features.values(), strict=True)), index=range(n)),
        columns=columns,
        outcome=np.full(n, OPEN, np.int8),
        day=np.full(n, "NaT", "datetime64[D]"),
        group=np.arange(n),
        facts=pd.DataFrame(facts or {"id": range(n)}),
        value=None if value is None else np.array(value, float),
    )


def advice(cases: Cases, actions: Any, probability: Any = None, **money: float) -> list[str]:
    chances = np.full(len(cases), 0.5) if probability is None else np.array(probability)
    return list(advise(cases, actions, chances, **money))


def drawn(verb: str, n: int = 500) -> tuple[Cases, dict[str, np.ndarray]]:
    """Cases with every meaning that a verb's rules use, some values missing; and where each action may be advised."""
    rng = np.random.default_rng(5)

    def number(high: int) -> np.ndarray:
        return np.where(rng.random(n) < 0.1, np.nan, rng.integers(0, high, n))

    def flag() -> np.ndarray:
        return np.where(rng.random(n) < 0.1, np.nan, rng.random(n) < 0.5)

    if verb == "convert":
        reached, budget, age = flag(), flag(), number(120)
        source = rng.choice(["Referral", "referred by a client", "Web", "Referral Sites", "Cold Call"], n)
        cases = cases_of({
            Meaning.DECISION_MAKER: reached, Meaning.BUDGET: budget,
            Meaning.DAYS_SINCE_CONTACT: age, Meaning.SOURCE: source,
        })  # fmt: skip
        may = [reached == 0, (budget == 0) | np.isnan(budget), age > 60,
               np.isin(source, ["Referral", "referred by a client"])]  # fmt: skip
    else:
        nps, login, late, usage, csm = number(11), number(60), rng.random(n), number(100), flag()
        worth = rng.lognormal(9, 1, n)
        cases = cases_of({
            Meaning.NPS: nps, Meaning.DAYS_SINCE_LOGIN: login, Meaning.LATENESS: late,
            Meaning.USAGE: usage, Meaning.CSM: csm,
        }, value=worth)  # fmt: skip
        may = [nps <= 6, (login > 30) | (late > 0.75), usage < 40, (csm != 1) & (worth >= np.median(worth))]
    return cases, dict(zip(dict.fromkeys(action.do for action in DEFAULTS[verb]), may, strict=True))


@pytest.mark.parametrize("verb", ["convert", "churn"])
def test_the_first_rule_of_the_field_that_holds_is_advised_in_every_row(verb: str) -> None:
    cases, may = drawn(verb)
    expected = [next((do for do, holds in may.items() if holds[i]), "") for i in range(len(cases))]
    assert advice(cases, DEFAULTS[verb]) == expected
    assert set(expected) == {*may, ""}


def test_a_rule_needs_its_meaning() -> None:
    cases = cases_of({Meaning.NONE: [0.0, 0.0]}, {"decision_maker": ["no", "no"], "budget": ["", "no"]})
    assert advice(cases, DEFAULTS["convert"]) == ["", ""]


def test_a_csm_in_charge_may_be_a_flag_or_a_name() -> None:
    named = cases_of({Meaning.CSM: ["Ann", None, "", "no"]}, value=[9, 9, 9, 9])
    assert [bool(each) for each in advice(named, DEFAULTS["churn"])] == [False, True, True, True]


def test_without_values_nobody_is_in_the_upper_half() -> None:
    cases = cases_of({Meaning.CSM: [0.0, 0.0]}, value=[np.nan, np.nan])
    assert advice(cases, DEFAULTS["churn"]) == ["", ""]


def test_rules_of_the_user_hold_where_all_their_conditions_do() -> None:
    facts = {
        "employees": ["300", "249", "1000", "", "260", "260"],
        "region": ["BY", "BY", "HH", "BY", "bw ", "BW"],
        "budget_confirmed": ["False", "no", "0", "no", "N", "yes"],
    }
    written = [
        {"do": "Call", "when": {"employees": ">= 250", "region": ["BY", "BW"], "budget_confirmed": False}}
    ]
    assert advice(cases_of({}, facts), parse_actions(written)) == ["Call", "", "", "", "Call", ""]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("> 5", "0010"), ("<5", "1000"), ("<= 5.0", "1100"), (5, "0100"), ("", "0001"), ([3, ""], "1001")],
)
def test_a_condition_is_a_comparison_a_value_or_a_list(condition: object, holds: str) -> None:
    actions = parse_actions([{"do": "x", "when": {"Total Visits": condition}}])
    found = advice(cases_of({}, {"Total Visits": [3, 5, 8, np.nan]}), actions)
    assert "".join("1" if each else "0" for each in found) == holds


def test_a_condition_names_a_column_or_else_a_meaning() -> None:
    actions = parse_actions([{"do": "x", "when": {"nps": "< 3"}}])
    assert advice(cases_of({Meaning.NPS: [1.0, 9.0]}), actions) == ["x", ""]
    assert advice(cases_of({Meaning.NPS: [1.0, 9.0]}, {"nps": [9, 1]}), actions) == ["", "x"]


def test_the_users_own_action_comes_first_and_a_greater_expected_value_before_it() -> None:
    cases = cases_of({Meaning.NPS: [3.0, 3.0]})
    own = parse_actions([{"do": "Visit", "cost": 100}])
    rules = (*own, *DEFAULTS["churn"])
    assert advice(cases, rules) == ["Visit", "Visit"]
    # 0.5 x 1000 - 100 < 0.5 x 1000, for the call costs nothing.
    assert advice(cases, rules, gain=1000.0) == ["NPS follow-up call"] * 2
    rich = parse_actions([{"do": "Visit", "cost": 100, "gain": 2000}])
    assert advice(cases, (*rich, *DEFAULTS["churn"]), [0.05, 0.5], gain=1000.0) == [
        "NPS follow-up call",
        "Visit",
    ]


def test_where_a_value_is_unknown_the_order_decides() -> None:
    cases = cases_of({Meaning.NPS: [3.0, 3.0]}, value=[np.nan, 1000.0])
    own = parse_actions([{"do": "Visit", "cost": 100}])
    assert advice(cases, (*own, *DEFAULTS["churn"])) == ["Visit", "NPS follow-up call"]


def test_no_cases_and_no_rules_give_no_advice() -> None:
    assert advice(cases_of({Meaning.NPS: np.zeros(0)}), DEFAULTS["churn"]) == []
    assert advice(cases_of({Meaning.NPS: [1.0]}), ()) == [""]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("Call", r"\[\[action\]\]: the actions are not a list"),
        ([{"when": {}}], r"\[\[action\]\] 1, do: the action has no text"),
        ([{"do": "a"}, {"do": "b", "whn": {}}], r"\[\[action\]\] 2: there is no key 'whn'. .*'when'"),
        ([{"do": "a", "when": "employees > 5"}], "1, when: when is not a table"),
        ([{"do": "a", "when": {"size": ">= many"}}], "1, when size: '>= many' is no comparison"),
        ([{"do": "a", "when": {"size": {}}}], "1, when size: this is no condition"),
        ([{"do": "a", "when": {"size": []}}], "1, when size: this is no condition"),
        ([{"do": "a", "cost": "5"}], "1, cost: cost is '5'"),
        ([{"do": "a", "gain": -1}], "1, gain: gain is -1"),
    ],
)
def test_what_is_no_action_is_refused_with_its_place(written: object, message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_actions(written)


def test_an_unknown_column_is_refused_with_the_nearest_name() -> None:
    actions = parse_actions([{"do": "Call", "when": {"Employes": ">= 250"}}])
    with pytest.raises(SettingsError, match=r"when of 'Call': there is no column 'Employes'. .*'Employees'"):
        check_actions(actions, ["Employees", "Region"])
    check_actions(parse_actions([{"do": "Call", "when": {"nps": 3, "Region": "x"}}]), ["Region"])


def test_every_action_of_the_field_has_a_playbook_of_two_or_three_steps() -> None:
    field = {action.do for actions in DEFAULTS.values() for action in actions}
    assert set(PLAYBOOKS) == field
    assert {len(steps) for steps in PLAYBOOKS.values()} <= {2, 3}
    assert list(playbooks_of(["Discuss budget & ROI", "Mine", "Discuss budget & ROI"])) == [
        "Discuss budget & ROI"
    ]


def test_the_words_of_a_comparison_may_be_values_in_a_list() -> None:
    (action,) = parse_actions([{"do": "x", "when": {"size": ["<5k"]}}])
    assert action == Action("x", (Condition("size", Check.AMONG, ("<5k",)),))
