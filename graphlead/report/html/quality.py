"""The quality of the list on held-out clients: curves, tables, scores and segments in the form that the page needs."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json, Reals
from graphlead.core.evaluation import SUMMARIES
from graphlead.core.scores import fit
from graphlead.report.expected import range_text
from graphlead.report.html.content import ReportContent
from graphlead.report.html.figures import from_to, percent, ranker_name, score_text, split_name, times

CUTS = ("1%", "5%", "10%", "top 100", "top 500")

CHANCE = "random"
"""The ranker with a random order."""

BARS = 28
"""Bars of the histogram of scores, by eye."""

LEAST = 1e-9
"""Scores nearer to 0 or 1 than this are drawn there: their log-odds would be infinite."""

FEW_CLIENTS = 20
"""With fewer clients the report warns; a choice: the interval of a recall of a half is then wider than 0.4."""

Z95 = 1.959964
"""The 97.5 % quantile of the normal distribution."""


def metric(
    content: ReportContent, name: str, ranker: str = "", split: str = ""
) -> tuple[float, float, float]:
    """The value, low and high of a metric; by default of the list's ranker on the first split."""
    table = content.evaluation.metrics
    wanted = (
        (table["metric"] == name)
        & (table["ranker"] == (ranker or content.ranker))
        & (table["split"] == (split or content.split))
    )
    row = table.loc[wanted].iloc[0]
    return float(row["value"]), float(row["low"]), float(row["high"])


def metrics_tables(content: ReportContent) -> list[Json]:
    """One table per split: recall at each length, lift, average precision and AUC of every ranker."""
    table = content.evaluation.metrics
    return [
        {
            "split": split,
            "name": split_name(str(split)),
            "rows": [_row(rows, ranker) for ranker in rows["ranker"].unique()],
        }
        for split, rows in table.groupby("split", sort=False)
    ]


def _row(table: pd.DataFrame, ranker: str) -> Json:
    of_ranker = table[table["ranker"] == ranker].set_index("metric")
    shown = {
        **{f"recall@{cut}": percent for cut in CUTS},
        "lift@5%": times,
        "ap": _three,
        "auc": _three,
    }
    cells = []
    for name, written in shown.items():
        value, low, high = of_ranker.loc[[name], ["value", "low", "high"]].to_numpy(np.float64)[0]
        cells.append(
            {
                "metric": name,
                "value": written(value),
                "interval": _interval(written(low), written(high)),
            }
        )
    return {"ranker": ranker, "name": ranker_name(ranker), "cells": cells}


def _interval(low: str, high: str) -> str:
    """The interval, empty where both ends are written alike, as for chance, which is exact."""
    return from_to(low, high) if low != high else ""


def _three(value: float) -> str:
    return f"{value:.3f}"


def lift_figure(content: ReportContent) -> Json | None:
    """The curves of every ranker by split, and the list's ranker; None without curves."""
    if content.curves is None or content.curves.empty:
        return None
    splits = []
    for split, rows in content.curves.groupby("split", sort=False):
        curves = [
            {"ranker": ranker, "name": ranker_name(str(ranker)), **_columns(of, ("recall", "low", "high"))}
            for ranker, of in rows.groupby("ranker", sort=False)
        ]
        curves.sort(key=lambda curve: curve["ranker"] != content.ranker)
        first = rows[rows["ranker"] == rows["ranker"].iloc[0]]
        splits.append({"split": split, "name": split_name(str(split)), "curves": curves,
                       "length": first["length"].round().tolist(), "share": _rounded(first["share"])})  # fmt: skip
    return {"ranker": content.ranker, "splits": splits}


def hits_figure(content: ReportContent) -> Json | None:
    """The hits expected among the first companies, with their interval; None without leads."""
    if not content.hits:
        return None
    rows = pd.DataFrame([asdict(each) for each in content.hits])
    return {"length": rows["first"].tolist(), **_columns(rows, ("low", "point", "high"))}


def _columns(rows: pd.DataFrame, names: tuple[str, ...]) -> Json:
    return {name: _rounded(rows[name]) for name in names}


