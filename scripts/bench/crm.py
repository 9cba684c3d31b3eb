"""The exam on generated CRMs, of which the true probabilities are known: convert and churn beside the truth and peers.

    python scripts/bench/crm.py FOLDER [--seeds 3] [--sizes 700 15000] [--tasks leads leads+register customers]

Of every seed a world is made with leads and customers, about a quarter of them open. For each size so many known rows
are drawn; the open ones are the same for all. AUC and calibration are expected values: an open row counts as converted
with its true probability, so that no lot of outcomes decides. Without a register, the truth is what is known of a lead
whose town is not; with one, it knows which towns are warm, and beside it stands what can be reached: who knows all of
the world but that, and infers it of each town from the outcomes of the known leads there. Peers get the same rows,
without the column filled in afterwards.
Named: in which share of the open rows that have a planted effect, and in which its column is one of the three that
move the truth the most, a reason names it in the right direction. What is in FOLDER already is not run again.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import graphlead
from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Flags, Reals
from graphlead.explain.cases.reasons import AGAINST, REASONS
from graphlead.world import World, WorldSettings, make_world
from graphlead.world.sales import Crm, CrmSettings, make_crm
from graphlead.world.sales.companies import WARM_TOWNS, read_companies
from graphlead.world.sales.customers import customer_odds
from graphlead.world.sales.leads import AGED, INTERCEPT, WARM, lead_odds
from graphlead.world.sampling import sigmoid

BINS = 10
COMPANIES, ROWS = 25_000, 20_500
"""Companies of a world, and leads and customers of its CRM: enough for 15,000 known ones."""


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A planted effect: the column, which rows have it, and whether it raises the probability."""

    column: str
    has: Callable[[pd.DataFrame], pd.Series]
    raises: bool = True


EFFECTS = {
    "leads": {
        "referral": Effect(column="lead_source", has=lambda t: t["lead_source"] == "Referral"),
        "aged": Effect(
            column="days_since_first_contact",
            has=lambda t: t["days_since_first_contact"] > AGED,
            raises=False,
        ),
        "decision maker": Effect(
            column="decision_maker_reached", has=lambda t: t["decision_maker_reached"] == "yes"
        ),
        "budget": Effect(column="budget_confirmed", has=lambda t: t["budget_confirmed"] == "yes"),
    },
    "customers": {
        "detractor": Effect(column="nps_score", has=lambda t: t["nps_score"] <= 6),
        "monthly": Effect(column="contract_type", has=lambda t: t["contract_type"] == "monthly"),
        "silent": Effect(column="last_login_days_ago", has=lambda t: t["last_login_days_ago"] > 30),
    },
}


@dataclass(frozen=True, kw_only=True)
class Task:
    """A table of a CRM with its truth. odds: what each column adds to the true log-odds, (n, columns); town: (n,), None
    where no register is given."""

    kind: str
    key: str
    outcome: str
    table: pd.DataFrame
    truth: Reals
    odds: pd.DataFrame
    register: World | None = None
    town: pd.Series[str] | None = None

    @property
    def opened(self) -> Flags:
        return self.table[self.outcome].isna().to_numpy()

    def drawn(self, size: int, seed: int) -> pd.DataFrame:
        """The open rows, and so many of the known ones."""
        known = self.table[~self.opened].sample(size, random_state=seed)
        return pd.concat([known, self.table[self.opened]]).sort_index()


def task_of(name: str, crm: Crm, world: World) -> Task:
    kind, _, register = name.partition("+")
    leads = kind == "leads"
    table = pd.read_csv(crm.leads if leads else crm.customers)
    truth = pd.read_csv(crm.leads_truth if leads else crm.customers_truth)
    return Task(
        kind=kind,
        key="lead_id" if leads else "customer_id",
        outcome="converted" if leads else "churned",
        table=table,
        truth=truth["probability_alone" if leads and not register else "probability"].to_numpy(),
        odds=(lead_odds if leads else customer_odds)(table),
        register=world if register else None,
        town=truth["company_id"].map(read_companies(world).set_index("company_id")["city"])
        if register
        else None,
    )


def reachable(task: Task, known: pd.DataFrame) -> dict[str, Reals]:
    """The probabilities (open,) of who knows the world, but of the towns only the known leads' outcomes."""
    if task.town is None:
        return {}
    alone = INTERCEPT + task.odds.sum(axis=1)
    seen, won = known.index, known[task.outcome] == "yes"
    says = pd.DataFrame({"warm": alone[seen] + WARM, "cold": alone[seen]})
    log = says.apply(lambda odds: np.log(np.where(won, sigmoid(odds), 1 - sigmoid(odds))))
    towns = log.groupby(task.town[seen]).sum()
    odds = np.log(WARM_TOWNS / (1 - WARM_TOWNS)) + towns["warm"] - towns["cold"]
    prior = sigmoid(task.town.map(odds).fillna(np.log(WARM_TOWNS / (1 - WARM_TOWNS))))
    warm = np.where(task.town.isna(), 0.0, prior)
    found = warm * sigmoid(alone + WARM) + (1 - warm) * sigmoid(alone)
    return {"reachable": np.asarray(found[task.opened])}


