"""What outcomes that come back are worth: the average precision on the companies that nobody called, before and after.

    python scripts/bench/outcomes.py FOLDER [--companies 3000] [--seeds 6] [--called 200]

A run on a generated world makes a list, the first leads of it are called, and their true outcomes, won for those that
become clients later and rejected for all others, are given to a second run, and those of the won ones alone to a third.
All are judged on the companies that become clients later, of those that were not called.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd
from sklearn.metrics import average_precision_score

import graphlead
from graphlead.cli.data import clients_of
from graphlead.pipeline.deliver import Result
from graphlead.world import WorldSettings, make_world
from graphlead.world.truth import BUYER


def worth(folder: Path, wanted: WorldSettings, calls: int) -> pd.Series:
    """The average precision of the list before, with the won ones, and with all outcomes; and how many were won."""
    world = make_world(folder / "world", wanted)
    given = {"companies": world.companies, "links": world.links, "clients": world.clients, "suppress": world.past,
             "seed": 0, "quiet": True}  # fmt: skip
    truth = pd.read_csv(world.truth, dtype={"company_id": str, "duplicate_of": str}).set_index("company_id")
    before = graphlead.discover(**given, out=folder / "before")
    called = pd.read_csv(before.folder / "leads.csv", dtype=str).head(calls)
    buys = truth["role"].reindex(called["company_id"]).eq(BUYER).to_numpy()
    called["outcome"] = pd.Series(buys).map({True: "won", False: "rejected"})
    others = truth["role"].isin([BUYER, "other"]) & truth["duplicate_of"].isna()
    rest = truth[others & ~truth.index.isin(called["company_id"])]
    found = {"before": precision(before, rest)}
    for name, part in {"won": called[buys], "all": called}.items():
        part.to_csv(folder / f"{name}.csv", index=False)
        after = graphlead.discover(**given, outcomes=folder / f"{name}.csv", out=folder / name)
        found[name] = precision(after, rest)
    return pd.Series(
        {**found, "calls won": buys.sum(), "left": (rest["role"] == BUYER).sum()}, name=wanted.seed
    )


def precision(result: Result, rest: pd.DataFrame) -> float:
    """The average precision of the list on these companies; those that are not scored come last."""
    place = result.scores.set_index("company_id")["rank_all"].astype(float).reindex(rest.index)
    return float(average_precision_score(rest["role"] == BUYER, -place.fillna(place.max() + 1)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=int, default=3000)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--called", type=int, default=200)
    arguments = parser.parse_args()
    rows = []
    for seed in range(arguments.seeds):
        wanted = WorldSettings(
            companies=arguments.companies, clients=clients_of(arguments.companies), seed=seed
        )
        rows.append(worth(arguments.folder / str(seed), wanted, arguments.called))
    table = pd.DataFrame(rows)
    summary = pd.DataFrame({"mean": table.mean(), "standard error": table.sem()}).T
    print(pd.concat([table, summary]).to_string(float_format="%.4f"))


if __name__ == "__main__":
    main()
