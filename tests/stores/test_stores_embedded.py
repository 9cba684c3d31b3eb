"""The embedded store's faults: whatever happens, the last good store opens."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import ladybug
import pyarrow as pa
import pytest
from small_graph import IDS, small_projection

from graphlead.stores.embedded import handles
from graphlead.stores.embedded import load as embedded_load
from graphlead.stores.embedded.store import EmbeddedStore
from graphlead.stores.faults import StoreError
from graphlead.stores.shape import SCHEMA

COUNT = "MATCH (c:Company) RETURN count(*)"
TESTS = Path(__file__).parents[1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = EmbeddedStore(tmp_path / "graph.lbug")
    store.build(small_projection(tmp_path / "run"))
    return store.path


def run(program: str, *arguments: object) -> subprocess.Popen[str]:
    """A program in another process, with the tests' helpers at hand."""
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=TESTS)


HOLDS = """
    import sys
    from pathlib import Path
    from small_graph import small_projection
    from graphlead.stores.embedded.store import EmbeddedStore

    def waits(done, total, note=""):
        if note == "OWNS of Company":
            print("loading", flush=True)
            sys.stdin.read()

    projection = small_projection(Path(sys.argv[2]), "r2", links=1)
    EmbeddedStore(Path(sys.argv[1])).build(projection, progress=waits)
"""
"""Begins to build a store, and then waits for ever."""


def test_killed_in_the_middle_of_a_build_the_last_good_store_opens(path: Path, tmp_path: Path) -> None:
    process = run(HOLDS, path, tmp_path / "other")
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    with EmbeddedStore(path) as store:
        assert store.query("MATCH (r:Run) RETURN r.run_id").rows == (("r1",),)
        assert store.query("MATCH ()-[o:OWNS]->() RETURN count(*)").rows == ((6,),)
    EmbeddedStore(path).build(small_projection(tmp_path / "next", "r3"))
    with EmbeddedStore(path) as store:
        assert store.query("MATCH (r:Run {run_id: 'r3'}) RETURN count(*)").rows == ((1,),)
    assert sorted(each.name for each in path.parent.glob(".graph*")) == [".graph.lbug.lock"]


def test_the_second_process_to_change_a_store_learns_of_the_first(path: Path, tmp_path: Path) -> None:
    process = run(HOLDS, path, tmp_path / "other")
    assert process.stdout is not None
    assert process.stdout.readline() == "loading\n"
    message = rf"another process \({process.pid}\) is changing this store"
    with pytest.raises(StoreError, match=message):
        EmbeddedStore(path).build(small_projection(tmp_path / "next"))
    with pytest.raises(StoreError, match=message):
        EmbeddedStore(path).write_scores(pa.table({"company_id": ["a"], "score": [0.5]}), "r9", "2026")
    with EmbeddedStore(path) as reader:
        assert reader.query(COUNT).rows == ((len(IDS),),)
    process.communicate("go on")
    with EmbeddedStore(path) as store:
        assert store.query("MATCH ()-[o:OWNS]->() RETURN count(*)").rows == ((1,),)


LIMITED = """
    import resource, signal, sys
    from pathlib import Path
    from small_graph import small_projection
    from graphlead.stores.embedded.store import EmbeddedStore
    from graphlead.stores.faults import StoreError

    projection = small_projection(Path(sys.argv[2]), "r2")
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    sys.dont_write_bytecode = True  # half of it would be found by the next process
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
    try:
        EmbeddedStore(Path(sys.argv[1])).build(projection)
    except StoreError as error:
        print(error)
"""


def test_promise_10_a_file_that_may_not_grow_leaves_the_store_as_it_was(path: Path, tmp_path: Path) -> None:
    output, _ = run(LIMITED, path, tmp_path / "other").communicate()
    assert "cannot be written (this process may write files of at most 65,536 bytes)" in output
    assert "Raise the limit" in output
    with EmbeddedStore(path) as store:
        assert store.query("MATCH (r:Run) RETURN r.run_id").rows == (("r1",),)
    assert not list(path.parent.glob(".graph*.part*"))


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = EmbeddedStore(tmp_path / "file" / "graph.lbug")
    with pytest.raises(StoreError, match=r"file/graph\.lbug: the store cannot be written .*may write"):
        store.build(small_projection(tmp_path / "run"))


def test_a_store_of_another_shape_is_refused_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = EmbeddedStore(tmp_path / "graph.lbug")
    monkeypatch.setattr(embedded_load, "SCHEMA", 0)
    store.build(small_projection(tmp_path / "run"))
    monkeypatch.undo()
    with pytest.raises(StoreError, match=rf"has shape 0, this version reads {SCHEMA}.*Build the store again"):
        store.open()


def test_a_file_of_another_library_version_is_refused_with_a_remedy(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4:12] = bytes([1] * 8)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"another version of its library.*Build the store again"):
        EmbeddedStore(path).open()


@pytest.mark.parametrize("keep", [0, 100, 0.5])
def test_a_broken_file_is_refused(path: Path, keep: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(keep if keep != 0.5 else len(content) / 2)])
    with pytest.raises(StoreError, match="Build the store again"):
        EmbeddedStore(path).open()


def test_somebody_elses_database_is_not_taken_for_ours(tmp_path: Path) -> None:
    path = tmp_path / "other.lbug"
    database = ladybug.Database(str(path))
    connection = ladybug.Connection(database)
    connection.execute("CREATE NODE TABLE Company(company_id STRING PRIMARY KEY)")
    connection.close()
    database.close()
    with pytest.raises(StoreError, match="not one of graphlead's"):
        EmbeddedStore(path).open()


def test_readers_of_one_process_share_a_file_and_see_what_they_opened(path: Path, tmp_path: Path) -> None:
    first, second = EmbeddedStore(path).open(), EmbeddedStore(path).open()
    first.close()
    assert second.query(COUNT).rows == ((len(IDS),),)
    EmbeddedStore(path).build(small_projection(tmp_path / "later", "r2", links=2))
    owned = "MATCH ()-[o:OWNS]->() RETURN count(*)"
    with EmbeddedStore(path) as newer:
        assert newer.query(owned).rows == ((2,),)
        assert second.query(owned).rows == ((6,),)
    second.close()
    assert handles.HANDLES == {}


@pytest.mark.parametrize(
    "cypher",
    [
        "COPY (MATCH (c:Company) RETURN c.name) TO '{file}'", "CHECKPOINT", "CALL threads = 1", "BEGIN TRANSACTION",
        "MATCH (c:Company) RETURN c.name; COPY (RETURN 1) TO '{file}'", "/* MATCH */ COPY (RETURN 1) TO '{file}'",
        "EXPORT DATABASE '{file}'", "", ";",
    ],
)  # fmt: skip
def test_a_read_can_neither_write_files_nor_change_settings(path: Path, tmp_path: Path, cypher: str) -> None:
    file = tmp_path / "out.csv"
    with EmbeddedStore(path) as store:
        with pytest.raises(Exception, match=r"would change the graph"):
            store.query(cypher.format(file=file))
        assert store.query(COUNT).rows == ((len(IDS),),)
    assert not file.exists()


def test_the_shape_is_in_a_comment_that_others_may_lack() -> None:
    assert embedded_load.version_in(json.dumps({"schema": 3})) == 3
    assert [embedded_load.version_in(comment) for comment in ("", "text", "[]", '{"schema": "x"}')] == [
        None
    ] * 4
