"""graphlead: find a company's next business customers in the graph of all companies.

The verbs that make, find or compare lists are functions here, the others methods of what they return. A table is the
path of a file, a pandas DataFrame or an Arrow table (pyarrow, Polars, DuckDB); where ``out`` is left out, results are
in a temporary folder that is removed when nothing refers to the result any more. Errors are those of the command line,
with the same text: each is a GraphleadError with ``problem``, ``where`` and ``remedy``; an InputError concerns a table,
a SettingsError an argument, a RunFolderError the folder of a run.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from graphlead.core.errors import GraphleadError, InputError, RunFolderError, SettingsError
from graphlead.core.package import Package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphlead.api import (  # isort: skip
        ExperimentResult, Explanation, FoundList, OpenComparison, Opened, OpenGraph, OpenRecommend, OpenRun, OpenSales,
        OpenSegments, Picture, PullResult, PushResult, RunByEngine, ScoresByEngine,
    )  # fmt: skip
    from graphlead.core.comparison import ComparisonOptions
    from graphlead.core.experiments import ReadOptions
    from graphlead.core.recommend import RecommendOptions
    from graphlead.core.sales import SalesOptions
    from graphlead.core.segment import SegmentOptions
    from graphlead.core.settings import Given
    from graphlead.core.tables import Table

    __version__: str

__all__ = [
    "ExperimentResult", "Explanation", "FoundList", "GraphleadError", "InputError", "OpenComparison", "OpenGraph",
    "OpenRecommend", "OpenRun", "OpenSales", "OpenSegments", "Picture", "PullResult", "PushResult", "RunByEngine",
    "RunFolderError", "ScoresByEngine", "SettingsError", "__version__", "assign_experiment", "churn", "compare",
    "convert", "discover", "match", "open_graph", "open_run", "pull", "read_experiment", "recommend", "segment",
]  # fmt: skip

# Boosted trees and the network bring an OpenMP pool each; idle threads of one would spin on the cores the other needs.
# The policy counts only if set before either is loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def __getattr__(name: str) -> Any:
    """``__version__`` and the classes of results, found when they are asked for: the package loads nothing heavy."""
    if name == "__version__":
        from graphlead.runs.manifest import graphlead_version

        return graphlead_version()
    if name in __all__:
        from graphlead import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


sys.modules[__name__].__class__ = Package


def discover(
    config: str | os.PathLike[str] | None = None, *, quiet: bool = False, **settings: Unpack[Given]
) -> OpenRun:
    """Find the companies most likely to become clients; what ``graphlead run`` does, from Python.

    ``settings`` are the fields of ``graphlead.core.settings.Settings``: companies and clients at least, unless the TOML
    file ``config`` has them. The result has ``leads``, ``scores`` and ``metrics`` as DataFrames, ``explain`` a company,
    ``score`` a newer register, and the ``graph``.

    Raises InputError for a table that cannot be used, SettingsError for a setting that is unknown or out of range, and
    RunFolderError for a folder that cannot be written to.
    """
    from graphlead.api import discovered

    return discovered(_path(config), settings, quiet=quiet)


def match(
    clients: Table,
    *,
    companies: Table | None = None,
    reviewed: Table | None = None,
    columns: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = True,
) -> FoundList:
    """Find the companies of a typed list in a register; what ``graphlead match`` does, from Python.

    reviewed: the ``review`` of an earlier call with its column ``accept`` filled in. columns: what a column of the
    register means, where it was understood wrongly. The result has ``table``, ``review`` and ``counts``; nothing is
    written. Raises InputError for a list without names or ids.
    """
    from graphlead.api import matched

    given = {"clients": clients, "companies": companies, "reviewed": reviewed, "columns": columns}
    return matched(_path(config), given, quiet=quiet)


def convert(
    leads: Table | None = None,
    *,
    open: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Unpack[SalesOptions],
) -> OpenSales:
    """Which open leads convert; what ``graphlead convert`` does, from Python.

    ``settings`` are further fields of ``graphlead.core.sales.SalesSettings``. The result has ``scored`` (a DataFrame),
    ``metrics``, ``leaks``, ``above(0.80)``, ``explain`` a lead, and ``score`` for newer leads. Raises InputError for
    leads of one outcome only, or with fewer than 5 of the rarer one.
    """
    from graphlead.api import predicted

    given = {**settings, "leads": leads, "open": open, "out": out}
    return predicted("convert", _path(config), given, quiet=quiet)


def churn(
    customers: Table | None = None,
    *,
    events: Table | Sequence[Table] | None = None,
    open: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Unpack[SalesOptions],
) -> OpenSales:
    """Which customers leave, from a table of them or their orders, the first of ``events``; see ``convert``."""
    from graphlead.api import predicted

    given = {**settings, "customers": customers, "events": events, "open": open, "out": out}
    return predicted("churn", _path(config), given, quiet=quiet)


def compare(
    old: Table,
    new: Table,
    *,
    out: str | os.PathLike[str] | None = None,
    outcomes: Table | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Unpack[ComparisonOptions],
) -> OpenComparison:
    """What changed between two runs of a verb (their folders), or two tables; what ``graphlead compare`` does.

    ``outcomes``: what became of the cases that ``old`` predicted. ``settings`` are further fields of
    ``graphlead.core.comparison.ComparisonSettings``. The result has ``alarm``, ``drift`` and ``scores`` (lists of
    dicts), ``moved`` (a DataFrame), ``calibration``, ``offers``, ``segments`` and ``folder``. Raises SettingsError for
    runs of different verbs.
    """
    from graphlead.api import compared

    given = {**settings, "old": old, "new": new, "outcomes": outcomes, "out": out}
    return compared(_path(config), given, quiet=quiet)


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

    holdout, explore: shares of the cases. The result has ``assignment`` (a DataFrame), ``power``, ``content`` as in
    experiment.json, and ``folder``. Raises SettingsError where the shares leave nobody to treat.
    """
    from graphlead.api import experiment_assigned

    shares = {"holdout": holdout, "explore": explore, "by": by, "seed": seed}
    return experiment_assigned({**shares, "table": table, "id": id, "out": out}, quiet=quiet)


