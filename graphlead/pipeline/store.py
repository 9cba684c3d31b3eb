"""From a run to a graph store and back: the glue between the run's folder and the stores."""

from __future__ import annotations

import json
import tempfile
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import disk_errors
from graphlead.core.arrays import NONE, Json
from graphlead.core.contracts import GraphStore, Progress, silent
from graphlead.core.profile import Profile
from graphlead.core.property_graph import Projection
from graphlead.core.register import Register
from graphlead.core.scores import fit
from graphlead.graph.files import load_graph
from graphlead.graph.property_graph.projection import Standing, project
from graphlead.ingest import load_register
from graphlead.match.cohort import cohort_of
from graphlead.match.files import load_match
from graphlead.profile.files import load_profile
from graphlead.runs.run import read_manifest
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.faults import StoreError
from graphlead.stores.mapping import OWN, RegisterMapping
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.admin_csv import export
from graphlead.stores.neo4j.store import Neo4jStore

STORE = "store"
FILE = "graph.lbug"
"""The embedded store of a run: a file in a folder of the run's folder."""

NEWEST = "MATCH (r:Run) RETURN r.run_id AS run ORDER BY r.finished DESC LIMIT 1"
"""The run whose scores a store holds."""


def embedded(run: Path) -> EmbeddedStore:
    """The embedded store of a run, not opened yet."""
    return EmbeddedStore(run / STORE / FILE)


def build_embedded(run: Path, *, progress: Progress = silent) -> EmbeddedStore:
    """Build the embedded store of a finished run from the run's files."""
    store = embedded(run)
    store.path.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=store.path.parent, prefix=".tables-") as folder:
        store.build(project_run(run, Path(folder), progress=progress), progress=progress)
    return store


def open_embedded(run: Path, *, progress: Progress = silent) -> EmbeddedStore:
    """The embedded store of a finished run, opened.

    It is built first where there is none of this very run, or one that is broken or of another version.
    """
    wanted = run_id(read_manifest(run))
    store = embedded(run)
    with suppress(StoreError):
        store.open()
        if wanted in {each["run"] for each in store.query(NEWEST).records()}:
            return store
    store.close()
    return build_embedded(run, progress=progress).open()


def store_of(run: Path | None, *, progress: Progress = silent) -> GraphStore:
    """The store of a finished run, built first where there is none; for None the Neo4j database of the environment."""
    return Neo4jStore(Address.from_environment()) if run is None else open_embedded(run, progress=progress)


def check(store: str) -> None:
    """Raise before any work is done when the store cannot be reached as far as the environment tells."""
    if store == "neo4j":
        Address.from_environment()


def push(run: Path, address: Address | None = None, *, progress: Progress = silent) -> None:
    """Make a Neo4j database hold a finished run: all of it, or what differs from the run it held.

    ``address``: where; by default as NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE say. A push that was
    cut off goes on where it was when it is begun again. Raises StoreError when the database cannot be reached, written
    to, or holds companies that graphlead did not write.
    """
    store = Neo4jStore(address or Address.from_environment())
    with tempfile.TemporaryDirectory(prefix="graphlead-") as folder:
        projection = project_run(run, Path(folder), progress=progress)
        with closing(store):
            store.build(projection, progress=progress)


def pull(
    out: Path,
    mapping: Path | None = None,
    address: Address | None = None,
    *,
    progress: Progress = silent,
) -> tuple[Path, Path]:
    """Write the company graph of a Neo4j database as companies.parquet and links.parquet into ``out``; their paths.

    ``mapping`` is a TOML file with [companies], [[owners]] and [[links]] (see stores.mapping); without one, the graph
    has to be of graphlead's own shape. Raises StoreError, and SettingsError for a mapping that does not fit.
    """
    told = RegisterMapping.from_toml(mapping) if mapping else OWN
    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        with closing(Neo4jStore(address or Address.from_environment())) as store:
            ready = store.connect() if mapping else store.open()
            return ready.read_register(out, mapping=told, progress=progress)


def export_admin(run: Path, out: Path, *, progress: Progress = silent) -> list[str]:
    """Write a finished run as CSV for ``neo4j-admin database import full``; returns the arguments, also in a file."""
    with disk_errors(out), tempfile.TemporaryDirectory(prefix="graphlead-") as folder:
        out.mkdir(parents=True, exist_ok=True)
        return export(project_run(run, Path(folder), progress=progress), out, progress=progress)


def project_run(run: Path, folder: Path, *, progress: Progress = silent) -> Projection:
    """A finished run as tables of nodes and relationships in ``folder``. Raises RunFolderError for any other."""
    manifest = read_manifest(run)
    register, graph = load_register(run / "register"), load_graph(run / "graph")
    suppressed = run / "suppressed"
    cohort = cohort_of(
        register.ids(), load_match(run / "match"), load_match(suppressed) if suppressed.is_dir() else None
    )
    prior = json.loads((run / "metrics.json").read_text("utf-8"))["prior"]["point"]
    scores = pd.read_parquet(run / "scores.parquet")
    segments = load_profile(run / "profile")
    standing = standing_of(register, scores, segments, prior, run_id(manifest), manifest["finished"])
    return project(register, graph, cohort, standing, folder, progress=progress)


def run_id(manifest: Json) -> str:
    """What a run is called in the graph: when it finished, and the beginning of its scores' hash."""
    return f"{manifest['finished']} {manifest['files']['scores.parquet'][:8]}"


def standing_of(
    register: Register,
    scores: pd.DataFrame,
    profile: Profile,
    prior: float,
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
        "rank": scores["rank"].to_numpy(np.int64),
        "fit": pa.array(fit(score, prior), pa.string()),
        "segment": names.take(pa.array(segment, mask=segment == NONE)),
        "nearest_client_id": pa.array(scores["nearest_client_id"], pa.string(), from_pandas=True),
    }
    return Standing(pa.table(table), run, finished)
