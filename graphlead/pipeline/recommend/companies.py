"""Who wants a product among the companies of a register: discovery with the product's buyers as clients."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.console import Console
from graphlead.common.files import scratch
from graphlead.common.spreadsheets import write_csv
from graphlead.common.workbooks import Made
from graphlead.core.arrays import Reals
from graphlead.core.clients import Match
from graphlead.core.errors import InputError
from graphlead.core.expected import HIGHEST
from graphlead.core.purchases import Texts
from graphlead.core.recommend import RecommendSettings
from graphlead.core.settings import ID, Settings
from graphlead.ingest.build import ingest
from graphlead.match.cohort import FEWEST_CLIENTS
from graphlead.match.resolve import match_clients
from graphlead.pipeline.discover import discover
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.recommend.read import Found
from graphlead.pipeline.resolve import review_answers
from graphlead.recommenders.rates import NOBODY, rates_of, shared_out
from graphlead.report.workbooks.leads import write_review
from graphlead.runs.layout import RunFolder
from graphlead.stores.registry import OWN

ACCOUNT, REASON = "account", "reason_1"


@dataclass(frozen=True, kw_only=True)
class Strangers:
    """table: id, company_id, score, why of each company that is no customer; the scores sum to the companies that
    become customers by the product within the horizon.

    company: (n,) the company of each customer, None where none was found for sure.
    """

    table: pd.DataFrame
    company: pd.Series


def companies_wanting(
    folder: RunFolder, found: Found, settings: RecommendSettings, made: Made, console: Console
) -> Strangers:
    """Run discovery into the folder, and score every company without a customer. Raises InputError where no register is
    known, or too few buyers are found in it to learn from."""
    match = _matched(found, settings, console)
    sure = match.table[ID].where(match.table["outcome"] == "matched").astype(object)
    company = pd.Series(sure.where(sure.notna(), None).to_numpy(object))
    write_csv(folder.review, match.review)
    write_review(folder.workbook(folder.review), match.review, made)
    clients = _clients(company, found, str(settings.product))
    with scratch() as place:
        buyers = place / "buyers.csv"
        write_csv(buyers, pd.DataFrame({ID: clients}))
        result = discover(
            _settings(settings, buyers, folder.discovery), Console(quiet=True), beside=settings.run
        )
    scores = result.scores
    strangers = scores[~scores[ID].isin(set(company.dropna()))]
    why = result.leads.set_index(ID)[REASON].reindex(strangers[ID]).fillna("").to_numpy(object)
    texts = _texts(why, scores["score"].to_numpy(), strangers["score"].to_numpy())
    chances = shared_out(
        strangers["score"].to_numpy(np.float64), _expected(company, found, settings), HIGHEST
    )
    table = pd.DataFrame({"id": strangers[ID].to_numpy(object), ID: strangers[ID].to_numpy(object),
                          "score": chances, "why": texts})  # fmt: skip
    return Strangers(table=table, company=company)


def _expected(company: pd.Series, found: Found, settings: RecommendSettings) -> float:
    """The companies that become customers by the product within the horizon: as many as did in the days before."""
    rates = rates_of(found.purchases, _item(found, str(settings.product)), settings.within)
    return rates.times * (company.iloc[rates.came].dropna().nunique() or NOBODY)


def _item(found: Found, product: str) -> int:
    return int(np.flatnonzero(found.purchases.items == product)[0])


def _texts(reasons: Texts, every: Reals, scores: Reals) -> Texts:
    """The reasons (k,), and in place of a missing one how many of all companies score lower."""
    below = np.searchsorted(np.sort(every), scores) / max(len(every), 1)
    return np.array([
        f"with the buyers as clients: {reason}" if reason
        else f"more like the buyers than {int(100 * share)} % of the companies"
        for reason, share in zip(reasons, below, strict=True)
    ], object)  # fmt: skip


def _matched(found: Found, settings: RecommendSettings, console: Console) -> Match:
    """The customers (n,) resolved against the register."""
    accounts = pd.DataFrame({ACCOUNT: pd.Series(found.accounts, dtype="string")})
    answers = review_answers(settings.reviewed)
    if settings.run:
        return match_clients(accounts, FinishedRun(settings.run).whole_register, reviewed=answers)
    if settings.companies is None:
        raise InputError("no register is given.", where="--companies", remedy="Give one, or --run.")
    with scratch() as folder:
        register, _ = ingest(settings.companies, settings.links, folder, overrides={}, seed=settings.seed)
        return match_clients(accounts, register, reviewed=answers)


def _clients(company: pd.Series, found: Found, product: str) -> Texts:
    """The companies of the product's buyers. Raises InputError where they are too few to learn from."""
    purchases = found.purchases
    item = _item(found, product)
    buyers = np.unique(purchases.bought.customer[purchases.bought.item == item])
    clients: Texts = company.iloc[buyers].dropna().unique()
    if len(clients) < FEWEST_CLIENTS:
        raise InputError(
            f"of the {len(buyers):,} buyers of {product}, {len(clients):,} were found in the register; at least "
            f"{FEWEST_CLIENTS} companies are needed to learn from.",
            where="--customers",
            remedy="Give a table of customers with a column of company names, or settle the lines in review with "
            "--reviewed.",
        )
    return clients


def _settings(settings: RecommendSettings, buyers: Path, out: Path) -> Settings:
    """Those of discovery: of the run that is given what concerns its register and models, not its list of clients."""
    if settings.run is None:
        own = {"companies": settings.companies, "links": settings.links}
        return Settings.load(None, {**own, "clients": buyers, "out": out, "seed": settings.seed})  # type: ignore[typeddict-item]
    before = FinishedRun(settings.run)
    register = before.whole_register
    return replace(
        before.settings, companies=register.companies, links=register.links, clients=buyers, out=out,
        suppress=None, reviewed=None, outcomes=None, expect=None, prior=None, store=OWN, seed=settings.seed,
    )  # fmt: skip
