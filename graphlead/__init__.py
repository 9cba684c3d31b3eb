"""graphlead: find a company's next business customers in the graph of all companies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphlead.api import (
        ExperimentResult,
        OpenComparison,
        Opened,
        OpenGraph,
        OpenRecommend,
        OpenSales,
        OpenSegments,
    )
    from graphlead.core.settings import Given
    from graphlead.pipeline.deliver import Result
    from graphlead.pipeline.sales.frames import Table

__all__ = [
    "assign_experiment", "churn", "compare", "convert", "discover", "open_graph", "open_run", "read_experiment",
    "recommend", "segment",
]  # fmt: skip

# Boosted trees and the network bring an OpenMP pool each; idle threads of one would spin on the cores the other needs.
# The policy counts only if set before either is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def __getattr__(name: str) -> str:
    """``__version__``, looked up when it is asked for: the package starts without reading its metadata."""
    if name == "__version__":
        from graphlead.runs.manifest import graphlead_version

        return graphlead_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def discover(
    config: str | os.PathLike[str] | None = None, *, quiet: bool = False, **settings: Unpack[Given]
) -> Result:
    """Find the companies most likely to become clients; what ``graphlead run`` does, from Python.

    ``settings`` are the fields of ``graphlead.core.settings.Settings`` (companies, clients and out at least, unless
    the TOML file ``config`` has them). The result has ``leads``, ``whitespace``, ``scores`` and ``metrics`` as
    DataFrames.
    """
    from graphlead.common.console import Console
    from graphlead.core.settings import Settings
    from graphlead.pipeline.discover import discover as run

    file = Path(config) if config else None
    return run(Settings.load(file, settings), Console(quiet=quiet), config=file)


def convert(
    leads: Table | None = None,
    *,
    open: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Any,
) -> OpenSales:
    """Which open leads convert; what ``graphlead convert`` does, from Python.

    A table is a path or a DataFrame. ``settings`` are further fields of ``graphlead.core.sales.SalesSettings``. Without
    ``out`` the results are in a temporary folder, removed when nothing refers to the result any more. The result has
    ``scored`` (a DataFrame), ``metrics``, ``leaks``, ``above(0.80)``, ``folder``, and ``score`` for newer leads.
    """
    from graphlead.api import predicted

    given = {**settings, "leads": leads, "open": open, "out": out}
    return predicted("convert", Path(config) if config else None, given, quiet=quiet)


def churn(
    customers: Table | None = None,
    *,
    events: Table | Sequence[Table] | None = None,
    open: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Any,
) -> OpenSales:
    """Which customers leave, from a table of them or from their orders; see ``convert``."""
    from graphlead.api import predicted

    given = {**settings, "customers": customers, "events": events, "open": open, "out": out}
    return predicted("churn", Path(config) if config else None, given, quiet=quiet)


def compare(
    old: Table,
    new: Table,
    *,
    out: str | os.PathLike[str] | None = None,
    outcomes: Table | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Any,
) -> OpenComparison:
    """What changed between two runs of a verb (their folders), or two tables; what ``graphlead compare`` does.

    A table is a path or a DataFrame. ``outcomes``: what became of the cases that ``old`` predicted. ``settings`` are
    further fields of ``graphlead.core.comparison.ComparisonSettings``. The result has ``alarm``, ``drift`` and
    ``scores`` (lists of dicts), ``moved`` (a DataFrame), ``calibration``, ``offers``, ``segments`` and ``folder``; see
    ``convert`` on ``out``.
    """
    from graphlead.api import compared

    given = {**settings, "old": old, "new": new, "outcomes": outcomes, "out": out}
    return compared(Path(config) if config else None, given, quiet=quiet)


def assign_experiment(
    table: Table,
    *,
    holdout: float = 0.2,
    explore: float = 0.0,
    by: str | Sequence[str] = (),
    seed: int = 0,
    id: str | None = None,
    out: str | os.PathLike[str] | None = None,
    quiet: bool = True,
) -> ExperimentResult:
    """A list dealt into treat, holdout and explore by lot; what ``graphlead experiment assign`` does, from Python.

    The result has ``assignment`` (a DataFrame), ``content`` as in experiment.json, and ``folder``, a temporary one
    without ``out``.
    """
    from graphlead.api import experiment_assigned

    given = {
        "table": table,
        "holdout": holdout,
        "explore": explore,
        "by": by,
        "seed": seed,
        "id": id,
        "out": out,
    }
    return experiment_assigned(given, quiet=quiet)


def read_experiment(
    table: Table,
    *,
    outcome: str | Sequence[str],
    arm: str | None = None,
    control: str | None = None,
    out: str | os.PathLike[str] | None = None,
    open: Table | None = None,
    quiet: bool = True,
    **settings: Any,
) -> ExperimentResult:
    """What each arm added against the control; what ``graphlead experiment read`` does, from Python.

    ``settings`` are further fields of ``graphlead.core.experiments.ReadSettings``. The result has ``arms`` and
    ``value`` (lists of dicts), and ``uplift`` (a DataFrame) where there is ``open``. Without ``out`` and ``open``
    nothing is written, and ``folder`` is None.
    """
    from graphlead.api import experiment_read

    given = {
        **settings,
        "table": table,
        "outcome": outcome,
        "arm": arm,
        "control": control,
        "out": out,
        "open": open,
    }
    return experiment_read(given, quiet=quiet)


def recommend(
    events: Table | Sequence[Table] | None = None,
    *,
    items: Table | None = None,
    customers: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Any,
) -> OpenRecommend:
    """What each customer buys next; what ``graphlead recommend`` does, from Python.

    A table is a path or a DataFrame; several events are parts of one table. ``settings`` are further fields of
    ``graphlead.core.recommend.RecommendSettings``. The result has ``recommendations`` and, with a ``product``,
    ``prospects`` (DataFrames), ``metrics``, ``folder``, and ``score`` for newer orders; see ``convert`` on ``out``.
    """
    from graphlead.api import recommended

    given = {**settings, "events": events, "items": items, "customers": customers, "out": out}
    return recommended(Path(config) if config else None, given, quiet=quiet)


def segment(
    events: Table | Sequence[Table] | None = None,
    *,
    customers: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Any,
) -> OpenSegments:
    """The segments of customers, from their orders or from a table of them; what ``graphlead segment`` does.

    A table is a path or a DataFrame. ``settings`` are further fields of ``graphlead.core.segment.SegmentSettings``,
    such as ``run``, an earlier run whose segments the customers get. Without ``out`` the results are in a temporary
    folder, removed when nothing refers to the result any more. The result has ``segments`` and ``noise`` (DataFrames),
    ``profiles``, ``metrics``, ``folder``, and ``assign`` for other customers.
    """
    from graphlead.api import found_segments

    given = {**settings, "events": events, "customers": customers, "out": out}
    return found_segments(Path(config) if config else None, given, quiet=quiet)


def open_run(folder: str | os.PathLike[str]) -> Opened:
    """A finished run, by its folder: an ``OpenRun`` of companies, or what the verb that made it gives in Python.

    The first has ``register``, ``scores``, ``leads`` and ``whitespace`` as DataFrames, ``around`` a company as a
    NetworkX graph, and ``to_hetero_data`` for a network of one's own.
    Raises RunFolderError where there is no finished run.
    """
    from graphlead.api import opened

    return opened(Path(folder))


def open_graph(run: str | os.PathLike[str] | None = None, *, store: str = "neo4j") -> OpenGraph:
    """The graph of a finished run, by its folder; without one, the graph database that the environment names.

    It has ``to_pandas`` and ``to_networkx``, for Cypher and for the names of the query library.
    """
    from graphlead.api import OpenGraph
    from graphlead.pipeline.store import store_of

    return OpenGraph(store_of(Path(run) if run else store).open())
