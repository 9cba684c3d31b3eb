"""List and register in DuckDB: names and fields in the same normal form, and matches by id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Longs
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import Db, literal, plain, quoted, run
from graphlead.match.columns import ListColumns
from graphlead.match.normalise import names_query

Fields = Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]
"""Field to its columns in the list and in the register, from columns.comparable."""

_SOURCE = "(SELECT file_row_number::INTEGER AS company, * FROM read_parquet({path}, file_row_number = true))"
_FIELDS = "SELECT {number}{columns} FROM {source}"
_PLACE = ", CASE WHEN coalesce({near}) IS NOT NULL THEN match_text(concat_ws(' ', {all})) END AS place"
_COPY = "COPY ({query}) TO {path} (FORMAT parquet)"
_VIEW = "CREATE OR REPLACE TEMP VIEW {name} AS {query}"
_STORED = "SELECT * FROM read_parquet({path})"
_TABLE = "CREATE OR REPLACE TEMP TABLE {name} AS {query}"


def _fields_query(number: str, columns: Mapping[str, Sequence[str]], source: str) -> str:
    chosen = "".join(f", {_expression(field, names)} AS {field}" for field, names in columns.items())
    return _FIELDS.format(number=number, columns=chosen, source=source)


def _expression(field: str, names: Sequence[str]) -> str:
    """SQL for a field in its normal form, NULL when nothing is left."""
    read = [f"{quoted(name)}::VARCHAR" for name in names]
    if field == "domain":
        return f"coalesce({', '.join(f'match_domain({name})' for name in read)}, NULL)"
    if field == "locality":
        return f"nullif(match_text(concat_ws(' ', {', '.join(read)})), '')"
    macro = {"address": "text", "city": "place"}.get(field, field)
    return f"nullif(match_{macro}({read[0]}), '')"


def read_lines(db: Db, clients: pd.DataFrame, columns: ListColumns, fields: Fields) -> None:
    """Make match_lines (line and the columns of normalise.names_query; one row per name or alternative name) and
    match_line_fields (line and each of ``fields``, normalised or NULL).
    """
    used = {*columns.names, *columns.fields.values()}
    table = {"line": pa.array(np.arange(len(clients), dtype=np.int32))}
    table |= {name: pa.array(clients[name].astype("string"), pa.string(), from_pandas=True) for name in used}
    db.register("match_given", pa.table(table))
    names = names_query("line", columns.names, "match_given")
    given = _fields_query("line", {field: sides[0] for field, sides in fields.items()}, "match_given")
    run(db, _TABLE.format(name="match_lines", query=names))
    run(db, _TABLE.format(name="match_line_fields", query=given))


def read_register(db: Db, register: Register, fields: Fields, folder: Path) -> None:
    """Write the register in normal form to ``folder`` and make views over it.

    match_names: company and the columns of normalise.names_query. match_fields: company and each of ``fields``.
    match_places: company and its whole place in the register, NULL without city, postcode and address.
    """
    source = _SOURCE.format(path=literal(plain(register.companies)))
    known = {field: sides[1] for field, sides in fields.items()}
    queries = {
        "match_names": names_query("company", register.names_of(Role.NAME), source),
        "match_fields": _fields_query("company", known, source),
    }
    for name, query in queries.items():
        path = folder / f"{name}.parquet"
        run(db, _COPY.format(query=query, path=literal(path)))
        run(db, _VIEW.format(name=name, query=_STORED.format(path=literal(plain(path)))))
    near = [f"{quoted(name)}::VARCHAR" for name in register.names_of(Role.ADDRESS, Role.POSTCODE, Role.CITY)]
    wide = [f"{quoted(name)}::VARCHAR" for name in register.names_of(Role.REGION, Role.COUNTRY)]
    place = _PLACE.format(near=", ".join([*near, "NULL"]), all=", ".join([*near, *wide, "NULL"]))
    places = _FIELDS.format(number="company", columns=place, source=source)
    run(db, _VIEW.format(name="match_places", query=places))


def match_ids(db: Db, columns: ListColumns, lines: int) -> tuple[Longs, list[str]]:
    """The company of each line by its ids, shape (lines,), -1 for none, and the evidence for it.

    An id counts when exactly one company of the register has it; exact hits take precedence.
    """
    company, evidence = np.full(lines, -1, np.int64), [""] * lines
    for column, known in columns.ids:
        for exact, kind in ((True, "identical"), (False, "identical but for leading zeros or country code")):
            hits = run(db, _UNIQUE, {"col": column, "known": known, "exact": exact})
            for line, found in hits:
                if company[line] < 0:
                    company[line], evidence[line] = found, f"{known} {kind}"
    return company, evidence


_UNIQUE = """
SELECT line, min(company) FROM match_id_hits WHERE col = $col AND known = $known AND (exact OR NOT $exact)
GROUP BY line HAVING count(DISTINCT company) = 1"""
