"""Statements in one SQL, and tables of Parquet files, on either engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyspark.errors import AnalysisException

from graphlead.core.errors import EngineError, InputError, SettingsError
from graphlead.engines.local import LocalEngine
from graphlead.engines.parquet import batches_of, files_of, table_of
from graphlead.engines.registry import check_engine, open_engine
from graphlead.engines.spark import SparkEngine, carried_over
from graphlead.engines.tables import Tables

SCHEMA = pa.schema([("key", pa.int64()), ("total", pa.int64())])


class Totals:
    """The total of the values of each key, which have to come together."""

    schema = SCHEMA

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            table = pa.Table.from_batches([batch]).group_by("key").aggregate([("value", "sum")])
            yield from (
                table.select(["key", "value_sum"]).rename_columns(SCHEMA.names).cast(SCHEMA).to_batches()
            )


def test_statements_are_carried_over_to_spark() -> None:
    assert (
        carried_over('SELECT "a b", CAST(1 AS BIGINT) AS n FROM t')
        == "SELECT `a b`, CAST(1 AS BIGINT) AS n FROM t"
    )
    window = carried_over("SELECT row_number() OVER (PARTITION BY r ORDER BY size DESC, word) AS grp FROM t")
    assert window.startswith("SELECT ROW_NUMBER() OVER (PARTITION BY r ORDER BY size DESC")


@pytest.mark.parametrize("name", ["a.parquet", "it's [1] * b.parquet"])
def test_rows_of_a_folder_are_numbered_through_its_files(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.table({"id": ["x", "y"]}), folder / name)
    pq.write_table(pa.table({"id": ["z"]}), folder / "z.parquet")
    assert [path.name for path in files_of(folder)] == [name, "z.parquet"]
    with LocalEngine(tmp_path) as engine:
        engine.read("given", folder, number="nth")
        found = Tables(engine, tmp_path).fetch(
            "all",
            "SELECT nth, id FROM given",
        )
    assert found.sort_by("nth").to_pydict() == {"nth": [0, 1, 2], "id": ["x", "y", "z"]}


def test_a_function_gets_the_rows_in_order_and_its_rows_are_a_table(tmp_path: Path) -> None:
    with open_engine("duckdb", "", tmp_path) as engine:
        engine.read("given", pa.table({"key": [2, 1, 2], "value": [5, 7, 6]}))
        engine.map_arrow("totals", "given", Totals(), ("key",), ("key", "value"))
        engine.sql("doubled", "SELECT key, total * 2 AS total FROM totals")
        engine.write("doubled", tmp_path / "out", order=("key",))
    assert table_of(tmp_path / "out").to_pydict() == {"key": [1, 2], "total": [14, 22]}
    assert sum(batch.num_rows for batch in batches_of(tmp_path / "out", ["key"])) == 2


def test_a_server_that_does_not_number_the_rows_of_files_is_refused(tmp_path: Path) -> None:
    """As Sail answers: when the table is given its name, with an error of its own."""

    class Frame:
        def createOrReplaceTempView(self, name: str) -> None:  # noqa: N802 - Spark's name
            raise AnalysisException("attribute _metadata.file_name is missing from the schema")

    engine = SparkEngine(tmp_path, "sc://sail:50051")
    engine._spark = SimpleNamespace(read=SimpleNamespace(parquet=lambda *paths: Frame()))
    with pytest.raises(
        EngineError, match=r"sc://sail:50051: this Spark does not read the files of given .*_metadata"
    ):
        engine.read("given", tmp_path / "x.parquet")


def test_what_is_no_engine_and_no_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="there is no engine 'spork'"):
        check_engine("spork", "")
    with pytest.raises(InputError, match="no Parquet files"):
        files_of(tmp_path)
    monkeypatch.setattr("graphlead.engines.registry.find_spec", lambda package: None)
    with pytest.raises(SettingsError, match=r"spark needs pyspark.*graphlead\[spark\]"):
        check_engine("spark", "local[2]")
