"""Who wants a product: the customers without it, and the companies of a register."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import write_parquet
from graphlead.core.recommend import RecommendSettings
from graphlead.pipeline.recommend.choose import Choice
from graphlead.pipeline.recommend.companies import Strangers, companies_wanting
from graphlead.pipeline.recommend.read import Found
from graphlead.recommenders.baskets import Baskets, baskets_of
from graphlead.recommenders.candidates import for_products
from graphlead.recommenders.plan import plan_items
from graphlead.recommenders.rates import rates_of
from graphlead.recommenders.wanting import ACTIVE, Way, parts_of, probability
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

KNOWN, STRANGER = "customer", "non-customer"


def find_prospects(
    run: Run, found: Found, choice: Choice, settings: RecommendSettings, console: Console
) -> None:
    """Everybody without the product, the likeliest buyer first; nothing where no product was named.

    Scores of customers and of companies are both the chance of buying it within the horizon: customers buy it as often
    as those without it did in as many days before, and of the companies so many as became customers by it in these
    days, shared out in proportion to what discovery expects of each.
    """
    if not settings.product:
        return

    def make(folder: RunFolder) -> None:
        table = customers_without(found, choice, settings)
        if settings.companies or settings.run:
            table = _with_companies(
                table, companies_wanting(folder, found, settings, run.provenance, console), found
            )
        write_parquet(folder.prospects, pa.Table.from_pandas(ranked(table), preserve_index=False))

    with console.stage("looking for who wants the product"):
        run.stage("prospects", make)


def customers_without(found: Found, choice: Choice, settings: RecommendSettings) -> pd.DataFrame:
    """id, score (the probability of a purchase within the horizon), known, why: each customer without the product."""
    purchases = found.purchases
    whole = baskets_of(purchases, purchases.as_of)
    item = int(np.flatnonzero(purchases.items == settings.product)[0])
    kept = plan_items(whole.buyers, found.services).kept
    kept = np.union1d(kept, [item]).astype(np.int32)
    baskets, at = whole.of_items(kept), int(np.searchsorted(kept, item))
    candidates = for_products(len(purchases.customers))
    way = choice.way or Way(parts=(*(each.name for each in candidates), ACTIVE[0]))
    customers = np.arange(len(purchases.customers))
    ranks = parts_of(baskets, candidates, customers, np.array([at], np.int32), settings.seed)
    without = baskets.x[:, [at]].toarray()[:, 0] == 0
    score = probability(way, ranks, without, rates_of(purchases, item, settings.within).share)
    return pd.DataFrame(
        {
            "id": purchases.customers[without],
            "score": score,
            "known": KNOWN,
            "why": _why(baskets, at, np.flatnonzero(without), purchases.items[kept]),
        }
    )


def _with_companies(table: pd.DataFrame, around: Strangers, found: Found) -> pd.DataFrame:
    """The customers with their companies, and the companies that are no customers."""
    company = dict(zip(found.purchases.customers, around.company, strict=True))
    known = table.assign(company_id=[company[each] for each in table["id"]])
    both = pd.concat([known, around.table.assign(known=STRANGER)], ignore_index=True)
    return both[["id", "company_id", "score", "known", "why"]]


def ranked(table: pd.DataFrame) -> pd.DataFrame:
    """The rows, the highest score first, with their rank behind the score."""
    order = np.lexsort((table["id"].to_numpy(str), -table["score"].to_numpy()))
    table = table.iloc[order].reset_index(drop=True)
    table.insert(list(table).index("score") + 1, "rank", np.arange(1, len(table) + 1))
    return table


def _why(baskets: Baskets, at: int, rows: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Of each customer's items the one of whose buyers most bought the product too."""
    buyers = np.maximum(baskets.buyers, 1)
    both = np.asarray((baskets.x.T @ baskets.x[:, [at]]).todense()).ravel()
    share = (both + 0.0) / (buyers + 5.0)
    share[at] = 0
    texts = np.empty(len(rows), object)
    for place, row in enumerate(rows):
        own = baskets.x.indices[baskets.x.indptr[row] : baskets.x.indptr[row + 1]]
        best = own[share[own].argmax()] if len(own) else -1
        if best >= 0 and both[best] > 0:
            part = f"{both[best] / buyers[best]:.0%}".replace("%", " %")
            texts[place] = f"bought {items[best]}; {part} of its buyers bought the product too"
        else:
            texts[place] = "bought nothing that buyers of the product bought"
    return texts
