"""What the columns of a client list mean, from their headers and from their values."""

from __future__ import annotations

from dataclasses import dataclass, replace

import duckdb
import pandas as pd

from graphlead.carriers import Register, Role
from graphlead.errors import InputError
from graphlead.match import words
from graphlead.match.normalise import header
from graphlead.match.sql import identifier, run

REGISTER_FIELDS = {
    "city": Role.CITY,
    "region": Role.REGION,
    "postcode": Role.POSTCODE,
    "country": Role.COUNTRY,
    "address": Role.ADDRESS,
}
FIELDS = (*REGISTER_FIELDS, "domain")
"""The fields besides the name that a line and a company are compared on."""

ID_SHARE = 0.5
"""A column is one of ids when at least this share of its values are ids of the register."""


@dataclass(frozen=True)
class ListColumns:
    """How a client list was understood: column names by meaning.

    ``names``: the company's names, best first. ``fields``: city, region, postcode, country, address or domain to a
    column. ``ids``: pairs (column of the list, id or identifier column of the register). ``date``: when the client was
    won, or empty.
    """

    names: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    ids: tuple[tuple[str, str], ...] = ()
    date: str = ""


def _vocabulary() -> dict[str, str]:
    return {
        " ".join(synonym.split()): meaning
        for meaning, synonyms in words.HEADERS.items()
        for synonym in synonyms.split("|")
    }


def _meanings(clients: pd.DataFrame) -> dict[str, str]:
    """Column to meaning, where the header says it outright."""
    known = _vocabulary()
    return {str(column): known[header(str(column))] for column in clients if header(str(column)) in known}


def _filled(clients: pd.DataFrame, column: str) -> pd.Series:
    values = clients[column].astype("string").str.strip()
    return values[values.notna() & (values != "")]


def _is_date(values: pd.Series) -> bool:
    if values.empty or values.str.fullmatch(r"[0-9]{1,3}|[0-9]{5,7}").mean() > 0.5:
        return False
    parsed = pd.to_datetime(values, errors="coerce", format="mixed", dayfirst=True, utc=True)
    return bool(parsed.notna().mean() >= 0.8)


def _is_wordy(values: pd.Series) -> bool:
    """Whether the values look like names: letters, few repeats, no mail or web addresses."""
    if values.empty:
        return False
    letters = values.str.count(r"[^\W\d_]") / values.str.len()
    return bool(
        letters.median() >= 0.6
        and values.str.len().median() >= 4
        and not values.str.contains("@|://").mean() > 0.5
    )


def _looks_like_id_header(column: str) -> bool:
    return bool(words.ID_WORDS & set(header(column).split()))


def _name_columns(clients: pd.DataFrame, meanings: dict[str, str], taken: set[str]) -> tuple[str, ...]:
    stated = [column for column, meaning in meanings.items() if meaning == "name" and column not in taken]
    stated = [column for column in stated if not _filled(clients, column).empty]
    if stated:
        return tuple(stated)
    free = [str(column) for column in clients if str(column) not in meanings and str(column) not in taken]
    wordy = [
        column
        for column in free
        if _is_wordy(_filled(clients, column)) and not _is_date(_filled(clients, column))
    ]
    hinted = [column for column in wordy if set(header(column).split()) & _name_words()]
    best = hinted or sorted(wordy, key=lambda column: -_filled(clients, column).nunique())
    return tuple(best[:1])


def _name_words() -> set[str]:
    return {
        synonym.strip() for synonym in words.HEADERS["name"].split("|") if len(synonym.split()) == 1
    } - words.ID_WORDS


