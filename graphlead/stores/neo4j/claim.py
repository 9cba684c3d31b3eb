"""A claim on a Neo4j database for the one process that fills it: a heartbeat on the node that marks the database.

Each beat raises a number. A process that sees the number unchanged for LEASE seconds takes the other for dead.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from graphlead.core.contracts import Progress
from graphlead.core.errors import GraphleadError
from graphlead.stores.faults import StoreBusyError, UnreachableError
from graphlead.stores.neo4j.database import Database

LEASE = 20.0
BEAT = 4.0
"""Seconds without a beat after which a claim has lapsed, and from one beat to the next: four may be lost on the way."""

SEEN = "MATCH (g:Graphlead {name: 'graphlead'}) WHERE g.filler IS NOT NULL RETURN g.filler, g.beat"
# SET comes first because it locks the node: values read afterwards cannot change before the claim is written.
TAKE = (
    "MERGE (g:Graphlead {name: 'graphlead'}) SET g.beat = coalesce(g.beat, 0) + 1 "
    "WITH g WHERE g.filler IS NULL OR g.filler = $gone AND g.beat = $beat + 1 SET g.filler = $me"
)
STILL = "MATCH (g:Graphlead {name: 'graphlead', filler: $me}) SET g.beat = g.beat + 1"
LEAVE = (
    "MATCH (g:Graphlead {name: 'graphlead', filler: $me}) REMOVE g.filler, g.beat "
    "WITH g WHERE g.schema IS NULL DELETE g"
)


@contextmanager
def exclusive(database: Database, where: str, progress: Progress) -> Iterator[Progress]:
    """Claim the database for this process. Yields ``progress``, which raises once another process has taken over.

    Raises StoreBusyError when another process has the claim.
    """
    me, ended, lost = uuid4().hex, threading.Event(), threading.Event()
    _take(database, me, where, progress)

    def beat() -> None:
        while not ended.wait(BEAT):
            with suppress(UnreachableError):
                database.write(lambda: [(STILL, {"me": me})])
                if _seen(database)[0] != me:
                    lost.set()

    def watched(done: float, total: float, note: str = "") -> None:
        if lost.is_set():
            raise _busy(where)
        progress(done, total, note)

    heartbeat = threading.Thread(target=beat, daemon=True)
    heartbeat.start()
    try:
        yield watched
    finally:
        ended.set()
        heartbeat.join()
        with suppress(GraphleadError):
            database.write(lambda: [(LEAVE, {"me": me})])


def _take(database: Database, me: str, where: str, progress: Progress) -> None:
    filler, beat = _seen(database)
    deadline = time.monotonic() + LEASE
    while filler and time.monotonic() < deadline:
        progress(0, 1, "waiting to see whether another process is still filling this database")
        time.sleep(min(1.0, LEASE / 4))
        if _seen(database) != (filler, beat):
            break
    values = {"me": me, "gone": filler, "beat": beat}
    database.write(lambda: [(TAKE, values)])
    if _seen(database)[0] != me:
        raise _busy(where)


def _seen(database: Database) -> tuple[str, int]:
    """The process that has the claim, and the number of its last beat; an empty name for none."""
    rows = database.query(SEEN).rows
    return (str(rows[0][0]), int(str(rows[0][1]))) if rows else ("", 0)


def _busy(where: str) -> StoreBusyError:
    return StoreBusyError(
        "another process is filling this database.",
        where=where,
        remedy="Wait until it is done, then try again.",
    )
