"""Meanings of a client list's columns, from their headers and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa

from graphlead.common.words.headers import holds_a_name, in_a_list, normalised, suggests_an_id
from graphlead.core.errors import InputError
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import Db, literal, plain, quoted, run

ROLES = {
    "city": Role.CITY,
    "region": Role.REGION,
    "postcode": Role.POSTCODE,
    "country": Role.COUNTRY,
    "address": Role.ADDRESS,
    "domain": Role.CONTACT,
}
"""The fields besides the name, and their role in the register."""

ID_SHARE = 0.5
"""The share of values that must be ids of the register for a column of ids, whatever its header; a choice: lists
also hold clients from outside the register."""


@dataclass(frozen=True)
class ListColumns:
    """The columns of a client list by meaning.

    ``names``: columns of company names. ``fields``: city, region, postcode, country, address or domain to its column.
    ``ids``: pairs (column of the list, id or identifier column of the register), best first. ``date``: the column with
    the day the client was won, or empty.
    """

    names: tuple[str, ...]
    fields: Mapping[str, str]
    ids: tuple[tuple[str, str], ...]
    date: str


def filled_columns(clients: pd.DataFrame) -> dict[str, pd.Series]:
    """The values of each column that are not blank, by line, without columns that have none."""
    filled = {str(column): _filled(clients[column]) for column in clients}
    return {column: values for column, values in filled.items() if len(values)}


def understand(db: Db, clients: pd.DataFrame, register: Register) -> ListColumns:
    """The columns that hold names, places, ids and the date; the ids have been looked up, see ``look_up_ids``.

    Raises InputError when the list has neither names nor ids nor web addresses to match by.
    """
    filled = filled_columns(clients)
    meanings = {
        column: meaning for column, meaning in _meanings(filled, register).items() if column in filled
    }
    ids = _id_columns(db, filled, meanings)
    free = {column: values for column, values in filled.items() if column not in dict(ids)}
    columns = ListColumns(_name_columns(free, meanings), _fields(free, meanings), ids, _date(free, meanings))
    if columns.names or columns.ids or {"domain"} & comparable(columns, register).keys():
        return columns
    found = ", ".join(repr(str(column)) for column in clients) or "no column"
    raise InputError(
        f"no column holds company names or ids; found {found}.",
        where="client list",
        remedy="Name the column with the companies 'name', or the one with the register's ids 'company_id'.",
    )


def comparable(
    columns: ListColumns, register: Register
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The fields in both list and register, each with its columns in the list and in the register.

    Where only one side has an address, ``locality`` compares it with the other's postcode, city and region.
    """
    given: dict[str, tuple[str, ...]] = {field: (column,) for field, column in columns.fields.items()}
    known = {field: tuple(register.names_of(role)) for field, role in ROLES.items()}
    shared = {field: (given[field], known[field]) for field in ROLES if field in given and known[field]}
    parts = ("postcode", "city", "region")
    if "address" in given and not known["address"]:
        shared["locality"] = given["address"], tuple(name for part in parts for name in known[part][:1])
    elif known["address"] and "address" not in given:
        apart = tuple(column for part in parts for column in given.get(part, ()) if part not in shared)
        shared["locality"] = apart, known["address"]
    return {field: sides for field, sides in shared.items() if sides[0] and sides[1]}


def _filled(values: pd.Series) -> pd.Series:
    """The values that are not blank, by line."""
    stripped = values.astype("string").str.strip()
    return stripped[(stripped.fillna("") != "").to_numpy()]


def _meanings(filled: Mapping[str, pd.Series], register: Register) -> dict[str, str]:
    """Column to meaning, where its header is a known word or the name of a column of the register."""
    roles = {role: field for field, role in ROLES.items()} | {Role.NAME: "name"}
    same = {
        normalised(column.name): roles[column.role] for column in register.columns if column.role in roles
    }
    found = {column: in_a_list(normalised(column)) or same.get(normalised(column)) for column in filled}
    return {column: meaning for column, meaning in found.items() if meaning}


