"""The embedded store: a LadybugDB file, built whole, never written to once it is in place.

A build, and every later change, makes a new file beside the old one, which takes the old one's name when complete.
So a killed process leaves the last good store, and readers of the old file keep reading the file they opened.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Self

import ladybug
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import scratch
from graphlead.core.answers import Answer, Node
from graphlead.core.contracts import USUAL, Limits, Progress, silent
from graphlead.core.errors import GraphleadError
from graphlead.core.property_graph import SCORED, Projection
from graphlead.core.sales_graph import SalesGraph
from graphlead.stores.differences import BATCH, Rows
from graphlead.stores.embedded import sales as sales_runs
from graphlead.stores.embedded.files import disk, exclusive, remove
from graphlead.stores.embedded.handles import acquire, release, written
from graphlead.stores.embedded.lists import kept_lists
from graphlead.stores.embedded.load import (
    CHUNK,
    DROP_STALE,
    Statement,
    copies,
    creations,
    run_statements,
    set_scores,
)
from graphlead.stores.embedded.reading import Tables, ask, in_use, nodes_of, rows_of, tables_of
from graphlead.stores.faults import StoreError, explained
from graphlead.stores.library.parameters import checked
from graphlead.stores.library.reads import require_read
from graphlead.stores.lists import Lists, remembered, score_table
from graphlead.stores.store import Store


class EmbeddedStore(Store):
    """The GraphStore in one file. Making one touches nothing: ``build`` makes the file, ``open`` reads it.

    A store is for one thread at a time; open another of the same path for a second.
    """

    dialect = "embedded"

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self._file: tuple[int, int] | None = None
        self._connection: ladybug.Connection | None = None
        self._tables = Tables({}, {})

    @classmethod
    def located(cls, path: Path) -> Self:
        """The store in this file."""
        return cls(path)

    def build(self, projection: Projection, *, progress: Progress = silent) -> None:
        """Make the file from the tables of a run, with the earlier lists and sales runs of the store before.

        Raises StoreError when it cannot be written, or another process is changing it.
        """
        earlier, sales = self._carried_over()
        with scratch() as folder, self._changing() as part, written(part) as connection:
            for statement in (*creations(projection), *sales_runs.creations()):
                connection.execute(statement)
            total = projection.rows
            done = 0
            for note, rows, statement in copies(projection):
                progress(done, total, note)
                connection.execute(statement)
                done += rows
            for statement, values in (*earlier, *remembered(projection.run_id)):
                connection.execute(statement, values)
            sales_runs.load(connection, sales, folder)
            progress(total, total, "checkpoint")

    def _carried_over(self) -> tuple[list[Statement], sales_runs.Stored]:
        """The lists of earlier runs, as statements, and the sales runs, as far as they can be read."""
        kept = kept_lists(self.path)
        try:
            with EmbeddedStore(self.path) as before:
                lists, sales = Lists.of(before.query), sales_runs.stored(before._opened())
        except GraphleadError:
            lists, sales = Lists(), sales_runs.Stored({}, ())
        return lists.with_more(kept).statements(), sales

    def open(self) -> Self:
        """Open the store for queries. Raises StoreError when there is no store, or one of another version."""
        if self._connection is not None:
            return self
        self._file, handle = acquire(self.path)
        self._connection = ladybug.Connection(handle.database)
        try:
            self._tables = tables_of(self._connection, self.path)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Close the connection, then the file: the other order makes later reads wrong."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._file is not None:
            release(self._file)
            self._file = None

    def query(
        self,
        cypher: str,
        parameters: Mapping[str, object] = {},
        limits: Limits = USUAL,
    ) -> Answer:
        """The answer of a query that only reads, cut off after the rows of ``limits``.

        Raises QueryError when it is wrong, would write, lacks a parameter, or takes longer than ``limits`` allow.
        """
        values = checked(cypher, parameters)
        require_read(cypher)
        connection = self._opened()
        connection.set_query_timeout(max(1, int(limits.seconds * 1000)))
        with explained(limits.seconds):
            result = ask(connection, cypher, values)
            try:
                found = rows_of(result, limits.rows, self._tables)
                return Answer(
                    tuple(result.get_column_names()), found, limits.rows is not None and result.has_next()
                )
            finally:
                result.close()

    def pages(self, cypher: str, parameters: Mapping[str, object] = {}) -> Iterator[Rows]:
        """All rows of a query that only reads, a page at a time."""
        connection = self._opened()
        connection.set_query_timeout(0)
        with explained(USUAL.seconds):
            result = ask(connection, cypher, parameters)
            while page := result.get_n(BATCH):
                yield [tuple(row) for row in page]

    def properties(self, label: str) -> list[str]:
        """The names of the properties that nodes of a label have."""
        return list(self._tables.properties.get(label, ()))

    def nodes(self, refs: Sequence[str], limits: Limits = USUAL) -> list[Node]:
        """The nodes of these refs, within the seconds of ``limits``."""
        return nodes_of(partial(self.query, limits=replace(limits, rows=None)), self._tables, refs)

    def update(self, cypher: str, parameters: Mapping[str, object] = {}) -> None:
        """Run one statement that changes the graph, in one transaction. Raises QueryError when it is wrong."""
        values = checked(cypher, parameters)
        self._change(lambda connection: ask(connection, cypher, values))

    def write_scores(
        self, scores: pa.Table, run_id: str, finished: str, *, progress: Progress = silent
    ) -> None:
        """Give every company the scores of a run, and none to companies that the run did not score.

        ``scores``: company_id, and those of SCORED that are known. No reader ever sees a part of them.
        """
        table = score_table(scores, run_id)
        with scratch() as folder:
            staged = folder / "standing.parquet"

            def work(connection: ladybug.Connection) -> None:
                names = [name for name in SCORED if in_use(connection, table, name)]
                for start in range(0, len(table), CHUNK):
                    progress(start, len(table), "scores")
                    pq.write_table(table.slice(start, CHUNK), staged)
                    connection.execute(set_scores(staged, names))
                while ask(connection, DROP_STALE, {"run": run_id}).get_all() != [[0]]:
                    continue
                for statement, values in run_statements(run_id, finished):
                    connection.execute(statement, values)

            self._change(work)
        progress(len(table), len(table), "scores")

    def write_sales(self, sales: SalesGraph, *, progress: Progress = silent) -> None:
        """Add a sales run in place of the last one of its verb about the same. No reader ever sees a part of it."""
        progress(0, sales.rows, sales.verb)
        with scratch() as folder:
            self._change(lambda connection: sales_runs.replace(connection, sales, folder))
        progress(sales.rows, sales.rows, sales.verb)

    def _opened(self) -> ladybug.Connection:
        if self._connection is None:
            raise StoreError("the store is not open.", where=str(self.path), remedy="Call open() first.")
        return self._connection

    def _change(self, work: Callable[[ladybug.Connection], object]) -> None:
        """Do some work on a copy of the file, which takes the file's place when the work is done."""
        was_open = self._connection is not None
        self.open()
        self.close()
        try:
            with self._changing() as part:
                shutil.copyfile(self.path, part)
                with written(part) as connection, explained(USUAL.seconds):
                    work(connection)
        finally:
            if was_open:
                self.open()

    @contextmanager
    def _changing(self) -> Iterator[Path]:
        """A new file's temporary path, for this process alone; the file takes the store's place at the end."""
        part = self.path.with_name(f".{self.path.name}.part")
        with disk(self.path), exclusive(self.path):
            remove(part)
            try:
                yield part
                part.replace(self.path)
            finally:
                remove(part)
