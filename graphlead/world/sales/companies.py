"""The companies behind the rows of a CRM: whose leads and customers they are, and where word has got around."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Keys
from graphlead.world.sales.lots import Lots, Texts
from graphlead.world.sampling import stream
from graphlead.world.settings import World
from graphlead.world.typed import type_name

WARM_TOWNS = 0.3
"""Share of towns in which one buyer brings the next; a choice."""


def read_companies(world: World) -> pd.DataFrame:
    """company_id, name, city and role of every company of a world with a name, planted duplicates left out."""
    columns = ["company_id", "name", "city"]
    companies = _read(world.companies, columns)
    truth = _read(world.truth, ["company_id", "role", "duplicate_of"])
    both = companies.merge(truth[truth["duplicate_of"].isna()], on="company_id")
    return both[both["name"].notna()].drop_duplicates("company_id").reset_index(drop=True)


def _read(path: Path, columns: list[str]) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path, columns=columns).astype("string")
    return pd.read_csv(path, usecols=columns, dtype="string")


def customers_of(companies: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """So many companies, a row each: the clients of the world first, then others by lot; all where there are fewer."""
    lot = Lots.of(companies["company_id"].to_numpy(object), seed).share("customer")
    order = np.argsort(lot - (companies["role"] == "client").to_numpy(), kind="stable")
    return companies.iloc[order[:count]].reset_index(drop=True)


def leads_of(companies: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """So many rows of companies by lot, with a ``key`` each; a company comes again once all have come."""
    rounds = -(-count // len(companies))
    rows = pd.concat([companies.assign(key=companies["company_id"] + f"/{i}") for i in range(rounds)])
    last = rows["key"].str.endswith(f"/{rounds - 1}").to_numpy(bool)
    lot = Lots.of(rows["key"].to_numpy(object), seed).share("lead")
    order = np.argsort(lot + last, kind="stable")
    return rows.iloc[order[:count]].reset_index(drop=True)


def warm(cities: pd.Series, seed: int) -> Flags:
    """Whether each row (n,) is in a town where one buyer brings the next; nobody is where no town is known."""
    drawn = Lots.of(cities.fillna("").to_numpy(object), seed).happens("warm town", WARM_TOWNS)
    return np.asarray(drawn & cities.notna().to_numpy())


def typed(names: pd.Series, keys: Keys) -> Texts:
    """Each name as somebody typed it."""
    lines = [type_name(name, stream(int(key), "typed")) for name, key in zip(names, keys, strict=True)]
    return np.array(lines, object)
