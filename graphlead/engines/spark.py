"""The engine of many machines: Spark, by the address of a master or of a Spark Connect server."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
import sqlglot
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - the name that Spark's own guide gives it
from pyspark.sql.pandas.types import from_arrow_schema

from graphlead.core.engine import OnBatches
from graphlead.core.errors import EngineError, SettingsError
from graphlead.engines.parquet import files_of, firsts_of, rows_of

CONNECT = "sc://"
"""What the address of a Spark Connect server begins with."""
BATCH = 65_536
"""Rows of a batch that functions get, a choice."""
ROWS_PER_TASK = 50_000
"""Companies for which there is one task more in a stage that shuffles, a choice; at least two."""
_PART, _ROW = "file_of_row", "row_of_file"


class SparkEngine:
    """Spark as an engine: tables are temporary views of one session, statements are carried over by sqlglot;
    ``folder`` is for the tables that come from this machine.

    Paths have to be the same on every machine, and graphlead installed on all of them, with the same versions.
    """

    def __init__(self, folder: Path, master: str) -> None:
        self._master, self._folder, self._files = master, folder, 0

    def __enter__(self) -> Self:
        self._spark = _session(self._master)
        return self

    def __exit__(self, *_: object) -> None:
        self._spark.stop()

    def read(self, name: str, source: Path | pa.Table, number: str = "") -> None:
        """See ``Engine``."""
        if isinstance(source, pa.Table):
            source = self._written(source, name)
        files = files_of(source)
        frame = self._spark.read.parquet(*(file.absolute().as_uri() for file in files))
        try:
            (self._numbered(frame, files, number) if number else frame).createOrReplaceTempView(name)
        except PySparkException as error:
            raise EngineError(
                f"this Spark does not read the files of {name} ({_short(error)}).",
                where=self._master,
                remedy="Spark 4 numbers the rows of a file (_metadata.row_index), other Connect servers may not; else "
                "check that all machines see the files, or take --engine duckdb.",
            ) from error

    def _written(self, table: pa.Table, name: str) -> Path:
        """A file with this table: sent with the statement, a large one would pass through the driver each time."""
        self._files += 1
        path = self._folder / f"{name}-{self._files}.parquet"
        pq.write_table(table, path)
        return path

    def _numbered(self, frame: DataFrame, files: Sequence[Path], number: str) -> DataFrame:
        firsts = firsts_of(files)
        tasks = max(2, sum(1 for _ in files), _rows(firsts, files) // ROWS_PER_TASK)
        self._spark.conf.set("spark.sql.shuffle.partitions", str(tasks))
        begins = {_PART: [path.name for path in firsts], "first_row": list(firsts.values())}
        known = self._spark.read.parquet(self._written(pa.table(begins), _PART).absolute().as_uri())
        rows = frame.select(
            "*", F.expr("_metadata.file_name").alias(_PART), F.expr("_metadata.row_index").alias(_ROW)
        )
        joined = rows.join(F.broadcast(known), _PART)
        return joined.withColumn(number, F.col("first_row") + F.col(_ROW)).drop(_PART, _ROW, "first_row")

    def sql(self, name: str, statement: str) -> None:
        """See ``Engine``."""
        self._spark.sql(carried_over(statement)).createOrReplaceTempView(name)

    def map_arrow(
        self, name: str, source: str, function: OnBatches, by: Sequence[str] = (), order: Sequence[str] = ()
    ) -> None:
        """See ``Engine``; the function runs when the table is read."""
        frame = self._spark.table(source)
        if by:
            frame = frame.repartition(*by).sortWithinPartitions(*order)
        made: Any = frame.mapInArrow(_called(function), from_arrow_schema(function.schema))
        made.createOrReplaceTempView(name)

    def write(self, name: str, folder: Path, order: Sequence[str] = ()) -> None:
        """See ``Engine``."""
        frame = self._spark.table(name)
        try:
            (frame.orderBy(*order) if order else frame).write.parquet(folder.absolute().as_uri())
        except PySparkException as error:
            raise EngineError(
                f"Spark gave up ({_short(error)}).",
                where=self._master,
                remedy="Its log says more; run the command again once that is mended.",
            ) from error


def _called(function: OnBatches) -> Any:
    """A plain function of batches, which is what Spark takes."""

    def call(batches: Any) -> Any:
        return function(iter(batches))

    return call


def carried_over(statement: str) -> str:
    """A statement in the SQL of DuckDB in that of Spark."""
    return sqlglot.transpile(statement, read="duckdb", write="spark")[0]


def _rows(firsts: dict[Path, int], files: Sequence[Path]) -> int:
    return firsts[files[-1]] + rows_of(files[-1])


def _session(master: str) -> SparkSession:
    """A session at this master. Raises SettingsError where there is none."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder: Any = SparkSession.builder.appName("graphlead")
    builder = builder.remote(master) if master.startswith(CONNECT) else _classic(builder.master(master))
    try:
        session: SparkSession = builder.getOrCreate()
        for name, value in _CONF.items():
            session.conf.set(name, value)
    except Exception as error:  # what is raised depends on the kind of master, on Java, and on the network
        raise SettingsError(
            f"Spark does not start ({_short(error)}).",
            where=master,
            remedy="Check the address; a master that is no Spark Connect server needs Java 17 or later here.",
        ) from error
    return session


_CONF = {
    "spark.sql.caseSensitive": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.sql.session.timeZone": "UTC",
}


def _classic(builder: Any) -> Any:
    """The settings of a session with its own driver: workers see the modules of this process, and have one thread."""
    ours = {
        "spark.log.level": "ERROR",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "spark.executorEnv.OMP_NUM_THREADS": "1",
    }
    for name, value in ours.items():
        builder = builder.config(name, value)
    return builder


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".")
