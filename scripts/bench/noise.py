"""How well each noise cleaner finds planted noise, and whether clusters get better when what it finds is set aside.

usage: noise.py [--customers FILE] [--rows N] [--seed N]

Rows are drawn, by default from a generated survey of eight kinds of people in 24 columns; with --customers from a table
of numbers, of which the clusters without noise are taken for the truth. Of 10, 30 and 50 % of the rows, each column is
then drawn on its own: right values, no sense. For each share and cleaner: the AUC, the share of noise among as many
rows as are noise, and k-means on the rest beside k-means on all, compared on the rows that are no
noise with their kinds (adjusted Rand index; entropy of the kinds within clusters, in bits, as in Xiong et al. 2006).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from graphlead.core.cases import Kind
from graphlead.core.customers import Customers, Trait
from graphlead.profile.customers.noise.build import find_noise
from graphlead.profile.customers.space import fit_space

SHARES = (0.1, 0.3, 0.5)
CLEANERS = ("distance", "clusters", "lof", "hcleaner", "votes")
KINDS, COLUMNS, LEVELS = 8, 24, 7


def survey(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers 0 to 6 of eight kinds of people (rows, 24), and the kind of each (rows,)."""
    draw = np.random.default_rng(seed)
    usual, kind = draw.integers(0, LEVELS, (KINDS, COLUMNS)), draw.integers(0, KINDS, rows)
    answers = usual[kind] + draw.normal(0, 3.2, (rows, COLUMNS)).round().astype(int)
    return np.clip(answers, 0, LEVELS - 1), kind


def given(path: Path, rows: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of a table's numbers, and their clusters before there is noise."""
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    numbers = table.select_dtypes("number").dropna().sample(frac=1, random_state=seed).head(rows)
    values = numbers.to_numpy(float)
    return values, KMeans(KINDS, n_init=10, random_state=seed).fit_predict(points(values))


def customers(values: np.ndarray) -> Customers:
    names, unknown = [f"c{i}" for i in range(values.shape[1])], np.full(len(values), np.nan)
    return Customers(
        ids=np.array([f"{i:07}" for i in range(len(values))], object),
        traits=tuple(Trait(name=name, kind=Kind.NUMBER, title=name) for name in names),
        table=pd.DataFrame(values.astype(float), columns=names),
        recency=unknown,
        frequency=unknown,
        monetary=unknown,
        bought=False,
    )


def points(values: np.ndarray) -> np.ndarray:
    people = customers(values)
    return fit_space(people.traits, people.table).points(people.table)


def entropy(kind: np.ndarray, cluster: np.ndarray) -> float:
    """The entropy of the kinds within clusters, in bits, weighted by the size of the clusters."""
    counts = pd.crosstab(cluster, kind).to_numpy(float)
    shares = counts / counts.sum(1, keepdims=True)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(1)
    return float((bits * counts.sum(1)).sum() / counts.sum())


def clustered(
    values: np.ndarray, kept: np.ndarray, kind: np.ndarray, good: np.ndarray, seed: int
) -> tuple[float, float]:
    """ARI and entropy on the good rows of clusters that were found in those kept."""
    place = points(values)
    found = KMeans(KINDS, n_init=10, random_state=seed).fit(place[kept]).predict(place[good])
    return adjusted_rand_score(kind[good], found), entropy(kind[good], found)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    clean, kind = (
        given(asked.customers, asked.rows, asked.seed) if asked.customers else survey(asked.rows, asked.seed)
    )
    for share in SHARES:
        draw = np.random.default_rng(asked.seed + 1)
        bad = draw.permutation(len(clean)) < share * len(clean)
        values = clean.copy()
        values[bad] = np.column_stack([draw.choice(column, bad.sum()) for column in clean.T])
        scores = find_noise(customers(values), asked.seed)
        ari, bits = clustered(values, np.ones(len(bad), bool), kind, ~bad, asked.seed)
        print(f"{share:.0%} noise; with all rows ARI {ari:.3f}, entropy {bits:.3f}")
        for name in CLEANERS:
            score = scores[name].to_numpy()
            aside = np.argsort(-score, kind="stable")[: bad.sum()]
            kept = np.setdiff1d(np.arange(len(bad)), aside)
            ari, bits = clustered(values, kept, kind, ~bad, asked.seed)
            print(
                f"  {name:9} AUC {roc_auc_score(bad, score):.3f}, noise found {bad[aside].mean():.3f}, "
                f"without them ARI {ari:.3f}, entropy {bits:.3f}"
            )


if __name__ == "__main__":
    main()
