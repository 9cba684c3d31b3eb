"""The verdict on whether the graph helps, and by how much: rankers compared on the same held-out clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphlead.evaluate.metrics import Interval, auc, average_precision, from_the_top, interval, recall
from graphlead.evaluate.positions import Positions, Resamples

GNN, SAGE, TABULAR, TABULAR_GRAPH = "gnn", "sage", "tabular", "tabular_graph"

_IN_WORDS = {
    GNN: "the graph network",
    TABULAR: "the trees on the companies' own columns",
    TABULAR_GRAPH: "the trees with neighbour features",
}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A ranker minus its rival on the same held-out clients, each difference with its 95 % interval.

    ``recall`` is recall@5%; ``reached`` and ``rival_reached`` are its two values.
    """

    ranker: str
    rival: str
    n_held_out: int
    reached: float
    rival_reached: float
    recall: Interval
    ap: Interval
    auc: Interval

    def outcome(self) -> str:
        """The outcome: better, worse, or same (no measurable difference).

        Average precision decides, for it measures the whole order with most weight on the top, unless recall
        points the other way.
        """
        up = self.ap[1] > 0 and self.recall[0] >= 0
        down = self.ap[2] < 0 and self.recall[0] <= 0
        return "better" if up else "worse" if down else "same"


def compare(places: Mapping[str, Positions], resamples: Resamples, ranker: str, rival: str) -> Comparison:
    """Compare ``ranker`` with ``rival`` on the same resamples, so that shared variation cancels."""
    one, other = places[ranker], places[rival]
    reached, rival_reached = recall(one, resamples, 0.05), recall(other, resamples, 0.05)
    precision, rival_precision = (average_precision(from_the_top(p, resamples)) for p in (one, other))
    return Comparison(
        ranker=ranker,
        rival=rival,
        n_held_out=one.low.shape[1],
        reached=float(reached[0]),
        rival_reached=float(rival_reached[0]),
        recall=interval(reached - rival_reached),
        ap=interval(precision - rival_precision),
        auc=interval(auc(one, resamples) - auc(other, resamples)),
    )


def verdict(split: str, places: Mapping[str, Positions], resamples: Resamples) -> str:
    """Sentences that compare the best use of the graph with no graph, the network with the trees, sage with it."""
    graphs = [name for name in (GNN, TABULAR_GRAPH) if name in places]
    if TABULAR not in places or not graphs:
        return "Nothing was trained with and without the graph, so what the graph adds is not known."
    parts = [_against_no_graph([compare(places, resamples, name, TABULAR) for name in graphs], split)]
    if len(graphs) == 2:
        parts.append(_against("The graph network", compare(places, resamples, GNN, TABULAR_GRAPH)))
    if GNN in places and SAGE in places:
        parts.append(_against("Message passing end to end", compare(places, resamples, SAGE, GNN)))
    return " ".join(parts)


def _against_no_graph(comparisons: list[Comparison], split: str) -> str:
    by_outcome = {"worse": 0, "same": 1, "better": 2}
    best = max(comparisons, key=lambda c: (by_outcome[c.outcome()], c.ap[0]))
    found = {
        "better": "The graph helps",
        "same": "The graph adds nothing measurable",
        "worse": "The graph does not help: the lists made with it are worse",
    }[best.outcome()]
    return (
        f"{found}: on {best.n_held_out} held-out clients ({split}) {_IN_WORDS[best.ranker]} put "
        f"{best.reached:.0%} in the top 5 %, {_IN_WORDS[TABULAR]} {best.rival_reached:.0%} "
        f"({_differences(best)})."
    )


def _against(one: str, comparison: Comparison) -> str:
    found = {
        "better": "is better than",
        "same": "shows no measurable difference from",
        "worse": "is worse than",
    }
    words = found[comparison.outcome()]
    return f"{one} {words} {_IN_WORDS[comparison.rival]} ({_differences(comparison)})."


def _differences(comparison: Comparison) -> str:
    value, low, high = (100 * figure for figure in comparison.recall)
    ap, ap_low, ap_high = comparison.ap
    return (
        f"difference {value:+.1f} points, 95 % interval {low:+.1f} to {high:+.1f}; "
        f"average precision {ap:+.3f}, {ap_low:+.3f} to {ap_high:+.3f}"
    )
