"""False and true alarms of `graphlead compare` on pairs of tables, beside tests of significance and a plain PSI.

    python scripts/bench/drift.py [--pairs 200] [--shifted 40] [--rows 200 1000 20000] [--columns 5 20 100]

Tables are made: half of the columns are numbers (even, skewed, with many zeros, in few whole steps), half categories
(2 to 200 levels), some with missing values. Prints the share of pairs of one source in which any column raises an
alarm; and, for each planted shift of one column among 20, how often that column does, and how often any other.
"""

from __future__ import annotations

import argparse

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, ks_2samp

from graphlead.core.drift import Form, Pair
from graphlead.profile.drift.build import drift_of

ROWS, COLUMNS = (200, 1_000, 20_000), (5, 20, 100)
SHIFTS = ("mean by .2 sd", "mean by .5 sd", "mean by 1 sd", "a level from 10 % to 15 %", "a level from 10 % to 30 %",
          "missing in 20 %", "a new level in 10 %")  # fmt: skip


def column(kind: int, n: int, draw: np.random.Generator) -> pd.Series:
    """Values of a column of one of ten kinds."""
    if kind % 2 == 0:
        numbers = [
            draw.normal(40, 10, n),
            draw.lognormal(5, 2, n).round(),
            np.where(draw.random(n) < 0.7, 0, draw.gamma(1, 50, n)).round(),
            draw.choice(11, n, p=np.array([1, 1, 2, 2, 3, 4, 5, 8, 10, 8, 6]) / 50).astype(float),
            draw.normal(0, 1, n),
        ][kind // 2 % 5]
        return pd.Series(np.where(draw.random(n) < 0.1, np.nan, numbers) if kind == 8 else numbers)
    levels = [2, 4, 12, 40, 200][kind // 2 % 5]
    weights = 1 / np.arange(1, levels + 1)
    texts = pd.Series(np.array([f"level {i}" for i in range(levels)], object))
    values = texts.iloc[draw.choice(levels, n, p=weights / weights.sum())].reset_index(drop=True)
    return values.where(draw.random(n) >= 0.05, None) if kind == 5 else values


def table(columns: int, n: int, draw: np.random.Generator) -> list[pd.Series]:
    return [column(i % 10, n, draw) for i in range(columns)]


def shifted(
    name: str, old: pd.Series, new: pd.Series, draw: np.random.Generator
) -> tuple[pd.Series, pd.Series]:
    """A column before and after a planted shift: of ``old`` and ``new``, or of levels of its own."""
    if name.startswith("mean"):
        return old, new + float(name.split()[2]) * 10
    if name.startswith("missing"):
        return old, new.where(draw.random(len(new)) >= 0.2)
    before, after = {"a level from 10 % to 15 %": (0.1, 0.15), "a level from 10 % to 30 %": (0.1, 0.3)}.get(
        name, (0.0, 0.1)
    )
    return _levels(before, len(old), draw), _levels(after, len(new), draw)


def _levels(share: float, n: int, draw: np.random.Generator) -> pd.Series:
    rest = (1 - share) / 4
    return pd.Series(draw.choice(["a", "b", "c", "d", "e"], n, p=[share, rest, rest, rest, rest])).astype(
        object
    )


def ours(old: list[pd.Series], new: list[pd.Series]) -> set[int]:
    forms = [Form.NUMBER if a.dtype.kind == "f" else Form.CATEGORY for a in old]
    pairs = (
        Pair(name=str(i), form=form, old=a, new=b)
        for i, (form, a, b) in enumerate(zip(forms, old, new, strict=True))
    )
    return {int(each.column) for each in drift_of(pairs) if each.alarm}


def significance(old: list[pd.Series], new: list[pd.Series]) -> set[int]:
    """The columns with p < 0.05 by Kolmogorov and Smirnov's test, or by the chi-square test."""
    found = set()
    for i, (a, b) in enumerate(zip(old, new, strict=True)):
        if a.dtype.kind == "f":
            p = ks_2samp(a.dropna(), b.dropna()).pvalue
        else:
            side = np.r_[np.zeros(len(a)), np.ones(len(b))]
            p = chi2_contingency(pd.crosstab(pd.concat([a, b], ignore_index=True).fillna("none"), side))[1]
        if p < 0.05:
            found.add(i)
    return found


def plain(old: list[pd.Series], new: list[pd.Series]) -> set[int]:
    """The columns with a PSI of 0.1 in deciles of the old table, or over all levels, an empty bin being 0.0001."""
    found = set()
    for i, (a, b) in enumerate(zip(old, new, strict=True)):
        if a.dtype.kind == "f":
            edges = np.unique(np.quantile(a.dropna(), np.arange(1, 10) / 10))
            shares = [
                np.bincount(np.searchsorted(edges, x.dropna()), minlength=len(edges) + 1) / len(x)
                for x in (a, b)
            ]
        else:
            both = pd.concat([x.fillna("none").value_counts(normalize=True) for x in (a, b)], axis=1).fillna(
                0
            )
            shares = [both.iloc[:, 0].to_numpy(), both.iloc[:, 1].to_numpy()]
        p, q = (np.maximum(x, 1e-4) for x in shares)
        if ((q - p) * np.log(q / p)).sum() >= 0.1:
            found.add(i)
    return found


WAYS = {"compare": ours, "p < 0.05": significance, "PSI >= 0.1": plain}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=200)
    parser.add_argument("--shifted", type=int, default=40)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--columns", type=int, nargs="+", default=COLUMNS)
    given = parser.parse_args()
    if given.pairs:
        print("pairs of one source with any alarm")
        for n in given.rows:
            for columns in given.columns:
                print(
                    f"  {n:6,} rows, {columns:3} columns: {false_alarms(n, columns, given.pairs)}", flush=True
                )
    if given.shifted:
        print("planted shifts among 20 columns: found / any other column")
        for n in given.rows:
            for shift in SHIFTS:
                print(f"  {n:6,} rows, {shift:26}: {power(n, shift, given.shifted)}", flush=True)


def false_alarms(n: int, columns: int, pairs: int) -> str:
    """The share of the pairs with an alarm, for the peers of a tenth of them: they are slow, and far off."""
    hits = {name: np.zeros(2) for name in WAYS}
    for seed in range(pairs):
        draw = np.random.default_rng([seed, n, columns])
        old, new = table(columns, n, draw), table(columns, n, draw)
        for name, way in WAYS.items():
            if name == "compare" or seed % 10 == 0:
                hits[name] += bool(way(old, new)), 1
    return "  ".join(f"{name} {hit[0] / hit[1]:.3f}" for name, hit in hits.items())


def power(n: int, shift: str, pairs: int) -> str:
    """The share of the pairs with an alarm on the shifted column, and on any other."""
    found = {name: np.zeros(2) for name in WAYS}
    for seed in range(pairs):
        draw = np.random.default_rng([seed, n, 7])
        old, new = table(20, n, draw), table(20, n, draw)
        old[0], new[0] = shifted(shift, old[0], new[0], draw)
        for name, way in WAYS.items():
            alarms = way(old, new)
            found[name] += 0 in alarms, bool(alarms - {0})
    return "  ".join(f"{name} {hit[0] / pairs:.2f}/{hit[1] / pairs:.2f}" for name, hit in found.items())


if __name__ == "__main__":
    main()
