"""Who wants a product among the companies of a register: discovery with the product's buyers as clients."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.console import Console
from graphlead.common.spreadsheets import write_csv
from graphlead.core.errors import InputError
from graphlead.core.purchases import Texts
from graphlead.core.recommend import RecommendSettings
from graphlead.core.settings import ID, Settings
from graphlead.match.resolve import match_clients
from graphlead.pipeline.discover import discover
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.recommend.read import Found
from graphlead.pipeline.resolve import review_answers
from graphlead.runs.layout import RunFolder

ACCOUNT, REASON = "account", "reason_1"


@dataclass(frozen=True, kw_only=True)
class Strangers:
    """table: id, company_id, score, why of each company that is no customer.

    company: (n,) the company of each customer, None where none was found for sure.
    """

    table: pd.DataFrame
    company: pd.Series


def companies_wanting(
    folder: RunFolder, found: Found, settings: RecommendSettings, console: Console
) -> Strangers:
    """Run discovery into the folder, and score every company without a customer. Raises InputError where no register is
    known, or its clients are too few to learn from."""
    buyers = folder.path / "buyers.csv"
    write_csv(buyers, pd.DataFrame({ACCOUNT: _buyers(found, str(settings.product))}))
    companies, links = _register(settings)
    result = discover(
        Settings.load(None, {
            "companies": companies, "links": links, "clients": buyers, "reviewed": settings.reviewed,
            "out": folder.discovery, "seed": settings.seed,
        }),
        Console(quiet=True),
    )  # fmt: skip
    buyers.unlink()
    register = FinishedRun(folder.discovery).register
    accounts = pd.DataFrame({ACCOUNT: pd.Series(found.purchases.customers, dtype="string")})
    match = match_clients(accounts, register, reviewed=review_answers(settings.reviewed)).table
    sure = match["company_id"].where(match["outcome"] == "matched").astype(object)
    company = pd.Series(sure.where(sure.notna(), None).to_numpy(object))
    scores = result.scores
    strangers = scores[~scores[ID].isin(set(company.dropna()))]
    why = result.leads.set_index(ID)[REASON].reindex(strangers[ID]).fillna("").to_numpy(object)
    texts = np.where(why == "", "less like the buyers than others, by discovery", why)
    table = pd.DataFrame({"id": strangers[ID].to_numpy(object), ID: strangers[ID].to_numpy(object),
                          "score": strangers["score"].to_numpy(np.float64), "why": texts})  # fmt: skip
    return Strangers(table=table, company=company)


def _buyers(found: Found, product: str) -> Texts:
    purchases = found.purchases
    item = np.flatnonzero(purchases.items == product)[0]
    buyers: Texts = purchases.customers[np.unique(purchases.bought.customer[purchases.bought.item == item])]
    return buyers


def _register(settings: RecommendSettings) -> tuple[Path, Path | None]:
    """The files of the register, or those of a finished run."""
    if settings.companies:
        return settings.companies, settings.links
    if settings.run is None:
        raise InputError("no register is given.", where="--companies", remedy="Give one, or --run.")
    before = FinishedRun(settings.run).settings
    return before.companies, before.links
