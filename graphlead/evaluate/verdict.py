"""The verdict on whether the graph helps, and by how much: rankers compared on the same held-out clients.

The figure that decides is the one a sales team feels: how many held-out clients are among the first hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from graphlead.evaluate.blend import BLEND
from graphlead.evaluate.metrics import Interval, cuts, interval, recall
from graphlead.evaluate.positions import Positions, Resamples

PAGERANK, GNN, LINEAR, SAGE = "pagerank", "gnn", "linear", "sage"
TABULAR, TABULAR_GRAPH = "tabular", "tabular_graph"

_IN_WORDS = {
    BLEND: "the blend of rankers",
    PAGERANK: "the walk from the clients",
    GNN: "the graph network",
    LINEAR: "the linear part of the graph network",
    SAGE: "message passing end to end",
    TABULAR: "the trees on the companies' own columns",
    TABULAR_GRAPH: "the trees with neighbour features",
}


def in_words(ranker: str) -> str:
    """The ranker in words for a sentence; its name where it has none."""
    return _IN_WORDS.get(ranker, ranker)


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A ranker against its rival on the same held-out clients.

    found, rival_found: held-out clients that each puts among the first hundred; gain: their difference with its
    95 % interval.
    """

    ranker: str
    rival: str
    n_held_out: int
    found: float
    rival_found: float
    gain: Interval

    def outcome(self) -> str:
        """The outcome: better, worse, or same where the interval of the gain holds 0."""
        return "better" if self.gain[1] > 0 else "worse" if self.gain[2] < 0 else "same"


def compare(places: Mapping[str, Positions], resamples: Resamples, ranker: str, rival: str) -> Comparison:
    """Compare ``ranker`` with ``rival`` on the same resamples, so that shared variation cancels."""
    share = cuts(places[ranker].n_unlabelled)["top 100"]
    n_held_out = places[ranker].low.shape[1]
    found, rival_found = (n_held_out * recall(places[name], resamples, share) for name in (ranker, rival))
    return Comparison(
        ranker=ranker,
        rival=rival,
        n_held_out=n_held_out,
        found=float(found[0]),
        rival_found=float(rival_found[0]),
        gain=interval(found - rival_found),
    )


def verdict(split: str, places: Mapping[str, Positions], resamples: Resamples) -> str:
    """Sentences that compare the best use of the graph with no graph, the network with its linear part and with the
    trees, sage with it.

    The blend stands for the graph where the list is ranked by one: it was fixed before anything was measured.
    """
    graphs = [name for name in (GNN, TABULAR_GRAPH) if name in places]
    if TABULAR not in places or not graphs:
        return "Nothing was trained with and without the graph, so what the graph adds is not known."
    rivals = [BLEND] if BLEND in places else graphs
    parts = [_against_no_graph([compare(places, resamples, name, TABULAR) for name in rivals], split)]
    if GNN in places and LINEAR in places:
        parts.append(_against_linear(places, resamples))
    if len(graphs) == 2:
        parts.append(_against(compare(places, resamples, GNN, TABULAR_GRAPH)))
    if GNN in places and SAGE in places:
        parts.append(_against(compare(places, resamples, SAGE, GNN)))
    return " ".join(parts)


def _against_no_graph(comparisons: list[Comparison], split: str) -> str:
    best = max(comparisons, key=lambda each: each.gain[0])
    claim = {
        "better": "The graph helps",
        "same": "No difference can be seen between the list with the graph and without it",
        "worse": "The list is worse with the graph",
    }[best.outcome()]
    return (
        f"{claim}: of {best.n_held_out:,} held-out clients ({split}) the first 100 of the list hold "
        f"{best.found:,.0f} by {_IN_WORDS[best.ranker]}, {best.rival_found:,.0f} by {_IN_WORDS[TABULAR]} "
        f"({_gain(best)})."
    )


def _against_linear(places: Mapping[str, Positions], resamples: Resamples) -> str:
    if np.array_equal(places[GNN].low, places[LINEAR].low):
        return (
            "The graph network is its linear part alone: what it learned beyond that adds nothing for the clients "
            "held out."
        )
    return _against(compare(places, resamples, GNN, LINEAR))


def _against(comparison: Comparison) -> str:
    one, other = _IN_WORDS[comparison.ranker], _IN_WORDS[comparison.rival]
    sentence = {
        "better": f"{one} finds more than {other}",
        "same": f"between {one} and {other} no difference can be seen",
        "worse": f"{one} finds fewer than {other}",
    }[comparison.outcome()]
    return f"{sentence[0].upper()}{sentence[1:]} ({_gain(comparison)})."


def _gain(comparison: Comparison) -> str:
    value, low, high = (round(figure) + 0 for figure in comparison.gain)
    return f"{value:+,}; 95 % interval {low:+,} to {high:+,}"
