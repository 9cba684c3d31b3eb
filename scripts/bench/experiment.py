"""Whether experiments are read rightly, on generated cases with known effects.

    python scripts/bench/experiment.py [--splits 1000] [--experiments 2000] [--seeds 5] [--cases 20000]

Prints the share of splits of the same cases into two arms that differ with p < 0.05; how often the 95 % interval of
a lift holds the true one, by the rate of the outcome; and what treating the 30 % ranked first adds, in points, by the
true effects of cases that nothing was learned from, beside two logistic regressions (scikit-learn's, one-hot and
standardised), the truth itself and everybody.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import graphlead
from graphlead.common.console import laid_out
from graphlead.core.arrays import Reals
from graphlead.experiments.figures.differences import difference, sample_of

FIRST = 0.3
Z = 1.959964


def splits(times: int) -> float:
    """The share of random splits of 5,000 cases with p < 0.05, read as a user would."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"visit": (rng.random(5000) < 0.1).astype(int)})
    found = []
    for _ in range(times):
        table["arm"] = np.where(rng.random(len(table)) < 0.5, "a", "b")
        found.append(graphlead.read_experiment(table, control="b", outcome="visit").arms[0]["p_value"])
    return float((np.array(found) < 0.05).mean())


def coverage(times: int, n: int, rate: float) -> list[object]:
    """How often the interval holds the true lift of a third, and how often the plain normal one does."""
    rng = np.random.default_rng(1)
    held = plain = 0
    for _ in range(times):
        a, b = ((rng.random(n) < each).astype(np.float64) for each in (rate * 4 / 3, rate))
        found = difference(sample_of(a), sample_of(b))
        half = Z * np.sqrt(a.var(ddof=1) / n + b.var(ddof=1) / n)
        held += found.low <= rate / 3 <= found.high
        plain += abs(found.lift - rate / 3) <= half
    return [f"{n:,} an arm at {rate:.1%}", held / times, plain / times]


def cases(n: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({
        "customer_id": [f"U{seed}-{i}" for i in range(n)],
        "recency": rng.integers(1, 13, n),
        "history": rng.gamma(1.2, 200, n).round(2),
        "newbie": rng.integers(0, 2, n),
        "channel": rng.choice(["web", "phone", "store"], n),
        "place": rng.choice(["urban", "suburban", "rural"], n, p=[0.4, 0.45, 0.15]),
        **{f"other_{at}": rng.normal(0, 1, n).round(3) for at in range(4)},
    })  # fmt: skip


def linear(table: pd.DataFrame) -> Reals:
    return np.asarray(0.05 + 0.03 * (table["newbie"] - 0.5) + 0.006 * (6.5 - table["recency"]), np.float64)


def threshold(table: pd.DataFrame) -> Reals:
    moved = (table["recency"] <= 4) & (table["channel"] != "phone") & (table["history"] > 150)
    return np.asarray(0.01 + 0.15 * moved, np.float64)


def apart(table: pd.DataFrame) -> Reals:
    """An effect that no single column shows."""
    return np.asarray(0.05 + 0.05 * np.sign(table["other_0"] * table["other_1"]), np.float64)


def alike(table: pd.DataFrame) -> Reals:
    return np.full(len(table), 0.05)


EFFECTS: dict[str, Callable[[pd.DataFrame], Reals]] = {
    "linear": linear, "thresholds": threshold, "two columns together": apart, "the same for all": alike,
}  # fmt: skip


def uplift(effect: Callable[[pd.DataFrame], Reals], n: int, seed: int) -> dict[str, float]:
    """What the first 30 % of other cases gain on average, in points."""
    past, opened, rng = cases(n, seed), cases(n, seed + 1000), np.random.default_rng(seed)
    treated = rng.random(n) < 0.5
    base = 0.08 + 0.0001 * np.minimum(past["history"], 600) + 0.03 * (past["place"] == "rural")
    visit = (rng.random(n) < base + effect(past) * treated).astype(int)
    table = past.assign(arm=np.where(treated, "mail", "none"), visit=visit)
    found = graphlead.read_experiment(table, control="none", outcome="visit", open=opened)
    ours = found.uplift.set_index("id")["uplift"][opened["customer_id"]].to_numpy()
    scores = {"graphlead": ours, "two logits": peer(past, opened, treated, visit), "truth": effect(opened)}
    true = effect(opened)
    gains = {
        name: 100 * true[np.argsort(-score, kind="stable")[: int(FIRST * n)]].mean()
        for name, score in scores.items()
    }
    error = float(np.abs(ours - true).mean())
    return gains | {"everybody": 100 * true.mean(), "distance from the truth": 100 * error}


def peer(past: pd.DataFrame, opened: pd.DataFrame, treated: np.ndarray, visit: np.ndarray) -> Reals:
    """The difference of two logistic regressions."""
    both = pd.get_dummies(pd.concat([past, opened]).drop(columns="customer_id"), dtype=float).to_numpy()
    scaler = StandardScaler().fit(both[: len(past)])
    rows, new = scaler.transform(both[: len(past)]), scaler.transform(both[len(past) :])
    sides = [
        LogisticRegression(max_iter=2000).fit(rows[side], visit[side]).predict_proba(new)[:, 1]
        for side in (treated, ~treated)
    ]
    return np.asarray(sides[0] - sides[1])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name, number in (("splits", 1000), ("experiments", 2000), ("seeds", 5), ("cases", 20000)):
        parser.add_argument(f"--{name}", type=int, default=number)
    given = parser.parse_args()
    print(f"Splits of the same cases with p < 0.05: {splits(given.splits):.1%} of {given.splits:,}")
    rows = [
        coverage(given.experiments, n, rate)
        for n, rate in ((5000, 0.1), (5000, 0.005), (500, 0.02), (100, 0.3))
    ]
    print(laid_out("Intervals that hold the true lift", ["cases", "graphlead", "normal"], rows))
    table = []
    for name, effect in EFFECTS.items():
        found = pd.DataFrame([uplift(effect, given.cases, seed) for seed in range(given.seeds)])
        table.append([name, *(float(each) for each in found.mean())])
    heads = ["effect", *found.columns]
    print(laid_out(f"Added points among the first {FIRST:.0%}, means of {given.seeds}", heads, table))


if __name__ == "__main__":
    main()
