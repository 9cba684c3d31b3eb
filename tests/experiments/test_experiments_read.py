"""Results of experiments read back: the arms, their worth, and outcomes of another table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tiny import command

import graphlead
from graphlead.core.errors import InputError, SettingsError


def mailed(n: int = 3000) -> pd.DataFrame:
    """Cases in three arms with a planted lift of bought and of spend."""
    rng = np.random.default_rng(5)
    arm = rng.choice(["none", "letter", "call"], n)
    bought = rng.random(n) < 0.1 + 0.05 * (arm == "letter") + 0.1 * (arm == "call")
    return pd.DataFrame({
        "customer_id": [f"U{i}" for i in range(n)],
        "arm": arm,
        "bought": np.where(bought, "Yes", "No"),
        "spend": np.where(bought, rng.gamma(2, 20, n).round(2), 0.0),
    })  # fmt: skip


def test_the_arms_are_those_computed_by_hand() -> None:
    table = mailed()
    result = graphlead.read_experiment(
        table, control="none", outcome=["bought", "spend"], value="spend", cost=1.5
    )
    assert result.folder is None
    assert [(each["arm"], each["outcome"]) for each in result.arms] == [
        ("call", "bought"), ("call", "spend"), ("letter", "bought"), ("letter", "spend"),
    ]  # fmt: skip
    call, none = (table[table["arm"] == name] for name in ("call", "none"))
    first = result.arms[0]
    assert first["n"] == len(call)
    assert first["rate"] == pytest.approx((call["bought"] == "Yes").mean(), abs=1e-12)
    assert first["lift"] == pytest.approx(first["rate"] - (none["bought"] == "Yes").mean(), abs=1e-12)
    assert first["cost_each"] == pytest.approx(1.5 / first["lift"])
    value = result.value[0]
    added = call["spend"].mean() - none["spend"].mean()
    assert value["added"] == pytest.approx(added, abs=1e-9)
    assert value["net"] == pytest.approx(added - 1.5, abs=1e-9)
    assert value["return"] == pytest.approx((added - 1.5) / 1.5, abs=1e-9)
    assert value["return_low"] == pytest.approx((value["low"] - 1.5) / 1.5, abs=1e-9)
    with pytest.raises(Exception, match="nothing was written"):
        _ = result.uplift


def test_the_command_finds_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = mailed()
    table.to_csv(tmp_path / "mail.csv", index=False)
    given = (
        "experiment",
        "read",
        tmp_path / "mail.csv",
        "--control",
        "none",
        "--outcome",
        "bought",
        "--value",
        "spend",
    )
    assert command(*given, "--cost", "1.5", "--out", tmp_path / "out") == 0
    assert "call adds " in capsys.readouterr().out
    content = json.loads((tmp_path / "out/experiment.json").read_text("utf-8"))
    result = graphlead.read_experiment(table, control="none", outcome="bought", value="spend", cost=1.5)
    assert (content["arms"], content["value"]) == (result.arms, result.value)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"report.html", "metrics.json", "manifest.json", "noise.txt"}
    assert not (tmp_path / "out/uplift.parquet").exists()
    assert graphlead.open_run(tmp_path / "out").arms == result.arms  # type: ignore[union-attr]


def test_an_assignment_is_read_with_outcomes_of_another_table(tmp_path: Path) -> None:
    listed = mailed(400)[["customer_id", "spend"]].rename(columns={"spend": "earlier"})
    assignment = graphlead.assign_experiment(listed, out=tmp_path / "dealt").folder
    assert assignment is not None
    dealt = pd.read_csv(assignment / "assignment.csv")
    results = pd.DataFrame(
        {
            "customer_id": [*listed["customer_id"][:300], "U9999"],
            "won": ["won", "lost", "lost"] * 100 + ["won"],
        }
    )
    found = graphlead.read_experiment(assignment / "assignment.csv", outcomes=results, outcome="won")
    assert found.content["control"] == "holdout"
    joined = dealt.merge(results, on="customer_id")
    rates = joined.assign(won=joined["won"] == "won").groupby("arm")["won"].mean()
    assert found.arms[0]["rate"] == pytest.approx(rates["treat"], abs=1e-12)
    assert found.arms[0]["lift"] == pytest.approx(rates["treat"] - rates["holdout"], abs=1e-12)
    assert found.content["notes"][:2] == [
        "Without a row among the outcomes: 100 cases, taken as unknown.",
        "Not used: 1 row of the outcomes of no case in the table.",
    ]


def test_outcomes_that_name_only_those_that_did() -> None:
    table = mailed(300)
    buyers = table.loc[table["bought"] == "Yes", ["customer_id", "bought", "spend"]]
    cases = table[["customer_id", "arm"]]
    found = graphlead.read_experiment(cases, control="none", outcomes=buyers, outcome="bought", value="spend")
    whole = graphlead.read_experiment(table, control="none", outcome="bought", value="spend")
    assert (found.arms, found.value) == (whole.arms, whole.value)
    assert "taken as a no, for the outcomes name only those that did" in found.content["notes"][0]


@pytest.mark.parametrize(
    ("words", "positive", "expected"),
    [
        (["yes", "no"], None, [1, 0]),
        (["Won", "Lost"], None, [1, 0]),
        (["Churned", "Active"], None, [1, 0]),
        (["1.0", "0.0"], None, [1, 0]),
        ([True, False], None, [1, 0]),
        (["gold", "tin"], "Gold", [1, 0]),
        ([3.5, 1.0], None, [3.5, 1]),
    ],
)
def test_words_and_numbers_of_outcomes(
    words: list[object], positive: str | None, expected: list[float]
) -> None:
    table = pd.DataFrame({"arm": ["a"] * 50 + ["b"] * 50, "y": [words[0]] * 50 + [words[1]] * 50})
    (row,) = graphlead.read_experiment(table, control="b", outcome="y", positive=positive).arms
    assert (row["rate"], row["lift"]) == (expected[0], expected[0] - expected[1])


def test_missing_outcomes_are_counted_and_warned_of_where_they_differ() -> None:
    table = mailed()
    table.loc[(table["arm"] == "call") & (np.arange(3000) % 4 == 0), "bought"] = None
    table.loc[:4, "arm"] = None
    found = graphlead.read_experiment(table, control="none", outcome="bought")
    notes = " ".join(found.content["notes"])
    assert "Left out: 5 rows without an arm." in notes
    assert "the arms may differ in who is missing" in notes
    assert found.arms[0]["n"] == int(table.loc[table["arm"] == "call", "bought"].notna().sum())


@pytest.mark.parametrize(
    ("given", "part"),
    [
        (
            {"control": "nobody"},
            "there is no arm 'nobody' to compare with. Say --control ARM. The arms are: call, letter, none.",
        ),
        ({}, "the control is not given. Say --control ARM. The arms are: call, letter, none."),
        ({"control": "none", "arm": "amr"}, "there is no column 'amr'. Did you mean 'arm'?"),
        ({"control": "none", "arm": "customer_id"}, "300 different values, too many for arms"),
        ({"control": "none", "outcome": "bougth"}, "there is no column 'bougth'. Did you mean 'bought'?"),
        ({"control": "none", "value": "spent"}, "there is no column 'spent'. Did you mean 'spend'?"),
        ({"control": "none", "positive": "maybe"}, "there is no value 'maybe'"),
        ({"control": "none", "outcome": "customer_id"}, "mean neither yes nor no"),
        ({"control": "none", "cost": -1}, "cost is -1"),
        ({"control": "none", "colour": 1}, "there is no setting 'colour'"),
    ],
)
def test_what_is_refused(given: dict[str, object], part: str) -> None:
    with pytest.raises((InputError, SettingsError)) as refused:
        graphlead.read_experiment(mailed(300), **{"outcome": "bought", **given})  # type: ignore[arg-type]
    assert part in str(refused.value)


def test_a_control_without_outcomes_one_arm_alone_and_ids_that_do_not_match() -> None:
    table = mailed(300)
    nobody = table.assign(bought=table["bought"].where(table["arm"] != "none"))
    with pytest.raises(InputError, match="no case of the control 'none' has the outcome bought"):
        graphlead.read_experiment(nobody, control="none", outcome="bought")
    with pytest.raises(SettingsError, match="all cases are of the control 'none'"):
        graphlead.read_experiment(table[table["arm"] == "none"], control="none", outcome="bought")
    with pytest.raises(InputError, match="comes 2 times"):
        graphlead.read_experiment(pd.concat([table, table[:1]]), control="none", outcome="bought")
    others = pd.DataFrame({"customer_id": ["X1", "X2"], "paid": ["yes", "no"]})
    with pytest.raises(InputError, match="no id of the outcomes is one of the cases: 'X1' against 'U0'"):
        graphlead.read_experiment(table, control="none", outcomes=others, outcome="paid")


def test_arms_that_do_not_differ_seldom_seem_to() -> None:
    rng, table = np.random.default_rng(0), mailed(2000)
    found = []
    for _ in range(100):
        table["arm"] = np.where(rng.random(2000) < 0.5, "a", "b")
        found.append(
            graphlead.read_experiment(table, arm="arm", control="b", outcome="bought").arms[0]["p_value"]
        )
    assert np.mean(np.array(found) < 0.05) < 0.12
