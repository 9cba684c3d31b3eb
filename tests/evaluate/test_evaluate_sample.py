"""A weighted sample of a register judges its rankers as the whole register does."""

from __future__ import annotations

import numpy as np
import pytest

from graphlead.common.deal import drawn, evenly, lots
from graphlead.core.arrays import Floats, Ints, Keys
from graphlead.core.errors import CarrierError
from graphlead.evaluate.blend import blend, blend_among, equally, share_before
from graphlead.evaluate.choose import choose
from graphlead.evaluate.evaluate import evaluate
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.judge import judge
from graphlead.evaluate.prior import estimate_prior
from graphlead.evaluate.recall import recall_of
from graphlead.evaluate.sample import REST, TOP, Sample, sample
from graphlead.evaluate.splits import Folds

N, CLIENTS, FOLDS = 100_000, 600, 5


class World:
    """Clients come first and stand out by 2.5; two rankers see that through noise, their blend scores the sample."""

    def __init__(self, seed: int) -> None:
        draw = np.random.default_rng(seed)
        n = N + CLIENTS
        self.clients: Ints = np.arange(CLIENTS, dtype=np.int32)
        self.candidates: Ints = np.arange(CLIENTS, n, dtype=np.int32)
        truth = draw.normal(size=n)
        truth[self.clients] += 2.5
        noise = {"gnn": 0.5, "pagerank": 0.7}
        self.scores: dict[str, Floats] = {
            name: (truth + s * draw.normal(size=n)).astype(np.float32) for name, s in noise.items()
        }
        self.keys: Keys = lots(np.arange(n, dtype=np.uint64), "test", seed)
        self.fold: Folds = evenly(self.keys, FOLDS, "test", seed).astype(np.int8)

    def sample(self, seed: int = 0) -> Sample:
        scores = blend_among(self.scores, equally(tuple(self.scores)), self.candidates, self.candidates)
        return sample(scores, self.candidates, self.fold, self.keys, seed)

    def held_out(self, some: Sample) -> HeldOut:
        chosen = some.with_clients(self.clients)
        scores = {name: values[chosen.companies] for name, values in self.scores.items()}
        fold = self.fold[chosen.companies]
        return HeldOut(
            split="random",
            fold=fold,
            held_out=chosen.companies < CLIENTS,
            scores={**scores, "blend": blend(scores, equally(tuple(scores)), fold, chosen.weight)},
            company=chosen.companies,
            weight=chosen.weight,
        )

    def whole(self) -> HeldOut:
        return self.held_out(Sample(self.candidates, np.ones(N, np.float32)))

    def uniform(self) -> HeldOut:
        """As many companies, any of them, as if they were all."""
        some = self.candidates[drawn(self.keys[self.candidates], TOP + REST, "test", 0)]
        return self.held_out(Sample(some, np.ones(len(some), np.float32)))


def figures(result: HeldOut, ranker: str) -> dict[str, float]:
    metrics = evaluate([result], (0.001, 0.002, 0.004), 0).metrics
    mine = metrics[metrics["ranker"] == ranker].set_index("metric")["value"]
    return {name: float(mine[name]) for name in ("ap", "recall@1%", "recall@5%", "recall@top 100")}


@pytest.mark.parametrize("seed", range(3))
def test_figures_of_the_weighted_sample_are_those_of_the_whole_register(seed: int) -> None:
    world = World(seed)
    whole, some = world.whole(), world.held_out(world.sample(seed))
    for ranker in whole.scores:
        assert figures(some, ranker) == pytest.approx(figures(whole, ranker), rel=0.012)
    np.testing.assert_allclose(recall_of([some], "gnn").recall, recall_of([whole], "gnn").recall, rtol=0.01)
    assert choose([some], few=False).members == pytest.approx(choose([whole], few=False).members, rel=0.02)


