from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from graphlead.core.errors import CarrierError
from graphlead.core.evaluation import DENSE, MISSING, OTHERS, SPARSE
from graphlead.evaluate.blend import BLEND
from graphlead.evaluate.evaluate import RANDOM, evaluate
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import Interval
from graphlead.evaluate.positions import Positions, Resamples, positions, resample
from graphlead.evaluate.segments import recall_by_segment
from graphlead.evaluate.verdict import Comparison, compare, verdict

PRIOR = (0.005, 0.01, 0.02)


def split(
    noise: dict[str, float], n_pos: int = 300, n: int = 6000, seed: int = 0, name: str = "random"
) -> HeldOut:
    """Clients stand out by 2; every ranker sees that through its own noise."""
    rng = np.random.default_rng(seed)
    held_out = np.arange(n_pos + n) < n_pos
    truth = rng.normal(size=n_pos + n) + 2 * held_out
    seen = {ranker: truth + s * rng.normal(size=len(truth)) for ranker, s in noise.items()}
    scores = {ranker: values.astype(np.float32) for ranker, values in seen.items()}
    return HeldOut(
        split=name, fold=(np.arange(n_pos + n) % 5).astype(np.int8), held_out=held_out, scores=scores
    )


def placed(result: HeldOut) -> tuple[dict[str, Positions], Resamples]:
    resamples = resample(result, 0)
    return {name: positions(result, scores, resamples) for name, scores in result.scores.items()}, resamples


def verdict_of(result: HeldOut) -> str:
    return verdict(result.split, *placed(result))


def test_verdict_that_the_graph_helps_and_by_how_much() -> None:
    result = split({"tabular": 3, "tabular_graph": 0.5, "gnn": 0.5})
    places, resamples = placed(result)
    best = max((compare(places, resamples, name, "tabular") for name in ("gnn", "tabular_graph")), key=gain)
    share = 100 / 6000
    found = {name: 300 * at.found(share)[0].mean() for name, at in places.items()}
    assert (best.found, best.rival_found) == pytest.approx((found[best.ranker], found["tabular"]))
    sentence = verdict_of(result)
    assert sentence.startswith(
        "The graph helps: of 300 held-out clients (random) the first 100 of the list hold "
        f"{found[best.ranker]:.0f} by the "
    )
    assert (
        f"{found['tabular']:.0f} by the trees on the companies' own columns (+{best.gain[0]:.0f}; "
        in sentence
    )
    assert (
        "Between the graph network and the trees with neighbour features no difference can be seen"
        in sentence
    )


def gain(comparison: Comparison) -> float:
    return comparison.gain[0]


def test_verdict_that_no_difference_can_be_seen() -> None:
    result = split({"tabular": 0.5})
    twice = replace(result, scores={**result.scores, "gnn": result.scores["tabular"]})
    assert verdict_of(twice).startswith(
        "No difference can be seen between the list with the graph and without it: of 300 held-out clients"
    )
    assert "(+0; 95 % interval +0 to +0)" in verdict_of(twice)


def test_verdict_that_the_graph_does_harm() -> None:
    assert verdict_of(split({"tabular": 0.2, "gnn": 3})).startswith("The list is worse with the graph: ")


def test_the_blend_stands_for_the_graph_where_there_is_one() -> None:
    result = split({"tabular": 3, "tabular_graph": 0.2, "gnn": 0.2})
    blended = replace(result, scores={**result.scores, BLEND: result.scores["tabular"]})
    sentence = verdict_of(blended)
    assert sentence.startswith("No difference can be seen")
    assert "by the blend of rankers" in sentence


def test_verdict_that_the_network_is_worse_than_the_trees_with_neighbours() -> None:
    sentence = verdict_of(split({"tabular": 3, "tabular_graph": 0.2, "gnn": 1.5}))
    assert sentence.startswith("The graph helps")
    assert "The graph network finds fewer than the trees with neighbour features (-" in sentence


def test_verdict_on_what_the_network_adds_to_its_linear_part() -> None:
    noise = {"tabular": 3.0, "gnn": 0.2, "linear": 1.5}
    assert "The graph network finds more than the linear part of the graph network (+" in verdict_of(
        split(noise)
    )
    noise |= {"gnn": 1.5, "linear": 0.2}
    assert "The graph network finds fewer than the linear part of the graph network (-" in verdict_of(
        split(noise)
    )
    noise |= {"gnn": 0.2}
    assert (
        "Between the graph network and the linear part of the graph network no difference can be seen"
        in verdict_of(split(noise))
    )


def test_verdict_that_the_network_adds_nothing_where_it_ranks_as_its_linear_part_does() -> None:
    result = split({"tabular": 3, "linear": 0.5})
    same = replace(result, scores={**result.scores, "gnn": 2 * result.scores["linear"]})
    sentence = verdict_of(same)
    assert "The graph network is its linear part alone: what it learned beyond that adds nothing" in sentence
    assert "Between" not in sentence


def test_the_linear_part_is_compared_with_the_network_alone() -> None:
    assert "linear part" not in verdict_of(split({"tabular": 3, "tabular_graph": 0.5, "linear": 0.5}))
    assert "linear part" not in verdict_of(split({"tabular": 3, "gnn": 0.5}))


def test_without_a_rival_nothing_is_claimed() -> None:
    assert "is not known" in verdict_of(split({"gnn": 1}))


def test_rankers_of_one_worth_seldom_get_a_verdict() -> None:
    wrong = 0
    for seed in range(40):
        result = split({"gnn": 1, "tabular": 1}, n_pos=100, n=2000, seed=seed)
        wrong += compare(*placed(result), "gnn", "tabular").outcome() != "same"
    assert wrong <= 6


