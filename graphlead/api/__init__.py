"""Results in a notebook: tables as DataFrames, surroundings as NetworkX graphs, the whole graph for PyG."""

from graphlead.api.any_run import Opened, opened
from graphlead.api.comparisons import OpenComparison, compared
from graphlead.api.engines import RunByEngine, ScoresByEngine
from graphlead.api.exchange import pulled
from graphlead.api.experiments import experiment_assigned, experiment_read
from graphlead.api.explanations import Explanation
from graphlead.api.graphs import OpenGraph, Picture, graph_at
from graphlead.api.matches import FoundList, matched
from graphlead.api.recommendations import OpenRecommend, recommended
from graphlead.api.runs import OpenRun, discovered
from graphlead.api.sales import OpenSales, predicted
from graphlead.api.segments import OpenSegments, found_segments
from graphlead.experiments.result import ExperimentResult
from graphlead.pipeline.exchange.results import PullResult, PushResult

__all__ = [
    "ExperimentResult", "Explanation", "FoundList", "OpenComparison", "OpenGraph", "OpenRecommend", "OpenRun",
    "OpenSales", "OpenSegments", "Opened", "Picture", "PullResult", "PushResult", "RunByEngine", "ScoresByEngine",
    "compared", "discovered", "experiment_assigned", "experiment_read", "found_segments", "graph_at", "matched",
    "opened", "predicted", "pulled", "recommended",
]  # fmt: skip
