"""The journal of cleaning: findings, and the records set aside."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from graphlead.core.noise import Finding
from graphlead.engines.duckdb import Db, one_row, quoted, write_parquet
from graphlead.ingest.held import Held
from graphlead.ingest.open_file import Source, as_text

KEPT, SET_ASIDE, MADE_MISSING, IGNORED = "kept", "set aside", "made missing", "ignored"
OFF_THE_LIST = "kept off the list"
N_EXAMPLES = 5


class Journal:
    """Findings in a list, and set-aside records in the table ``set_aside`` (table, row, reason, record)."""

    def __init__(self, db: Db) -> None:
        self._db = db
        self.findings: list[Finding] = []
        db.execute(
            'CREATE TEMP TABLE set_aside ("table" VARCHAR, row BIGINT, reason VARCHAR, record VARCHAR)'
        )

    def note(
        self,
        check: str,
        table: str,
        count: int,
        message: str,
        *,
        action: str,
        column: str = "",
        examples: Sequence[object] = (),
    ) -> None:
        """Add a finding, unless there is nothing to report."""
        if count:
            shown = tuple(str(example)[:200] for example in examples[:N_EXAMPLES])
            self.findings.append(
                Finding(
                    check=check,
                    table=table,
                    count=int(count),
                    message=message,
                    action=action,
                    column=column,
                    examples=shown,
                )
            )

    def set_aside(self, source: Held, table: str, rows: str, parameters: Sequence[Any] = ()) -> int:
        """Record the source's rows that the query ``rows`` (row, reason) selects; returns their number."""
        query = f"SELECT row, reason FROM ({rows}) ORDER BY row"
        found = self._db.sql(query, params=list(parameters)).to_arrow_table()
        numbers = found["row"].to_numpy().astype(np.int64)
        whole = source.rows_of(numbers, raw=True).append_column("reason", found["reason"])
        self._db.register("rows_aside", whole)
        self._db.execute(
            f"INSERT INTO set_aside SELECT ?, s.row, s.reason, {record(source)} FROM rows_aside s", [table]
        )
        self._db.unregister("rows_aside")
        return len(numbers)

    def set_aside_unreadable(self, source: Source, table: str) -> None:
        """Record the rows that could not be split into the file's columns."""
        bad = source.rejected
        if not bad:
            return
        records = pa.table(
            {
                "row": [each.row for each in bad],
                "reason": [each.reason for each in bad],
                "record": [json.dumps({"text": each.text}, ensure_ascii=False) for each in bad],
            }
        )
        self._db.register("unreadable", records)
        self._db.execute("INSERT INTO set_aside SELECT ?, row, reason, record FROM unreadable", [table])
        self._db.unregister("unreadable")
        self.note(
            "unreadable rows",
            table,
            len(bad),
            f"rows that cannot be split into {len(source.names)} columns",
            action=SET_ASIDE,
            examples=[f"row {each.row}: {each.reason}" for each in bad],
        )

    def note_workbook(self, source: Source, table: str) -> None:
        """Report the cells of a workbook that hold errors, and the sheets that were not read."""
        message = "cells with an error such as #N/A"
        where = [f"the first one in {source.first_error}"] if source.first_error else []
        self.note("error cells", table, source.errors, message, action=MADE_MISSING, examples=where)
        message = f"further sheets of the workbook; {source.path.name} was read"
        self.note(
            "further sheets", table, len(source.others), message, action=IGNORED, examples=source.others
        )

    @property
    def n_set_aside(self) -> int:
        return int(one_row(self._db, "SELECT count(*) FROM set_aside")[0])

    def write_set_aside(self, path: Path) -> int:
        """Write the records ordered by table and row; returns their number."""
        return write_parquet(self._db, 'SELECT * FROM set_aside ORDER BY "table", row, reason', path)


def record(source: Source) -> str:
    """SQL for a whole row of the file ``s`` as JSON, under the user's column names."""
    entries = ", ".join(
        f"{quoted(name)} := {as_text(f's.{column}', family)}"
        for name, column, family in zip(source.names, source.columns, source.families, strict=True)
    )
    return f"to_json(struct_pack({entries}))::VARCHAR"
