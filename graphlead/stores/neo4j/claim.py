"""One process at a time fills a Neo4j database: it says so on the node that marks the database, again and again.

Every word has a number. Whoever finds that the number stands still for LEASE seconds takes the other for gone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from uuid import uuid4

from graphlead.core.contracts import Progress
from graphlead.core.errors import GraphleadError
from graphlead.stores.faults import StoreError, UnreachableError
from graphlead.stores.neo4j.database import Database

LEASE = 20.0
BEAT = 4.0
"""Seconds from one word to the next."""

SEEN = "MATCH (g:Graphlead {name: 'graphlead'}) WHERE g.filler IS NOT NULL RETURN g.filler, g.beat"
# To set something comes first: it locks the node, so that what is read of it then is still so when it is changed.
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
    """While this process alone fills the database. Yields ``progress``, which raises once another has taken over.

    Raises StoreError when another process is at it.
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
    """Who fills the database, and the number of its last word; an empty name for nobody."""
    rows = database.query(SEEN).rows
    return (str(rows[0][0]), int(str(rows[0][1]))) if rows else ("", 0)


def _busy(where: str) -> StoreError:
    return StoreError(
        "another process is filling this database.",
        where=where,
        remedy="Wait until it is done, then try again.",
    )
