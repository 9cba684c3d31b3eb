"""Who is blended, by which clients, and the blend itself."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from graphlead.core.arrays import Floats
from graphlead.core.errors import CarrierError
from graphlead.evaluate.blend import BLEND, blend, blend_among, equally
from graphlead.evaluate.choose import POWER, Choice, choose, with_blend
from graphlead.evaluate.heldout import HeldOut

CLIENTS, OTHERS, FOLDS = 300, 6000, 3


def split(name: str, noise: dict[str, float], seed: int = 0) -> HeldOut:
    """Clients stand out by 2; every ranker sees that through noise of its own, worse than chance below zero."""
    draw = np.random.default_rng(seed)
    held_out = np.arange(CLIENTS + OTHERS) < CLIENTS
    truth = draw.normal(size=len(held_out)) + 2 * held_out
    seen = {ranker: np.sign(s) * truth + abs(s) * draw.normal(size=len(truth)) for ranker, s in noise.items()}
    return HeldOut(
        split=name,
        fold=draw.permutation(np.arange(len(held_out)) % FOLDS).astype(np.int8),
        held_out=held_out,
        scores={ranker: values.astype(np.float32) for ranker, values in seen.items()},
    )


GOOD = {"pagerank": 1.2, "tabular_graph": 1.0, "gnn": 1.0}
POOR = {**GOOD, "gnn": -9.0}


def counting(choice: Choice) -> list[float]:
    return list(choice.members.values())


def test_all_are_blended_though_one_is_worse_than_the_best() -> None:
    """A walk that is worse by itself still adds what the others do not see."""
    results = [split("random", GOOD), split("groups", GOOD, 1)]
    choice = choose(results, few=False)
    assert (choice.name, tuple(choice.members)) == (BLEND, ("pagerank", "tabular_graph", "gnn"))
    assert counting(choice) == pytest.approx(np.array(counting(choice)) / sum(counting(choice)))
    assert 0.15 < choice.members["pagerank"] < 1 / 3 < choice.members["gnn"]


def test_one_that_finds_much_less_than_the_best_counts_next_to_nothing() -> None:
    choice = choose([split("random", POOR), split("groups", POOR, 1)], few=False)
    assert choice.members["gnn"] < 0.02
    shares = rf"{choice.members['pagerank']:.0%}, the trees with neighbour features .*{choice.members['gnn']:.0%}\."
    assert re.search(shares, choice.reason)
    assert "where they agree" in choice.reason


def behind(ahead: int, weight: float = 1) -> HeldOut:
    """The network ranks 20 clients first, the walk after so many companies; each company stands for ``weight``."""
    held_out = np.arange(220) < 20
    clients, others = -np.arange(20.0), -1000.0 - np.arange(200)
    walk = np.concatenate([clients - 500, np.where(np.arange(200) < ahead, 0, others)])
    return HeldOut(
        split="random",
        fold=np.zeros(220, np.int8),
        held_out=held_out,
        scores={
            "gnn": np.concatenate([clients, others]).astype(np.float32),
            "pagerank": walk.astype(np.float32),
        },
        weight=np.where(held_out, 1, weight).astype(np.float32),
    )


@pytest.mark.parametrize("ahead", [2, 5, 50])
def test_each_counts_by_a_power_of_its_average_precision(ahead: int) -> None:
    found = np.arange(1, 21)
    walk = float(np.mean(found / (found + ahead))) ** POWER
    assert counting(choose([behind(ahead)], few=False)) == pytest.approx(
        [1 / (1 + walk), walk / (1 + walk)], rel=1e-5
    )


def test_the_average_precision_is_that_among_all_companies_that_a_sample_stands_for() -> None:
    found = np.arange(1, 21)
    walk = float(np.mean(found / (found + 4 * 20))) ** POWER
    assert counting(choose([behind(4, weight=20)], few=False)) == pytest.approx(
        [1 / (1 + walk), walk / (1 + walk)], rel=1e-5
    )


def test_clients_held_out_at_random_decide_wherever_their_split_stands() -> None:
    good, poor = split("groups", GOOD, 1), split("groups", POOR, 1)
    assert choose([good, split("random", POOR)], few=False).members["gnn"] < 0.02
    assert choose([poor, split("random", GOOD)], few=False).members["gnn"] > 1 / 3


def flipped(result: HeldOut, ranker: str, here: np.ndarray) -> HeldOut:
    values = result.scores[ranker]
    return replace(
        result, scores={**result.scores, ranker: np.where(here, -values, values).astype(np.float32)}
    )


def test_each_fold_is_blended_by_the_clients_of_the_others() -> None:
    """The network ranks one fold's clients last and the others well: it counts in that fold more than elsewhere."""
    first = split("random", {**GOOD, "gnn": 1.5})
    worst = first.held_out & (first.fold == 0)
    bad = [flipped(each, "gnn", worst) for each in (first, replace(first, split="groups"))]
    choice = choose(bad, few=False)
    folds = choice.by_fold["random"]
    assert choice.by_fold == dict.fromkeys(("random", "groups"), folds)
    assert folds[0]["gnn"] > 2 * max(folds[1]["gnn"], folds[2]["gnn"], choice.members["gnn"])
    for result in with_blend(bad, choice):
        for fold, members in enumerate(folds):
            here = result.fold == fold
            alone = {name: result.scores[name][here] for name in members}
            np.testing.assert_array_equal(
                result.scores[BLEND][here], blend(alone, members, result.fold[here])
            )