@pytest.mark.parametrize("seed", range(3))
def test_a_uniform_sample_without_weights_flatters(seed: int) -> None:
    world = World(seed)
    whole, some = figures(world.whole(), "gnn"), figures(world.uniform(), "gnn")
    assert some["ap"] > 1.3 * whole["ap"]
    assert some["recall@top 100"] > 1.3 * whole["recall@top 100"]


def test_intervals_allow_for_what_is_not_in_the_sample() -> None:
    """The clients of a list that is no better than chance are placed among the rest, where each stands for nine."""
    world, auc = World(0), []
    world.scores["gnn"] = np.random.default_rng(9).normal(size=N + CLIENTS).astype(np.float32)
    for result in (world.held_out(world.sample()), world.whole()):
        metrics = evaluate([result], (0.001, 0.002, 0.004), 0).metrics
        auc.append(metrics[(metrics["ranker"] == "gnn") & (metrics["metric"] == "auc")].iloc[0])
    some, whole = auc
    assert some["low"] < whole["value"] < some["high"]
    assert some["high"] - some["low"] > whole["high"] - whole["low"]


def test_each_fold_has_its_best_companies_and_a_weighted_draw_of_the_others() -> None:
    world = World(1)
    some = world.sample()
    assert TOP + REST <= len(some.companies) < TOP + REST + 2 * FOLDS
    assert (some.companies.dtype, some.weight.dtype) == (np.int32, np.float32)
    scores = blend_among(
        world.scores, equally(tuple(world.scores)), world.candidates, np.arange(N + CLIENTS, dtype=np.int32)
    )
    for fold in range(FOLDS):
        mine = world.candidates[world.fold[world.candidates] == fold]
        here = world.fold[some.companies] == fold
        best, weight = some.companies[here & (some.weight == 1)], some.weight[here]
        assert set(best) == set(mine[np.argsort(-scores[mine])[: len(best)]])
        assert len(best) == pytest.approx(TOP / FOLDS, abs=20)
        assert weight.sum(dtype=np.float64) == pytest.approx(len(mine))
        np.testing.assert_allclose(weight[weight > 1], 9, rtol=0.01)
    assert world.whole().n_unlabelled == world.held_out(some).n_unlabelled == N


def test_a_small_register_is_taken_whole() -> None:
    candidates = np.arange(TOP + REST, dtype=np.int32)
    keys = lots(candidates.astype(np.uint64), "test")
    some = sample(np.zeros(len(candidates)), candidates, np.zeros(len(candidates), np.int8), keys, 0)
    np.testing.assert_array_equal(some.companies, candidates)
    assert (some.weight == 1).all()


def test_the_sample_follows_from_the_ids_and_not_from_the_order_of_the_rows() -> None:
    """All scores tie, so that the best ones are drawn too."""
    world = World(2)
    world.scores = {"gnn": np.zeros(N + CLIENTS, np.float32)}
    some = world.sample()
    turned = World(2)
    turned.scores = world.scores
    turned.keys, turned.fold = world.keys[::-1].copy(), world.fold[::-1].copy()
    turned.candidates = (N + CLIENTS - 1 - world.candidates)[::-1].copy()
    again = turned.sample()
    assert set(world.keys[some.companies]) == set(turned.keys[again.companies])
    assert set(some.companies) != set(world.sample(seed=1).companies)
    assert set(some.companies[some.weight > 1] % 2) == {0, 1}


