"""Small helpers around DuckDB: quoting, and statements that are always run to their end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa


def literal(text: object) -> str:
    """A constant of this package, or a path, as an SQL string literal (views take no parameters)."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literals(values: Iterable[str]) -> str:
    """Constants of this package as an SQL list."""
    return "[" + ", ".join(literal(value) for value in sorted(values)) + "]"


def fill(statement: str, **parts: object) -> str:
    """A statement with its ``{parts}`` filled in: names, expressions and queries of this package, never values."""
    return statement.format_map(parts)


def run(
    connection: duckdb.DuckDBPyConnection, statement: str, parameters: Mapping[str, object] | None = None
) -> list[tuple[Any, ...]]:
    """Run a statement with named parameters; its rows."""
    rows: list[tuple[Any, ...]] = connection.execute(statement, dict(parameters or {})).fetchall()
    return rows


def table(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """The rows of a query as an Arrow table."""
    return connection.sql(query).to_arrow_table()
