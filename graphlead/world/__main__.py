"""``python -m graphlead.world``: write a generated register with known truth into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from graphlead.core.errors import GraphleadError
from graphlead.world import WorldSettings, make_world


def main() -> int:
    default = WorldSettings()
    parser = argparse.ArgumentParser(prog="make_world", description=make_world.__doc__)
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument("--companies", type=int, default=default.companies)
    parser.add_argument("--clients", type=int, default=default.clients)
    parser.add_argument("--seed", type=int, default=default.seed)
    parser.add_argument("--social", type=float, default=default.social, help="0: the graph has no signal")
    parser.add_argument("--regional-bias", type=float, default=default.regional_bias)
    parser.add_argument(
        "--dirt", type=float, default=default.dirt, help="share of rows that each kind of dirt touches"
    )
    parser.add_argument("--format", choices=("auto", "csv", "parquet"), default=default.format)
    values = vars(parser.parse_args())
    folder = values.pop("folder")
    try:
        world = make_world(folder, WorldSettings(**values))
    except GraphleadError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(f"{world.companies}\n{world.links}\n{world.clients}\n{world.past}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
