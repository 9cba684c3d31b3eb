"""What a list that is neutral by region gains where the seller has not sold yet, on generated registers.

    python scripts/bench/neutral.py FOLDER [--companies 3000] [--clients 150] [--seeds 3] [--bias 1 2.5 10]

BIAS is how much likelier a buyer in the seller's home regions is already a client. For each register a run is made in
FOLDER; the companies won later among the first of the list are counted, all of them and those outside the home regions,
with the order of the run and with the neutral order of its regions.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.core.settings import Settings
from graphlead.evaluate.leaning import coded_values
from graphlead.evaluate.neutral import neutral_order
from graphlead.pipeline.discover import discover
from graphlead.pipeline.finished import FinishedRun
from graphlead.world import WorldSettings, make_world

FIRST = (100, 200, 500)


def hits(folder: Path, settings: WorldSettings, rankers: tuple[str, ...]) -> list[dict[str, float]]:
    """One row for each order and each length of the list."""
    world = make_world(folder / "world", settings)
    run = folder / "run"
    if not (run / "manifest.json").exists():
        discover(
            Settings(companies=world.companies, links=world.links, clients=world.clients, suppress=world.past,
                     out=run, rankers=rankers),
            Console(quiet=True),
        )  # fmt: skip
    register, scores = FinishedRun(run).whole_register, FinishedRun(run).scores
    leads = scores[scores["rank"].notna()].sort_values("rank")
    truth = pd.read_csv(world.truth, dtype={"company_id": str}).set_index("company_id")
    truth = truth.reindex(leads["company_id"])
    later = (truth["role"] == "won_later").to_numpy()
    away = ~truth["home_region"].fillna(False).to_numpy(bool)
    regions = pd.Series(
        register.read("region").column(0).to_pandas().to_numpy(), index=register.ids().to_pandas()
    )
    codes, _ = coded_values(
        pa.chunked_array([pa.array(regions.reindex(leads["company_id"]), from_pandas=True)])
    )
    orders = {"as it is": np.arange(len(leads)), "neutral": neutral_order(codes, np.ones(len(leads), bool))}
    return [
        {"bias": settings.regional_bias, "seed": settings.seed, "order": name, "first": first,
         "away": away[order[:first]].mean(), "won": later[order[:first]].sum(),
         "won away": (later & away)[order[:first]].sum(), "of all away": (later & away).sum()}
        for name, order in orders.items()
        for first in FIRST
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=int, default=3000)
    parser.add_argument("--clients", type=int, default=150)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--bias", type=float, nargs="*", default=[1.0, 2.5, 10.0])
    parser.add_argument("--rankers", nargs="*", default=[])
    arguments = parser.parse_args()
    rows = []
    for bias in arguments.bias:
        for seed in range(arguments.seeds):
            settings = WorldSettings(
                companies=arguments.companies,
                clients=arguments.clients,
                seed=seed,
                regional_bias=bias,
                format="csv",
            )
            rows += hits(arguments.folder / f"{bias:g}-{seed}", settings, tuple(arguments.rankers))
    table = pd.DataFrame(rows)
    means = table.groupby(["bias", "first", "order"]).mean(numeric_only=True).drop(columns="seed")
    print(means.round(2).to_string())
    print(f"mean of {arguments.seeds} registers each")


if __name__ == "__main__":
    main()
