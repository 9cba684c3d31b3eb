"""What a run reaches on generated worlds of several seeds, and what can be reached: average precisions and their mean.

    python scripts/bench/worlds.py FOLDER [--companies 3000] [--clients N] [--seeds 6]

A world and a run of each seed are kept in FOLDER, the same as ``graphlead demo --seed`` makes. The same command again
runs only what is not done, or was done by other code. The list and every ranker are judged on the companies won later,
beside affinity, the attributes weighted as the world weights them, and reachable, these and the clients that the seller
has. Seconds are those of the stages of a run.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import pandas as pd

from graphlead.cli.data import clients_of
from graphlead.common.console import Console
from graphlead.core.settings import Settings
from graphlead.pipeline.discover import discover
from graphlead.world import WorldSettings, make_world
from graphlead.world.truth import AP, against_truth


def precisions(folder: Path, wanted: WorldSettings) -> pd.Series:
    """The average precision of every ranking of a run on one world, and the run's seconds."""
    world = make_world(folder / "world", wanted)
    settings = Settings(
        companies=world.companies, clients=world.clients, out=folder / "run", links=world.links,
        suppress=world.past, seed=wanted.seed,
    )  # fmt: skip
    scores = discover(settings, Console(quiet=True)).scores
    stages = json.loads((settings.out / "manifest.json").read_text("utf-8"))["stages"]
    rankings = against_truth(scores, world.truth).rankings
    found = {name: ranking[AP] for name, ranking in rankings.items()}
    return pd.Series({**found, "seconds": sum(stage["seconds"] for stage in stages)}, name=wanted.seed)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--companies", type=int, default=3000)
    parser.add_argument("--clients", type=int, help="by default as many as a demo has")
    parser.add_argument("--seeds", type=int, default=6)
    arguments = parser.parse_args()
    clients = arguments.clients or clients_of(arguments.companies)
    rows = []
    for seed in range(arguments.seeds):
        wanted = WorldSettings(companies=arguments.companies, clients=clients, seed=seed)
        rows.append(precisions(arguments.folder / f"{arguments.companies}-{clients}-{seed}", wanted))
        print(f"seed {seed}: {rows[-1]['seconds']:.0f} s", file=sys.stderr)
    table = pd.DataFrame(rows)
    summary = pd.DataFrame({"mean": table.mean(), "standard error": table.sem()}).T
    print(pd.concat([table, summary]).to_string(float_format="%.3f"))
    print(
        f"Planted: buyers in the home regions were put on the client lists {wanted.regional_bias:g} times as readily."
    )


if __name__ == "__main__":
    main()
