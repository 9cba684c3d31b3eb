"""What changed since the models were trained: a planted change is named, samples of one source raise no alarm."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import read_json
from graphlead.core.drift import Form
from graphlead.pipeline.drifted import Inputs, drift_notes, save_drift, score_pair
from graphlead.runs.layout import RunFolder

ROWS, REGISTERS = 1500, 100


def register(rng: np.random.Generator) -> pd.DataFrame:
    """Companies with a size, a trade, a founding day, a web page or none, and the score that a model gives them."""
    size = np.where(rng.random(ROWS) < 0.1, np.nan, rng.lognormal(3, 1.2, ROWS))
    trade = rng.choice([f"trade {at}" for at in range(30)], ROWS, p=np.arange(1, 31) / np.arange(1, 31).sum())
    score = 1 / (1 + np.exp(3 - np.log(np.nan_to_num(size, nan=10)) + rng.normal(0, 0.5, ROWS)))
    return pd.DataFrame({
        "size": size, "trade": trade, "founded": rng.integers(0, 20_000, ROWS).astype(float),
        "page": rng.random(ROWS) < 0.6, "score": score,
    })  # fmt: skip


def inputs(companies: pd.DataFrame) -> Inputs:
    forms = {"size": Form.NUMBER, "trade": Form.CATEGORY, "founded": Form.DATE, "page": Form.FILLED}
    return {name: (form, companies[name], "") for name, form in forms.items()}


def alarms(folder: Path, old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    found = RunFolder(folder)
    save_drift(
        found, Path("models"), inputs(old), inputs(new), score_pair("score", old["score"], new["score"])
    )
    content = read_json(found.drift)
    return [each["column"] for each in (*content["drift"], *content["scores"]) if each["alarm"]]


def test_hardly_any_register_drawn_from_the_same_companies_raises_an_alarm(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    trained = register(rng)
    drawn = (trained.iloc[rng.integers(0, ROWS, ROWS)].reset_index(drop=True) for _ in range(REGISTERS))
    assert sum(bool(alarms(tmp_path, trained, newer)) for newer in drawn) <= REGISTERS * 0.05
    fresh = (register(np.random.default_rng(seed)) for seed in range(1, 41))
    assert sum(bool(alarms(tmp_path, trained, newer)) for newer in fresh) <= 2


def test_a_planted_shift_is_named_with_the_scores_that_follow_it(tmp_path: Path) -> None:
    trained, newer = (register(np.random.default_rng(seed)) for seed in (0, 1))
    newer["size"] *= 4
    newer["score"] = newer["score"] ** 0.4
    assert alarms(tmp_path, trained, newer) == ["size", "score"]
    notes = drift_notes(RunFolder(tmp_path))
    assert len(notes) == 2
    assert all(note.startswith("Since the models were trained: ") for note in notes)
    assert any("size" in note for note in notes)


def test_a_column_that_is_gone_is_an_alarm_and_many_are_listed_together(tmp_path: Path) -> None:
    companies = register(np.random.default_rng(0))
    before = inputs(companies) | {f"extra {at}": (Form.NUMBER, companies["size"], "") for at in range(7)}
    score = score_pair("score", companies["score"], companies["score"])
    save_drift(RunFolder(tmp_path), Path("models"), before, inputs(companies), score)
    notes = drift_notes(RunFolder(tmp_path))
    assert len(notes) == 6
    assert notes[-1].endswith("extra 5, extra 6.")


def test_a_run_that_was_trained_here_has_no_notes(tmp_path: Path) -> None:
    assert drift_notes(RunFolder(tmp_path)) == ()
