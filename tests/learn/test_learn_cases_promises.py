"""What held-out figures of models of cases promise: nothing held out is learned from, no order of rows matters."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted_cases import as_cases, planted
from sklearn.metrics import roc_auc_score

from graphlead.core.cases import Kind
from graphlead.core.contracts import silent
from graphlead.learn.cases.crossfit import crossfitted
from graphlead.learn.cases.fit import fit
from graphlead.learn.cases.splits import splits_of


def test_a_name_of_each_group_tells_nothing_of_its_held_out_rows() -> None:
    n, draw = 400, np.random.default_rng(3)
    group = np.arange(n) // 4
    outcome = np.repeat(draw.random(n // 4) < 0.5, 4)
    features = {
        "name": (Kind.CATEGORY, np.array([f"G{each}" for each in group], object)),
        "number": (Kind.NUMBER, group.astype(float)),
        "noise": (Kind.NUMBER, draw.normal(size=n)),
    }
    cases = as_cases(features, outcome, group=group)
    held = fit(cases, 0).heldout
    for name, probability in {**held.models, "chosen": held.chosen}.items():
        assert 0.35 < roc_auc_score(held.outcome, probability) < 0.65, name


def test_outcomes_held_out_do_not_move_what_they_are_scored_by(monkeypatch: pytest.MonkeyPatch) -> None:
    cases, _, _ = planted(300, 0, seed=0)
    splits = splits_of(cases, 0)
    held = splits.fold == 0
    turned = replace(cases, outcome=np.where(held, 1 - cases.outcome, cases.outcome).astype(np.int8))
    monkeypatch.setattr("graphlead.learn.cases.crossfit.splits_of", lambda *_: splits)
    before, after = (crossfitted(each, 0, silent) for each in (cases, turned))
    own = held[before.rows]
    for name, odds in before.odds.items():
        np.testing.assert_array_equal(after.odds[name][own], odds[own], err_msg=name)
        assert (after.odds[name][~own] != odds[~own]).any(), name


def test_a_seed_gives_the_same_whatever_the_order_of_the_rows() -> None:
    cases, _, _ = planted(300, 0, seed=0)
    order = np.random.default_rng(1).permutation(len(cases))
    one, two = fit(cases, 5), fit(cases.rows(order), 5)
    np.testing.assert_allclose(two.predict(cases), one.predict(cases), atol=1e-6)
    back = np.argsort(order[two.heldout.rows])
    np.testing.assert_allclose(
        two.heldout.chosen[back], one.heldout.chosen[np.argsort(one.heldout.rows)], atol=1e-6
    )
    np.testing.assert_array_equal(two.heldout.outcome, cases.outcome[order][two.heldout.rows])
