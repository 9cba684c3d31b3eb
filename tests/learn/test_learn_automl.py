"""A model that FLAML looks for: an extra, bounded by trials, saved and read without FLAML."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from planted_cases import planted
from sklearn.metrics import roc_auc_score

from graphlead.common.console import Console
from graphlead.core.cases import Cases
from graphlead.core.errors import SettingsError
from graphlead.core.sales import SalesSettings
from graphlead.learn.cases import registry
from graphlead.learn.cases.encode import Table, encoded
from graphlead.learn.cases.fit import fit
from graphlead.learn.cases.members import automl
from graphlead.learn.cases.members.automl import AutoMl
from graphlead.learn.cases.registry import AUTOML, STACK
from graphlead.learn.cases.splits import keys_of
from graphlead.pipeline.sales.predict import predict


@pytest.fixture(scope="module")
def cases() -> Cases:
    return planted(300, 0, 3)[0]


@pytest.fixture(scope="module")
def table(cases: Cases) -> Table:
    return encoded(cases, keys_of(cases.group), 0)


def test_it_is_compared_with_the_other_models() -> None:
    cases, _, _ = planted(300, 0, 3)
    held = fit(cases, 0, trials=3).heldout
    without = fit(cases, 0).heldout
    assert list(held.models) == [*list(without.models)[:-1], AUTOML, STACK]
    assert roc_auc_score(held.outcome, held.models[AUTOML]) > 0.65
    np.testing.assert_array_equal(held.models["logit"], without.models["logit"])


@pytest.mark.parametrize("learner", automl.LEARNERS)
def test_what_it_finds_is_saved_and_read_without_flaml(
    cases: Cases, table: Table, learner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automl, "LEARNERS", (learner,))
    outcome = cases.outcome.astype(float)
    found = AutoMl(3).fit(table, outcome, 0, 0)
    assert roc_auc_score(outcome, found.log_odds(table)) > 0.7
    found.save(tmp_path, AUTOML)
    monkeypatch.setitem(sys.modules, "flaml", None)
    again = registry.member_of(AUTOML).load(tmp_path, AUTOML, table.encoding)
    np.testing.assert_array_equal(again.log_odds(table), found.log_odds(table))
    given = again.contributions(table)
    assert set(given) == {"source", "score", "days", "noise"}
    rest = again.log_odds(table) - given.sum(axis=1)
    np.testing.assert_allclose(rest, rest[0], atol=1e-4)


def test_the_same_seed_finds_the_same_model_at_any_speed(
    cases: Cases, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = cases.outcome.astype(float)
    once = AutoMl(6).path(table, outcome, table, 1)
    clock, step = iter(np.cumsum(np.random.default_rng(0).random(100_000) * 5)), np.float64(1.8e9)
    monkeypatch.setattr("time.time", lambda: float(step + next(clock)))
    np.testing.assert_array_equal(AutoMl(6).path(table, outcome, table, 1), once)


def test_without_the_extra_the_error_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    settings = SalesSettings(verb="convert", leads=tmp_path / "leads.csv", automl=5, out=tmp_path / "out")
    with pytest.raises(SettingsError, match=r"FLAML.*not installed.*pip install 'graphlead\[automl\]'"):
        predict(settings, Console(quiet=True))
    assert not (tmp_path / "out").exists()


def test_a_number_of_trials_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="a number of trials from 0 to 1000"):
        SalesSettings(verb="convert", leads=tmp_path / "leads.csv", automl=-1, out=tmp_path / "out")
