"""A judgement where the linear part of the network takes its place, in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphlead.core.arrays import Floats
from graphlead.evaluate.blend import BLEND, blend_among
from graphlead.evaluate.files import save_held_out
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.judge import Judgement, evaluate_saved, judge, read_judgement, save_judgement

CLIENTS, OTHERS = 150, 3000
N = CLIENTS + OTHERS
AMONG = ("pagerank", "tabular_graph", "gnn")
SHARE = (0.005, 0.01, 0.02)
STANDS_IN = pytest.mark.parametrize("worse", [True, False], ids=["stands in", "stays"])


def held_out(worse: bool, name: str, seed: int) -> HeldOut:
    """Clients stand out by 2; every ranker sees that through noise, the network through more or less than linear."""
    draw = np.random.default_rng(seed)
    clients = np.arange(N) < CLIENTS
    truth = draw.normal(size=N) + 2 * clients
    noise = {
        "pagerank": 1.2,
        "tabular": 1.5,
        "tabular_graph": 1.0,
        "linear": 1.0,
        "gnn": 1.6 if worse else 0.6,
    }
    return HeldOut(
        split=name,
        fold=draw.permutation(np.arange(N) % 4).astype(np.int8),
        held_out=clients,
        scores={ranker: (truth + s * draw.normal(size=N)).astype(np.float32) for ranker, s in noise.items()},
    )


def results(worse: bool) -> list[HeldOut]:
    return [held_out(worse, "groups", 1), held_out(worse, "random", 2)]


def judged(worse: bool) -> Judgement:
    return judge(results(worse), AMONG, {"gnn": "linear"}, None, 0)


def scores() -> dict[str, Floats]:
    names = ("pagerank", "tabular", "tabular_graph", "linear", "gnn")
    return {name: np.random.default_rng(i).random(50).astype(np.float32) for i, name in enumerate(names)}


@STANDS_IN
def test_the_list_is_made_of_what_stands_in(worse: bool) -> None:
    judgement = judged(worse)
    network = "linear" if worse else "gnn"
    assert judgement.stand_ins == ({"gnn": "linear"} if worse else {})
    assert judgement.choice.name == BLEND
    assert tuple(judgement.choice.members) == ("pagerank", "tabular_graph", network)
    candidates = np.arange(10, 50, dtype=np.int32)
    expected = blend_among(scores(), judgement.choice.members, candidates, candidates)
    for given in (scores(), judgement.settled(scores())):
        np.testing.assert_array_equal(judgement.final(given, candidates), expected)


@STANDS_IN
def test_the_scores_of_the_network_are_those_of_what_stands_in(worse: bool) -> None:
    before, after = scores(), judged(worse).settled(scores())
    assert set(after) == set(before)
    np.testing.assert_array_equal(after["gnn"], before["linear" if worse else "gnn"])
    for name in set(before) - {"gnn"}:
        np.testing.assert_array_equal(after[name], before[name])


@STANDS_IN
def test_a_network_that_makes_the_list_alone_gives_way_too(worse: bool) -> None:
    judgement = judge(results(worse), ("gnn",), {"gnn": "linear"}, 0.01, 0)
    assert tuple(judgement.choice.members) == (("linear",) if worse else ("gnn",))
    rows = np.arange(50, dtype=np.int32)
    np.testing.assert_array_equal(
        judgement.final(scores(), rows), scores()[next(iter(judgement.choice.members))]
    )


def test_a_base_that_was_not_trained_is_none() -> None:
    bare = [
        HeldOut(split=each.split, fold=each.fold, held_out=each.held_out, scores={"gnn": each.scores["gnn"]})
        for each in results(True)
    ]
    judgement = judge(bare, ("gnn",), {"sage": "linear"}, 0.01, 0)
    assert (judgement.bases, judgement.stand_ins) == ({}, {})


@STANDS_IN
def test_a_judgement_comes_back_from_disk(worse: bool, tmp_path: Path) -> None:
    judgement = judged(worse)
    save_judgement(judgement, tmp_path / "judgement.json")
    again = read_judgement(tmp_path / "judgement.json")
    for name in ("choice", "bases", "stand_ins", "prior", "splits"):
        assert getattr(again, name) == getattr(judgement, name)
    assert again.recall.to_json() == judgement.recall.to_json()


@STANDS_IN
def test_the_figures_are_those_of_what_stands_in(worse: bool, tmp_path: Path) -> None:
    for result in results(worse):
        save_held_out(result, tmp_path)
    found = evaluate_saved(tmp_path, judged(worse), SHARE, 0)
    precision = found.metrics[found.metrics["metric"] == "ap"]
    by_ranker = precision.set_index(["split", "ranker"])["value"]
    for split in ("groups", "random"):
        assert (by_ranker[split, "gnn"] == by_ranker[split, "linear"]) == worse
        assert by_ranker[split, "gnn"] >= by_ranker[split, "linear"]
    assert ("The graph network is its linear part alone" in found.verdict) == worse
    assert ("the linear part of the graph network" in found.verdict) != worse
