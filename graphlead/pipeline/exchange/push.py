"""A finished run into the graph database or customer system that a target names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphlead.common.console import Console
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.registry import SYSTEMS
from graphlead.core.errors import SettingsError, unknown
from graphlead.core.exchange import PushSettings
from graphlead.pipeline.exchange.options import refuse_options
from graphlead.runs.manifest import verb_of
from graphlead.stores.registry import OWN, database_named, databases

if TYPE_CHECKING:
    from graphlead.pipeline.crm.digest import Digest
    from graphlead.pipeline.crm.push import Pushed


@dataclass(frozen=True)
class Loaded:
    """A run in a graph: the name of the database or the folder of the run with the graph, and what readers call it."""

    graph: str
    title: str


def push(settings: PushSettings, console: Console) -> Loaded | Pushed | Digest:
    """Load a finished run into a graph, or write its list or a digest of it into a customer system.

    Raises SettingsError for a target that is unknown and for an option that the target does not take; other errors are
    those of ``store.push``, ``sales_graph.push_sales``, ``crm.push.push`` and ``crm.digest.push_digest``.
    """
    target = settings.target
    known = [*databases(), *SYSTEMS, OWN]
    if target not in known:
        raise unknown("target", target, known, "target")
    refuse_options(settings)
    if target not in SYSTEMS:
        return _load(settings, console) if verb_of(settings.run) == "run" else _add(settings, console)
    patience = Patience.of(settings.timeout)
    if SYSTEMS[target].system:
        from graphlead.pipeline.crm.push import push as push_list

        with console.stage("sending" if settings.send else "comparing") as progress:
            return push_list(settings, patience, progress)

    from graphlead.pipeline.crm.digest import push_digest

    with console.stage("posting" if settings.send else "reading the list"):
        return push_digest(settings, patience)


def _load(settings: PushSettings, console: Console) -> Loaded:
    """A run on a register into a graph database."""
    if settings.target == OWN or settings.into:
        raise SettingsError(
            "a `graphlead run` has a graph of its own.",
            where=str(settings.run),
            remedy="Ask it with --run, or push the run to neo4j.",
        )

    from graphlead.pipeline import store
    from graphlead.pipeline.finished import FinishedRun

    title = database_named(settings.target).title
    with console.stage(f"loading into {title}") as progress:
        store.push(FinishedRun(settings.run), settings.target, progress=progress)
    return Loaded(settings.target, title)


def _add(settings: PushSettings, console: Console) -> Loaded:
    """A run of a sales verb into the graph of a run on a register."""
    from graphlead.pipeline.sales_graph import push_sales

    with console.stage("adding to the graph") as progress:
        graph = push_sales(settings.run, settings.target, settings.into, progress=progress)
    return Loaded(graph, f"The graph of {graph}")
