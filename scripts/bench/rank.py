"""Every ranker and peer over every seller of a folder of worlds, side by side.

    scripts/bench/rank WORLDS --out FOLDER [--sellers 2] [--seeds 0 1] [--train all known] [--clients typed dated]

A world is a folder with sellers.parquet, whose companies are of the pool known or new, or one that scripts/make_world
made; WORLDS is one of them or holds some. For every seller a run is made, on all companies, or on the known ones and
then applied to all, and judged by who was won afterwards. The rankers that the product has and the peers are trained on
the features and folds of that run. What is in FOLDER already is not run again; the table goes to FOLDER/table.md too.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from rank_bench.jobs import LIST, Job, jobs_of, measure, rows_of
from rank_bench.peers import PEERS
from rank_bench.table import table
from rank_bench.worlds import CLIENTS, PROTOCOLS, read_worlds

from graphlead.common.console import Console
from graphlead.common.files import write_whole
from graphlead.core.errors import GraphleadError
from graphlead.learn.registry import RANKERS

NAMES = (LIST, *RANKERS, *PEERS)


def main(given: list[str] | None = None) -> int:
    arguments, console = parser().parse_args(given), Console()
    try:
        worlds = read_worlds(arguments.worlds, arguments.out / "prepared", arguments.sellers)
    except GraphleadError as error:
        console.error(error, error.exit_code)
        return error.exit_code
    jobs = jobs_of(worlds, arguments.train, arguments.clients, arguments.seeds)
    failed = 0
    with console.stage("ranking") as progress:
        for done, job in enumerate(jobs):
            progress(done, len(jobs), str(job.place))
            failed += not tried(job, arguments, console)
            write_table(jobs, arguments)
    console.answer(write_table(jobs, arguments))
    if failed:
        remedy = "The same command tries them again."
        console.error(GraphleadError(f"{failed} of {len(jobs)} failed.", remedy=remedy), 1)
    return int(failed > 0)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="rank", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("worlds", type=Path)
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--sellers", type=int, help="the first of each world; all where it is not given")
    options.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    options.add_argument("--train", nargs="+", choices=PROTOCOLS, default=list(PROTOCOLS))
    options.add_argument("--clients", nargs="+", choices=CLIENTS, default=["typed"])
    options.add_argument("--rankers", nargs="+", choices=NAMES, default=list(NAMES), metavar="RANKER",
                         help=f"some of {', '.join(NAMES)}; all where none is given")  # fmt: skip
    options.add_argument("--reference", choices=NAMES, default=LIST, metavar="RANKER",
                         help="what the others are compared with")  # fmt: skip
    options.add_argument("--keep", action="store_true", help="keep the folders of the runs")
    return options


def tried(job: Job, arguments: argparse.Namespace, console: Console) -> bool:
    """Whether the job's results are there now; a failure is reported, and the others go on."""
    try:
        measure(job, arguments.rankers, arguments.out, keep=arguments.keep)
    except (GraphleadError, BrokenProcessPool) as error:
        console.warn(f"{job.place}: {error}")
        return False
    return True


def write_table(jobs: list[Job], arguments: argparse.Namespace) -> str:
    """The table of the results that are there, which is also written to the folder."""
    text = table(rows_of(jobs, arguments.rankers, arguments.out), arguments.reference)
    write_whole(arguments.out / "table.md", lambda path: path.write_text(f"{text}\n", "utf-8"))
    return text


if __name__ == "__main__":
    sys.exit(main())