def _id_share(connection: duckdb.DuckDBPyConnection, clients: pd.DataFrame, ids: str) -> dict[str, float]:
    """Share of each list column's values that the table ``ids`` (key, loose) holds."""
    shares = {}
    for column in clients:
        values = _filled(clients, str(column)).drop_duplicates().to_frame("value")
        if values.empty:
            continue
        connection.register("match_values", values)
        rows = run(
            connection,
            f"SELECT avg(CASE WHEN match_id(value) IN (SELECT key FROM {ids})"
            f" OR ltrim(match_id(value), '0') IN (SELECT loose FROM {ids}) THEN 1.0 ELSE 0.0 END) FROM match_values",
        )
        shares[str(column)] = float(rows[0][0])
    return shares


def id_table(connection: duckdb.DuckDBPyConnection, register: Register, column: str) -> str:
    """Make a table (company, key, loose) of one id column of the register; its name. ``loose`` lacks leading zeros."""
    name = f"match_ids_{register.names_of(Role.ID, Role.IDENTIFIER).index(column)}"
    run(
        connection,
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT *, ltrim(key, '0') AS loose FROM (SELECT"
        f" file_row_number::INTEGER AS company, match_id({identifier(column)}::VARCHAR) AS key"
        " FROM read_parquet($path, file_row_number = true)) WHERE key <> ''",
        {"path": str(register.companies)},
    )
    return name


def _id_columns(
    connection: duckdb.DuckDBPyConnection, clients: pd.DataFrame, register: Register, meanings: dict[str, str]
) -> tuple[tuple[str, str], ...]:
    found = []
    for column in register.names_of(Role.ID, Role.IDENTIFIER):
        table = id_table(connection, register, column)
        for name, share in _id_share(connection, clients, table).items():
            same_header = header(name) == header(column)
            if meanings.get(name) not in (None, "name") and not same_header:
                continue
            if share >= ID_SHARE or (share > 0 and (same_header or _looks_like_id_header(name))):
                found.append((share, name, column))
    return tuple((name, column) for _, name, column in sorted(found, key=lambda entry: -entry[0]))


def _fields(clients: pd.DataFrame, meanings: dict[str, str], taken: set[str]) -> tuple[tuple[str, str], ...]:
    chosen: dict[str, str] = {}
    for column, meaning in meanings.items():
        if meaning in FIELDS and meaning not in chosen and column not in taken:
            if not _filled(clients, column).empty:
                chosen[meaning] = column
    return tuple(chosen.items())


def _date(clients: pd.DataFrame, meanings: dict[str, str]) -> str:
    stated = [column for column, meaning in meanings.items() if meaning == "date"]
    return next((column for column in stated if _is_date(_filled(clients, column))), "")


def _like_register(clients: pd.DataFrame, register: Register) -> dict[str, str]:
    """Meanings of list columns that are called as a column of the register is."""
    roles = {
        Role.NAME: "name",
        Role.CONTACT: "domain",
        **{role: field for field, role in REGISTER_FIELDS.items()},
    }
    same = {header(column.name): roles[column.role] for column in register.columns if column.role in roles}
    return {str(column): same[header(str(column))] for column in clients if header(str(column)) in same}


def understand(
    connection: duckdb.DuckDBPyConnection, clients: pd.DataFrame, register: Register
) -> ListColumns:
    """Say which columns of the list hold names, places, ids and the date.

    Raises InputError when the list has neither a name nor an id to go by.
    """
    meanings = {**_like_register(clients, register), **_meanings(clients)}
    ids = _id_columns(connection, clients, register, meanings)
    taken = {column for column, _ in ids}
    columns = ListColumns(
        _name_columns(clients, meanings, taken),
        _fields(clients, meanings, taken),
        ids,
        _date(clients, meanings),
    )
    if columns.names or columns.ids or "domain" in dict(columns.fields):
        return columns
    raise InputError(
        "no column holds company names or ids; found "
        + (", ".join(map(str, clients.columns)) or "no column")
        + ".",
        where="client list",
        remedy="Name the column with the companies 'name', or the one with the register's ids 'company_id'.",
    )


def without_ids(columns: ListColumns) -> ListColumns:
    """The same reading of the list without its id columns."""
    return replace(columns, ids=())
