"""The noise cleaners against independent computations, and on rows that are planted noise."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from planted_segments import numbers
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

from graphlead.core.cases import Kind
from graphlead.core.customers import Customers, Trait
from graphlead.profile.customers.noise import build, hcleaner
from graphlead.profile.customers.noise.build import find_noise, noisiest
from graphlead.profile.customers.noise.clusters import distance_to_centre
from graphlead.profile.customers.noise.hcleaner import uncovered
from graphlead.profile.customers.noise.items import items_of
from graphlead.profile.customers.noise.neighbours import local_outlier_factor, mean_distance


def confidence(items: np.ndarray, pattern: tuple[int, ...]) -> float:
    """The h-confidence of a pattern of rows, by its definition."""
    shared = items[list(pattern)].all(0).sum()
    most = max(items[row].sum() for row in pattern)
    return float(shared / most) if most else 1.0


def best_of_all_triples(items: np.ndarray, row: int) -> float:
    others = [other for other in range(len(items)) if other != row]
    return max(confidence(items, (row, *pair)) for pair in combinations(others, 2))


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_hypercliques_are_the_best_of_all_triples(share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hcleaner, "FIRST", 3)  # else every row is among the first that are looked at
    items = (np.random.default_rng(1).random((40, 12)) < share).astype(np.float32)
    found = uncovered(items, np.arange(40))
    assert found == pytest.approx([1 - best_of_all_triples(items, row) for row in range(40)], abs=1e-6)


def test_rows_outside_the_reference_are_compared_with_it_alone() -> None:
    items = (np.random.default_rng(2).random((30, 10)) < 0.4).astype(np.float32)
    found = uncovered(items, np.arange(20))
    expected = 1 - max(confidence(items, (25, *pair)) for pair in combinations(range(20), 2))
    assert found[25] == pytest.approx(expected, abs=1e-6)


def test_distances_are_those_to_the_ten_nearest_without_oneself() -> None:
    points = np.random.default_rng(3).normal(size=(60, 3))
    distance = np.sort(cdist(points, points), axis=1)[:, 1:11].mean(1)
    assert mean_distance(points, np.arange(60)) == pytest.approx(distance, rel=1e-9)
    some = mean_distance(points, np.arange(40))
    assert some[50] == pytest.approx(np.sort(cdist(points[50:51], points[:40]))[0, :10].mean(), rel=1e-9)


def test_the_outlier_factor_and_the_clusters_are_those_of_scikit_learn() -> None:
    points = np.random.default_rng(4).normal(size=(80, 3))
    everybody = np.arange(80)
    expected = -LocalOutlierFactor(n_neighbors=20).fit(points).negative_outlier_factor_
    assert local_outlier_factor(points, everybody) == pytest.approx(expected, rel=1e-9)
    model = KMeans(3, n_init=3, random_state=0).fit(points)
    own = np.linalg.norm(points - model.cluster_centers_[model.labels_], axis=1)
    assert distance_to_centre(points, everybody, 0) == pytest.approx(own, rel=1e-6)


def test_items_are_levels_fifths_and_the_rarer_answer() -> None:
    traits = (("few", Kind.NUMBER), ("many", Kind.NUMBER), ("yes", Kind.FLAG), ("word", Kind.CATEGORY))
    table = pd.DataFrame({
        "few": [1.0, 2, 2, 3, np.nan] * 4,
        "many": [*range(19), np.nan],
        "yes": [1.0] * 15 + [0.0] * 5,
        "word": pd.Series(["a", "b", None, "a", "a"] * 4, dtype=object),
    })  # fmt: skip
    unknown = np.full(20, np.nan)
    found = items_of(
        Customers(
            ids=np.array([str(i) for i in range(20)], object),
            traits=tuple(Trait(name=name, kind=kind, title=name) for name, kind in traits),
            table=table,
            recency=unknown,
            frequency=unknown,
            monetary=unknown,
            bought=False,
        )
    )
    assert found.sum(0).tolist() == [4, 8, 4, 4, 4, 3, 4, 4, 5, 12, 4]


def planted(share: float, seed: int = 6) -> tuple[Customers, np.ndarray]:
    """Rows of five tight kinds in 25 columns, and rows that have right numbers in each column and no sense in all."""
    draw, n = np.random.default_rng(seed), 300
    kinds = draw.integers(0, 6, (5, 25))
    values = np.clip(
        kinds[draw.integers(0, 5, n)] + draw.integers(-1, 2, (n, 25)) * (draw.random((n, 25)) < 0.2), 0, 6
    )
    bad = np.arange(n) < share * n
    values[bad] = np.column_stack([draw.choice(column, bad.sum()) for column in values.T])
    return numbers(values), bad


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_planted_noise_is_found_by_every_cleaner_and_by_the_vote(share: float) -> None:
    customers, bad = planted(share)
    scores = find_noise(customers, 0)
    for name in ("distance", "clusters", "lof", "hcleaner", "votes"):
        assert roc_auc_score(bad, scores[name]) > 0.95, name
    ranks = scores[["clusters", "lof", "hcleaner"]].round(9).rank().mean(axis=1) / len(bad)
    assert scores["votes"].to_numpy() == pytest.approx(ranks.to_numpy(), abs=1e-12)


def test_with_a_reference_the_scores_hardly_change(monkeypatch: pytest.MonkeyPatch) -> None:
    customers, bad = planted(0.1)
    monkeypatch.setattr(build, "MOST", 150)
    assert roc_auc_score(bad, find_noise(customers, 0)["votes"]) > 0.95


def test_the_noisiest_tenth_is_set_aside_and_equal_scores_together() -> None:
    assert noisiest(np.arange(100.0)).sum() == 10
    assert not noisiest(np.r_[np.zeros(50), np.ones(50)]).any()
