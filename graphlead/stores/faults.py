"""The errors of stores, each with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graphlead.core.errors import BUSY, GraphleadError


class StoreError(GraphleadError):
    """A store cannot be reached, opened, or filled."""

    exit_code = 2


class UnreachableError(StoreError):
    """A server does not answer now and may do so later."""


class StoreBusyError(StoreError):
    """Another process fills or changes the store: later the same command can be done."""

    exit_code = BUSY


class QueryError(GraphleadError):
    """A query, or a parameter of it, is refused: it is wrong, would write in a read, or takes too long."""

    exit_code = 2


REBUILD = "Build the store again from its run: the run's own files have everything."


def too_slow(seconds: float) -> QueryError:
    return QueryError(
        f"the query was cancelled: it ran longer than {seconds:g} s.",
        remedy="Start from fewer companies, bound the length of paths, or allow it more time.",
    )


def read_only() -> QueryError:
    return QueryError(
        "the query would change the graph, or reach beyond it, and this is a read.",
        remedy="Ask for a write if you mean it, and put a name that is such a word into back-quotes.",
    )


@contextmanager
def explained(seconds: float) -> Iterator[None]:
    """Turn the embedded library's error about a query into a QueryError with a remedy."""
    try:
        yield
    except RuntimeError as error:
        raise _explanation(str(error).strip(), seconds) from error


def _explanation(message: str, seconds: float) -> QueryError:
    if message.startswith("Interrupted"):
        return too_slow(seconds)
    if "read-only database" in message:
        return read_only()
    if "Buffer manager exception" in message:
        return QueryError(
            "the query needs more memory than it may have.",
            remedy="Start from fewer companies, or return less.",
        )
    return QueryError(f"the query is wrong: {message}", remedy="cypher/README.md describes the graph.")