def _rounded(values: pd.Series[float]) -> list[float]:
    """To five significant digits, far below what can be seen."""
    return [float(f"{value:.5g}") for value in values]


def hits_rows(content: ReportContent) -> list[Json]:
    """The hits expected among the first of the list, with their interval, at each length."""
    return [{"first": each.first, "text": range_text(each)} for each in content.hits]


def score_figure(content: ReportContent) -> Json | None:
    """A histogram of the scores; None without scores."""
    if not len(content.scores):
        return None
    return score_bars(content.scores, content.expected.grades, content.expected.assumed)


def score_bars(scores: Reals, grades: tuple[float, float], assumed: float | None) -> Json:
    """Bars over the log-odds, each within one band of fit: edges as text, counts, band (0 is Weak).

    grades, assumed: see ``Expected``.
    """
    inside = np.clip(scores, LEAST, 1 - LEAST)
    bounds = np.clip(np.array(grades[::-1]), LEAST, 1 - LEAST)
    log_odds = np.log(inside / (1 - inside))
    edges = _edges(log_odds, np.log(bounds / (1 - bounds)))
    counts, _ = np.histogram(log_odds, edges)
    bands = fit(1 / (1 + np.exp(-(edges[:-1] + edges[1:]) / 2)), grades)
    return {
        "edges": [score_text(float(score), assumed) for score in 1 / (1 + np.exp(-edges))],
        "counts": counts,
        "bands": np.select([bands == "Strong", bands == "Moderate"], [2, 1], 0),
    }


def _edges(log_odds: Reals, bounds: Reals) -> Reals:
    """The edges of bars about equally wide, with an edge at every bound, so that no bar lies in two bands."""
    low, high = float(log_odds.min()), float(log_odds.max())
    # A hair more, so that a highest score on a bound is in the bar above it.
    high = max(high + 1e-9, low + 1e-6)
    marks = [low, *(bound for bound in bounds if low < bound < high), high]
    width = (high - low) / BARS
    parts = [np.linspace(a, b, max(1, round((b - a) / width)), endpoint=False) for a, b in pairwise(marks)]
    return np.append(np.concatenate(parts), high)


def fit_bands(content: ReportContent) -> list[Json]:
    """One row per band of fit: where it begins, and how many scored companies and leads are in it."""
    grades, assumed = content.expected.grades, content.expected.assumed
    bands = fit(np.asarray(content.scores, np.float64), grades) if len(content.scores) else np.zeros(0, str)
    leads = content.leads["fit"].value_counts().to_dict()
    return [
        {"fit": name, "from": score_text(begins, assumed),
         "scored": int((bands == name).sum()), "leads": int(leads.get(name, 0))}
        for name, begins in zip(("Strong", "Moderate", "Weak"), (*grades, 0.0), strict=True)
    ]  # fmt: skip


def segment_tables(content: ReportContent) -> list[Json]:
    """Recall of the list's ranker on the first split: one table per column, segments in the order of the evaluation."""
    table = content.evaluation.segments
    if table.empty:
        return []
    rows = table[(table["ranker"] == content.ranker) & (table["split"] == content.split)]
    return [
        {"column": column, "rows": [_segment(row) for row in records(of)]}
        for column, of in rows.groupby("column", sort=False)
    ]


def records(table: pd.DataFrame) -> list[Json]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _segment(row: Json) -> Json:
    low, high = wilson(row["found"], row["held_out"])
    name = row["segment"]
    return {"segment": SUMMARIES.get(name, name), "held_out": row["held_out"], "companies": row["companies"],
            "recall": row["recall"], "low": low, "high": high, "summary": name in SUMMARIES,
            "value": percent(row["recall"]), "interval": from_to(percent(low), percent(high))}  # fmt: skip


def wilson(found: float, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), which stays in [0, 1] for small n."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = found / n, Z95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * (share * (1 - share) / n + z2 / (4 * n**2)) ** 0.5
    return (middle - half if found > 0 else 0.0), (middle + half if found < n else 1.0)
