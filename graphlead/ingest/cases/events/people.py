"""What a table of customers holds of each, without any outcome."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from graphlead.common.files import scratch
from graphlead.core.errors import InputError, unknown
from graphlead.core.purchases import Texts
from graphlead.engines.duckdb import frame, one_row, open_db
from graphlead.ingest.cases.events.uses import customer_rank
from graphlead.ingest.cases.identity import find_account
from graphlead.ingest.cases.understood import ReadColumn
from graphlead.ingest.cases.uses import Use, use_of
from graphlead.ingest.cases.values import value
from graphlead.ingest.column_profile import Profile, profile
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, as_text, open_source

USED = (Use.NUMBER, Use.FLAG, Use.CATEGORY)
"""What people are told apart by: words and dates of single customers are not."""


@dataclass(frozen=True, kw_only=True)
class People:
    """ids: text (p,), each once, ascending. columns: (p, c) text or None, or float64 with NaN. plan: rows (column, as,
    because); notes: for the user. accounts: the name or id of each one's company (p,), None where it is empty; no array
    where no column has them."""

    ids: Texts
    columns: pd.DataFrame
    plan: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...]
    accounts: Texts | None = None


def read_people(path: Path, key: str, exclude: Collection[str] = ()) -> People:
    """The customers of a table; of several rows of one the first.

    key: what the orders call the customer; the table has that column, or one that is called like a customer. Raises
    InputError when the file cannot be used or has no such column, SettingsError for an unknown name in ``exclude``.
    """
    with damage_named(path), scratch() as folder, open_db(folder) as db:
        source = open_source(db, path, "people", folder)
        at = _key(source, key)
        for name in exclude:
            if name not in source.names:
                raise unknown("column", name, source.names, "--exclude")
        seen = profile(db, source)
        account = find_account(source.names, seen, {source.names[at], *exclude})
        columns, plan = _planned(source, seen, at, account, exclude)
        identity = f"regexp_replace({as_text(f'c{at}', source.families[at])}, '\\.0$', '')"
        selected = "".join(f", {_value(each, i, source)} AS x{i}" for i, each in columns)
        if account is not None:
            selected += f", nullif(trim({as_text(f'c{account}', source.families[account])}), '') AS account"
        query = (
            f"SELECT * FROM (SELECT row, {identity} AS id{selected} FROM {source.view}) WHERE id IS NOT NULL "
            "QUALIFY row_number() OVER (PARTITION BY id ORDER BY row) = 1 ORDER BY id"
        )
        found = frame(db, query)
        rows = int(one_row(db, f"SELECT count(*) FROM {source.view}")[0])
    lost = rows - len(found)
    notes = (
        (f"{lost:,} rows of {path.name} have no customer, or one of an earlier row: left out.",)
        if lost
        else ()
    )
    typed = {each.name: _typed(found[f"x{i}"]) for i, each in columns}
    return People(
        ids=found["id"].to_numpy(object),
        columns=pd.DataFrame(typed, index=range(len(found)), columns=pd.Index(list(typed), dtype="str")),
        plan=tuple(plan),
        notes=notes,
        accounts=None if account is None else _typed(found["account"]).to_numpy(object),
    )


def _planned(
    source: Source, seen: Sequence[Profile], at: int, account: int | None, exclude: Collection[str]
) -> tuple[list[tuple[int, ReadColumn]], list[tuple[str, str, str]]]:
    """The columns that are used, by position, and the plan of all; those with the customer and the account apart."""
    columns, plan = [], [(source.names[at], "customer", "the column that the orders have too")]
    for i, (name, family, each) in enumerate(zip(source.names, source.families, seen, strict=True)):
        if i == at:
            continue
        if i == account:
            plan.append((name, "account", "its name; matched to companies, and no feature"))
            continue
        use, style, because = use_of(name, family, each, source.rows)
        left = name in exclude
        used = use in USED and not left
        plan.append((name, str(use) if used else "not used", "left out by you" if left else because))
        if used:
            columns.append((i, ReadColumn(name=name, use=use, because=because, style=style)))
    return columns, plan


def _value(column: ReadColumn, at: int, source: Source) -> str:
    found = value(column, f"c{at}", source.families[at])
    return f"({found})::INTEGER::DOUBLE" if column.use is Use.FLAG else found


def _key(source: Source, key: str) -> int:
    if key in source.names:
        return source.names.index(key)
    ranks = [(rank, i) for i, name in enumerate(source.names) if (rank := customer_rank(name)) is not None]
    if not ranks:
        raise InputError(
            f"no column holds the customer; the columns are: {', '.join(source.names[:20])}.",
            where=str(source.path),
            remedy=f"Call it {key} as in the orders.",
        )
    return min(ranks)[1]


def _typed(column: pd.Series) -> pd.Series:
    if pd.api.types.is_numeric_dtype(column):
        return column.astype(float)
    return column.astype(object).where(column.notna(), None)
