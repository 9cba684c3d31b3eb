"""The models against plain algebra, and the figures against their definitions."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from graphlead.core.errors import SettingsError
from graphlead.core.purchases import DAY, Lines, Purchases
from graphlead.recommenders.backtest import Measured, chosen, cuts_of, together
from graphlead.recommenders.baskets import Baskets, baskets_of
from graphlead.recommenders.candidates import Candidate, bases
from graphlead.recommenders.figures import coverage, hits_of, interval, ndcg, recall, top_of
from graphlead.recommenders.fresh import chance_of, described, fresh_items
from graphlead.recommenders.models.als import CONFIDENCE, PENALTY, Als
from graphlead.recommenders.models.cosine import Cosine
from graphlead.recommenders.models.ease import Ease
from graphlead.recommenders.models.mixed import Mixed
from graphlead.recommenders.plan import plan_items
from graphlead.recommenders.rates import rates_of, shared_out
from graphlead.recommenders.registry import RECOMMENDERS, recommender
from graphlead.recommenders.wanting import GROUPS, Way, _Trial, _weights, probability


def matrix(n: int = 60, m: int = 9, seed: int = 3) -> sp.csr_matrix:
    return sp.csr_matrix((np.random.default_rng(seed).random((n, m)) < 0.3).astype(np.float32))


def baskets(x: sp.csr_matrix | None = None) -> Baskets:
    x = matrix() if x is None else x
    ones = np.ones(x.shape[1], np.float32)
    return Baskets(x=x, had=x, age=np.zeros(x.nnz, np.float32), recent=ones, alive=ones)


def test_ease_is_the_ridge_of_each_item_on_the_others() -> None:
    X, penalty = matrix().toarray().astype(float), 7.0
    found = Ease(penalty=penalty).fit(baskets()).weight
    for item in range(X.shape[1]):
        others = np.delete(np.arange(X.shape[1]), item)
        left = X[:, others].T @ X[:, others] + penalty * np.eye(len(others))
        np.testing.assert_allclose(
            found[others, item], np.linalg.solve(left, X[:, others].T @ X[:, item]), atol=2e-6
        )
    assert not np.diag(found).any()


def test_the_cosine_is_that_of_the_buyers() -> None:
    X = matrix().toarray()
    found = Cosine().fit(baskets()).weight
    expected = X[:, 2] @ X[:, 5] / np.linalg.norm(X[:, 2]) / np.linalg.norm(X[:, 5])
    assert found[2, 5] == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("name", sorted(RECOMMENDERS))
def test_every_model_scores_alike_in_every_form_and_after_loading(name: str) -> None:
    if name == "als":
        pytest.importorskip("implicit")
    held = baskets()
    model = recommender(name, 10.0, 0).fit(held)
    scores = model.scores(held.x[:7])
    assert scores.shape == (7, 9)
    np.testing.assert_allclose(
        model.columns(held.x[:7], np.array([4, 1], np.int32)), scores[:, [4, 1]], atol=1e-5
    )
    loaded = recommender(name, 10.0, 0).with_arrays(model.arrays())
    np.testing.assert_array_equal(loaded.scores(held.x[:7]), scores)
    if model.together and name != "als":
        own = held.x[3].indices
        added = model.weights(own, np.arange(9, dtype=np.int32)).sum(0)
        np.testing.assert_allclose(added, scores[3], atol=1e-5)


def test_als_solves_for_a_customer_as_for_the_others() -> None:
    pytest.importorskip("implicit")
    held = baskets(matrix(200, 30, 1))
    model = Als().fit(held)
    V, x = model.factors.astype(float), held.x[5].toarray()[0]
    confidence = np.where(x > 0, CONFIDENCE, 1.0)
    left = (V * confidence[:, None]).T @ V + PENALTY * np.eye(V.shape[1])
    expected = V @ np.linalg.solve(left, V.T @ (confidence * x))
    np.testing.assert_allclose(model.scores(held.x[[5]])[0], expected, atol=1e-4)
    assert np.array_equal(Als().fit(held).factors, model.factors)


def test_als_without_its_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "implicit.cpu.als", None)
    with pytest.raises(SettingsError, match=r"pip install 'graphlead\[als\]'"):
        Als().fit(baskets())


def test_an_unknown_model_is_named_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match=r"no model 'cosin'. Did you mean 'cosine'\?"):
        bases(["cosin"], 5000)


def test_baskets_know_the_last_day_and_what_was_ever_had() -> None:
    def lines(*rows: tuple[int, int, str]) -> Lines:
        c, i, d = zip(*rows, strict=True)
        nothing = np.full(len(rows), np.nan)
        return Lines(customer=np.array(c, np.int32), item=np.array(i, np.int32), day=np.array(d, DAY),
                     amount=nothing, quantity=nothing)  # fmt: skip

    bought = lines(
        (0, 0, "2024-01-01"), (0, 0, "2024-06-20"), (1, 0, "2024-02-01"), (1, 2, "2024-05-10"), (1, -1, "2024-05-10")
    )  # fmt: skip
    nobody = pd.DataFrame(index=range(2))
    purchases = Purchases(
        customers=np.array(["a", "b"], object), items=np.array(["x", "y", "z"], object), as_of=date(2024, 7, 1),
        bought=bought, returned=lines((0, 1, "2024-05-01")), of_items=pd.DataFrame(index=range(3)), of_customers=nobody,
    )  # fmt: skip
    found = baskets_of(purchases, date(2024, 7, 1))
    assert found.x.toarray().tolist() == [[1, 0, 0], [1, 0, 1]]
    assert found.had.toarray().tolist() == [[1, 1, 0], [1, 0, 1]]
    assert found.age.tolist() == [11, 151, 52]
    assert found.alive.tolist() == [0.5, 0, 0]
    assert found.recent.tolist() == [1, 0, 1]
    np.testing.assert_allclose(found.faded().data, np.exp(-found.age / 60), rtol=1e-6)
    part = found.of_items(np.array([2, 0], np.int32))
    assert part.x.toarray().tolist() == [[0, 1], [1, 1]]
    assert part.age.tolist() == [11, 52, 151]
    assert baskets_of(purchases, date(2024, 2, 1)).x.nnz == 1


def test_lists_are_the_highest_scores_without_what_is_hidden() -> None:
    scores = np.array([[1, 3, 3, 2, 0], [5, 4, 3, 2, 1]], np.float32)
    hidden = sp.csr_matrix(np.array([[0, 1, 0, 0, 0], [1, 1, 1, 1, 0]], np.float32))
    assert top_of(scores.copy(), None, 3).tolist() == [[1, 2, 3], [0, 1, 2]]
    assert top_of(scores.copy(), hidden, 3).tolist() == [[2, 3, 0], [4, -1, -1]]


@pytest.mark.parametrize("m", [7, 100, 1003])
@pytest.mark.parametrize(("alive", "rarity"), [(False, 0.0), (True, 0.0), (True, 0.2)])
def test_lists_equal_those_of_sorting_every_score(m: int, alive: bool, rarity: float) -> None:
    draw = np.random.default_rng(m)
    x = sp.csr_matrix((draw.random((50, m)) < 0.1).astype(np.float32))
    held = replace(baskets(x), alive=draw.random(m).astype(np.float32))
    scores = np.round(draw.normal(size=(50, m)), 1).astype(np.float32)
    scores[:10] = np.where(draw.random((10, m)) < 0.97, 0, scores[:10])
    candidate = Candidate(model="ease", penalty=1, alive=alive, rarity=rarity)
    whole = candidate.ranked(scores.copy(), held)
    whole[x.toarray() > 0] = -np.inf
    expected = np.argsort(-whole, axis=1, kind="stable")[:, :10]
    expected = np.where(np.take_along_axis(whole, expected, 1) == -np.inf, -1, expected)
    np.testing.assert_array_equal(top_of(whole.copy(), None, 10), expected)
    kept = scores.copy()
    np.testing.assert_array_equal(candidate.top(kept, held, x, 10), expected)
    at, rank = np.nonzero(expected >= 0)
    item = expected[at, rank]
    np.testing.assert_array_equal(kept[at, item], whole[at, item])


def test_rarity_divides_by_a_power_of_the_buyers() -> None:
    x = sp.csr_matrix(np.array([[1, 1], [1, 0], [1, 0], [1, 0]], np.float32))
    scores = np.array([[0.5, 0.5]], np.float32)
    found = Candidate(model="ease", penalty=1, rarity=0.5).ranked(scores.copy(), baskets(x))
    np.testing.assert_allclose(found, [[0.5, 0.5 * 2]], rtol=1e-6)
    assert Candidate(model="ease", penalty=1, alive=True, rarity=0.1).name == "ease 1, alive, rarity 0.1"


def test_the_mixture_takes_the_weights_of_ease_where_it_is_fitted() -> None:
    held = baskets(matrix(300, 20))
    found = Mixed(penalty=5.0).fit_with(Ease(penalty=5.0).fit(held), held)
    np.testing.assert_array_equal(found.weight, Mixed(penalty=5.0).fit(held).weight)


def test_figures_of_lists_are_those_of_their_definition() -> None:
    top = np.array([[0, 1, 2], [3, 4, -1]])
    wanted = sp.csr_matrix(np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 1]], np.float32))
    hits = hits_of(top, wanted)
    assert hits.tolist() == [[True, False, True], [False, True, False]]
    sizes = np.array([2, 1], np.int32)
    first = (1 + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    np.testing.assert_allclose(ndcg(hits, sizes), [first, 1 / math.log2(3)], rtol=1e-12)
    assert recall(hits, sizes).tolist() == [1, 1]
    assert coverage(top, 10) == 0.5
    mean, low, high = interval(np.array([0.0, 1.0, 0.5]))
    assert (mean, high - mean) == (0.5, pytest.approx(mean - low))


def measured(model: str, mean: float, covered: float, noise: int, penalty: float = 0.0) -> Measured:
    values = mean + np.random.default_rng(noise).normal(0, 0.05, 400)
    return Measured(
        candidate=Candidate(model=model, penalty=penalty),
        customers=np.arange(400),
        ndcg=values,
        recall=values,
        coverage=covered,
        novelty=1,
    )


def test_a_worse_way_is_not_chosen_and_of_equals_the_one_that_recommends_more() -> None:
    one, wide, bad = (
        measured("ease", 0.3, 0.1, 1, 300),
        measured("ease", 0.3, 0.3, 2, 100),
        measured("mixed", 0.2, 0.9, 3),
    )
    assert chosen([one, wide, bad]) is wide
    assert chosen([one, bad, measured("popular", 0.1, 1.0, 4)]) is one


def test_figures_of_two_days_are_those_of_each_customers_mean() -> None:
    one, two = (measured("ease", mean, covered, 1) for mean, covered in ((0.2, 0.1), (0.4, 0.3)))
    both = together([one, replace(two, customers=np.arange(200, 600))])
    assert both.customers.tolist() == [*range(600)]
    assert both.coverage == pytest.approx(0.2)
    np.testing.assert_allclose(both.ndcg[:200], one.ndcg[:200])
    np.testing.assert_allclose(both.ndcg[200:400], (one.ndcg[200:] + two.ndcg[:200]) / 2)
    np.testing.assert_allclose(both.ndcg[400:], two.ndcg[200:])


def test_the_days_of_the_comparison_leave_a_history_before_them() -> None:
    def cuts(days: int) -> list[tuple[int, int]]:
        start = date(2024, 1, 1)
        lines = Lines(customer=np.zeros(1, np.int32), item=np.zeros(1, np.int32), day=np.array([start], DAY),
                      amount=np.ones(1), quantity=np.ones(1))  # fmt: skip
        held = Purchases(customers=np.array(["a"], object), items=np.array(["i"], object), bought=lines,
                         returned=lines.rows(np.zeros(1, bool)), as_of=start + timedelta(days=days),
                         of_items=pd.DataFrame(index=[0]), of_customers=pd.DataFrame(index=[0]))  # fmt: skip
        return [((cut - start).days, (end - start).days) for cut, end in cuts_of(held, 90)]

    assert cuts(27) == []
    assert cuts(30) == [(15, 30), (8, 23)]
    assert cuts(180) == [(90, 180), (45, 135)]
    assert cuts(400) == [(310, 400), (265, 355)]


def test_too_many_items_are_planned_for_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    buyers, none = np.array([5, 0, 9, 7, 5], np.float32), np.zeros(0, np.int32)
    assert plan_items(buyers, none).kept.tolist() == [0, 2, 3, 4]
    assert plan_items(buyers, np.array([2], np.int32)).note == ""
    monkeypatch.setattr("graphlead.recommenders.plan.MOST", 3)
    plan = plan_items(buyers, none)
    assert plan.kept.tolist() == [0, 2, 3]
    assert plan.note.startswith("Learned from the 3 most bought of 4 items, with 80.8% of what was bought")
    monkeypatch.setattr("graphlead.recommenders.plan.share_of_budget", lambda *_: 12 * 4)
    assert plan_items(buyers, none).kept.tolist() == [2, 3]


def test_new_items_score_as_those_described_alike_times_their_chance() -> None:
    items = np.array(["red cup", "red mug", "blue bowl", "blue dish"], object)
    content = described(items, pd.DataFrame({"kind": ["cup", "cup", "bowl", "bowl"]}))
    kept, new = np.array([0, 2], np.int32), np.array([1, 3], np.int32)
    sold = np.array([8, 2, 4, 1])
    assert chance_of(new, kept, content[0], sold) == pytest.approx(3 / 12)
    fresh = fresh_items(new, kept, content, 0.25)
    assert fresh is not None
    np.testing.assert_allclose(fresh.scores(np.array([[8, 4], [-1, 2]], np.float32)), [[2, 1], [0, 0.5]])
    assert fresh.reasons(items)[1].startswith("new, and like red cup (")
    assert fresh_items(new, kept, content, 0.0) is None


def test_the_probability_rises_with_the_rank_and_averages_to_the_base() -> None:
    ranks = {"one": np.linspace(0.001, 1, 1000, dtype=np.float32)[:, None]}
    lift = tuple(np.linspace(0, 2, GROUPS))
    found = probability(Way(parts=("one",), lift=lift), ranks, np.ones(1000, bool), 0.1)
    assert (np.diff(found) > 0).all()
    assert found.mean() == pytest.approx(0.1, abs=0.001)


def test_weights_of_the_parts_find_the_one_that_tells_who_buys() -> None:
    draw = np.random.default_rng(2)
    customers, items = 1500, 12
    told = draw.random((customers, items))
    ranks = {"told": told.astype(np.float32), "noise": draw.random((customers, items)).astype(np.float32)}
    trial = _Trial(ranks=ranks, bought=draw.random((customers, items)) < 0.3 * told**3,
                   without=draw.random((customers, items)) < 0.9)  # fmt: skip
    weights = _weights(("told", "noise"), [trial], (0, 1))
    way = Way(parts=("told", "noise"), weights=weights)
    score = way.score(
        {"told": np.array([[0.9], [0.2]], np.float32), "noise": np.full((2, 1), 0.5, np.float32)}
    )
    assert score[0, 0] > score[1, 0]
    noise = way.score(
        {"told": np.full((2, 1), 0.5, np.float32), "noise": np.array([[0.9], [0.2]], np.float32)}
    )
    assert abs(noise[0, 0] - noise[1, 0]) < 0.1 * (score[0, 0] - score[1, 0])


def test_rates_count_who_bought_an_item_first_of_late() -> None:
    rows = [  # customer, item, days before the end: the item is 0
        (0, 1, 200), (0, 0, 5),  # a customer without it who bought it
        (1, 1, 190), (1, 0, 100), (1, 0, 3),  # had it
        (2, 1, 90),  # never bought it
        (3, 0, 20),  # came with it
        (4, 1, 20), (4, 0, 2),  # came, and bought it
        (5, 1, 10),  # came without it
    ]  # fmt: skip
    end = date(2024, 7, 1)
    customer, item, ago = (np.array(each) for each in zip(*rows, strict=True))
    lines = Lines(customer=customer.astype(np.int32), item=item.astype(np.int32),
                  day=np.datetime64(end, "D") - ago.astype(int), amount=np.ones(len(rows)),
                  quantity=np.ones(len(rows)))  # fmt: skip
    held = Purchases(customers=np.array([*"abcdef"], object), items=np.array(["it", "other"], object), bought=lines,
                     returned=lines.rows(np.zeros(len(rows), bool)), as_of=end,
                     of_items=pd.DataFrame(index=range(2)), of_customers=pd.DataFrame(index=range(6)))  # fmt: skip
    found = rates_of(held, 0, 30)
    assert (found.days, found.asked, found.bought, found.came.tolist()) == (30, 2, 1, [3, 4])
    assert found.share == 0.5
    longer = rates_of(held, 0, 300)
    assert (longer.days, longer.times) == (100, 3.0)
    assert longer.share == 1.0


def test_what_is_expected_is_shared_out_in_proportion_and_capped() -> None:
    scores = np.array([0.4, 0.2, 0.1, 0.1])
    np.testing.assert_allclose(shared_out(scores, 0.4, 0.95), [0.2, 0.1, 0.05, 0.05])
    capped = shared_out(scores, 2.0, 0.95)
    np.testing.assert_allclose(capped, [0.95, 0.525, 0.2625, 0.2625])
    assert shared_out(scores, 9.0, 0.95).tolist() == [0.95] * 4
    assert shared_out(np.zeros(2), 1.0, 0.95).tolist() == [0.5, 0.5]
