"""The store in a Neo4j database, over Bolt: version 5 and later."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import neo4j
import neo4j.exceptions as neo4j_errors
import pyarrow as pa

from graphlead.core.answers import Answer, Node
from graphlead.core.contracts import USUAL, Limits, Progress, silent
from graphlead.core.errors import GraphleadError
from graphlead.core.property_graph import Projection
from graphlead.core.sales_graph import SalesGraph
from graphlead.stores.differences import Rows
from graphlead.stores.faults import StoreError, UnreachableError
from graphlead.stores.library.parameters import checked
from graphlead.stores.library.reads import require_read
from graphlead.stores.library.tokens import unescaped
from graphlead.stores.lists import score_table
from graphlead.stores.names import identifier
from graphlead.stores.neo4j.address import Address
from graphlead.stores.neo4j.claim import exclusive
from graphlead.stores.neo4j.database import Statements
from graphlead.stores.neo4j.errors import explanation
from graphlead.stores.neo4j.load import check, load
from graphlead.stores.neo4j.sales import write_sales
from graphlead.stores.neo4j.scores import settle, write_scores
from graphlead.stores.neo4j.values import converted, plain
from graphlead.stores.store import Store

logging.getLogger("neo4j").addHandler(logging.NullHandler())

PAGE = 5_000
"""Rows that the server sends at a time, a choice: five times the driver's own, for fewer round trips."""
PATIENCE = 60.0
"""Seconds of waiting for a server that went away: long enough for a restart."""
FIRST_ANSWER = 20.0
"""Seconds that a server has for its first answer, a choice; without one a load is not tried again."""
TRIES = 5
"""Attempts of a load, a choice: a server that goes away more often has another problem."""
RETRYING = 15.0
"""Seconds for which the driver itself retries a transaction, half of its default: a load has attempts of its own."""
IDLE = 5.0
"""Seconds after which an idle connection is tested before it is used again, so that a restart goes unnoticed."""

NODES = "MATCH (n) WHERE elementId(n) IN $refs RETURN n"
GONE = (neo4j_errors.ServiceUnavailable, neo4j_errors.SessionExpired)


def _text(cypher: str, seconds: float | None) -> neo4j.Query:
    """A query as the driver wants it: values are never put into its text, only into parameters."""
    return neo4j.Query(cypher, timeout=seconds)


