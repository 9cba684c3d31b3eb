"""Every ranker on every split: metrics, recall by segment, and a verdict in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from graphlead.common.parallel import side_by_side
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import CarrierError
from graphlead.core.evaluation import DENSE, SPARSE, Evaluation
from graphlead.evaluate.heldout import HeldOut
from graphlead.evaluate.metrics import Interval, Prior, measure
from graphlead.evaluate.positions import Positions, Resamples, positions, resample
from graphlead.evaluate.segments import COLUMNS, recall_by_segment
from graphlead.evaluate.verdict import in_words, verdict

RANDOM = "random"
"""The last ranker of every table: a list in random order."""

FEW = 20
"""Below this many held-out clients a note warns of wide intervals; at 20 a recall's standard error is about 0.1."""

TOO_GOOD = 0.9
"""Average precision on clients held out at random from which a note warns of leaks: on registers of US filings (11,000
and 38,000 companies, 21 sellers) honest rankers reach 0.73, with a column that only clients have 1.0."""


def evaluate(results: Sequence[HeldOut], prior: Prior, seed: int, progress: Progress = silent) -> Evaluation:
    """All metrics of all rankers on all splits, recall by segment, and the verdict, drawn on the first split.

    prior: low, point and high share of clients to be won among the unlabelled, 0 < low <= point <= high < 1. The
    split closest to the list's use comes first. A ranker ``random`` is added: all its scores tie, and ties count
    fractionally, so it shows exactly what chance finds. Raises CarrierError without splits or with such a prior.
    """
    if not results or not 0 < prior[0] <= prior[1] <= prior[2] < 1:
        raise CarrierError(f"evaluate: expected splits and 0 < low <= point <= high < 1, got prior {prior}.")
    metrics, segments, notes, sentence = [], [], [], ""
    for i, result in enumerate(results):
        progress(i, len(results), f"evaluating {result.split}")
        resamples = resample(result, seed + i)
        places, rows = _measured(result, resamples, prior, seed)
        metrics += [(result.split, name, *row) for name in rows for row in _flat(rows[name])]
        segments.append(recall_by_segment(result, places))
        notes += _notes(result)
        sentence = sentence or verdict(result.split, places, resamples)
    progress(len(results), len(results), "evaluated")
    table = pd.DataFrame(metrics, columns=["split", "ranker", "metric", "value", "low", "high"])
    by_segment = pd.concat(segments, ignore_index=True) if segments else pd.DataFrame(columns=COLUMNS)
    notes = _too_good_notes(table) + notes + _gap_notes(table) + _segment_notes(by_segment)
    return Evaluation(metrics=table, segments=by_segment, verdict=sentence, prior=prior, notes=tuple(notes))


def _measured(
    result: HeldOut, resamples: Resamples, prior: Prior, seed: int
) -> tuple[dict[str, Positions], dict[str, dict[str, Interval]]]:
    """The positions and the metrics of every ranker of a split, and of one that ranks at random."""
    scores = {**result.scores, RANDOM: np.zeros(len(result.held_out), np.float32)}

    def measured(name: str) -> tuple[Positions, dict[str, Interval]]:
        at = positions(result, scores[name], resamples)
        return at, measure(at, resamples, prior, seed)

    found = dict(zip(scores, side_by_side(measured, list(scores)), strict=True))
    return {name: at for name, (at, _) in found.items()}, {name: row for name, (_, row) in found.items()}


def _flat(measured: Mapping[str, Interval]) -> list[tuple[str, float, float, float]]:
    return [(metric, *values) for metric, values in measured.items()]


def _too_good_notes(metrics: pd.DataFrame) -> list[str]:
    """A note where clients held out at random are found so well that something must give them away."""
    rows = metrics[
        (metrics["split"] == "random") & (metrics["metric"] == "ap") & (metrics["ranker"] != RANDOM)
    ]
    best = rows["value"].max()
    if rows.empty or best < TOO_GOOD:
        return []
    return [
        f"Clients held out at random are found with an average precision of {best:.2f}, which is too good to be true: "
        "something in the register is likely to give away who is a client. See the leaks under what went in, and "
        "exclude what a company has only because it is a client."
    ]


def _notes(result: HeldOut) -> list[str]:
    if result.n_held_out >= FEW:
        return []
    return [
        f"Only {result.n_held_out} clients are held out ({result.split}): read the intervals, not the values."
    ]


def _gap_notes(metrics: pd.DataFrame) -> list[str]:
    """Notes on splits where the best ranker's recall differs from the first split's beyond their intervals."""
    recalls = metrics[(metrics["metric"] == "recall@5%") & (metrics["ranker"] != RANDOM)]
    best = recalls.loc[recalls.groupby("split", sort=False)["value"].idxmax()]
    first, others = best.iloc[0], best.iloc[1:]
    apart = others[(others["high"] < first["low"]) | (others["low"] > first["high"])]
    return [
        f"The top 5 % hold {first['value']:.0%} of the held-out clients ({first['split']}), "
        f"but {value:.0%} of those held out otherwise ({split})."
        for split, value in zip(apart["split"], apart["value"], strict=True)
    ]


def _segment_notes(segments: pd.DataFrame) -> list[str]:
    """Notes on columns along which the first split's best ranker finds clients mainly where they are dense."""
    sides = segments[segments["segment"].isin([DENSE, SPARSE]) & (segments["ranker"] != RANDOM)]
    if sides.empty:
        return []
    sides = sides[sides["split"] == sides["split"].iloc[0]]
    best = sides.groupby("ranker", sort=False)["found"].sum().idxmax()
    recall = sides[sides["ranker"] == best].pivot_table(
        index="column", columns="segment", values="recall", sort=False
    )
    poor = recall[recall[SPARSE] < recall[DENSE] / 2]
    return [
        f"By {column}, {dense:.0%} of the clients are found where they are dense but {sparse:.0%} where they are "
        f"sparse (top 5 % by {in_words(best)}): the list follows the present clients."
        for column, dense, sparse in zip(poor.index, poor[DENSE], poor[SPARSE], strict=True)
    ]
