"""Customers with planted effects: detractors, monthly contracts, silence, little use, newness."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Flags, Longs
from graphlead.world.firms import SNAPSHOT
from graphlead.world.sales.companies import typed
from graphlead.world.sales.leads import OPEN_SHARE, times
from graphlead.world.sales.lots import Lots
from graphlead.world.sampling import sigmoid

INTERCEPT, DETRACTOR, MONTHLY, TICKET, SILENT, USAGE, NEW, CSM, SIZE = (
    -3.98, 2.65, 1.85, 0.25, 1.3, -0.032, 1.1, -0.8, -0.2,
)  # fmt: skip
"""Log-odds; so that detractors leave 5 times and monthly contracts 2.7 times as often as others."""
PROMOTION = (1.0, 1, 2, 2, 3, 4, 5, 8, 10, 8, 6)
"""How often each score from 0 to 10 is given."""
PAST_DAYS, COMING_DAYS = 360, 90
"""Customers that left did so in the last PAST_DAYS; open ones that will leave, within COMING_DAYS."""
STAYS = np.datetime64("NaT", "D")


def make_customers(rows: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of customers (n rows, one a company) as a CRM exports it, and its truth."""
    keys = rows["company_id"].to_numpy(object)
    lots = Lots.of(keys, seed)
    table = _columns(lots)
    table["company"] = typed(rows["name"], lots.keys)
    probability = sigmoid(INTERCEPT + customer_odds(table).to_numpy(np.float64).sum(axis=1))
    leaves, opened = lots.happens("leaves", probability), lots.happens("open customer", OPEN_SHARE)
    table["churned"] = np.where(opened, "", np.where(leaves, "yes", "no"))
    table.insert(0, "customer_id", "K" + rows["company_id"].str.slice(1))
    truth = pd.DataFrame({
        "customer_id": table["customer_id"], "company_id": rows["company_id"], "probability": probability,
        "leaves": leaves, "left_on": _leaving(lots, leaves, opened),
    })  # fmt: skip
    order = np.argsort(keys, kind="stable")
    return table.iloc[order].reset_index(drop=True), truth.iloc[order].reset_index(drop=True)


def _columns(lots: Lots) -> pd.DataFrame:
    return pd.DataFrame({
        "company": "",
        "contract_type": np.where(lots.happens("contract", 0.35), "monthly", "annual"),
        "contract_value": np.exp(lots.normal("value", 9.5, 0.9)).astype(int),
        "nps_score": lots.pick("nps", tuple(map(str, range(11))), PROMOTION).astype(int),
        "feature_usage_index": lots.normal("usage", 55, 22).clip(0, 100).astype(int),
        "tenure_months": 1 + lots.gamma("tenure", 1.5, 14).astype(int),
        "support_tickets_last_month": lots.count("tickets", 1.5),
        "last_login_days_ago": lots.gamma("login", 1, 14).astype(int),
        "has_csm": np.where(lots.happens("csm", 0.4), "yes", "no"),
    })  # fmt: skip


def customer_odds(table: pd.DataFrame) -> pd.DataFrame:
    """What each column of a table of customers adds to the log-odds of leaving, (n, columns); beside INTERCEPT."""
    return pd.DataFrame({
        "nps_score": DETRACTOR * (table["nps_score"] <= 6),
        "contract_type": MONTHLY * (table["contract_type"] == "monthly"),
        "support_tickets_last_month": TICKET * table["support_tickets_last_month"],
        "last_login_days_ago": SILENT * (table["last_login_days_ago"] > 30),
        "feature_usage_index": USAGE * (table["feature_usage_index"] - 50),
        "tenure_months": NEW * (table["tenure_months"] < 6),
        "has_csm": CSM * (table["has_csm"] == "yes"),
        "contract_value": SIZE * (np.log(table["contract_value"] + 1) - 9.5),
    })  # fmt: skip


def _leaving(lots: Lots, leaves: Flags, opened: Flags) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """The day (n,) on which each customer left or will, NaT for those that stay."""
    share = lots.share("left on")
    days: Longs = np.where(opened, 1 + share * COMING_DAYS, -share * PAST_DAYS).astype(np.int64)
    return np.where(leaves, SNAPSHOT + days.astype("timedelta64[D]"), STAYS)


def customer_effects(table: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """How many times as often each planted effect makes customers leave, by their true probabilities."""
    nps, contract, p = table["nps_score"], table["contract_type"], truth["probability"]
    return {
        "detractor_against_others": times(p, nps <= 6, nps > 6),
        "monthly_against_annual": times(p, contract == "monthly", contract == "annual"),
        "silent_against_others": times(
            p, table["last_login_days_ago"] > 30, table["last_login_days_ago"] <= 30
        ),
    }