class Neo4jStore(Store):
    """The GraphStore in a Neo4j database. Making one touches nothing: ``build`` fills it, ``open`` reads it.

    A database may have more than our labels; nodes and relationships that we did not write stay unchanged.
    """

    dialect = "neo4j"

    def __init__(self, address: Address) -> None:
        self.address = address
        self._driver: neo4j.Driver | None = None
        self._answered = False

    @classmethod
    def located(cls, path: Path) -> Self:
        """The database that NEO4J_URI, NEO4J_USERNAME, NEO4J_PASSWORD and NEO4J_DATABASE name."""
        return cls(Address.from_environment())

    def build(self, projection: Projection, *, progress: Progress = silent) -> None:
        """Load the tables of a run: all of them into an empty database, the differences into a filled one.

        Each batch is a transaction of its own, retried after transient errors. When the server goes away and comes
        back within PATIENCE seconds, the load resumes where it was; so does a load that is started again. Scores come
        last, switched in one transaction. Raises StoreError when the database cannot be reached, is not ours to
        change, or is being filled by another process.
        """
        self.connect()
        for left in reversed(range(TRIES)):
            try:
                with exclusive(self, str(self.address), progress) as watched:
                    load(self, projection, str(self.address), watched)
                return
            except UnreachableError:
                if not (left and self._answered):
                    raise
                self._wait()

    def connect(self) -> Self:
        """Open the store for any graph, of whatever shape. No server is needed yet."""
        if self._driver is None:
            address = self.address
            self._driver = neo4j.GraphDatabase.driver(
                address.uri,
                auth=(address.username, address.password),
                max_transaction_retry_time=RETRYING,
                liveness_check_timeout=IDLE,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
            )
        return self

    def open(self) -> Self:
        """Open the store for queries. Raises StoreError when it cannot be reached, or has no graph of this shape.

        An interrupted switch of scores is completed first.
        """
        check(self.connect(), str(self.address))
        settle(self)
        return self

    def close(self) -> None:
        """Close the connections to the server."""
        if self._driver is not None:
            self._driver.close()
            self._driver = None

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        limits: Limits = USUAL,
    ) -> Answer:
        """The answer of a query that only reads, cut off after the rows of ``limits``.

        Raises QueryError when it is wrong, would write, lacks a parameter, or takes longer than ``limits`` allow.
        """
        seen = unescaped(cypher)
        values = checked(seen, parameters)
        require_read(seen)
        with self._session(neo4j.READ_ACCESS, limits.seconds) as session:
            result = session.run(_text(cypher, limits.seconds), values)
            found: list[tuple[object, ...]] = []
            for record in result:
                if len(found) == limits.rows:
                    return Answer(tuple(result.keys()), tuple(found), truncated=True)
                found.append(tuple(converted(value) for value in record.values()))
            return Answer(tuple(result.keys()), tuple(found))

    def pages(self, cypher: str, parameters: Mapping[str, object] = {}) -> Iterator[Rows]:
        """All rows of a query that only reads, as the server sends them, a page at a time; not converted."""
        with self._session(neo4j.READ_ACCESS) as session:
            result = session.run(_text(cypher, None), dict(parameters))
            while page := result.fetch(PAGE):
                yield [tuple(plain(value) for value in record.values()) for record in page]

    def properties(self, label: str) -> list[str]:
        """The names of the properties that nodes of a label have."""
        names = f"MATCH (n:{identifier(label)}) UNWIND keys(n) AS name RETURN DISTINCT name ORDER BY name"
        return [str(name) for page in self.pages(names) for (name,) in page]

    def nodes(self, refs: Sequence[str], limits: Limits = USUAL) -> list[Node]:
        """The nodes of these refs, within the seconds of ``limits``."""
        if not refs:
            return []
        found = self.query(NODES, {"refs": list(refs)}, replace(limits, rows=None)).rows
        return [node for (node,) in found if isinstance(node, Node)]

    def update(self, cypher: str, parameters: Mapping[str, object] = {}) -> None:
        """Run one statement that changes the graph, in one transaction. Raises QueryError when it is wrong."""
        values = checked(unescaped(cypher), parameters)
        self.write(lambda: [(cypher, values)])

    def write(self, statements: Statements) -> None:
        """Change the graph in one transaction, retried as a whole (statements made anew) after transient errors."""

        def work(transaction: neo4j.ManagedTransaction) -> None:
            for cypher, values in statements():
                given = {
                    name: list(each) if isinstance(each, list) else each for name, each in values.items()
                }
                transaction.run(cypher, given).consume()
                for each in given.values():
                    if isinstance(each, list):
                        each.clear()  # the driver keeps the parameters of a transaction until its end

        with self._session(neo4j.WRITE_ACCESS) as session:
            session.execute_write(work)

    def command(self, cypher: str, parameters: Mapping[str, object] = {}) -> None:
        """Run a statement that changes the schema, or opens transactions of its own."""
        with self._session(neo4j.WRITE_ACCESS) as session:
            session.run(_text(cypher, None), dict(parameters)).consume()

    def write_scores(
        self, scores: pa.Table, run_id: str, finished: str, *, progress: Progress = silent
    ) -> None:
        """Give every company the scores of a run, and none to companies that the run did not score.

        ``scores``: company_id, and those of SCORED that are known. ``stores.neo4j.scores`` describes what
        readers see meanwhile.
        """
        with exclusive(self.connect(), str(self.address), progress) as watched:
            write_scores(self, score_table(scores, run_id), run_id, finished, watched)

    def write_sales(self, sales: SalesGraph, *, progress: Progress = silent) -> None:
        """Add a sales run in place of the last one of its verb about the same; see ``stores.neo4j.sales``."""
        with exclusive(self.open(), str(self.address), progress) as watched:
            write_sales(self, sales, watched)

    def _wait(self) -> None:
        """Wait until the server answers again, PATIENCE seconds at most."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                with self._session(neo4j.READ_ACCESS) as session:
                    session.run("RETURN 1").consume()
                return
            except UnreachableError:
                time.sleep(1)

    @contextmanager
    def _session(self, access: str, seconds: float = USUAL.seconds) -> Iterator[neo4j.Session]:
        if self._driver is None:
            raise StoreError("the store is not open.", where=str(self.address), remedy="Call open() first.")
        options: dict[str, Any] = {} if self._answered else {"connection_acquisition_timeout": FIRST_ANSWER}
        options |= {"database": self.address.database or None, "fetch_size": PAGE}
        try:
            with self._driver.session(default_access_mode=access, **options) as session:
                yield session
                self._answered = True
        except (neo4j_errors.Neo4jError, neo4j_errors.DriverError) as error:
            self._answered |= not isinstance(error, GONE) or isinstance(
                error, neo4j_errors.DatabaseUnavailable
            )
            raise _explanation(error, str(self.address), seconds) from error


def _explanation(
    error: neo4j_errors.Neo4jError | neo4j_errors.DriverError, address: str, seconds: float
) -> GraphleadError:
    """The error of the driver or the server, translated into one with a remedy."""
    if isinstance(error, neo4j_errors.DatabaseUnavailable):
        return UnreachableError(
            "the server answers, but the database is not available.",
            where=address,
            remedy="If it stays so, see the server's log; a load that is started again resumes where it was.",
        )
    if isinstance(error, GONE):
        return UnreachableError(
            "the Neo4j server does not answer.",
            where=address,
            remedy="Start it, or check NEO4J_URI; a load that is started again resumes where it was.",
        )
    if isinstance(error, neo4j_errors.Neo4jError):
        return explanation(error.code or "", error.message or "", address, seconds)
    return StoreError(f"the Neo4j driver failed: {error}.", where=address, remedy="Try again.")
