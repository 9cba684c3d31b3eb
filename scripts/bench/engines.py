"""Score one cleaned register by a finished run on one machine, by DuckDB and by Spark, and compare the answers.

    .venv/bin/python scripts/bench/engines.py RUN [--out FOLDER] [--clients LIST] [--master local-cluster[2,1,1024]]
        [--kill]

RUN is a finished run: its scores are what the engines have to give for its own register, bit by bit. With --clients
they match this list instead, after one machine has done so. --kill ends one of Spark's executors, as a lost machine
would, when the first features, or the words of names, are there. Prints a table: processor seconds of all processes
together, seconds, the peak memory of the largest process, and how many scores or lines differ.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet as pq

EXECUTOR = "CoarseGrainedExecutorBackend"
FIRST_FEATURES, FIRST_OF_NAMES = "structure", "marks"
ONE_MACHINE = "one machine"


@dataclass
class Cost:
    """What the processes of a command took: seconds by number, the MiB of the largest one, and the executors ended."""

    processor_s: dict[int, float] = field(default_factory=dict)
    peak_mb: float = 0.0
    ended: int = 0
    seconds: float = 0.0

    def look(self, root: psutil.Process) -> list[psutil.Process]:
        """Note what all processes have taken so far, and return them."""
        found = [root, *root.children(recursive=True)]
        for each in found:
            try:
                times = each.cpu_times()
                self.processor_s[each.pid] = times.user + times.system
                self.peak_mb = max(self.peak_mb, each.memory_info().rss / 2**20)
            except psutil.Error:
                continue
        return found


def end_executor(processes: list[psutil.Process]) -> bool:
    """Kill the first executor among the processes; whether there was one."""
    for each in processes:
        try:
            if any(EXECUTOR in part for part in each.cmdline()):
                each.kill()
                return True
        except psutil.Error:
            continue
    return False


def graphlead(*arguments: object, kill_in: Path | None = None, when: str = "") -> Cost:
    """Run a command of graphlead. kill_in: end an executor once the table ``when`` is in the scratch of this folder."""
    command = [sys.executable, "-m", "graphlead", *map(str, arguments), "-q"]
    cost, begin = Cost(), time.monotonic()
    with subprocess.Popen(command, stdout=sys.stderr) as child:
        root = psutil.Process(child.pid)
        while child.poll() is None:
            processes = cost.look(root)
            if kill_in and not cost.ended and any(kill_in.glob(f".graphlead-scratch-*/{when}/_SUCCESS")):
                cost.ended = int(end_executor(processes))
            time.sleep(0.2)
        if child.returncode:
            sys.exit(f"{' '.join(command)}: exit {child.returncode}")
    cost.seconds = time.monotonic() - begin
    return cost


def scored(
    given: argparse.Namespace, out: Path, name: str, options: list[str], kill: bool
) -> tuple[Cost, str]:
    """Score the register of the run, and compare the scores with those of the run."""
    files = [f"--{part}={given.run / 'register' / f'{part}.parquet'}" for part in ("companies", "links")]
    folder = out / name
    cost = graphlead(
        "score", "--run", given.run, "--out", folder, *files, *options, kill_in=folder if kill else None,
        when=FIRST_FEATURES,
    )  # fmt: skip
    return cost, differing(given.run, folder)


def matched(
    given: argparse.Namespace, out: Path, name: str, options: list[str], kill: bool
) -> tuple[Cost, str]:
    """Match the list, and compare the lines with those of the first match, which is that of one machine."""
    (folder := out / f"{name}-match").mkdir()
    of_run = ["--run", given.run, *options] if options else []
    cost = graphlead(
        "match", given.clients, f"--companies={given.run / 'register' / 'companies.parquet'}", "-o",
        folder / "found.csv", "--review", folder / "review.csv", *of_run, kill_in=folder if kill else None,
        when=FIRST_OF_NAMES,
    )  # fmt: skip
    first = out / f"{ONE_MACHINE}-match"
    return cost, ", ".join(
        f"{rows_apart(first / file, folder / file)} in {file}" for file in ("found.csv", "review.csv")
    )


def rows_apart(one: Path, other: Path) -> str:
    """How many rows of two CSV files differ."""
    left, right = (path.read_text("utf-8").splitlines() for path in (one, other))
    apart = sum(a != b for a, b in zip(left, right, strict=False)) + abs(len(left) - len(right))
    return f"{apart} of {len(left) - 1:,}"


def differing(run: Path, out: Path) -> str:
    """How many of the scores in ``out`` differ from those of the run, and whether the leads are the same companies."""
    own, other = (pq.read_table(folder / "scores.parquet").to_pandas() for folder in (run, out))
    if own["company_id"].tolist() != other["company_id"].tolist():
        return "another order"
    scores = [name for name in own if own[name].dtype.kind == "f"]
    parts = [~np.isclose(own[name], other[name], rtol=0, atol=0, equal_nan=True) for name in scores]
    return f"{sum(int(part.sum()) for part in parts)} of {len(own) * len(scores):,}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--clients", type=Path)
    parser.add_argument("--master", default="local-cluster[2,1,1024]")
    parser.add_argument("--engines", nargs="+", choices=("duckdb", "spark"), default=["duckdb", "spark"])
    parser.add_argument("--kill", action="store_true")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="engines-"))
    out.mkdir(parents=True, exist_ok=True)
    work, what = (matched, "lines") if given.clients else (scored, "scores")
    print(f"| engine | processor s | s | largest process, MiB | executors killed | {what} that differ |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for name in [*([ONE_MACHINE] if given.clients else []), *given.engines]:
        options = [] if name == ONE_MACHINE else ["--engine", name]
        options += ["--master", given.master] if name == "spark" else []
        cost, apart = work(given, out, name, options, given.kill and name == "spark")
        taken = sum(cost.processor_s.values())
        print(
            f"| {name} | {taken:.0f} | {cost.seconds:.0f} | {cost.peak_mb:.0f} | {cost.ended} | {apart} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