def test_the_clients_of_a_fold_have_no_say_in_its_own_figures() -> None:
    """However their scores change, the blend of their fold stays the same, on both splits by the same companies."""
    results = [split("random", GOOD), split("groups", GOOD, 1)]
    mine = results[0].companies[results[0].held_out & (results[0].fold == 1)]
    changed = [flipped(each, "gnn", np.isin(each.companies, mine)) for each in results]
    assert choose(changed, few=False).by_fold["random"][1] == choose(results, few=False).by_fold["random"][1]


def test_companies_are_known_by_their_index_not_by_their_place_in_a_split() -> None:
    first = split("random", {**GOOD, "gnn": 1.5})
    bad = flipped(first, "gnn", first.held_out & (first.fold == 0))
    turned = np.arange(len(bad.fold), dtype=np.int32)[::-1].copy()
    again = HeldOut(
        split="groups", fold=bad.fold[turned], held_out=bad.held_out[turned], company=turned,
        scores={name: values[turned] for name, values in bad.scores.items()},
    )  # fmt: skip
    alone, both = choose([bad], few=False).by_fold, choose([bad, again], few=False).by_fold
    assert both == {"random": alone["random"], "groups": alone["random"]}


def test_a_single_ranker_makes_the_list_alone() -> None:
    results = [split("random", {"gnn": 1}), split("groups", {"gnn": 1}, 1)]
    choice = choose(results, few=False)
    assert (choice.name, choice.members, choice.by_fold) == ("gnn", {"gnn": 1.0}, {})
    assert with_blend(results, choice) == results


def test_a_ranker_missing_on_a_split_takes_no_part() -> None:
    results = [split("random", {"gnn": 0.1, "tabular": 2}), split("groups", {"tabular": 2}, seed=1)]
    assert choose(results, few=False).name == "tabular"
    with pytest.raises(CarrierError, match="every split"):
        choose([split("random", {"gnn": 1}), split("groups", {"tabular": 1})], few=False)


def test_rankers_that_agree_in_everything_count_the_same() -> None:
    same = split("random", {"gnn": 1})
    twice = replace(same, scores={**same.scores, "tabular_graph": same.scores["gnn"]})
    assert choose([twice, replace(twice, split="groups")], few=False).members == {
        "gnn": 0.5,
        "tabular_graph": 0.5,
    }


def test_clients_that_are_all_in_one_fold_leave_nobody_to_decide() -> None:
    result = split("groups", POOR)
    together = replace(result, fold=np.where(result.held_out, 0, result.fold).astype(np.int8))
    choice = choose([together, split("random", POOR, 1)], few=False)
    assert choice.by_fold["groups"][0] == equally(("pagerank", "tabular_graph", "gnn"))


def test_blend_is_the_geometric_mean_of_ranks_within_folds() -> None:
    one: Floats = np.array([4, 3, 2, 1, 40, 30], np.float32)
    two: Floats = np.array([1, 4, 3, 2, 1, 1], np.float32)
    fold = np.array([0, 0, 0, 0, 1, 1], np.int8)
    blended = blend({"one": one, "two": two}, equally(("one", "two")), fold)
    # Ranks over fold size: (1, 4), (2, 1), (3, 2), (4, 3) of 4; (1, 1.5), (2, 1.5) of 2.
    shares = np.sqrt(np.array([1 * 4, 2 * 1, 3 * 2, 4 * 3]) / 16).tolist() + np.sqrt([0.375, 0.75]).tolist()
    assert blended == pytest.approx([1 - share for share in shares], abs=1e-6)


def test_a_blend_of_one_keeps_its_order() -> None:
    scores = np.random.default_rng(0).normal(size=500).astype(np.float32)
    blended = blend({"gnn": scores}, {"gnn": 1.0}, np.zeros(500, np.int8))
    assert (np.argsort(blended) == np.argsort(scores)).all()


def test_a_blend_among_candidates_is_the_blend_of_the_candidates_and_ranks_others_beside_them() -> None:
    draw = np.random.default_rng(4)
    scores = {"one": draw.integers(0, 30, 90).astype(np.float32), "two": draw.random(90).astype(np.float32)}
    candidates = np.arange(10, 90, dtype=np.int32)
    alone = {name: values[candidates] for name, values in scores.items()}
    expected = blend(alone, equally(("one", "two")), np.zeros(80, np.int8))
    among = blend_among(scores, equally(("one", "two")), candidates, candidates)
    np.testing.assert_allclose(among, expected, rtol=1e-6)
    best = {name: np.append(values, values.max() + 1) for name, values in scores.items()}
    (top,) = blend_among(best, equally(("one", "two")), candidates, np.array([90], np.int32))
    assert among.max() < top < 1


def test_of_few_clients_all_count_the_same() -> None:
    results = [split("random", {"pagerank": -9.0, "gnn": 1.0})]
    choice = choose(results, few=True)
    assert choice.members == {"pagerank": 0.5, "gnn": 0.5}
    assert all(members == choice.members for members in choice.by_fold["random"])
    assert "so few clients" in choice.reason
