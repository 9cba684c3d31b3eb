"""The first part of `recommend`: from tables to purchases, and to what is known of customers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.deal import keys_of
from graphlead.common.files import read_parquet, write_parquet
from graphlead.common.words.services import is_service
from graphlead.core.arrays import Ints, Keys
from graphlead.core.errors import damage, unknown
from graphlead.core.purchases import Purchases, Texts
from graphlead.core.recommend import RecommendSettings
from graphlead.ingest.cases.events.layout import EventOptions, Layout
from graphlead.ingest.cases.events.people import People, read_people
from graphlead.ingest.cases.events.purchase_files import load_purchases, save_purchases
from graphlead.ingest.cases.events.purchases import read_purchases
from graphlead.ingest.cases.files import as_frame, as_table
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

PEOPLE, ID, ACCOUNT = "people.parquet", "customer of the row", "account of the row"
"""Within the folder of the purchases: the customers' table, missing where none was given; its column of ids, and
that of their companies, if it has one."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """purchases: as read. known (n, c): what is known of each customer; new: ids (k,) of customers without a purchase,
    and theirs (k, c). services: positions of items that are no products. keys: (n,) of the customers. accounts: (n,)
    the name or id of each customer's company, where nothing else is known the customer's own.
    """

    purchases: Purchases
    known: pd.DataFrame
    new: Texts
    of_new: pd.DataFrame
    services: Ints
    keys: Keys
    accounts: Texts

    @property
    def notes(self) -> list[str]:
        """Those of the reader, and which items are no products."""
        names = ", ".join(map(str, self.purchases.items[self.services][:8]))
        more = [f"Taken for no products, so not recommended: {names}."] if len(self.services) else []
        return [*self.purchases.notes, *more]


def read(run: Run, settings: RecommendSettings, console: Console, like: Layout | None = None) -> Found:
    """The purchases of the tables that were given, and the plan, printed. like: that of an earlier run."""

    def make(folder: RunFolder) -> None:
        purchases = read_purchases(settings.events, options_of(settings), settings.items, like=like)
        purchases = _without(purchases, settings)
        if settings.customers:
            key = next((name for name, use, _ in purchases.plan if use == "customer"), "customer")
            people = read_people(settings.customers, key, _of_people(settings, purchases))
            name = settings.customers.name
            plan = tuple((f"{name}: {column}", use, because) for column, use, because in people.plan)
            purchases = replace(
                purchases, plan=(*purchases.plan, *plan), notes=(*purchases.notes, *people.notes)
            )
            _save(people, folder.purchases)
        save_purchases(purchases, folder.purchases)

    with console.stage("reading the tables"):
        found = load_found(run.stage("purchases", make))
    console.table("How the columns are understood (a [columns] entry in --config overrides it):",
                  ["column", "as", "because"], found.purchases.plan)  # fmt: skip
    return found


def options_of(settings: RecommendSettings) -> EventOptions:
    own = {name: use for name, use in settings.columns.items() if isinstance(use, str)}
    return EventOptions(
        id=settings.id or "",
        item=settings.item or "",
        columns={"": own},
        as_of=settings.as_of,
        within=settings.within,
        seed=settings.seed,
    )


def load_found(folder: RunFolder) -> Found:
    """What ``read`` wrote. Raises RunFolderError when a part is missing or damaged."""
    purchases = load_purchases(folder.purchases)
    people = _load(folder.purchases) if (folder.purchases / PEOPLE).exists() else None
    accounts = purchases.customers
    known, new, of_new = purchases.of_customers, np.zeros(0, object), purchases.of_customers.head(0)
    if people is not None:
        ids, columns, named = people
        known, new, of_new = _joined(purchases, ids, columns)
        accounts = named.reindex(purchases.customers).to_numpy(object)
        accounts = np.where(pd.isna(accounts), purchases.customers, accounts)
    services = np.flatnonzero([is_service(str(item)) for item in purchases.items]).astype(np.int32)
    keys = keys_of(pa.array(purchases.customers, pa.string()))
    return Found(
        purchases=purchases,
        known=known,
        new=new,
        of_new=of_new,
        services=services,
        keys=keys,
        accounts=accounts,
    )


def _joined(
    purchases: Purchases, ids: Texts, columns: pd.DataFrame
) -> tuple[pd.DataFrame, Texts, pd.DataFrame]:
    """The columns of both tables for the customers who bought, and for those who did not."""
    at = pd.Index(ids).get_indexer(pd.Index(purchases.customers))
    theirs = columns.reindex(np.where(at >= 0, at, len(ids))).reset_index(drop=True)
    theirs = theirs.astype(
        {name: object for name in theirs if not pd.api.types.is_numeric_dtype(columns[name])}
    )
    theirs = theirs.where(theirs.notna() | theirs.dtypes.map(pd.api.types.is_numeric_dtype), None)
    own = purchases.of_customers[[name for name in purchases.of_customers if name not in columns]]
    fresh = np.setdiff1d(np.arange(len(ids)), at)
    of_new = columns.iloc[fresh].reset_index(drop=True)
    return pd.concat([own, theirs], axis=1), ids[fresh], of_new.reindex(columns=[*own, *columns])


def _without(purchases: Purchases, settings: RecommendSettings) -> Purchases:
    """The purchases without the columns that the user leaves out."""
    names = [
        *map(str, purchases.of_items),
        *map(str, purchases.of_customers),
        *(row[0] for row in purchases.plan),
    ]
    for name in settings.exclude:
        if name not in names and not settings.customers:
            raise unknown("column", name, sorted({*names}), "--exclude")
    left = list(settings.exclude)
    return replace(
        purchases,
        of_items=purchases.of_items.drop(columns=left, errors="ignore"),
        of_customers=purchases.of_customers.drop(columns=left, errors="ignore"),
    )


def _of_people(settings: RecommendSettings, purchases: Purchases) -> list[str]:
    """The columns to leave out that are not of the orders: they have to be of the customers' table."""
    orders = {name for name, *_ in purchases.plan}
    return [name for name in settings.exclude if name not in orders]


def _save(people: People, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    texts = {str(name) for name in people.columns if not pd.api.types.is_numeric_dtype(people.columns[name])}
    table = people.columns.assign(**{ID: people.ids})
    if people.accounts is not None:
        table[ACCOUNT] = people.accounts
        texts.add(ACCOUNT)
    write_parquet(folder / PEOPLE, as_table(table, {*texts, ID}))


def _load(folder: Path) -> tuple[Texts, pd.DataFrame, pd.Series]:
    """The ids, the columns, and by id the account or None."""
    with damage(folder / PEOPLE):
        frame = as_frame(read_parquet(folder / PEOPLE))
        ids = frame.pop(ID).to_numpy(object)
        accounts = frame.pop(ACCOUNT).to_numpy(object) if ACCOUNT in frame else np.full(len(ids), None)
        return ids, frame, pd.Series(accounts, ids, object)
