"""Outcomes around a case's company: exact numbers, and no feature that knows its own row's outcome."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp

from graphlead.core.features import (
    Attributes,
    Feature,
    Features,
    Groups,
    Incidence,
    Kind,
    Level,
    Neighbours,
    Relation,
    Source,
    Statistic,
)
from graphlead.features.outcomes import outcomes_around

CITY = Source(kind=Kind.COLUMNS, levels=(Level(column="city"),))
LINKED = Source(kind=Kind.LINK, link="same_address")
WORDS = Source(kind=Kind.WORDS, column="name")


def features(*relations: Relation, n: int = 6) -> Features:
    return Features(
        keys=np.arange(n, dtype=np.uint64),
        attributes=Attributes(np.zeros((n, 0), np.float32), ()),
        structure=np.zeros((n, 0), np.float32),
        structure_features=(),
        relations=relations,
    )


def city(*codes: int) -> Groups:
    return Groups(CITY, np.array(codes, np.int32), max(codes) + 1)


def ints(*values: int) -> np.ndarray:
    return np.array(values, np.int32)


COMPANY = ints(0, 1, 2, 3, 4, 5, -1)
OUTCOME = np.array([1, 1, 0, 0, -1, 1, 1], np.int8)
FOLD = np.array([0, 1, 0, 1, 0, 1, 0], np.int32)
SEEN = ~np.eye(2, dtype=bool)


def test_a_case_sees_the_outcomes_of_the_other_folds_in_its_group() -> None:
    values, named = outcomes_around(features(city(0, 0, 0, 1, 0, 1)), COMPANY, OUTCOME, FOLD, SEEN)
    assert named == (Feature(CITY, Statistic.LIFT),)
    base = 3 / 5
    lift = {
        key: np.log((key[0] + 20 * base) / ((key[1] + 20) * base)) for key in [(1, 1), (1, 2), (2, 3), (0, 0)]
    }
    expected = [lift[1, 1], lift[1, 2], lift[1, 1], lift[0, 0], lift[2, 3], lift[0, 0], 0]
    assert values[:, 0] == pytest.approx(expected, abs=1e-6)


def test_links_are_seen_both_ways_and_weigh_more() -> None:
    joined = sp.csr_matrix(([1.0, 1.0], ([0, 1], [1, 0])), shape=(6, 6), dtype=np.float32)
    values, _ = outcomes_around(features(Neighbours(LINKED, joined)), COMPANY, OUTCOME, FOLD, SEEN)
    base = 3 / 5
    assert values[0, 0] == pytest.approx(np.log((1 + 2 * base) / (3 * base)), abs=1e-6)
    assert values[2, 0] == 0


def test_words_and_crossed_columns_are_left_out() -> None:
    words = Incidence(WORDS, sp.csr_matrix(np.eye(6, dtype=np.float32)), pa.array(list("abcdef")))
    crossed = Source(kind=Kind.COLUMNS, levels=(Level(column="city"), Level(column="trade")))
    values, named = outcomes_around(
        features(words, Groups(crossed, ints(0, 0, 0, 1, 1, 1), 2)), COMPANY, OUTCOME, FOLD, SEEN
    )
    assert (values.shape, named) == ((7, 0), ())


def test_no_outcome_reaches_a_feature_of_its_own_row_or_fold() -> None:
    given = features(city(0, 0, 0, 1, 0, 1))
    before, _ = outcomes_around(given, COMPANY, OUTCOME, FOLD, SEEN)
    # Two flips of one fold leave the overall share as it was, so nothing else may move.
    flipped = OUTCOME.copy()
    flipped[[0, 2]] = flipped[[2, 0]]
    after, _ = outcomes_around(given, COMPANY, flipped, FOLD, SEEN)
    own = FOLD == 0
    own[4] = False
    assert np.array_equal(before[own], after[own])
    moved = OUTCOME.copy()
    moved[[1, 3]] = moved[[3, 1]]
    assert not np.array_equal(before[own], outcomes_around(given, COMPANY, moved, FOLD, SEEN)[0][own])


def test_an_outcome_that_was_not_known_yet_reaches_no_feature() -> None:
    later_sees_earlier = np.array([[False, False], [True, False]])
    values, _ = outcomes_around(features(city(0, 0, 0, 1, 0, 1)), COMPANY, OUTCOME, FOLD, later_sees_earlier)
    assert values[[0, 2], 0].tolist() == [0, 0]
    assert values[1, 0] == pytest.approx(np.log((1 + 20 * 3 / 5) / (22 * 3 / 5)), abs=1e-6)
