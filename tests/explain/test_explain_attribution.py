"""Shapley values: they add up, a theme that changes nothing gets nothing, and a planted score is found again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import GROUP, counts, features_of, link, numbers

from graphlead.core.arrays import Floats, Ints
from graphlead.core.features import Attributes, Features
from graphlead.explain.reasons.attribution import attribute
from graphlead.explain.reasons.inputs import Game, Reals, Typical, Views, typical_company
from graphlead.explain.reasons.themes import Themes

D, S, K, F = 4, 2, 2, 3
NUMBERS = ("x", "y", "z", "length")
THEMES = Themes(
    names=("a", "b", "name", "walk"), numeric=np.array([0, 0, 1, 2], np.int32),
    structure=np.array([1, 1], np.int32), meaning=np.array([2, 2], np.int32),
    label_features=np.array([0, 1, 3], np.int32), relations=((), (), (), ()),
)  # fmt: skip


class Planted:
    """A score that is a function of the numbers (missing as 0), structure and label features."""

    def __init__(self, score: Callable[[Floats], Reals]) -> None:
        self.score, self.rows = score, 0

    def log_odds(self, features: Features, label_features: Floats, left_out: Ints) -> Reals:
        attributes = features.attributes
        self.rows += len(left_out)
        seen = [
            np.nan_to_num(attributes.numeric),
            features.structure[np.arange(len(left_out))],
            features.meant(np.arange(len(left_out))),
            label_features,
        ]
        return np.asarray(self.score(np.hstack([*seen, left_out[:, None]])), np.float64)


def world(seed: int, m: int = 5) -> tuple[Views, Typical]:
    draw = np.random.default_rng(seed)
    numeric = draw.normal(size=(m, D)).astype(np.float32)
    numeric[draw.random((m, D)) < 0.2] = np.nan
    structure = draw.normal(size=(m, S)).astype(np.float32)
    features = features_of(
        Attributes(numeric, numbers(*NUMBERS)),
        structure,
        counts(GROUP, link("supplies")),
        (),
    )
    features = replace(features, meaning=draw.normal(size=(m, K)).astype(np.float32))
    everybody = np.arange(m, dtype=np.int32)
    views = Views(features, everybody, everybody % 2, draw.normal(size=(m, F)).astype(np.float32))
    typical = Typical(
        np.array([0, np.nan, 1, 2], np.float32),
        np.zeros(S, np.float32),
        np.zeros(K, np.float32),
        np.zeros(F, np.float32),
    )
    return views, typical


def full(views: Views) -> Floats:
    """What ``Planted`` sees of the companies as they are."""
    attributes = views.features.attributes
    parts = [
        np.nan_to_num(attributes.numeric),
        views.features.structure[views.company],
        views.features.meant(views.company),
        views.label_features,
    ]
    return np.hstack([*parts, views.left_out[:, None]])


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_contributions_add_up_to_the_score_less_the_typical_one(seed: int) -> None:
    views, typical = world(seed)
    scorer = Planted(lambda seen: np.tanh(seen.sum(1)) * seen[:, 0] + seen[:, -2] ** 2)
    found = attribute(Game(scorer, views, typical, THEMES), seed, pairs=2)
    np.testing.assert_allclose(found.typical + found.contributions.sum(1), found.score, atol=1e-12)
    np.testing.assert_array_equal(found.score, scorer.score(full(views)))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_an_additive_score_is_found_again(seed: int) -> None:
    views, typical = world(seed)
    weights = np.random.default_rng(seed + 1).normal(size=D + S + K + F + 1)
    found = attribute(Game(Planted(lambda seen: seen @ weights), views, typical, THEMES), seed, pairs=1)
    nothing = np.hstack([np.nan_to_num(typical.numeric), np.zeros(S + K + F)])
    parts = (full(views)[:, :-1] - nothing) * weights[:-1]
    themes = np.array([0, 0, 1, 2, 1, 1, 2, 2, 0, 1, 3])
    expected = np.stack([parts[:, themes == theme].sum(1) for theme in range(4)], axis=1)
    np.testing.assert_allclose(found.contributions, expected, atol=1e-5)


def test_what_two_themes_do_together_is_shared_between_them() -> None:
    """x * walk with nothing typical: each gets half, whatever order they are drawn in."""
    views, typical = world(3)
    typical = Typical(np.zeros(D, np.float32), typical.structure, typical.meaning, typical.label_features)
    found = attribute(Game(Planted(lambda seen: seen[:, 0] * seen[:, -2]), views, typical, THEMES), 0)
    product = full(views)[:, 0] * full(views)[:, -2]
    np.testing.assert_allclose(
        found.contributions, np.stack([product / 2, 0 * product, 0 * product, product / 2], 1)
    )


def test_a_theme_as_in_the_typical_company_gets_nothing_and_costs_nothing() -> None:
    views, typical = world(4, m=1)
    label_features = views.label_features.copy()
    label_features[0] = typical.label_features
    numeric = np.broadcast_to(typical.numeric, (1, D)).copy()
    meaning = typical.meaning[None]
    features = replace(views.features, attributes=Attributes(numeric, numbers(*NUMBERS)), meaning=meaning)
    scorer = Planted(lambda seen: seen.sum(1))
    game = Game(scorer, Views(features, views.company, views.left_out, label_features), typical, THEMES)
    assert game.active().tolist() == [[False, True, False, False]]
    found = attribute(game, 0)
    assert found.contributions[0, [0, 2, 3]].tolist() == [0, 0, 0]
    assert scorer.rows == 2  # nothing known, and everything: no variant is scored twice


def test_chunks_do_not_change_what_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    views, typical = world(5)
    game = Game(Planted(lambda seen: np.sin(seen.sum(1))), views, typical, THEMES)
    at_once = attribute(game, 1)
    monkeypatch.setattr("graphlead.explain.reasons.inputs.CASES", 3)
    np.testing.assert_array_equal(attribute(game, 1).contributions, at_once.contributions)


def test_the_typical_company_has_medians_and_misses_what_most_miss() -> None:
    numeric = np.array([[1, np.nan], [2, np.nan], [9, 5]], np.float32)
    features = features_of(
        Attributes(numeric, numbers("x", "y")),
        np.array([[0], [4], [6]], np.float32), ("p",), (),
    )  # fmt: skip
    found = typical_company(features, np.arange(3, dtype=np.int32), np.array([[1], [5], [3]], np.float32))
    assert found.numeric[0] == 2
    assert np.isnan(found.numeric[1])
    assert (found.structure.tolist(), found.label_features.tolist()) == ([4], [3])
