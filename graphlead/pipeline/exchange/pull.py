"""The files of a graph database or a customer system."""

from __future__ import annotations

from graphlead.common.console import Console
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.registry import SYSTEMS
from graphlead.core.errors import unknown
from graphlead.core.exchange import PullSettings
from graphlead.pipeline.exchange.options import refuse_options
from graphlead.pipeline.exchange.results import PullResult
from graphlead.stores.registry import database_named, databases


def pull(settings: PullSettings, console: Console) -> PullResult:
    """Write the companies and links of a graph database, or the customers and deals of a customer system, to files.

    Raises SettingsError for a source that is unknown and for an option that it does not take; other errors are those of
    ``store.pull`` and ``crm.pull.pull_customers``.
    """
    known = [*databases(), *(name for name, entry in SYSTEMS.items() if entry.system)]
    if settings.source not in known:
        raise unknown("source", settings.source, known, "source")
    refuse_options(settings)
    return _customers(settings, console) if settings.source in SYSTEMS else _register(settings, console)


def _customers(settings: PullSettings, console: Console) -> PullResult:
    from graphlead.connectors.crm.pull import file_of
    from graphlead.pipeline.crm.pull import pull_customers

    name, out = settings.source, settings.out
    with console.stage(f"reading from {SYSTEMS[name].title}") as progress:
        pulled = pull_customers(name, out, Patience.of(settings.timeout), progress)
    return PullResult(
        source=name,
        folder=out,
        files={table: file_of(out, table) for table in pulled.rows},
        rows=pulled.rows,
        deals_without_account=pulled.homeless,
    )


def _register(settings: PullSettings, console: Console) -> PullResult:
    import pyarrow.parquet as pq

    from graphlead.pipeline import store

    name, out = settings.source, settings.out
    with console.stage(f"reading from {database_named(name).title}") as progress:
        companies, links = store.pull(name, out, settings.mapping, progress=progress)
    files = {"companies": companies, "links": links}
    rows = {table: pq.read_metadata(path).num_rows for table, path in files.items()}
    return PullResult(source=name, folder=out, files=files, rows=rows)
