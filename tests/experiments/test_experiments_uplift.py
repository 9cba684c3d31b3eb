"""Uplift by case: found where it was planted, not where there is none, whatever the order of the rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import graphlead
from graphlead.common.files import read_json
from graphlead.core.errors import InputError, RunFolderError, SettingsError
from graphlead.experiments.result import ExperimentResult
from graphlead.experiments.uplift.choose import depth_left
from graphlead.experiments.uplift.curve import curve_of
from graphlead.experiments.uplift.trial import trial_of
from graphlead.ingest.cases.tables import read_features


def planted(n: int = 4000, seed: int = 0, *, effect: float = 0.25) -> tuple[pd.DataFrame, np.ndarray]:
    """An experiment, and the uplift of each case: only those with a high score in the city are moved."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({
        "customer_id": [f"U{seed}-{i}" for i in range(n)],
        "score": rng.normal(0, 1, n).round(3),
        "age": rng.integers(18, 80, n),
        "place": rng.choice(["city", "land"], n),
        "arm": rng.choice(["mail", "none"], n),
    })  # fmt: skip
    true = effect * ((table["score"] > 0) & (table["place"] == "city")).to_numpy(float)
    base = 0.1 + 0.1 * (table["age"] > 50)
    hit = rng.random(n) < base + true * (table["arm"] == "mail")
    return table.assign(visit=hit.astype(int), spend=hit * rng.gamma(2, 10, n).round(2)), true


def opened(n: int = 1500, seed: int = 9) -> tuple[pd.DataFrame, np.ndarray]:
    table, true = planted(n, seed)
    return table.drop(columns=["arm", "visit", "spend"]), true


def rank_of(values: np.ndarray) -> np.ndarray:
    return np.asarray(pd.Series(values).rank())


@pytest.fixture(scope="module")
def found() -> ExperimentResult:
    return graphlead.read_experiment(
        planted()[0], control="none", outcome="visit", value="spend", open=opened()[0]
    )


def test_those_that_are_moved_come_first(found: ExperimentResult) -> None:
    table, true = found.uplift, pd.Series(opened()[1], index=opened()[0]["customer_id"])
    assert list(table) == ["id", "uplift", "arm", "rank"]
    assert sorted(table["id"]) == sorted(true.index)
    assert table["rank"].tolist() == list(range(1, 1501))
    assert (np.diff(table["uplift"]) <= 0).all()
    assert np.corrcoef(rank_of(table["uplift"].to_numpy()), rank_of(true[table["id"]].to_numpy()))[0, 1] > 0.6
    assert table["uplift"].mean() == pytest.approx(true.mean(), abs=0.03)
    assert abs(table["uplift"][:375].mean() - true[table["id"][:375]].mean()) < 0.08


def test_the_ranking_is_measured_on_cases_held_out(found: ExperimentResult) -> None:
    uplift = found.content["uplift"]
    (arm,) = uplift["arms"]
    assert set(uplift["columns"]) == {"score", "age", "place"}
    assert arm["p_value"] < 0.01
    quarter = next(row for row in arm["curve"] if row["depth"] == 0.25)
    assert quarter["low"] <= 0.25 <= quarter["high"] + 0.05
    last = arm["curve"][-1]
    table = planted()[0]
    rates = table.groupby("arm")["visit"].mean()
    assert last["lift"] == pytest.approx(rates["mail"] - rates["none"], abs=1e-12)
    assert last["added"] == pytest.approx(last["at_random"], abs=1e-12)


def test_no_order_of_the_rows_and_no_column_known_afterwards_changes_anything(
    found: ExperimentResult, tmp_path: Path
) -> None:
    table = planted()[0].sample(frac=1, random_state=1).assign(later=lambda t: t["visit"] * 3)
    table.to_csv(tmp_path / "past.csv", index=False)
    opened()[0].assign(later=0).sample(frac=1, random_state=2).to_csv(tmp_path / "open.csv", index=False)
    again = graphlead.read_experiment(
        tmp_path / "past.csv", control="none", outcome="visit", value="spend", open=tmp_path / "open.csv",
        exclude="later", out=tmp_path / "out",
    )  # fmt: skip
    pd.testing.assert_frame_equal(again.uplift, found.uplift)


