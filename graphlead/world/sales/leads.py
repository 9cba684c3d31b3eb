"""Leads with planted effects: referrals, decision makers, budgets, age, and towns where word has got around."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Reals
from graphlead.world.sales.companies import WARM_TOWNS, typed, warm
from graphlead.world.sales.lots import Lots
from graphlead.world.sampling import sigmoid

SOURCES = {"Referral": 0.15, "Website": 0.3, "Event": 0.15, "Partner": 0.1, "Cold Call": 0.3}
"""Sources of leads, and the share of each."""
PULL = {"Referral": 2.09, "Website": 0.35, "Event": 0.5, "Partner": 0.8, "Cold Call": 0.0}
"""Log-odds that a source adds. Like the constants below, so that referrals convert 2.9 times as often as cold calls."""
INTERCEPT, DECISION_MAKER, BUDGET, EMAIL, TOUCH, WARM = -6.75, 1.9, 1.5, 0.36, 0.12, 2.2
OLD, DAY = -1.8, -0.006
"""Log-odds of a lead older than AGED days, and of each day."""
AGED = 90
OPEN_SHARE = 0.25
LOST = ("Price", "No budget", "Competitor", "Bad timing", "No answer")
"""Why leads are lost: filled in afterwards, so that it gives the outcome away."""


def make_leads(rows: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The table of leads as a CRM exports it, and its truth, for companies (n rows) as ``leads_of`` gives them."""
    lots = Lots.of(rows["key"].to_numpy(object), seed)
    table = _columns(lots)
    table["company"] = typed(rows["name"], lots.keys)
    near = warm(rows["city"], seed)
    alone: Reals = INTERCEPT + lead_odds(table).to_numpy(np.float64).sum(axis=1)
    probability = sigmoid(alone + WARM * near)
    converts = lots.happens("converts", probability)
    opened = lots.happens("open lead", OPEN_SHARE)
    table["lost_reason"] = np.where(opened | converts, "", lots.pick("lost", LOST))
    table["converted"] = np.where(opened, "", np.where(converts, "yes", "no"))
    truth = {"company_id": rows["company_id"], "probability": probability, "probability_alone": _averaged(alone),
             "warm": near, "converts": converts}  # fmt: skip
    order = np.argsort(-table["days_since_first_contact"].to_numpy(), kind="stable")
    ids = [f"L{i:06d}" for i in range(1, len(table) + 1)]
    return _numbered(table, ids, order), _numbered(pd.DataFrame(truth), ids, order)


def _columns(lots: Lots) -> pd.DataFrame:
    return pd.DataFrame({
        "company": "",
        "lead_source": lots.pick("source", tuple(SOURCES), tuple(SOURCES.values())),
        "decision_maker_reached": np.where(lots.happens("decision maker", 0.4), "yes", "no"),
        "budget_confirmed": np.where(lots.happens("budget", 0.35), "yes", "no"),
        "days_since_first_contact": lots.gamma("age", 1.6, 35).astype(int),
        "touchpoints_count": lots.count("touchpoints", 5),
        "email_interaction_score": lots.normal("emails", 4.5, 2.5).clip(0, 10).round(1),
    })  # fmt: skip


def lead_odds(table: pd.DataFrame) -> pd.DataFrame:
    """What each column of a table of leads adds to the log-odds of conversion, (n, columns); beside INTERCEPT."""
    age = table["days_since_first_contact"]
    return pd.DataFrame({
        "lead_source": table["lead_source"].map(PULL).astype(float),
        "decision_maker_reached": DECISION_MAKER * (table["decision_maker_reached"] == "yes"),
        "budget_confirmed": BUDGET * (table["budget_confirmed"] == "yes"),
        "days_since_first_contact": OLD * (age > AGED) + DAY * age,
        "touchpoints_count": TOUCH * table["touchpoints_count"].clip(upper=8),
        "email_interaction_score": EMAIL * table["email_interaction_score"],
    })  # fmt: skip


def _averaged(alone: Reals) -> Reals:
    """What is to be expected of a lead in a town that nothing is known of."""
    return np.asarray(WARM_TOWNS * sigmoid(alone + WARM) + (1 - WARM_TOWNS) * sigmoid(alone))


def _numbered(
    table: pd.DataFrame, ids: list[str], order: np.ndarray[tuple[int], np.dtype[np.intp]]
) -> pd.DataFrame:
    """The rows in this order, with ids in front."""
    sorted_rows = table.iloc[order].reset_index(drop=True)
    sorted_rows.insert(0, "lead_id", ids)
    return sorted_rows


def lead_effects(table: pd.DataFrame, truth: pd.DataFrame) -> dict[str, float]:
    """How many times as often each planted effect lets leads convert, by their true probabilities."""
    source, age, p = table["lead_source"], table["days_since_first_contact"], truth["probability"]
    return {
        "referral_against_cold_call": times(p, source == "Referral", source == "Cold Call"),
        "aged_against_younger": times(p, age > AGED, age <= AGED),
        "warm_town_against_others": times(p, truth["warm"], ~truth["warm"]),
    }


def times(probability: pd.Series, these: pd.Series, those: pd.Series) -> float:
    """The mean probability of these rows over that of those."""
    return round(float(probability[these].mean() / probability[those].mean()), 3)