def expected_auc(truth: Reals, score: Reals) -> float:
    """The AUC of a score where each row (n,) is positive with its true probability."""
    label = np.repeat([1, 0], len(truth))
    weight = np.concatenate([truth, 1 - truth])
    return float(roc_auc_score(label, np.tile(score, 2), sample_weight=weight))


def figures(truth: Reals, probability: Reals) -> dict[str, float]:
    """AUC, AUC less that of the truth, distance from the true probability: on average, and of the means of tenths."""
    tenth = pd.qcut(pd.Series(probability).rank(method="first"), BINS, labels=False)
    means = pd.DataFrame({"p": probability, "truth": truth}).groupby(tenth).mean()
    area = expected_auc(truth, probability)
    return {
        "auc": area,
        "less than the truth": area - expected_auc(truth, truth),
        "distance": float(np.abs(probability - truth).mean()),
        "ece": float((means["p"] - means["truth"]).abs().mean()),
    }


def peers(task: Task, rows: pd.DataFrame) -> dict[str, Reals]:
    """The probabilities (open,) of logistic regression and of XGBoost, untuned."""
    numbers = [name for name in task.odds if rows[name].dtype.kind in "if"]
    words = [name for name in task.odds if name not in numbers]
    known = rows[task.outcome].notna()
    columns = make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(), words))
    y = rows.loc[known, task.outcome] == "yes"
    models = {
        "logistic": LogisticRegression(max_iter=1000),
        "xgboost": xgb.XGBClassifier(n_estimators=250, learning_rate=0.05, max_depth=4),
    }
    return {
        name: make_pipeline(columns, model).fit(rows[known], y).predict_proba(rows[~known])[:, 1]
        for name, model in models.items()
    }


def named(task: Task, scored: pd.DataFrame) -> dict[str, dict[str, float]]:
    """For each planted effect, the share of the open rows (n,) that have it, and of those where it is due, in which
    a reason names it."""
    opened = task.table[task.opened]
    moved = task.odds - task.odds.mean()
    due = moved.abs().rank(axis=1, ascending=False)[task.opened] <= REASONS
    reasons = scored.set_index("id").loc[opened[task.key], [f"reason_{i + 1}" for i in range(REASONS)]]
    found = {}
    for name, effect in EFFECTS[task.kind].items():
        start = f"{'' if effect.raises else AGAINST}{effect.column}:"
        says = reasons.apply(lambda column, start=start: column.str.startswith(start)).any(axis=1).to_numpy()
        has = effect.has(opened).to_numpy()
        found[name] = {"named": says[has].mean(), "named if due": says[has & due[effect.column]].mean()}
    return found


def measured(task: Task, size: int, seed: int, folder: Path) -> dict[str, Any]:
    """The figures of the product and of its peers, and the effects that are named; kept in ``folder``."""
    kept, rows = folder / "figures.json", task.drawn(size, seed)
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_json(kept, _measured(task, rows, seed, folder))
    found, truth = dict(read_json(kept)), task.truth[task.opened]
    best = {"truth": truth, **reachable(task, rows[rows[task.outcome].notna()])}
    found["models"] = {name: figures(truth, each) for name, each in best.items()} | found["models"]
    return found


def _measured(task: Task, rows: pd.DataFrame, seed: int, folder: Path) -> dict[str, Any]:
    rows.to_csv(folder / f"{task.kind}.csv", index=False)
    register = {"companies": task.register.companies, "links": task.register.links} if task.register else {}
    verb: Any = graphlead.convert if task.kind == "leads" else graphlead.churn
    given = {task.kind: folder / f"{task.kind}.csv", "out": folder / "out", "seed": seed, "quiet": True}
    result = verb(**given, **register)
    scored, opened = result.scored, rows[rows[task.outcome].isna()]
    own = scored.set_index("id")["probability"].loc[opened[task.key]].to_numpy()
    truth = task.truth[task.opened]
    return {
        "models": {
            name: figures(truth, each) for name, each in {"graphlead": own, **peers(task, rows)}.items()
        },
        "named": named(task, scored),
        "graph": (result.metrics["graph"] or {}).get("text"),
        "promised": result.metrics["heldout"]["auc"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[700, 15_000])
    parser.add_argument("--tasks", nargs="+", default=["leads", "leads+register", "customers"])
    arguments = parser.parse_args()
    rows, shares = [], []
    for seed in range(arguments.seeds):
        folder = arguments.folder / str(seed)
        world = make_world(folder / "world", WorldSettings(companies=COMPANIES, clients=1000, seed=seed))
        crm = make_crm(folder / "crm", world, CrmSettings(leads=ROWS, customers=ROWS, seed=seed))
        for name in arguments.tasks:
            task = task_of(name, crm, world)
            for size in arguments.sizes:
                found = measured(task, size, seed, folder / f"{name}-{size}")
                at = {"task": name, "known": size, "seed": seed}
                rows += [{**at, "model": model, **each} for model, each in found["models"].items()]
                shares += [{**at, "effect": effect, **each} for effect, each in found["named"].items()]
                print(
                    json.dumps({**at, **found["models"]["graphlead"], "graph": found["graph"]}),
                    file=sys.stderr,
                )
    for table, by in ((rows, "model"), (shares, "effect")):
        means = pd.DataFrame(table).drop(columns="seed").groupby(["task", "known", by], sort=False).mean()
        print(means.to_string(float_format="%.3f"))


if __name__ == "__main__":
    main()
