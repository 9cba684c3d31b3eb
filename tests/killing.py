"""Commands killed at a change drawn at random, and run again: ``killing.py FOLDER SEED CASE=KILLS ..``.

Every command runs in a process forked from this one, which has imported everything and opened nothing. A line of JSON
tells of each kill: where it was, how the command ended when it was run again, what differed, and what was left.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import planted_sales as planted
import tiny

from graphlead.core.registry import loaded
from graphlead.learn.cases import fit, hazard
from graphlead.learn.rankers import pagerank, tabular
from graphlead.pipeline import discover, picture
from graphlead.pipeline.sales import predict
from graphlead.runs.layout import RunFolder
from graphlead.stores.registry import STORES, database

IMPORTED = (
    discover,
    picture,
    predict,
    pagerank,
    tabular,
    fit,
    hazard,
    *(loaded(store.store) for store in STORES.values()),
)
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.truncate"}
LONGEST = 0.3
"""Seconds between a change and a kill, at most: libraries that write files of their own are killed within."""
TRAINING = 2.0
"""The same for the sales verbs, whose models train that long without a change."""
DAY = date(2026, 5, 1)

PUSHED = (
    "MATCH (n) RETURN labels(n) AS what, count(*) AS times ORDER BY what",
    "MATCH ()-[r]->() RETURN type(r) AS what, count(*) AS times ORDER BY what",
    "MATCH (c:Company) RETURN c.company_id AS what, c.score AS score, c.rank AS rank ORDER BY what",
)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A command, the ways in which what it finds is prepared, and where its results are. longest: see LONGEST."""

    command: tuple[object, ...]
    starts: tuple[Callable[[], None], ...]
    folder: RunFolder
    answer: Callable[[], Any] = field(default=lambda: None)
    longest: float = LONGEST