def look_up_ids(db: Db, filled: Mapping[str, pd.Series], register: Register) -> None:
    """Make match_id_hits: col (of the list), known (id column of the register), line, company, exact.

    Values equal an id when their letters and digits do; where leading zeros are lost, or one side alone has a country
    code as VAT numbers do, the hit is not exact.
    """
    cells = pa.table(
        {
            "col": pa.array([column for column, values in filled.items() for _ in values], pa.string()),
            "line": pa.array([line for values in filled.values() for line in values.index], pa.int32()),
            "value": pa.array([value for values in filled.values() for value in values], pa.string()),
        }
    )
    db.register("match_cells", cells)
    known = register.names_of(Role.ID, Role.IDENTIFIER)
    path = literal(plain(register.companies))
    hits = [_ID_HITS.format(known=literal(name), name=quoted(name), path=path) for name in known]
    run(db, _ID_TABLE.format(hits=" UNION ALL ".join(hits)))


_ID_TABLE = "CREATE OR REPLACE TEMP TABLE match_id_hits AS {hits}"

_ID_HITS = """
SELECT DISTINCT col, {known} AS known, line, company, match_id(value) = key AS exact
FROM (SELECT col, line, value, match_loose_id(value) AS loose FROM match_cells)
JOIN (SELECT company, key, match_loose(key) AS loose FROM (
    SELECT file_row_number::INTEGER AS company, match_id({name}::VARCHAR) AS key
    FROM read_parquet({path}, file_row_number = true))) USING (loose)
WHERE loose <> ''"""


def _id_columns(
    db: Db, filled: Mapping[str, pd.Series], meanings: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    counted = run(db, "SELECT col, known, count(DISTINCT line) FROM match_id_hits GROUP BY col, known")
    found = []
    for column, known, lines in counted:
        named_like_id = normalised(column) == normalised(known) or suggests_an_id(normalised(column))
        share = lines / len(filled[column])
        if named_like_id or (share >= ID_SHARE and meanings.get(column, "name") == "name"):
            found.append((normalised(column) != normalised(known), -share, column, known))
    return tuple((column, known) for _, _, column, known in sorted(found))


def _is_date(values: pd.Series) -> bool:
    """Whether most values are days; a value without a digit is none."""
    if values.str.fullmatch(r"[0-9]{1,3}|[0-9]{5,7}").mean() > 0.5:
        return False
    counted = values[values.str.contains("[0-9]").to_numpy(bool)].value_counts()
    parsed = pd.to_datetime(
        counted.index.to_series(), errors="coerce", format="mixed", dayfirst=True, utc=True
    )
    return bool(counted[parsed.notna().to_numpy()].sum() >= 0.8 * len(values))


def _is_wordy(values: pd.Series) -> bool:
    """Whether the values look like names: mostly letters, not dates, not mail or web addresses."""
    letters = values.str.count(r"[^\W\d_]") / values.str.len()
    addresses = values.str.contains("@|://", regex=True).mean()
    return bool(letters.median() >= 0.6) and bool(addresses < 0.5) and not _is_date(values)


def _name_columns(free: Mapping[str, pd.Series], meanings: Mapping[str, str]) -> tuple[str, ...]:
    """The columns with a header for names; else the wordy one with a company word in its header, or the most varied."""
    stated = [column for column in free if meanings.get(column) == "name"]
    if stated:
        return tuple([column for column in stated if _is_wordy(free[column])] or stated)
    wordy = [column for column, values in free.items() if column not in meanings and _is_wordy(values)]
    wordy.sort(key=lambda column: (not holds_a_name(normalised(column)), -free[column].nunique()))
    return tuple(wordy[:1])


def _fields(free: Mapping[str, pd.Series], meanings: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for column in free:
        if meanings.get(column) in ROLES:
            found.setdefault(meanings[column], column)
    return found


def _date(free: Mapping[str, pd.Series], meanings: Mapping[str, str]) -> str:
    stated = [column for column in free if meanings.get(column) == "date"]
    return next((column for column in stated if _is_date(free[column])), "")
