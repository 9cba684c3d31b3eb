"""From a run to a graph store and back: the glue between the run's folder and the stores."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.carriers import Json, Projection, Register
from graphlead.cohort import cohort_of
from graphlead.contracts import Progress, silent
from graphlead.graph.files import load_graph
from graphlead.graph.projection import Standing, project
from graphlead.ingest import load_register
from graphlead.match.files import load_match
from graphlead.report.leads import fit
from graphlead.runs import read_manifest
from graphlead.stores.embedded import EmbeddedStore

STORE = "store"
FILE = "graph.lbug"
"""The embedded store of a run: a file in a folder of the run's folder."""


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
    """The embedded store of a finished run, opened; built first where there is none yet."""
    read_manifest(run)
    store = embedded(run)
    if not store.path.exists():
        build_embedded(run, progress=progress)
    return store.open()


def project_run(run: Path, folder: Path, *, progress: Progress = silent) -> Projection:
    """A finished run as tables of nodes and relationships in ``folder``. Raises RunFolderError for any other."""
    manifest = read_manifest(run)
    register, graph = load_register(run / "register"), load_graph(run / "graph")
    suppressed = run / "suppressed"
    cohort = cohort_of(
        register.ids(), load_match(run / "match"), load_match(suppressed) if suppressed.is_dir() else None
    )
    prior = json.loads((run / "metrics.json").read_text("utf-8"))["prior"]["point"]
    scores, whitespace = (
        pd.read_parquet(run / "scores.parquet"),
        pd.read_csv(run / "whitespace.csv", dtype=str),
    )
    standing = standing_of(register, scores, whitespace, prior, run_id(manifest), manifest["finished"])
    return project(register, graph, cohort, standing, folder, progress=progress)


def run_id(manifest: Json) -> str:
    """What a run is called in the graph: when it finished, and the beginning of its scores' hash."""
    return f"{manifest['finished']} {manifest['files']['scores.parquet'][:8]}"


def standing_of(
    register: Register, scores: pd.DataFrame, whitespace: pd.DataFrame, prior: float, run: str, finished: str
) -> Standing:
    """The scores of a run (company_id, score, rank) with fit, and the nearest client where one is known."""
    score = scores["score"].to_numpy(np.float64)
    at = pc.index_in(pa.array(scores["company_id"], pa.string()), register.ids().cast(pa.string()))
    nearest = scores["company_id"].map(whitespace.set_index("company_id")["client_id"])
    table = {
        "company": at.cast(pa.int32()),
        "score": score,
        "rank": scores["rank"].to_numpy(np.int64),
        "fit": pa.array(fit(score, prior), pa.string()),
        "nearest_client_id": pa.array(nearest, pa.string(), from_pandas=True),
    }
    return Standing(pa.table(table), run, finished)
