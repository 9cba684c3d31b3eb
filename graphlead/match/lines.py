"""The lines of a client list as DuckDB tables, and the companies their ids name."""

from __future__ import annotations

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from graphlead.carriers import Register
from graphlead.match.block import normalised
from graphlead.match.columns import FIELDS, ListColumns, id_table
from graphlead.match.normalise import names_query
from graphlead.match.sql import identifier, run


def read_lines(connection: duckdb.DuckDBPyConnection, clients: pd.DataFrame, columns: ListColumns) -> None:
    """Make match_given (line and the used columns as typed), match_lines (line, part, said, text, core, prefix, key; one row a
    name or alternative name) and match_line_fields (line and each of columns.FIELDS, normalised or NULL).
    """
    used = dict.fromkeys([*columns.names, *dict(columns.fields).values(), *dict(columns.ids)])
    table = {"line": pa.array(np.arange(len(clients), dtype=np.int32))}
    table |= {
        name: pa.array(clients[name].astype("string").tolist(), pa.string(), from_pandas=True)
        for name in used
    }
    connection.register("match_given", pa.table(table))
    names = names_query("line", columns.names, "match_given")
    run(connection, f"CREATE OR REPLACE TEMP TABLE match_lines AS {names}")
    given = dict(columns.fields)
    chosen = ", ".join(
        f"{normalised(name, identifier(given[name])) if name in given else 'NULL::VARCHAR'} AS {name}"
        for name in FIELDS
    )
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE match_line_fields AS SELECT line, {chosen} FROM match_given",
    )


def match_ids(
    connection: duckdb.DuckDBPyConnection, columns: ListColumns, register: Register
) -> tuple[npt.NDArray[np.int64], list[str]]:
    """The company of each line by its ids, shape (lines,), -1 for none, and the evidence for it.

    An id counts when exactly one company of the register has it; one that lost its leading zeros counts too.
    """
    lines = run(connection, "SELECT count(*) FROM match_given")[0][0]
    company, evidence = np.full(lines, -1, np.int64), [""] * lines
    for column, known in columns.ids:
        table = id_table(connection, register, known)
        for key, said in (("key", "identical"), ("loose", "identical but for leading zeros")):
            for line, found in _unique_ids(connection, column, table, key):
                if company[line] < 0:
                    company[line], evidence[line] = found, f"{known} {said}"
    return company, evidence


def _unique_ids(
    connection: duckdb.DuckDBPyConnection, column: str, table: str, key: str
) -> list[tuple[int, int]]:
    said = f"match_id({identifier(column)})"
    said = said if key == "key" else f"ltrim({said}, '0')"
    return run(
        connection,
        f"SELECT line, min(company) FROM (SELECT line, {said} AS {key} FROM match_given) JOIN {table} USING ({key})"
        f" WHERE {key} <> '' GROUP BY line HAVING count(DISTINCT company) = 1",
    )
