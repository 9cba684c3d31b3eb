"""Label features: lifts worked out by hand, and independence of the company's own label."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sources import GROUP, cohort, features_of, in_one_fold, link, same
from sources import words as words_of

from graphlead.core.arrays import Flags, Floats, Folds, Ints
from graphlead.core.clients import Cohort
from graphlead.core.contracts import AroundClients
from graphlead.core.features import Attributes, Features, Groups, Incidence, Neighbours, Relation
from graphlead.features.labels import ClientsAround
from graphlead.features.propagate import CpuPropagator

N = 10
VISIBLE = np.array([1, 2, 4], np.int32)
"""Three of ten companies: the register's share, 0.3, is what lifts are relative to."""


def featured(n: int, *relations: Relation) -> Features:
    attributes = Attributes(np.zeros((n, 0), np.float32), ())
    return features_of(attributes, np.zeros((n, 0), np.float32), (), relations)


def label_features(n: int, *relations: Relation) -> ClientsAround:
    return ClientsAround(featured(n, *relations), CpuPropagator())


def around(n: int, clients: Ints, *relations: Relation) -> AroundClients:
    """What these clients, all visible, mean for others."""
    return label_features(n, *relations).around(cohort(n, clients), in_one_fold(n))


def indices(*values: int) -> Ints:
    return np.array(values, np.int32)


def linked(n: int, *pairs: tuple[int, int]) -> Neighbours:
    dense = np.zeros((n, n), np.float32)
    for a, b in pairs:
        if a != b:
            dense[a, b] = dense[b, a] = 1
    return Neighbours(link("supplies"), sp.csr_matrix(dense))


CITY = Groups(same("city"), indices(0, 0, 0, 0, 1, 1, 1, -1, -1, -1), 2)


def test_group_lift_by_hand() -> None:
    found = around(N, VISIBLE, CITY).rows(indices(0, 5, 7))[:, 0]
    # company 0: 2 clients among 3 others; company 5: 1 among 2; both shrunk by 20 companies of the share 0.3
    expected = [math.log((2 + 6) / (23 * 0.3)), math.log((1 + 6) / (22 * 0.3)), 0]
    assert found == pytest.approx(expected, abs=1e-6)


def test_neighbour_lift_by_hand() -> None:
    links = linked(N, (0, 1), (0, 2), (0, 3), (5, 6))
    found = around(N, VISIBLE, links).rows(indices(0, 5, 8))[:, 0]
    expected = [math.log((2 + 0.6) / (5 * 0.3)), math.log(0.6 / (3 * 0.3)), 0]
    assert found == pytest.approx(expected, abs=1e-6)


def test_word_lifts_by_hand() -> None:
    words = sp.csr_matrix(
        (np.ones(6, np.float32), ([0, 1, 4, 0, 3, 5], [0, 0, 0, 1, 1, 2])), shape=(N, 3), dtype=np.float32
    )
    found = around(N, VISIBLE, Incidence(words_of(), words)).rows(indices(0, 5, 9))[:, :3]
    shared, useless = math.log((2 + 6) / (22 * 0.3)), math.log(6 / (21 * 0.3))
    alone = 0.0  # nobody else has the third word: as everywhere
    together = shared + useless
    expected = [[together, together / math.sqrt(2), shared], [alone] * 3, [0, 0, 0]]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_strongest_lift_is_of_the_rows_own_words_when_some_rows_have_none() -> None:
    words = sp.csr_matrix(np.array([[0, 0], [1, 0], [0, 0], [0, 1], [1, 0], [0, 1]], np.float32))
    found = around(6, indices(4), Incidence(words_of(), words)).rows(indices(0, 1, 2, 3))[:, 2]
    base = 1 / 6
    lifts = [math.log((won + 20 * base) / (21 * base)) for won in (1, 0)]
    assert found == pytest.approx([0, lifts[0], 0, lifts[1]], abs=1e-6)


def test_names_say_which_relation_and_own_columns_are_encodings() -> None:
    crossed = Groups(same("city", "size"), CITY.code, 2)
    group = Groups(GROUP, CITY.code, 2)
    words = Incidence(words_of(), sp.csr_matrix((N, 1), dtype=np.float32))
    found = label_features(N, crossed, CITY, group, words, linked(N, (0, 1)))
    assert tuple(feature.title() for feature in found.features) == (
        "same city and size", "same city", "same ownership group", "words of name: sum", "words of name: mean",
        "words of name: strongest", "linked by supplies", "walk from the clients",
    )  # fmt: skip
    assert found.encodings == (1,)
    made = found.around(cohort(N, VISIBLE), in_one_fold(N))
    assert made.rows(indices(0, 3)).shape == (2, len(found.features))


def test_nobody_visible_is_told_as_finite_numbers() -> None:
    found = around(N, indices(), CITY, linked(N, (0, 1))).rows(np.arange(N, dtype=np.int32))
    assert np.isfinite(found).all()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Features, Flags, Folds]:
    """Random relations of each kind, random labels and random folds."""
    n = draw(st.integers(4, 12))
    code = draw(st.lists(st.integers(-1, 3), min_size=n, max_size=n))
    words = draw(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), min_size=n, max_size=n))
    pairs = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=15))
    labels = draw(st.lists(st.booleans(), min_size=n, max_size=n))
    folds = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    relations = (
        Groups(same("column"), indices(*code), 4),
        Incidence(words_of(), sp.csr_matrix(np.array(words, np.float32))),
        linked(n, *pairs),
    )
    return featured(n, *relations), np.array(labels), np.array(folds, np.int8)


def own_features(features: Features, labels: Flags, folds: Folds, company: int) -> Floats:
    around = ClientsAround(features, CpuPropagator()).around(labelled(labels), folds)
    return around.rows(indices(company), (int(folds[company]),))


def labelled(labels: Flags) -> Cohort:
    return cohort(len(labels), np.flatnonzero(labels).astype(np.int32))


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_flipping_a_companys_own_label_moves_none_of_its_label_features(
    world: tuple[Features, Flags, Folds],
) -> None:
    features, labels, folds = world
    for company in range(len(labels)):
        flipped = labels.copy()
        flipped[company] ^= True
        before = own_features(features, labels, folds, company)
        np.testing.assert_array_equal(before, own_features(features, flipped, folds, company))


@settings(max_examples=20, deadline=None)
@given(worlds())
def test_one_object_serves_all_labellings_without_remembering_any(
    world: tuple[Features, Flags, Folds],
) -> None:
    features, labels, folds = world
    shared = ClientsAround(features, CpuPropagator())
    for company in range(len(labels)):
        for label in (False, True):
            labels[company] = label
            found = shared.around(labelled(labels), folds).rows(indices(company), (int(folds[company]),))
            np.testing.assert_array_equal(found, own_features(features, labels, folds, company))


def test_a_neighbours_label_in_another_fold_does_move_them() -> None:
    features = featured(N, CITY, linked(N, (0, 1), (1, 2), (0, 2)))
    labels, folds = np.zeros(N, bool), (np.arange(N) % 2).astype(np.int8)
    before = own_features(features, labels | (np.arange(N) == 9), folds, 0)
    labels[1] = True
    after = own_features(features, labels, folds, 0)
    assert (after > before).all()
