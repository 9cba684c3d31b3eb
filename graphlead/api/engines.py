"""A run applied by an engine, in a notebook: scores, lists, and lists found, of registers larger than memory."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from graphlead.api.lists import list_of
from graphlead.api.matches import FoundList
from graphlead.common.console import Console
from graphlead.core.errors import damage
from graphlead.core.tables import Table
from graphlead.engines.registry import check_engine
from graphlead.pipeline.distributed.match import Listing, match_by_engine
from graphlead.pipeline.distributed.score import Job, score_by_engine
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.frames import as_files, folder_for
from graphlead.report.cards import counted
from graphlead.runs.layout import RunFolder


class ScoresByEngine:
    """What an engine made of a register: no reasons, no report, no store.

    A folder that was made for the scores is removed when nothing refers to it any more.
    """

    def __init__(
        self, folder: Path, run: FinishedRun, own: tempfile.TemporaryDirectory[str] | None = None
    ) -> None:
        self._folder, self._run, self._own = RunFolder(folder), run, own

    @property
    def folder(self) -> Path:
        """The folder with every file that the command line writes."""
        return self._folder.path

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Every candidate, best first: company_id, score (a probability), rank, rank_all, and a column per ranker."""
        with damage(self._folder.scores):
            return pd.read_parquet(self._folder.scores)

    @cached_property
    def leads(self) -> pd.DataFrame:
        """The companies to call, best first, as in leads.csv."""
        return list_of(self._folder.leads, self._run)

    @cached_property
    def whitespace(self) -> pd.DataFrame:
        """The companies in clients' ownership groups, as in whitespace.csv."""
        return list_of(self._folder.whitespace, self._run)

    def __repr__(self) -> str:
        return f"<graphlead scores in {self.folder}: {counted(len(self.leads))} leads>"


class RunByEngine:
    """A finished run as an engine applies it; see ``OpenRun.by_engine``."""

    def __init__(self, run: FinishedRun, engine: str, master: str, *, quiet: bool) -> None:
        check_engine(engine, master)
        self._run, self._engine, self._master, self._console = run, engine, master, Console(quiet=quiet)

    def score(
        self,
        companies: Table,
        links: Table,
        *,
        clients: Table | None = None,
        out: Path | str | None = None,
        top: int = 500,
        memory: str | None = None,
    ) -> ScoresByEngine:
        """A newer register by the models of the run; what ``graphlead score --engine`` does.

        companies, links: also folders of Parquet files, see the guide to clusters. clients: the newer client list, by
        default those of the run. Without ``out`` the results are in a temporary folder, which only engines on this
        machine can write to. Raises InputError for a register without a column that the models know.
        """
        with (
            as_files({"companies": companies, "links": links, "clients": clients}) as files,
            folder_for(out) as (folder, own),
        ):
            job = Job(
                run=self._run.path,
                companies=Path(files["companies"]),
                links=Path(files["links"]),
                clients=None if clients is None else Path(files["clients"]),
                out=folder,
                engine=self._engine,
                master=self._master,
                top=top,
                memory=memory,
            )
            score_by_engine(job, self._console)
        return ScoresByEngine(folder, self._run, own)

    def match(
        self,
        clients: Table,
        companies: Table,
        *,
        reviewed: Table | None = None,
        work: Path | str | None = None,
        memory: str | None = None,
    ) -> FoundList:
        """The companies of a typed list in a register; what ``graphlead match --engine`` does.

        reviewed: the ``review`` of an earlier call with its column ``accept`` filled in. work: a folder that every
        machine of the engine sees, for what is kept meanwhile. Raises InputError for a list without names or ids.
        """
        given = {"clients": clients, "companies": companies, "reviewed": reviewed}
        with as_files(given) as files, folder_for(work) as (folder, _):
            folder.mkdir(parents=True, exist_ok=True)
            paths: dict[str, Any] = {name: path and Path(path) for name, path in files.items()}
            settings = replace(self._run.settings, **paths, memory=memory)
            listing = Listing(
                settings=settings,
                run=self._run.path,
                folder=folder,
                engine=self._engine,
                master=self._master,
            )
            return FoundList(match_by_engine(listing, self._console))
