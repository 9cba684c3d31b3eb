"""The scores of ranks and the hits among the first, against bands planted by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphlead.core.errors import CarrierError
from graphlead.core.expected import HIGHEST, WIDEST, Expected, Wins

WINS = Wins(count=20, deviation=0.3, months=24, basis="dates", past=20)
BANDS = Expected(
    wins=WINS,
    ends=np.array([10.0, 50.0, 100.0]),
    hits=np.array([8.0, 16.0, 20.0]),
    deviation=np.array([0.3, 0.1, 0.0]),
)
"""Of ten companies 8 buy, of the next forty 8, of the last fifty 4."""


def raw(n: int = 100) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.arange(n, 0, -1).astype(np.float32)


def test_scores_are_the_hits_per_company_of_their_band() -> None:
    scores = BANDS.scores(raw(), raw())
    assert scores[:10] == pytest.approx(0.8, rel=0.021)
    assert scores[10:50] == pytest.approx(0.2, rel=0.021)
    assert scores[50:] == pytest.approx(0.08, rel=0.021)
    assert [scores[:10].sum(), scores[:50].sum(), scores.sum()] == pytest.approx([8, 16, 20])
    assert (np.diff(scores) < 0).all()


def test_ties_share_the_hits_of_their_places() -> None:
    tied = raw()
    tied[5:30] = tied[5]
    scores = BANDS.scores(tied, tied)
    assert len(set(scores[5:30])) == 1
    assert scores.sum() == pytest.approx(20)
    # Places 6 to 10 have a little under 4 hits, 11 to 30 a little over 4.
    assert scores[5] == pytest.approx(8 / 25, rel=0.01)


def test_a_score_among_others_is_that_of_its_place() -> None:
    between = BANDS.scores(raw(), np.array([200.0, 95.5, -3.0], np.float32))
    assert between == pytest.approx([0.8, 0.8, 0.08], rel=0.021)
    assert between[0] >= BANDS.scores(raw(), raw())[0]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.floats(0.01, 0.999)), min_size=1, max_size=12),
    st.integers(0, 9),
)
def test_whatever_the_bands_scores_keep_the_order_and_sum_to_the_hits(
    bands: list[tuple[int, float]], seed: int
) -> None:
    width, falls = (np.array(each, float) for each in zip(*bands, strict=True))
    level = 0.93 * np.cumprod(np.r_[1.0, falls[1:]])
    ends = np.cumsum(width)
    expected = Expected(wins=WINS, ends=ends, hits=np.cumsum(level * width), deviation=np.zeros(len(ends)))
    shuffled = np.random.default_rng(seed).permutation(int(ends[-1])).astype(np.float32)
    scores = expected.scores(shuffled, shuffled)
    assert (np.diff(scores[np.argsort(shuffled)]) > 0).all()
    assert scores.sum() == pytest.approx(expected.hits[-1])
    assert 0 < scores.min() <= scores.max() <= HIGHEST


def test_the_table_sums_the_scores_of_the_list() -> None:
    scores = BANDS.scores(raw(), raw())
    found = {each.first: each for each in BANDS.table(scores)}
    assert list(found) == [25, 50, 100]
    assert [each.point for each in found.values()] == pytest.approx([11, 16, 20], rel=0.01)
    for each in found.values():
        assert each.low < each.point < each.high <= each.first
        assert each.high / each.low <= WIDEST
        assert each.months == 24
    # What is left out of the list, such as companies in clients' groups, is not counted.
    [short] = BANDS.table(scores[10:20])
    assert (short.first, short.point) == (10, pytest.approx(2, rel=0.02))
    assert BANDS.table(scores[:0]) == ()


def test_surer_wins_and_more_luck_counted_move_the_interval() -> None:
    scores = BANDS.scores(raw(), raw())
    unsure = Expected(
        wins=Wins(count=20, deviation=0.6, months=24, basis="assumed"),
        ends=BANDS.ends, hits=BANDS.hits, deviation=BANDS.deviation,
    )  # fmt: skip
    sure, wide = BANDS.table(scores)[0], unsure.table(scores)[0]
    assert wide.low < sure.low
    assert sure.point == wide.point


def test_grades_are_absolute_unless_the_wins_are_assumed() -> None:
    assert BANDS.grades == (0.2, 0.05)
    assert BANDS.assumed is None
    wins = Wins(count=20, deviation=0.5, months=24, basis="assumed")
    assumed = Expected(wins=wins, ends=BANDS.ends, hits=BANDS.hits / 100, deviation=BANDS.deviation)
    # 0.2 hits on 100 companies: 20 and 8 times that.
    assert assumed.grades == pytest.approx((0.04, 0.016))
    assert assumed.assumed == pytest.approx(0.002)


def test_the_share_to_be_won_has_the_interval_of_the_wins() -> None:
    low, middle, high = BANDS.share
    assert middle == pytest.approx(0.2)
    assert (low, high) == pytest.approx((0.2 / np.exp(0.3 * 1.281552), 0.2 * np.exp(0.3 * 1.281552)))


@pytest.mark.parametrize(
    ("ends", "hits"),
    [([10.0, 10.0], [1.0, 2.0]), ([10.0, 20.0], [1.0, 3.0]), ([10.0, 20.0], [1.0, 1.0]), ([10.0], [10.0])],
)
def test_bands_that_rise_or_are_certain_are_refused(ends: list[float], hits: list[float]) -> None:
    with pytest.raises(CarrierError):
        Expected(wins=WINS, ends=np.array(ends), hits=np.array(hits), deviation=np.zeros(len(ends)))