def read_experiment(
    table: Table,
    *,
    outcome: str | Sequence[str],
    arm: str | None = None,
    control: str | None = None,
    out: str | os.PathLike[str] | None = None,
    open: Table | None = None,
    quiet: bool = True,
    **settings: Unpack[ReadOptions],
) -> ExperimentResult:
    """What each arm added against the control; what ``graphlead experiment read`` does, from Python.

    ``settings`` are further fields of ``graphlead.core.experiments.ReadSettings``. The result has ``arms`` and
    ``value`` (lists of dicts), and ``uplift`` (a DataFrame) where there is ``open``. Without ``out`` and ``open``
    nothing is written, and ``folder`` is None. Raises SettingsError for a control that is none of the arms.
    """
    from graphlead.api import experiment_read

    named = {"table": table, "outcome": outcome, "arm": arm, "control": control, "out": out, "open": open}
    return experiment_read({**settings, **named}, quiet=quiet)


def recommend(
    events: Table | Sequence[Table] | None = None,
    *,
    items: Table | None = None,
    customers: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Unpack[RecommendOptions],
) -> OpenRecommend:
    """What each customer buys next; what ``graphlead recommend`` does, from Python.

    Several events are parts of one table. ``settings`` are further fields of
    ``graphlead.core.recommend.RecommendSettings``. The result has ``recommendations`` and, with a ``product``,
    ``prospects`` (DataFrames), ``metrics``, ``folder``, and ``score`` for newer orders. Raises InputError for orders
    without a customer, a date or an item, and SettingsError for a product that nobody bought.
    """
    from graphlead.api import recommended

    given = {**settings, "events": events, "items": items, "customers": customers, "out": out}
    return recommended(_path(config), given, quiet=quiet)


def segment(
    events: Table | Sequence[Table] | None = None,
    *,
    customers: Table | None = None,
    out: str | os.PathLike[str] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    **settings: Unpack[SegmentOptions],
) -> OpenSegments:
    """The segments of customers, from their orders or from a table of them; what ``graphlead segment`` does.

    ``settings`` are further fields of ``graphlead.core.segment.SegmentSettings``, such as ``run``, an earlier run whose
    segments the customers get. The result has ``segments`` and ``noise`` (DataFrames), ``profiles``, ``metrics``,
    ``folder``, and ``assign`` for other customers. Raises SettingsError where both or neither of the tables are given.
    """
    from graphlead.api import found_segments

    given = {**settings, "events": events, "customers": customers, "out": out}
    return found_segments(_path(config), given, quiet=quiet)


def open_run(folder: str | os.PathLike[str]) -> Opened:
    """A finished run, by its folder: an OpenRun of companies, or what the verb that made it gives in Python.

    An OpenRun has ``leads``, ``scores``, ``whitespace`` and ``metrics`` as DataFrames, the ``profile`` of the clients,
    ``explain``, ``score``, ``report`` and ``graph``, ``around`` a company as a NetworkX graph, and ``to_hetero_data``
    for a network of one's own. Raises RunFolderError where there is no finished run.
    """
    from graphlead.api import opened

    return opened(Path(folder))


def open_graph(run: str | os.PathLike[str] | None = None, *, store: str = "neo4j") -> OpenGraph:
    """The graph of a finished run, by its folder; without one, the graph database that the environment names.

    It has ``to_pandas`` and ``to_networkx``, for Cypher and for names of the query library, and ``draw``. Raises
    RunFolderError where there is no finished run, and StoreError for a database that cannot be reached.
    """
    from graphlead.api import graph_at

    return graph_at(Path(run) if run else None, store)


def pull(
    source: str,
    out: str | os.PathLike[str] | None = None,
    *,
    mapping: str | os.PathLike[str] | None = None,
    timeout: float | None = None,
    quiet: bool = False,
) -> PullResult:
    """The register of a graph database, or customers and deals of a customer system; what ``graphlead pull`` does.

    source: ``neo4j``, ``salesforce`` or ``hubspot``; mapping: a TOML file for a graph database; timeout: seconds to
    wait for an answer of a customer system. The result has ``files``, paths that the other functions take, ``rows`` and
    ``table(name)``, a DataFrame. Raises SettingsError for an unknown source or an option that it does not take.
    """
    from graphlead.api import pulled

    return pulled(source, _path(out), _path(mapping), timeout, quiet=quiet)


def _path(config: str | os.PathLike[str] | None) -> Path | None:
    return Path(config) if config else None
