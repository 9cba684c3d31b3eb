"""Time and memory of a run by stage on generated registers of growing size, beside what one would pick instead.

    scripts/bench/scale FOLDER --companies 10000 100000 1000000 [--runs 3] [--memory 16GiB] [--peers xgboost sage]

Each run and each peer has a process of its own; the median of the runs counts. A measurement is kept in FOLDER and not
made again; tables go to FOLDER/table.md and the plot to FOLDER/scale.png. A peer reads the same files: ``xgboost`` the
attributes alone, ``sage`` (PyG, two layers, full batch) and the two PageRanks (``networkx``, ``scikit-network``) the
links, ``splink`` only matches the client list. The last two are installed with
`pip install scikit-network splink`.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from scale_bench.measure import measured_peer, measured_run, world_of
from scale_bench.peers import PEERS
from scale_bench.plot import plot
from scale_bench.table import tables

from graphlead.common.console import Console
from graphlead.common.files import write_whole

SIZES = (10_000, 100_000, 1_000_000)
PEER_SIZES = (100_000, 1_000_000)


def main(given: list[str] | None = None) -> int:
    arguments, console = parser().parse_args(given), Console()
    out, failed = arguments.out, 0
    out.mkdir(parents=True, exist_ok=True)
    for size in arguments.companies:
        with console.stage(f"{size:,} companies"):
            world = world_of(out, size)
            for run in range(arguments.runs):
                measured_run(out, world, size, run, arguments.memory)
        for name in arguments.peers if size in PEER_SIZES else ():
            with console.stage(f"{size:,} companies, {name}"):
                try:
                    measured_peer(out, world, size, name)
                except (ImportError, MemoryError, BrokenProcessPool) as error:
                    console.warn(f"{name} failed at {size:,} companies: {error!r}")
                    failed += 1
    text = tables(out)
    write_whole(out / "table.md", lambda path: path.write_text(f"{text}\n", "utf-8"))
    plot(out)
    console.answer(text)
    return int(failed > 0)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="scale", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("out", type=Path)
    options.add_argument("--companies", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--memory", help="the budget of each run, such as 16GiB")
    options.add_argument("--peers", nargs="*", choices=list(PEERS), default=[], metavar="PEER",
                         help=f"at 100,000 and 1,000,000 companies: {', '.join(PEERS)}")  # fmt: skip
    return options


if __name__ == "__main__":
    sys.exit(main())