def test_a_weight_stands_for_as_many_equal_companies() -> None:
    """What a sample says is what the register says in which each company is there ``weight`` times."""
    draw = np.random.default_rng(5)
    few = HeldOut(
        split="random",
        fold=(np.arange(60) % 2).astype(np.int8),
        held_out=np.arange(60) < 20,
        scores={"gnn": draw.integers(0, 25, 60).astype(np.float32)},
        weight=np.where(np.arange(60) < 20, 1, draw.integers(1, 6, 60)).astype(np.float32),
        segments={"third": np.array(list("abc") * 20)},
    )
    times = np.repeat(np.arange(60), few.weight.astype(int))
    many = HeldOut(
        split="random", fold=few.fold[times], held_out=few.held_out[times],
        scores={"gnn": few.scores["gnn"][times]}, segments={"third": few.segments["third"][times]},
    )  # fmt: skip
    assert few.n_unlabelled == many.n_unlabelled == int(few.weight[20:].sum())
    one, other = (evaluate([result], (0.01, 0.02, 0.04), 0) for result in (few, many))
    np.testing.assert_allclose(one.metrics["value"], other.metrics["value"])
    assert one.segments.equals(other.segments)
    np.testing.assert_allclose(recall_of([few], "gnn").recall, recall_of([many], "gnn").recall)
    ranks = share_before(few.scores["gnn"], few.scores["gnn"], few.weight)
    np.testing.assert_allclose(ranks[times], share_before(many.scores["gnn"], many.scores["gnn"]))
    np.testing.assert_allclose(
        blend(few.scores, {"gnn": 1.0}, few.fold, few.weight)[times],
        blend(many.scores, {"gnn": 1.0}, many.fold),
        rtol=1e-6,
    )


def planted(prior: float, seed: int) -> tuple[Floats, Floats]:
    """400 positives and N unlabelled, a share ``prior`` of them as far up."""
    draw = np.random.default_rng(seed)
    unlabelled = draw.normal(size=N)
    unlabelled[: round(prior * N)] += 2.5
    return (draw.normal(size=400) + 2.5).astype(np.float32), unlabelled.astype(np.float32)


@pytest.mark.parametrize("prior", [0.002, 0.02, 0.2])
def test_the_prior_from_a_weighted_sample_is_that_from_the_whole_register(prior: float) -> None:
    positive, unlabelled = planted(prior, 0)
    candidates, noise = np.arange(N, dtype=np.int32), np.random.default_rng(9).normal(size=N)
    keys = lots(candidates.astype(np.uint64), "test")
    some = sample(unlabelled + noise, candidates, np.zeros(N, np.int8), keys, 0)
    found = estimate_prior(positive, unlabelled[some.companies], 0, some.weight)
    assert found[0] <= prior <= found[2]
    assert found[1:] == pytest.approx(estimate_prior(positive, unlabelled, 0)[1:], rel=0.2)
    assert estimate_prior(positive, unlabelled[some.companies], 0)[2] > 2 * found[2]


def test_a_prior_from_companies_that_each_stand_for_five_is_no_surer_than_from_these_alone() -> None:
    positive, unlabelled = planted(0.02, 1)
    few = unlabelled[::5]
    weighted = estimate_prior(positive, few, 0, np.full(len(few), 5, np.float32))
    assert weighted == pytest.approx(estimate_prior(positive, few, 0), rel=1e-9)


def test_a_judgement_by_the_sample_is_that_by_the_whole_register() -> None:
    world = World(4)
    whole, some = (
        judge([result], ("gnn", "pagerank"), {}, None, 0)
        for result in (world.whole(), world.held_out(world.sample()))
    )
    assert some.choice.members == pytest.approx(whole.choice.members, rel=0.02)
    assert some.prior[1:] == pytest.approx(whole.prior[1:], rel=0.1)
    np.testing.assert_allclose(some.recall.recall, whole.recall.recall, rtol=0.01)


@pytest.mark.parametrize(
    "weight", [[1, 1, 2, np.nan], [1, 1, 2, 0], [1, 1, 2, np.inf], [1, 3, 2, 2], [1, 1, 2]]
)
def test_weights_are_checked(weight: list[float]) -> None:
    with pytest.raises(CarrierError, match="weight"):
        HeldOut(
            split="random",
            fold=np.zeros(4, np.int8),
            held_out=np.array([True, True, False, False]),
            scores={"gnn": np.zeros(4, np.float32)},
            weight=np.array(weight, np.float32),
        )