def forked(call: Callable[[], Any], at: int = 0, delay: float = 0.0) -> tuple[int, Any]:
    """What a call returns in a process of its own, with the process's exit code, or less the signal that ended it.

    at: the change before which, or so many seconds after which, it is killed; 0 for none.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        try:
            _silence()
            if at:
                _kill(at, delay)
            with os.fdopen(writer, "w") as answer:
                json.dump(call(), answer)
            os._exit(0)
        finally:
            os._exit(70)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return code, json.loads(text) if code == 0 else None


def _silence() -> None:
    os.fsync = lambda _: None  # the process ends, not the machine
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


def _kill(at: int, delay: float) -> None:
    """Have this process killed at a change, or a time after it: a SIGALRM that nobody handles kills too."""
    left = at

    def ends() -> None:
        nonlocal left
        left -= 1
        if not left and delay:
            signal.setitimer(signal.ITIMER_REAL, delay)
        elif not left:
            os.kill(os.getpid(), signal.SIGKILL)

    _at_each_change(ends)


def _at_each_change(call: Callable[[], None]) -> None:
    """Call before each change by Python of a file below the working folder, and each message to a server."""
    here = str(Path.cwd())

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        opened = (
            event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        )
        if (opened or event in CHANGES) and isinstance(arguments[0], str | Path):
            path = str(arguments[0])
            if path.startswith(here) or "/" not in path:
                call()

    def send(connection: socket.socket, *arguments: Any) -> None:
        call()
        sendall(connection, *arguments)

    sendall = socket.socket.sendall
    socket.socket.sendall = send
    sys.addaudithook(watch)


def ended(*command: object) -> int:
    """The exit code of the command line."""
    return tiny.command(*command)


def changes_of(*command: object) -> tuple[int, int]:
    """The exit code of the command line, and how many times it changed a file."""
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    _at_each_change(add)
    return ended(*command), count


def content_of(folder: RunFolder) -> dict[str, str]:
    """Every path in a run's folder, with the hash of the scores and lists."""
    hashed = {folder.scores, folder.leads, folder.whitespace, folder.evidence, folder.survival, folder.leads_scored,
              folder.customers_scored, *(folder.call_list(verb, DAY) for verb in ("convert", "churn"))}  # fmt: skip
    return {
        str(path.relative_to(folder.path)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path in hashed
        else ""
        for path in sorted(folder.path.rglob("*"))
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed_again_and_again(case: Case, kills: int, draw: random.Random) -> None:
    """Kill the command, run it again, and print how the two compare with one that nobody killed."""
    wanted = []
    for start in case.starts[:kills]:
        start()
        ended_with, answer = forked(lambda: changes_of(*case.command))
        assert (ended_with, answer[0]) == (0, 0), case.command
        wanted.append((content_of(case.folder), forked(case.answer), answer[1]))
    for kill in range(kills):
        which = kill % len(wanted)
        content, answer, count = wanted[which]
        at, delay = draw.randint(1, count), draw.choice((0.0, draw.uniform(0, case.longest)))
        case.starts[which]()
        killed, _ = forked(lambda: ended(*case.command), at, delay)
        again = forked(lambda: ended(*case.command))
        found = content_of(case.folder)
        print(json.dumps({  # noqa: T201
            "at": at, "delay": delay, "killed": killed, "again": again,
            "differ": sorted(name for name, _ in content.items() ^ found.items()),
            "answers": forked(case.answer) == answer, "left": names_in(Path(tempfile.gettempdir())),
        }), flush=True)  # fmt: skip


def copied(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)


def cases(here: Path) -> dict[str, Callable[[], Case]]:
    """The cases by name, made when asked for: ``trained`` is a finished run, ``shorter`` one of a shorter list."""
    inputs = tiny.write_inputs(here)
    config = here / "tiny.toml"
    config.write_text("folds = 3\n", "utf-8")
    files = [part for name in ("companies", "links", "clients") for part in (f"--{name}", inputs[name])]
    run = ("run", *files, "--suppress", inputs["suppress"], "--config", config, "--rankers", "pagerank", "-q")
    out, trained, shorter = here / "out", here / "trained", here / "shorter"

    def made(command: tuple[object, ...], folder: Path, *more: object) -> Path:
        if not folder.exists():
            assert forked(lambda: ended(*command, "--out", folder, *more)) == (0, 0)
        return folder

    def from_nothing() -> None:
        shutil.rmtree(out, ignore_errors=True)

    def over(command: tuple[object, ...], name: str) -> Callable[[], None]:
        earlier = made(command, here / name, "--top", 20)
        return lambda: copied(earlier, out)

    def running() -> Case:
        return Case(command=(*run, "--out", out), starts=(from_nothing,), folder=RunFolder(out))

    def running_again() -> Case:
        starts = (over(run, "shorter"),)
        return Case(command=(*run, "--out", out), starts=starts, folder=RunFolder(out))

    def scoring() -> Case:
        score = ("score", "--run", made(run, trained), *files, "-q")
        starts = (from_nothing, over(score, "scored"))
        return Case(command=(*score, "--out", out), starts=starts, folder=RunFolder(out))

    def building() -> Case:
        made(run, shorter, "--top", 20)
        query = ("query", "group", "-p", "company_id=C007", "-q", "--run", out)

        def without_store() -> None:
            copied(shorter, out)
            shutil.rmtree(RunFolder(out).store)

        def with_older_store() -> None:
            copied(shorter, out)
            assert forked(lambda: ended(*query[:-1], made(run, trained))) == (0, 0)
            copied(RunFolder(trained).store, RunFolder(out).store)

        return Case(command=query, starts=(without_store, with_older_store), folder=RunFolder(out))

    def pushing() -> Case:
        made(run, trained)
        made(run, shorter, "--top", 20)

        def empty() -> None:
            copied(trained, out)
            assert forked(_emptied) == (0, None)

        def with_older_run() -> None:
            empty()
            assert forked(lambda: ended("push", "neo4j", shorter)) == (0, 0)

        return Case(
            command=("push", "neo4j", out, "-q"),
            starts=(empty, with_older_run),
            folder=RunFolder(out),
            answer=_pushed,
        )

    def converting() -> Case:
        leads, opened = planted.write_leads(here)
        leads.write_text("".join(leads.read_text("utf-8").splitlines(keepends=True)[:101]), "utf-8")
        return selling("convert", "--leads", leads, "--open", opened)

    def churning() -> Case:
        orders = planted.orders()
        orders[orders["customer_id"] < "C20"].to_csv(here / "orders.csv", index=False)
        return selling("churn", "--events", here / "orders.csv")

    def selling(*command: object) -> Case:
        dated = (*command, "--as-of", DAY, "-q")
        starts = (from_nothing, over(dated, f"earlier {command[0]}"))
        return Case(command=(*dated, "--out", out), starts=starts, folder=RunFolder(out), longest=TRAINING)

    return {
        "convert": converting,
        "churn": churning,
        "run": running,
        "rerun": running_again,
        "score": scoring,
        "build": building,
        "push": pushing,
    }


def _emptied() -> None:
    with closing(database("neo4j").connect()) as store:
        store.update("MATCH (n) DETACH DELETE n")


def _pushed() -> list[Any]:
    with closing(database("neo4j").open()) as store:
        return [store.query(query).rows for query in PUSHED]


def main() -> None:
    here, seed, wanted = Path(sys.argv[1]).resolve(), int(sys.argv[2]), sys.argv[3:]
    os.chdir(here)
    tempfile.tempdir = str(here / "temporary")
    Path(tempfile.tempdir).mkdir()
    known, draw = cases(here), random.Random(seed)  # noqa: S311
    for case, _, kills in (each.partition("=") for each in wanted):
        killed_again_and_again(known[case](), int(kills), draw)


if __name__ == "__main__":
    main()
