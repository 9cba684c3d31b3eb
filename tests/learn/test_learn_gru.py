"""The sequence network: it learns an order that counts cannot tell, and takes part only where it clearly helps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from planted_cases import as_cases, planted
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from graphlead.core.cases import OPEN, Cases, Kind
from graphlead.learn.cases.choose import choose
from graphlead.learn.cases.fit import Fitted, fit, load, save
from graphlead.learn.cases.registry import GRU, STACK, View
from graphlead.learn.cases.rhythm import RHYTHM, with_rhythm

WEEKS = 13


def rhythms(n: int = 700, opened: int = 60, seed: int = 5) -> Cases:
    """Everyone buys in the last of 13 weeks and in some before; who leaves bought early, and no more or less often."""
    draw = np.random.default_rng(seed)
    leaves = draw.random(n) < 0.5
    weeks = np.zeros((n, WEEKS, 1), np.float32)
    early, late = np.array([0, 1, 2, 4, 7, 11]), np.array([1, 5, 8, 10, 11, 12])
    for row, left in enumerate(leaves):
        places = early if left else late
        moved = np.clip(places + draw.integers(-1, 2, 6), 0, WEEKS - 2)
        weeks[row, [*moved, WEEKS - 1], 0] = np.log1p(draw.integers(1, 4, 7))
    outcome = (draw.random(n) < np.where(leaves, 0.85, 0.15)).astype(np.int8)
    total = np.expm1(weeks).sum(axis=(1, 2)) + 0.01 * draw.normal(size=n)
    shown = np.where(np.arange(n) < n - opened, outcome, OPEN)
    features = {"purchases": (Kind.NUMBER, total), "noise": (Kind.NUMBER, draw.normal(size=n))}
    return as_cases(features, shown, plain=("purchases",), sequence=weeks, channels=("orders",))


@pytest.fixture(scope="module")
def cases() -> Cases:
    return rhythms()


@pytest.fixture(scope="module")
def fitted(cases: Cases) -> Fitted:
    return fit(cases, 0)


def test_it_learns_an_order_that_counts_cannot_tell(fitted: Fitted) -> None:
    held = fitted.heldout
    area = {name: roc_auc_score(held.outcome, each) for name, each in held.models.items()}
    assert area["logit"] < 0.6
    assert area[GRU] > 0.75
    assert area[STACK] > 0.75
    assert fitted.chosen == STACK
    assert GRU in fitted.choice.slopes()


def test_the_chosen_model_scores_the_same_once_saved(fitted: Fitted, cases: Cases, tmp_path: Path) -> None:
    save(fitted, tmp_path)
    assert {path.name for path in tmp_path.glob("gru.*")} == {"gru.json", "gru.safetensors"}
    again = load(tmp_path)
    np.testing.assert_array_equal(again.predict(cases), fitted.predict(cases))
    np.testing.assert_array_equal(again.contributions(cases), fitted.contributions(cases))


def test_the_same_seed_gives_the_same_bytes_in_any_order_of_the_rows(fitted: Fitted, cases: Cases) -> None:
    order = np.random.default_rng(1).permutation(len(cases))
    again = fit(cases.rows(order), 0)
    np.testing.assert_array_equal(again.predict(cases), fitted.predict(cases))
    one_by_one = np.concatenate([fitted.predict(cases.rows(np.array([at]))) for at in range(5)])
    np.testing.assert_allclose(one_by_one, fitted.predict(cases)[:5], rtol=1e-12)


def test_contributions_add_up_and_name_the_sequence(fitted: Fitted, cases: Cases) -> None:
    view, model = fitted.members[GRU]
    assert view is View.SEQUENCE
    table = fitted.encodings[view].apply(cases)
    given = model.contributions(table)
    assert list(given) == ["purchases", RHYTHM]
    rest = model.log_odds(table) - given.sum(axis=1)
    np.testing.assert_allclose(rest, rest[0], atol=1e-9)
    known = cases.known
    assert abs(given[RHYTHM][known].mean()) < 1e-6
    whole = fitted.contributions(cases)
    assert whole[RHYTHM].abs().mean() > 5 * whole["noise"].abs().mean()


def test_the_sequence_is_shown_in_words_where_it_is_used(fitted: Fitted, cases: Cases) -> None:
    shown = fitted.with_words(cases)
    column = shown.columns[-1]
    assert column.source == RHYTHM
    assert cases.sequence is not None
    text = shown.features[column.name][0]
    assert [letter == "x" for letter in text] == (cases.sequence[0, :, 0] > 0).tolist()
    without, _, _ = planted(300, 0, 1)
    assert with_rhythm(without) is without


def test_a_further_member_enters_only_where_the_stack_is_clearly_better() -> None:
    draw = np.random.default_rng(0)
    odds = draw.normal(size=(2, 2000))
    outcome = (draw.random(2000) < expit(odds.sum(axis=0))).astype(float)
    group = np.arange(2000)
    paths = {"logit": odds[0][:, None], "xgboost": odds[0][:, None] + 0.1 * draw.normal(size=(2000, 1))}
    useless = choose(paths | {GRU: odds[0][:, None] + 0.3 * draw.normal(size=(2000, 1))}, outcome, group)
    assert GRU in useless.candidates
    assert GRU not in useless.stack.weights
    assert useless.stack == choose(paths, outcome, group).stack
    useful = choose(paths | {GRU: odds[1][:, None]}, outcome, group)
    assert useful.stack.weights[GRU] > 0.5


def test_cases_without_sequences_load_no_torch() -> None:
    program = (
        "import sys; sys.path.insert(0, 'tests/learn'); from planted_cases import planted\n"
        "from graphlead.learn.cases.fit import fit\n"
        "models = fit(planted(150, 0, 0)[0], 0).heldout.models\n"
        "print('gru' in models, 'torch' in sys.modules, 'flaml' in sys.modules)"
    )
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=root
    )
    assert ran.stdout.split() == ["False", "False", "False"]
