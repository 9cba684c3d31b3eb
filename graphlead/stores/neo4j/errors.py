"""The errors of a Neo4j server, translated into ours with a remedy."""

from __future__ import annotations

from collections.abc import Callable

from graphlead.core.errors import GraphleadError
from graphlead.stores.faults import QueryError, StoreError, read_only, too_slow

Explain = Callable[[str, str, float], GraphleadError]
"""Makes an error from the server's message, the address, and the seconds allowed."""


def _fault(problem: str, remedy: str) -> Explain:
    return lambda message, address, _: StoreError(
        problem.format(message=message), where=address, remedy=remedy
    )


_READ_ONLY = _fault("the database is read-only.", "Name another in NEO4J_DATABASE, or let it be written to.")
_FULL = _fault("the server has no room for this: {message}",
               "Give it more disk or memory and try again; what it held before is as it was.")  # fmt: skip
_STOPPED = _fault("the database has stopped: {message}",
                  "Read the server's log, often its disk is full; make room, restart it, and begin again.")  # fmt: skip
_FAILED = _fault(
    "the server failed: {message}",
    "Read the server's log; a load that is started again resumes where it was.",
)
_REFUSED = _fault(
    "the server refuses this user name and password.", "Check NEO4J_USERNAME and NEO4J_PASSWORD."
)

EXPLANATIONS: tuple[tuple[str, Explain], ...] = (
    ("TransactionTimedOut", lambda message, address, seconds: too_slow(seconds)),
    ("Statement.AccessMode", lambda message, address, seconds: read_only()),
    ("OnReadOnly", _READ_ONLY),
    ("read-only", _READ_ONLY),
    ("read only", _READ_ONLY),
    ("MemoryPoolOutOfMemory", _FULL),
    ("OutOfMemory", _FULL),
    ("MemoryLimit", _FULL),
    ("o space left", _FULL),
    ("OutOfDisk", _FULL),
    ("TransactionLogError", _STOPPED),
    ("Could not append transaction", _STOPPED),
    ("critical error", _STOPPED),
    ("DatabaseNotFound", _fault("there is no such database.", "Check NEO4J_DATABASE.")),
    ("Security.", _REFUSED),
    ("Neo.DatabaseError", _FAILED),
)
"""Parts of a server's code or message with the error that they mean; the first that occurs counts."""


def explanation(code: str, message: str, address: str, seconds: float) -> GraphleadError:
    """The error for a server's code and message; an unknown one is taken for a mistake in the query."""
    for words, explain in EXPLANATIONS:
        if words in f"{code} {message}":
            return explain(message, address, seconds)
    return QueryError(f"the query is wrong: {message}", remedy="cypher/README.md describes the graph.")
