"""The story of matching by an engine: from a typed list to the companies of a register."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import scratch
from graphlead.common.memory import at_most
from graphlead.core.clients import Match
from graphlead.core.settings import Settings
from graphlead.engines.registry import check_engine, open_engine
from graphlead.engines.tables import ROW, Tables
from graphlead.match.distributed.resolve import USED
from graphlead.pipeline.distributed.form import Source
from graphlead.pipeline.distributed.known import COMPANIES, known_of
from graphlead.pipeline.finished import FinishedRun


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A client list to find in a register, see ``form.Source``.

    settings: with the list, its review table and the register. run: the finished run that knows what the register's
    columns mean. folder: where tables are kept meanwhile. engine, master: see ``engines.registry``.
    """

    settings: Settings
    run: Path
    folder: Path
    engine: str
    master: str = ""


def match_by_engine(listing: Listing, console: Console) -> Match:
    """The list resolved against the register, as ``match_list`` does, without one machine holding it.

    Raises SettingsError and InputError for what an engine cannot read.
    """
    check_engine(listing.engine, listing.master)
    settings, earlier = listing.settings, FinishedRun(listing.run)
    columns = [column for column in earlier.whole_register.columns if column.role in USED]
    with ExitStack() as stack:
        stack.enter_context(at_most(settings.memory_bytes))
        stack.enter_context(disk_errors(listing.folder))
        work = stack.enter_context(scratch(listing.folder))
        with console.stage("reading and cleaning") as progress:
            given = Source(settings.companies)
            source = given.cleaned(columns, work / "cleaned", earlier.settings.columns, progress)
        engine = stack.enter_context(open_engine(listing.engine, listing.master, work))
        with console.stage("reading ids"):
            engine.read(COMPANIES, source.companies, number=ROW)
            known = known_of(Tables(engine, work), earlier)
        with console.stage("matching the list") as progress:
            return known.found(settings.clients, settings.reviewed, progress)
