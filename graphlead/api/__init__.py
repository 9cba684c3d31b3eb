"""Results in a notebook: tables as DataFrames, surroundings as NetworkX graphs, the whole graph for PyG."""

from graphlead.api.any_run import Opened, opened
from graphlead.api.comparisons import OpenComparison, compared
from graphlead.api.experiments import experiment_assigned, experiment_read
from graphlead.api.graphs import OpenGraph
from graphlead.api.recommendations import OpenRecommend, recommended
from graphlead.api.runs import OpenRun
from graphlead.api.sales import OpenSales, predicted
from graphlead.api.segments import OpenSegments, found_segments
from graphlead.experiments.result import ExperimentResult

__all__ = [
    "ExperimentResult", "OpenComparison", "OpenGraph", "OpenRecommend", "OpenRun", "OpenSales", "OpenSegments",
    "Opened", "compared", "experiment_assigned", "experiment_read", "found_segments", "opened",
    "predicted", "recommended",
]  # fmt: skip
