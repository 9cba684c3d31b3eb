"""A finished run of any verb, by its folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from graphlead.api.comparisons import OpenComparison
from graphlead.api.recommendations import OpenRecommend
from graphlead.api.runs import OpenRun
from graphlead.api.sales import OpenSales
from graphlead.api.segments import OpenSegments
from graphlead.experiments.result import ExperimentResult, result_of
from graphlead.runs.manifest import verb_of

Opened = OpenRun | OpenSales | OpenComparison | OpenSegments | OpenRecommend | ExperimentResult


def opened(folder: Path) -> Opened:
    """The finished run in a folder. Raises RunFolderError where there is none."""
    openers: dict[str, Callable[[Path], Opened]] = {
        "run": OpenRun, "compare": OpenComparison, "experiment": result_of, "segment": OpenSegments,
        "recommend": OpenRecommend,
    }  # fmt: skip
    return openers.get(verb_of(folder), OpenSales)(folder)
