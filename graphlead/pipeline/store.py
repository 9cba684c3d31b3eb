"""From a run to a graph store and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.disk import disk_errors
from graphlead.common.files import scratch
from graphlead.common.leftovers import sweep
from graphlead.common.locks import in_turn, link_refused
from graphlead.common.outputs import check_folder
from graphlead.connectors.tables import COMPANIES, LINKS
from graphlead.core.arrays import NONE
from graphlead.core.contracts import GraphStore, Progress, silent
from graphlead.core.errors import RunFolderError
from graphlead.core.profile import Profile
from graphlead.core.property_graph import Projection
from graphlead.core.register import Register
from graphlead.core.scores import fit
from graphlead.graph.property_graph.projection import Standing, project
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.outputs import parts_of
from graphlead.profile.leaks.files import without_links
from graphlead.runs.layout import RunFolder
from graphlead.stores.embedded.lists import keep_list
from graphlead.stores.faults import StoreError
from graphlead.stores.lists import LENGTH
from graphlead.stores.mapping import OWN as SHAPE
from graphlead.stores.mapping import RegisterMapping
from graphlead.stores.neo4j.admin_csv import ARGUMENTS, export
from graphlead.stores.registry import OWN, database, store_at
from graphlead.stores.store import Store

OF_RUN = "MATCH (c:Company {run_id: $run}) RETURN c.company_id LIMIT 1"
"""The query for a company with the scores of a run: none in the store of another one."""


def remember(run: FinishedRun, scores: pd.DataFrame, grades: tuple[float, float]) -> None:
    """Keep the list of a run that was just published for its store, which is built when somebody asks it.

    scores: every candidate, best first, with company_id, score and rank; grades: the scores of a Strong and of a
    Moderate fit. Raises RunFolderError where the folder of the store is a link.
    """
    _refuse_link(run.folder.store)
    first = scores[scores["rank"].le(LENGTH).fillna(False)]
    score = first["score"].to_numpy(np.float64)
    listed = {
        "company": pa.array(first["company_id"], pa.string()),
        "place": pa.array(first["rank"], pa.int64()),
        "score": score,
        "fit": pa.array(fit(score, grades), pa.string()),
    }
    keep_list(run.folder.store_file, run.run_id, run.finished, pa.table(listed))


def build_own(run: FinishedRun, *, progress: Progress = silent) -> Store:
    """Build the store in the folder of a finished run from the run's files.

    Raises RunFolderError where its folder cannot be written, or is a link.
    """
    store, place = store_at(OWN, run.folder.store_file), run.folder.store
    _refuse_link(place)
    with disk_errors(place), scratch(place) as folder:
        store.build(project_run(run, folder, progress=progress), progress=progress)
    return store


def open_own(run: FinishedRun, *, progress: Progress = silent) -> Store:
    """The store in the folder of a finished run, opened.

    It is built first where it is missing, broken, or of another run or version; of several processes that ask at once
    one builds it, the others wait. Raises RunFolderError where it has to be built and the folder cannot be written.
    """
    if found := _opened(run):
        return found
    with _turn(run, progress):
        return _opened(run) or build_own(run, progress=progress).open()


def _opened(run: FinishedRun) -> Store | None:
    """The store of this run; None where it has to be built."""
    store = store_at(OWN, run.folder.store_file)
    with suppress(StoreError):
        store.open()
        if store.query(OF_RUN, {"run": run.run_id}).rows:
            sweep(run.folder.store)
            return store
    store.close()
    return None


@contextmanager
def _turn(run: FinishedRun, progress: Progress) -> Iterator[None]:
    """Wait until no other process is building the store of this run."""
    place = run.folder.store
    _refuse_link(place)
    with ExitStack() as stack:
        try:
            place.mkdir(exist_ok=True)
            stack.enter_context(in_turn(run.folder.store_lock, lambda other: progress(0, 1, _waiting(other))))
        except OSError as refused:
            raise RunFolderError(
                f"the graph is not built yet, and its folder cannot be written ({refused.strerror}).",
                where=str(place),
                remedy="Give yourself the right to write there, or ask a copy of the run's folder.",
            ) from refused
        yield


def _waiting(process: str) -> str:
    return f"waiting for process {process}, which is building the graph"


def _refuse_link(place: Path) -> None:
    if place.is_symlink():
        raise link_refused(place)


def store_of(graph: Path | str, *, progress: Progress = silent) -> GraphStore:
    """The store of a finished run by its folder, built first where missing, or a graph database by its name."""
    return database(graph) if isinstance(graph, str) else open_own(FinishedRun(graph), progress=progress)


def check(name: str, run: Path) -> None:
    """Raise before any work is done when there is no such store, or the environment has no address for it."""
    store_at(name, RunFolder(run).store_file)


def push(run: FinishedRun, name: str, *, progress: Progress = silent) -> None:
    """Load a finished run into a graph database: all of it, or the differences from the run there.

    name: of the database, at the address in the environment (Neo4j: NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and
    NEO4J_DATABASE). An interrupted push resumes when it is started again. Raises SettingsError for an unknown name, and
    StoreError when the database cannot be reached or written to, or has companies that graphlead did not write.
    """
    store = database(name)
    with scratch() as folder, disk_errors(folder.parent):
        projection = project_run(run, folder, progress=progress)
        with closing(store):
            store.build(projection, progress=progress)


def pull(
    name: str, out: Path, mapping: Path | None = None, *, progress: Progress = silent
) -> tuple[Path, Path]:
    """Write the companies and links of a graph database to Parquet files in ``out``; returns their paths.

    ``mapping`` is a TOML file with [companies], [[owners]] and [[links]] (see stores.mapping); without one, the graph
    has to be of graphlead's own shape. Raises StoreError, and SettingsError for an unknown name and for a mapping that
    does not fit.
    """
    check_folder(out, (COMPANIES, LINKS), [mapping])
    store, shape = database(name), RegisterMapping.from_toml(mapping) if mapping else SHAPE
    with disk_errors(out), closing(store):
        out.mkdir(parents=True, exist_ok=True)
        ready = store.connect() if mapping else store.open()
        return ready.read_register(out, mapping=shape, progress=progress)


def export_admin(run: FinishedRun, out: Path, *, progress: Progress = silent) -> list[str]:
    """Write a finished run as CSV for ``neo4j-admin database import full``; returns the arguments, also in a file.

    Raises SettingsError where the folder holds a file of the run.
    """
    with disk_errors(out):
        here = [path.name for path in out.iterdir()] if out.is_dir() else []
    check_folder(out, [ARGUMENTS, *here], parts_of(run.path))
    with disk_errors(out), scratch() as folder:
        out.mkdir(parents=True, exist_ok=True)
        return export(project_run(run, folder, progress=progress), out, progress=progress)


def project_run(run: FinishedRun, folder: Path, *, progress: Progress = silent) -> Projection:
    """A finished run as tables of nodes and relationships in ``folder``: every column, and the links of its graph."""
    register = without_links(run.whole_register, run.leaks, run.folder.leaks)
    standing = standing_of(register, run.scores, run.profile, run.expected.grades, run.run_id, run.finished)
    return project(register, run.graph, run.cohort, standing, folder, progress=progress)


def standing_of(
    register: Register,
    scores: pd.DataFrame,
    profile: Profile,
    grades: tuple[float, float],
    run: str,
    finished: str,
) -> Standing:
    """The scores of a run (company_id, score, rank, nearest_client_id where one is known) with fit and segment."""
    score = scores["score"].to_numpy(np.float64)
    at = pc.index_in(pa.array(scores["company_id"], pa.string()), register.ids().cast(pa.string()))
    names = pa.array([segment.name for segment in profile.segments], pa.string())
    segment = profile.segment_of[at.to_numpy()]
    table = {
        "company": at.cast(pa.int32()),
        "score": score,
        "rank": pa.array(scores["rank"], pa.int64(), from_pandas=True),
        "fit": pa.array(fit(score, grades), pa.string()),
        "segment": names.take(pa.array(segment, mask=segment == NONE)),
        "nearest_client_id": pa.array(scores["nearest_client_id"], pa.string(), from_pandas=True),
    }
    return Standing(pa.table(table), run, finished)
