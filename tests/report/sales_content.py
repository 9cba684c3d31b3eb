"""The content of a sales run for tests: drawn probabilities that hold, hostile texts where a user's text is shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from graphlead.report.sales.content import SalesContent
from graphlead.report.sales.lists import NAMES
from graphlead.tasks.playbooks import PLAYBOOKS

NASTY = "<img src=x onerror=alert(1)></script>&\"'{{ 7*7 }}"


def model(name: str, auc: float, accuracy: float = 0.82) -> dict[str, Any]:
    return {
        "model": name, "auc": auc, "auc_low": auc - 0.012, "auc_high": auc + 0.012, "ap": 0.7,
        "accuracy": accuracy, "accuracy_low": accuracy - 0.01, "accuracy_high": accuracy + 0.01,
        "brier": 0.11, "ece": 0.018, "lift_20": 2.6,
    }  # fmt: skip


MODELS = [model("naive_bayes", 0.741, 0.7), model("logit", 0.867), model("gradient_boosting", 0.887),
          model("random_forest", 0.884), model("xgboost", 0.889), model("stack", 0.891, 0.83),
          model("plain", 0.61, 0.66)]  # fmt: skip

LEAKS = [
    {"column": NASTY, "verdict": "left out", "why": "filled in 81% of known leads and in none of the open ones",
     "auc_alone": 0.93, "auc_with": 0.986, "auc_without": 0.889, "filled_known": 0.81, "filled_open": 0.0},
    {"column": "Last Activity", "verdict": "suspected", "why": "its name is that of something that happens later",
     "auc_alone": 0.71, "auc_with": 0.892, "auc_without": None, "filled_known": 0.97, "filled_open": None},
]  # fmt: skip


def heldout(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n,), and outcomes that happen as often as they promise."""
    rng = np.random.default_rng(3)
    probability = rng.beta(0.7, 1.2, n)
    return probability, (rng.random(n) < probability).astype(np.int8)


def scored(verb: str, probability: np.ndarray, *, valued: bool) -> pd.DataFrame:
    n = len(probability)
    actions = [*list(PLAYBOOKS)[:4], ""]
    table = pd.DataFrame({
        "id": [f"L{i} {NASTY}" if i % 7 == 0 else f"L{i}" for i in range(n)],
        "probability": np.sort(probability)[::-1],
        "rank": np.arange(1, n + 1),
        NAMES[verb].action: [actions[i % 5] for i in range(n)],
        "reason_1": f"Lead source is {NASTY}",
        "reason_2": "Total time spent on the website is 1,420, more than of 92% of leads",
        "reason_3": "",
    })  # fmt: skip
    return table.assign(value=1000.0, value_at_risk=table["probability"] * 1000) if valued else table


def survival() -> pd.DataFrame:
    time = np.arange(1, 73)
    groups = {"all": 0.012, "Month-to-month": 0.03, f"Two {NASTY}": 0.003}
    parts = []
    for i, (name, hazard) in enumerate(groups.items()):
        stays = np.exp(-hazard * time)
        low, high, at_risk = stays - 0.02, np.minimum(1, stays + 0.02), 7000 // (i + 1) - 50 * time
        parts.append(pd.DataFrame({"group": name, "time": time, "survival": stays, "low": low, "high": high,
                                   "at_risk": at_risk}))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def content(verb: str = "convert", *, known: int = 6210, opened: int = 2692, **changed: Any) -> SalesContent:
    """A run; churn has survival curves and values, convert has cost and gain."""
    probability, outcome = heldout(known)
    chances = np.random.default_rng(4).beta(0.7, 1.4, opened)
    threshold = changed.pop("threshold", 0.8)
    metrics = {
        "verb": verb, "as_of": None, "known": known, "positive": int(outcome.sum()), "open": opened, "seed": 0,
        "models": MODELS, "chosen": "stack",
        "heldout": {"auc": 0.889, "ap": 0.84, "ece": 0.012, "lift_20": 2.4, "precision_at_threshold": 0.93,
                    "recall_at_threshold": 0.41, "c_index": None},
        "thresholds": [{"threshold": 0.5, "cases": 900, "precision": 0.8, "recall": 0.7, "value": 1e5},
                       {"threshold": 0.8, "cases": 400, "precision": None, "recall": 0.4, "value": None}],
        "leaks": LEAKS, "graph": None, "notes": [],
    } | changed.pop("metrics", {})  # fmt: skip
    churn = verb == "churn"
    return SalesContent(**{
        "verb": verb, "title": f"{'Customers' if churn else 'Leads'} of {NASTY[:28]}", "made": date(2026, 5, 4),
        "metrics": metrics, "threshold": threshold, "scored": scored(verb, chances, valued=churn),
        "listed": int((chances >= threshold).sum()), "heldout_probability": probability,
        "heldout_outcome": outcome, "survival": survival() if churn else None,
        "playbooks": {action: PLAYBOOKS[action] for action in list(PLAYBOOKS)[:4]},
        "cost": None if churn else 40.0, "gain": None if churn else 1200.0, "within": 90 if churn else None,
    } | changed)  # fmt: skip
