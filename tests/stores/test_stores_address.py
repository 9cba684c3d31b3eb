"""Points 4 and 11: an address with a secret in it, and a server that accepts connections and says nothing."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j_server import environment_of
from small_graph import small_projection

from graphlead.cli.answers import ask
from graphlead.cli.app import main
from graphlead.cli.shell import shell
from graphlead.pipeline import store as storing
from graphlead.stores.faults import UnreachableError
from graphlead.stores.neo4j import store as neo4j
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.store import Neo4jStore

SECRET = "hunter2-" + "PW"


@pytest.mark.parametrize(
    ("uri", "fault"),
    [
        (f"bolt://neo4j:{SECRET}@127.0.0.1:7687", "has a user name or a password in it"),
        (f"bolt://{SECRET}@127.0.0.1", "has a user name or a password in it"),
        (f"neo4j+s://h:7687?token={SECRET}", "has parameters behind the address"),
        (f"bolt://h:7687#{SECRET}", "has parameters behind the address"),
        (f"bolt://neo4j%3A{SECRET}%40h:7687", "is no address of a Neo4j server"),
        (f"bolt://neo4j:{SECRET}", "is no address of a Neo4j server"),
        (f"bolt://[{SECRET}", "is no address of a Neo4j server"),
        (f"bolt://h:7687/{SECRET}", "is no address of a Neo4j server"),
        (f"http://{SECRET}", "is no address of a Neo4j server"),
        (SECRET, "is no address of a Neo4j server"),
        ("bolt://h:99999", "is no address of a Neo4j server"),
        ("bolt://", "is no address of a Neo4j server"),
        ("bolt://a b\n", "is no address of a Neo4j server"),
        (f"bolt://{'a' * 64}.de", "is no address of a Neo4j server"),
    ],
)
def test_promise_4_an_address_with_a_secret_or_a_fault_is_refused_without_showing_it(
    uri: str, fault: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, value in {"URI": uri, "USERNAME": "neo4j", "PASSWORD": "p"}.items():
        monkeypatch.setenv(f"NEO4J_{name}", value)
    monkeypatch.setenv("GRAPHLEAD_DEBUG", "1")
    for arguments in (
        ["query", "hubs", "--neo4j"],
        ["shell", "--neo4j"],
        ["pull", "neo4j", "--out", str(tmp_path)],
    ):
        monkeypatch.setattr(sys, "argv", ["graphlead", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        shown = "".join(capsys.readouterr())
        assert f"error: NEO4J_URI {fault}" in shown
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("bolt://127.0.0.1:7687", "127.0.0.1:7687"),
        ("neo4j+s://abc.databases.neo4j.io", "abc.databases.neo4j.io"),
        ("bolt://[::1]:7687/", "[::1]:7687"),
    ],
)
def test_an_address_of_a_scheme_a_host_and_a_port_is_taken(uri: str, text: str) -> None:
    assert str(Address(uri, "u", "p")) == text


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that accepts every connection and never says a word."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            try:
                while True:
                    accepted.append(listening.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
    for each in accepted:
        each.close()


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "bolt+s"])
def test_promise_11_a_server_that_never_says_a_word_is_given_up(
    silent: str, scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert neo4j.FIRST_ANSWER < 60 / 2
    monkeypatch.setattr(neo4j, "FIRST_ANSWER", 0.3)
    monkeypatch.setattr(
        Neo4jStore, "_wait", lambda _: pytest.fail("it waits for a server that never answered")
    )
    for name, value in environment_of(Address(f"{scheme}://{silent}", "neo4j", "p")).items():
        monkeypatch.setenv(name, value)
    projection = small_projection(tmp_path / "run")
    (tmp_path / "mapping.toml").write_text("[companies]\nlabel = 'Firm'\nid = 'nr'\n")
    calls: list[Callable[[], object]] = [
        lambda: ask("neo4j", "hubs", {}),
        lambda: storing.pull("neo4j", tmp_path / "out"),
        lambda: storing.pull("neo4j", tmp_path / "out", tmp_path / "mapping.toml"),
        lambda: storing.database("neo4j").build(projection),
        lambda: shell(storing.database("neo4j").open(), io.StringIO("RETURN 1;"), io.StringIO()),
    ]
    for call in calls:
        with pytest.raises(UnreachableError, match="does not answer") as caught:
            call()
        assert (caught.value.exit_code, caught.value.where) == (2, silent)
