"""The comparison as tables: means over sellers, and paired differences from a reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

HEADER = (
    "ranker", "sellers", "AP", "against {}", "ahead", "net AP", "against {}", "ahead", "recall at 1 %", "at 5 %",
    "processor s", "memory MiB",
)  # fmt: skip
CONFIDENCE = 0.95
ABOUT = (
    "Means over sellers. Against {}: the mean difference with its 95 % interval over sellers (Student's t), seeds "
    "averaged first. Processor time is that of training the models of all folds, without the features, and memory "
    "the most that it took beside what was held before; of the list, both are those of the whole run."
)


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A ranker less the reference, over sellers: the mean with its interval, and on how many it is ahead.

    low, high: NaN for a single seller.
    """

    mean: float
    low: float
    high: float
    ahead: int
    sellers: int

    def interval(self) -> str:
        bounds = f" [{self.low:+.3f}, {self.high:+.3f}]" if self.sellers > 1 else ""
        return f"{self.mean:+.3f}{bounds}"


def difference(rows: pd.DataFrame, ranker: str, reference: str, figure: str) -> Difference | None:
    """A ranker's figure less the reference's, paired by seller and seed; None where no pair is there.

    rows: one pool, with ranker, seller, seed and the figure. The seeds of a seller are averaged first, since they share
    its clients; the interval is Student's over the sellers.
    """
    by_ranker = rows.pivot_table(index=["seller", "seed"], columns="ranker", values=figure)
    if not {ranker, reference} <= set(by_ranker):
        return None
    pairs = (by_ranker[ranker] - by_ranker[reference]).dropna()
    of_sellers = pairs.groupby("seller").mean().to_numpy()
    n = len(of_sellers)
    if not n:
        return None
    mean, half = float(of_sellers.mean()), half_width(of_sellers)
    return Difference(
        mean=mean, low=mean - half, high=mean + half, ahead=int((of_sellers > 0).sum()), sellers=n
    )


def half_width(values: np.ndarray) -> float:
    """Half the width of Student's interval of the mean of these values (n,); NaN for one of them."""
    n = len(values)
    if n < 2:
        return float("nan")
    return float(t.ppf((1 + CONFIDENCE) / 2, n - 1) * values.std(ddof=1) / np.sqrt(n))


def table(rows: pd.DataFrame, reference: str) -> str:
    """Markdown: a table for each world, protocol, kind of client list and pool, best average precision first.

    rows: as ``jobs.rows_of`` gives them.
    """
    if rows.empty:
        return "There are no results yet."
    parts = [
        part
        for about, here in rows.groupby(["world", "train", "clients"], sort=False)
        for part in _of_protocol("{}, trained on {}, {} lists".format(*about), here, reference)
    ]
    return "\n\n".join([*parts, *_versions(rows), ABOUT.format(reference)])


def _of_protocol(title: str, rows: pd.DataFrame, reference: str) -> Iterator[str]:
    for pool, judged in rows.groupby("pool", sort=False):
        seeds = ", ".join(str(seed) for seed in sorted(judged["seed"].unique()))
        header = [name.format(reference) for name in HEADER]
        yield "\n".join(
            [f"## {title}, pool {pool}, seeds {seeds}", "", *_markdown(header, _lines(judged, reference))]
        )
    yield from _refusals(rows)


def _lines(rows: pd.DataFrame, reference: str) -> Iterator[list[str]]:
    """A line for each ranker."""
    by_seller = rows.drop(columns="seed").groupby(["ranker", "seller"]).mean(numeric_only=True)
    means = by_seller.groupby("ranker").mean().sort_values("ap", ascending=False)
    sellers = dict(by_seller.groupby("ranker").size())
    for name, mean in means.iterrows():
        yield [
            str(name), str(sellers[name]),
            f"{mean['ap']:.3f}", *_against(rows, str(name), reference, "ap"),
            f"{mean['net_ap']:.3f}", *_against(rows, str(name), reference, "net_ap"),
            f"{mean['recall_1']:.3f}", f"{mean['recall_5']:.3f}",
            f"{mean['cpu_s']:,.1f}", f"{mean['peak_mb']:,.0f}",
        ]  # fmt: skip


def _against(rows: pd.DataFrame, ranker: str, reference: str, figure: str) -> list[str]:
    found = None if ranker == reference else difference(rows, ranker, reference, figure)
    return [found.interval(), f"{found.ahead} of {found.sellers}"] if found else ["", ""]


def _refusals(rows: pd.DataFrame) -> Iterator[str]:
    """A sentence for each reason why rankers have no figures."""
    if "refused" in rows:
        for (ranker, reason), some in rows.dropna(subset="refused").groupby(["ranker", "refused"]):
            yield f"{ranker} has no figures in {len(some)} runs: {reason}"


def _versions(rows: pd.DataFrame) -> Iterator[str]:
    """A warning where results of different code stand side by side."""
    versions = len(rows["code"].unique())
    if versions > 1:
        yield f"These are results of {versions} versions of the code; a new folder compares one."


def _markdown(header: Sequence[str], lines: Iterator[list[str]]) -> list[str]:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(cells)} |" for cells in (header, rule, *lines)]