def test_a_ranker_differs_from_itself_by_nothing() -> None:
    same = compare(*placed(split({"gnn": 1})), "gnn", "gnn")
    assert same.gain == (0, 0, 0)
    assert same.outcome() == "same"


@pytest.mark.parametrize(
    ("gain", "outcome"), [((4, 1, 9), "better"), ((4, 0, 9), "same"), ((-4, -9, -1), "worse")]
)
def test_an_interval_that_holds_zero_is_no_verdict(gain: Interval, outcome: str) -> None:
    comparison = Comparison(
        ranker="gnn", rival="tabular", n_held_out=99, found=30 + gain[0], rival_found=30, gain=gain
    )
    assert comparison.outcome() == outcome


def test_recall_by_segment_by_hand() -> None:
    # 20 unlabelled score 1..20; the top 5 % is one place, the top 10 % two.
    held_out = np.arange(24) < 4
    scores = np.array([21, 19.5, 5, 0, *range(1, 21)], np.float32)
    region = np.array(["north"] * 3 + ["south"] + ["north"] * 5 + ["south"] * 15)
    result = HeldOut(
        split="random",
        fold=np.zeros(24, np.int8),
        held_out=held_out,
        scores={"gnn": scores},
        segments={"region": region},
    )
    table = recall_by_segment(result, placed(result)[0]).set_index("segment")
    assert table.index.tolist() == ["north", "south", DENSE, SPARSE]
    assert table.loc["north", ["companies", "held_out", "found"]].tolist() == [8, 3, 1]
    assert table.loc["north", ["recall", "recall_10"]].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert table.loc["south", ["companies", "held_out", "found"]].tolist() == [16, 1, 0]
    assert table.loc[DENSE, "held_out"] == 3
    assert table.loc[SPARSE, "held_out"] == 1


def test_small_segments_are_taken_together_and_missing_values_named() -> None:
    held_out = np.arange(60) < 30
    names = [f"city {i // 2}" for i in range(28)] + [None, None]
    cities = pa.array(names + names)
    scores = np.zeros(60, np.float32)
    plain, coded = (
        recall_by_segment(result, placed(result)[0])
        for result in (
            HeldOut(
                split="random",
                fold=np.zeros(60, np.int8),
                held_out=held_out,
                scores={"gnn": scores},
                segments={"city": column},
            )
            for column in (cities, cities.dictionary_encode())
        )
    )
    pd.testing.assert_frame_equal(plain, coded)
    shown = plain.set_index("segment")
    assert shown.loc[OTHERS, "held_out"] == 6
    assert plain[~plain["segment"].isin([DENSE, SPARSE])]["held_out"].sum() == 30
    assert (plain["recall"] - 0.05).abs().max() < 1e-12
    few = HeldOut(
        split="random",
        fold=np.zeros(4, np.int8),
        held_out=np.array([1, 1, 0, 0], bool),
        scores={"gnn": scores[:4]},
        segments={"city": pa.array(["a", None, "a", None])},
    )
    assert MISSING in recall_by_segment(few, placed(few)[0])["segment"].tolist()


def test_evaluation_has_every_ranker_on_every_split_with_ordered_intervals() -> None:
    noise = {"gnn": 0.5, "tabular": 1.0}
    results = [split(noise, seed=i, name=name) for i, name in enumerate(("groups", "random", "time"))]
    found = evaluate(results, PRIOR, seed=0)
    counts = found.metrics.groupby(["split", "ranker"])["metric"].nunique()
    assert set(counts.index) == {(r.split, n) for r in results for n in ("gnn", "tabular", RANDOM)}
    assert set(counts) == {17}
    assert not found.metrics.isna().to_numpy().any()
    assert (found.metrics["low"] <= found.metrics["value"]).all()
    assert (found.metrics["value"] <= found.metrics["high"]).all()
    assert "(groups)" in found.verdict
    pd.testing.assert_frame_equal(found.metrics, evaluate(results, PRIOR, seed=0).metrics)


def test_notes_on_few_clients_and_on_a_harder_split() -> None:
    easy = split({"gnn": 0.1}, name="random")
    rng = np.random.default_rng(0)
    chance = {"gnn": rng.normal(size=len(easy.fold)).astype(np.float32)}
    hard = HeldOut(split="groups", fold=easy.fold, held_out=easy.held_out, scores=chance)
    few = split({"gnn": 0.1}, n_pos=12, name="time")
    notes = evaluate([easy, hard, few], PRIOR, seed=0).notes
    assert any(note.startswith("Only 12 clients are held out (time)") for note in notes)
    assert any(note.endswith("of those held out otherwise (groups).") for note in notes)


def test_note_that_the_list_follows_the_present_clients() -> None:
    # 90 clients in a region of 100 companies, 90 more among 5,000; the ranker knows the region only.
    held_out = np.arange(5280) < 180
    dense = np.concatenate([np.arange(180) < 90, np.arange(5100) < 100])
    scores = (dense + 1e-3 * np.random.default_rng(0).random(5280)).astype(np.float32)
    region = np.where(dense, "home", "away")
    result = HeldOut(
        split="random",
        fold=np.zeros(5280, np.int8),
        held_out=held_out,
        scores={"gnn": scores},
        segments={"region": region},
    )
    (note,) = evaluate([result], PRIOR, seed=0).notes
    assert note.startswith("By region, 100% of the clients are found where they are dense but ")
    assert "(top 5 % by the graph network)" in note


@pytest.mark.parametrize("prior", [(0.0, 0.1, 0.2), (0.3, 0.2, 0.4), (0.1, 0.2, 1.0)])
def test_impossible_prior_is_refused(prior: tuple[float, float, float]) -> None:
    with pytest.raises(CarrierError, match="low <= point <= high"):
        evaluate([split({"gnn": 1})], prior, seed=0)