def test_newer_cases_are_ranked_by_the_same_models(found: ExperimentResult, tmp_path: Path) -> None:
    again = found.score(opened()[0], out=tmp_path / "out")
    pd.testing.assert_frame_equal(again.uplift, found.uplift)
    newer = again.score(planted(40, 11)[0])
    assert len(newer.uplift) == newer.content["uplift"]["open"] == 40
    with pytest.raises(InputError, match="has no column place, which the run learned from"):
        found.score(opened()[0].drop(columns="place"))
    assert not read_json(again.folder / "drift.json")["alarm"]
    older = opened()[0].assign(age=lambda table: table["age"] + 30)
    aged = found.score(older)
    drift = read_json(aged.folder / "drift.json")
    assert "age" in {each["column"] for each in drift["drift"] if each["alarm"]}
    assert [each["column"] for each in drift["scores"]] == ["uplift"]
    assert aged.content["notes"][0].startswith("Since the models were trained: age")
    dealt = graphlead.assign_experiment(opened()[0])
    with pytest.raises(RunFolderError, match="this experiment has no models"):
        dealt.score(opened()[0])


def test_several_arms_and_a_number_as_the_outcome() -> None:
    rng = np.random.default_rng(4)
    table, _ = planted(3000)
    table["arm"] = rng.choice(["call", "mail", "none"], 3000)
    likes = {"mail": table["place"] == "land", "call": table["place"] == "city"}
    gain = sum((table["arm"] == name) & moved for name, moved in likes.items())
    table["spend"] = rng.normal(20, 5, 3000) + 4 * gain
    result = graphlead.read_experiment(
        table, control="none", outcome="spend", exclude="visit", open=opened(600)[0]
    )
    found = result.uplift
    assert list(found) == ["id", "uplift", "uplift_call", "uplift_mail", "arm", "rank"]
    assert (found["uplift"] == found[["uplift_call", "uplift_mail"]].max(axis=1)).all()
    place = opened(600)[0].set_index("customer_id")["place"][found["id"]].to_numpy()
    assert (found["arm"] == np.where(place == "city", "call", "mail")).mean() > 0.98
    assert found["uplift"].mean() == pytest.approx(4, abs=0.5)


def test_nothing_is_promised_where_nothing_differs() -> None:
    p_values = []
    for seed in range(3, 8):
        table, _ = planted(3000, seed, effect=0)
        result = graphlead.read_experiment(
            table, control="none", outcome="visit", exclude="spend", open=opened(300)[0]
        )
        (arm,) = result.content["uplift"]["arms"]
        p_values.append(arm["p_value"])
        assert result.uplift["uplift"].std() < 0.03
    assert np.median(p_values) > 0.05, "one such draw in a thousand has a smaller median"


def test_of_customers_who_leave_the_uplift_is_how_many_stay() -> None:
    table, _ = planted(3000)
    table = table.assign(churned=1 - table["visit"]).drop(columns=["visit", "spend"])
    result = graphlead.read_experiment(table, control="none", outcome="churned", open=opened(300)[0])
    assert result.content["uplift"]["unwanted"]
    assert result.arms[0]["lift"] < 0 < result.uplift["uplift"].mean()


def test_what_cannot_be_learned_from() -> None:
    table, _ = planted(300)
    few = table.assign(visit=(np.arange(300) < 6).astype(int))
    with pytest.raises(InputError, match="at least 10 with it and without it are needed"):
        graphlead.read_experiment(few, control="none", outcome="visit", open=opened(50)[0])
    with pytest.raises(InputError, match="none of the columns that an uplift could be learned from"):
        graphlead.read_experiment(table, control="none", outcome="visit", open=opened(50)[0][["customer_id"]])
    with pytest.raises(SettingsError, match=r"there is no column 'spned'. Did you mean 'spend'\?"):
        graphlead.read_experiment(table, control="none", outcome="visit", exclude="spned", open=opened(50)[0])


def test_a_curve_by_hand(tmp_path: Path) -> None:
    table, _ = planted(200)
    table.to_parquet(tmp_path / "past.parquet")
    cases = read_features(tmp_path / "past.parquet", tmp_path / "past.parquet")[0].cases
    treated, outcome = (table["arm"] == "mail").to_numpy(), table["visit"].to_numpy(float)
    score, fold = np.random.default_rng(0).random(200), np.arange(200) % 2
    curve = curve_of(trial_of(cases, treated, outcome), score, fold)
    chosen = np.concatenate(
        [rows[np.argsort(-score[rows])[:30]] for rows in (np.arange(0, 200, 2), np.arange(1, 200, 2))]
    )
    hits = [outcome[chosen][treated[chosen] == side].mean() for side in (True, False)]
    at = next(row for row in curve if row["depth"] == 0.3)
    assert (at["n"], at["lift"]) == (60, pytest.approx(hits[0] - hits[1], abs=1e-12))
    assert at["added"] == pytest.approx(0.3 * at["lift"], abs=1e-12)


def test_places_are_shares_within_the_fold_and_equals_share_theirs() -> None:
    left = depth_left(np.array([3.0, 1.0, 1.0, 2.0, 9.0, 5.0]), np.array([0, 0, 0, 0, 1, 1]))
    assert left.tolist() == [0.375, -0.25, -0.25, 0.125, 0.25, -0.25]
