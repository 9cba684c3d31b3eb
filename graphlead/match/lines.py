"""List and candidates in DuckDB: their names in the same normal form, and matches by id."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Longs
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import Db, quoted, run
from graphlead.match.columns import ListColumns
from graphlead.match.normalise import names_query

_TABLE = "CREATE OR REPLACE TEMP TABLE {name} AS {query}"
_PLACE = """
SELECT company, CASE WHEN coalesce({near}) IS NOT NULL THEN match_text(concat_ws(' ', {all})) END AS place
FROM match_rows"""


def read_lines(db: Db, clients: pd.DataFrame, columns: ListColumns) -> None:
    """Make match_given (the list with the number of the line) and match_lines (line and the columns of
    normalise.names_query; one row per name or alternative name).
    """
    used = {*columns.names, *columns.fields.values()}
    table = {"line": pa.array(np.arange(len(clients), dtype=np.int32))}
    table |= {name: pa.array(clients[name].astype("string"), pa.string(), from_pandas=True) for name in used}
    db.register("match_given", pa.table(table))
    run(db, _TABLE.format(name="match_lines", query=names_query("line", columns.names, "match_given")))


def read_companies(db: Db, register: Register, companies: Longs) -> None:
    """Make match_names: company and the columns of normalise.names_query, of these companies (m,)."""
    names = register.names_of(Role.NAME)
    rows = register.rows(names, companies).append_column("company", pa.array(companies, pa.int32()))
    db.register("match_rows", rows)
    run(db, _TABLE.format(name="match_names", query=names_query("company", names, "match_rows")))


def read_places(db: Db, register: Register, companies: Longs) -> None:
    """Make match_places: company and its whole place in the register, NULL without city, postcode and address."""
    near = register.names_of(Role.ADDRESS, Role.POSTCODE, Role.CITY)
    wide = register.names_of(Role.REGION, Role.COUNTRY)
    rows = register.rows([*near, *wide], companies) if near or wide else pa.table({})
    db.register("match_rows", rows.append_column("company", pa.array(companies, pa.int32())))
    texts = [f"{quoted(name)}::VARCHAR" for name in (*near, *wide)]
    place = _PLACE.format(near=", ".join([*texts[: len(near)], "NULL"]), all=", ".join([*texts, "NULL"]))
    run(db, _TABLE.format(name="match_places", query=place))


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
