"""From the folder of a run to its stores."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from os import getpid
from pathlib import Path
from time import sleep

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from neo4j_server import environment_of
from small_graph import IDS, small_register
from tiny import command

from graphlead.core.arrays import NONE
from graphlead.core.clients import Match
from graphlead.core.contracts import Progress
from graphlead.core.errors import GraphleadError, RunFolderError
from graphlead.core.profile import Profile, Segment
from graphlead.core.same import Pairs, Related, Same
from graphlead.evaluate.choose import Choice
from graphlead.evaluate.judge import Judgement, save_judgement
from graphlead.evaluate.recall import Recall
from graphlead.graph.build import build_graph
from graphlead.graph.files import save_graph
from graphlead.ingest.records import save_register
from graphlead.match.files import save_match
from graphlead.match.same.files import save_same
from graphlead.pipeline import store as storing
from graphlead.pipeline.finished import FinishedRun
from graphlead.profile.files import save_profile
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.store import Neo4jStore
from graphlead.stores.store import Store

TOP = "MATCH (c:Company) WHERE c.rank = 1 RETURN c.company_id, c.score, c.fit, c.segment, c.nearest_client_id"
CLIENTS = ["a", "b", "c", "f"]


def every_record_alone(n: int) -> Same:
    none, text = np.zeros(0, np.int32), pa.array([], pa.string())
    return Same(
        cluster=np.arange(n, dtype=np.int32),
        pairs=Pairs(left=none, right=none, sure=np.zeros(0, bool), shared=text),
        related=Related(company=none, group=none, shared=text),
    )


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """The folder of a finished run over the small register: four clients, and d before e."""
    folder = tmp_path / "run"
    folder.mkdir()
    register = small_register(folder / "register")
    save_register(register, folder / "register")
    save_graph(build_graph(register), folder / "graph")
    (folder / "match").mkdir()
    lines = pd.DataFrame(
        {"company_id": CLIENTS, "outcome": "matched", "won": ["2024-01-01", None, None, None]}
    )
    save_match(Match(lines, lines.iloc[:0], "won"), folder / "match")
    (folder / "same").mkdir()
    save_same(every_record_alone(len(IDS)), folder / "same")
    scores = pd.DataFrame(
        {
            "company_id": ["d", IDS[4]],
            "score": [0.9, 0.1],
            "rank": [1, 2],
            "rank_all": [1, 2],
            "gnn": [0.9, 0.1],
        }
    )
    scores.assign(nearest_client_id=["b", "f"], record_of=None).to_parquet(folder / "scores.parquet")
    segment_of = np.array([NONE, NONE, NONE, 0, NONE, NONE], np.int32)
    profile = Profile(
        n_companies=len(IDS),
        n_clients=len(CLIENTS),
        columns=(),
        lifts=(),
        distributions=(),
        segments=(Segment(name="small firms", clients=4, companies=6, lift=2.0, traits=()),),
        outliers=(),
        season=None,
        biases=(),
        notes=(),
        segment_of=segment_of,
    )
    save_profile(profile, folder / "profile")
    recall = Recall(np.array([0.5, 1.0]), np.array([0.8, 1.0]), np.zeros(2))
    judgement = Judgement(
        choice=Choice("gnn", {"gnn": 1.0}, "the only one"),
        bases={},
        stand_ins={},
        prior=(0.1, 0.2, 0.3),
        recall=recall,
        splits=("random",),
    )
    save_judgement(judgement, folder / "judgement.json")
    settings = {"companies": "c.csv", "clients": "l.csv", "out": "o", "expect": 1}
    manifest = {
        "graphlead": "1",
        "finished": "2026-01-01",
        "settings": settings,
        "files": {"scores.parquet": "0123456789"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_the_store_of_a_run_is_built_when_it_is_first_asked_for(run: Path) -> None:
    for _ in range(2):
        with storing.open_own(FinishedRun(run)) as store:
            assert store.query(TOP).rows == (("d", 0.9, "Strong", "small firms", "b"),)
            assert store.query("MATCH (r:Run) RETURN r.run_id, r.finished").rows == (
                ("2026-01-01 01234567", "2026-01-01"),
            )
            clients = store.query(
                "MATCH (c:Company) WHERE c.is_client RETURN c.company_id ORDER BY c.company_id"
            ).rows
            assert [client for (client,) in clients] == CLIENTS
    assert not list((run / "store").glob(".tables-*"))


def test_promise_7_after_a_clock_that_went_back_the_store_is_built_once_and_kept(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    (run / "manifest.json").write_text(json.dumps(manifest | {"finished": "2040-01-01"}))
    storing.open_own(FinishedRun(run)).close()
    (run / "manifest.json").write_text(json.dumps(manifest))
    built = []
    for _ in range(3):
        with storing.open_own(FinishedRun(run)) as store:
            assert store.query("MATCH (c:Company {company_id: 'd'}) RETURN c.run_id").rows == (
                ("2026-01-01 01234567",),
            )
            assert len(store.query("MATCH (r:Run) RETURN r.run_id").rows) == 2
        built.append((run / "store/graph.lbug").stat().st_ino)
    assert len(set(built)) == 1


def test_of_several_that_ask_at_once_one_builds_the_store(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build, built, notes = storing.build_own, [], []

    def counted(asked: FinishedRun, *, progress: Progress) -> Store:
        built.append(asked.path)
        sleep(0.5)
        return build(asked, progress=progress)

    def ask(_: int) -> object:
        with storing.open_own(FinishedRun(run), progress=lambda *note: notes.append(note[-1])) as store:
            return store.query(TOP).rows

    monkeypatch.setattr(storing, "build_own", counted)
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(ask, range(3)))
    assert len(built) == 1
    assert found == [(("d", 0.9, "Strong", "small firms", "b"),)] * 3
    assert any(f"waiting for process {getpid()}" in note for note in notes)


def test_where_nothing_can_be_written_the_store_is_not_built_and_the_error_says_so(run: Path) -> None:
    (run / "store").write_text("in the way")
    with pytest.raises(RunFolderError, match=r"store: the graph is not built yet, and its folder cannot be"):
        storing.open_own(FinishedRun(run))


def test_a_built_store_is_asked_where_nothing_can_be_written(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    storing.open_own(FinishedRun(run)).close()
    monkeypatch.setattr(storing, "in_turn", None)
    with storing.open_own(FinishedRun(run)) as store:
        assert store.query(TOP).rows


def test_the_list_of_a_run_that_nobody_asked_is_in_the_store_of_a_later_one(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text())
    earlier = FinishedRun(run).scores.assign(rank=pd.Series([2, 1], dtype="Int64"))
    storing.remember(FinishedRun(run), earlier, (0.5, 0.2))
    (run / "manifest.json").write_text(json.dumps(manifest | {"finished": "2026-02-01"}))
    storing.remember(FinishedRun(run), FinishedRun(run).scores, (0.5, 0.2))
    with storing.open_own(FinishedRun(run)) as store:
        assert store.query(
            "MATCH (r:Run)-[l:LISTED]->(c:Company) RETURN r.finished, c.company_id, l.rank, l.fit "
            "ORDER BY r.finished, l.rank"
        ).rows == (
            ("2026-01-01", IDS[4], 1, "Weak"),
            ("2026-01-01", "d", 2, "Strong"),
            ("2026-02-01", "d", 1, "Strong"),
            ("2026-02-01", IDS[4], 2, "Moderate"),
        )


def test_what_is_no_run_is_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError):
        FinishedRun(tmp_path)


def test_a_run_goes_to_neo4j_and_comes_back_as_a_register(
    run: Path, neo4j_address: Address, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment_of(neo4j_address).items():
        monkeypatch.setenv(name, value)
    storing.push(FinishedRun(run), "neo4j")
    with closing(Neo4jStore(neo4j_address)) as store:
        assert store.open().query(TOP).rows == (("d", 0.9, "Strong", "small firms", "b"),)
    companies, links = storing.pull("neo4j", tmp_path / "pulled")
    assert sorted(pq.read_table(companies)["company_id"].to_pylist()) == IDS
    assert pq.read_metadata(links).num_rows == 11


def test_a_run_is_exported_for_the_bulk_import(run: Path, tmp_path: Path) -> None:
    arguments = storing.export_admin(FinishedRun(run), tmp_path / "export")
    files = [
        name
        for each in arguments
        if each.startswith(("--nodes", "--rel"))
        for name in each.split("=")[2].split(",")
    ]
    assert all((tmp_path / "export" / name).is_file() for name in files)
    assert "CREATE CONSTRAINT" in (tmp_path / "export/schema.cypher").read_text()


def test_the_export_names_both_steps_of_the_import(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("export", "neo4j-admin", tmp_path / "csv", "--run", run) == 0
    shown = capsys.readouterr().out
    assert "neo4j-admin database import full @import.args neo4j" in shown
    assert "cypher-shell --file schema.cypher" in shown
    assert {"import.args", "schema.cypher"} <= {path.name for path in (tmp_path / "csv").iterdir()}


def test_credentials_come_from_the_environment(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(GraphleadError, match="NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD not set"):
        storing.push(FinishedRun(run), "neo4j")
