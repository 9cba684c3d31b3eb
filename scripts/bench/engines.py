"""Score one cleaned register by a finished run on one machine, by DuckDB and by Spark, and compare the answers.

    .venv/bin/python scripts/bench/engines.py RUN [--out FOLDER] [--master local-cluster[2,1,1024]] [--kill]

RUN is a finished run: its scores are what the engines have to give for its own register, bit by bit. --kill ends one of
Spark's executors, as a lost machine would, when the first features are there. Prints a table: processor seconds of all
processes together, seconds, the peak memory of the largest process, and how many scores differ.
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
FIRST_FEATURES = "structure"


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


def score(run: Path, out: Path, *options: str, kill: bool) -> Cost:
    """Score the register of a run into a folder."""
    register = run / "register"
    command = [
        sys.executable, "-m", "graphlead", "score", "--run", str(run), "--out", str(out), "--companies",
        str(register / "companies.parquet"), "--links", str(register / "links.parquet"), *options,
    ]  # fmt: skip
    cost, begin = Cost(), time.monotonic()
    with subprocess.Popen(command, stdout=sys.stderr) as child:
        root = psutil.Process(child.pid)
        while child.poll() is None:
            processes = cost.look(root)
            if kill and not cost.ended and any(out.glob(f".graphlead-scratch-*/{FIRST_FEATURES}/_SUCCESS")):
                cost.ended = int(end_executor(processes))
            time.sleep(0.2)
        if child.returncode:
            sys.exit(f"{' '.join(command)}: exit {child.returncode}")
    cost.seconds = time.monotonic() - begin
    return cost


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
    parser.add_argument("--master", default="local-cluster[2,1,1024]")
    parser.add_argument("--engines", nargs="+", choices=("duckdb", "spark"), default=["duckdb", "spark"])
    parser.add_argument("--kill", action="store_true")
    given = parser.parse_args()
    out = given.out or Path(tempfile.mkdtemp(prefix="engines-"))
    print("| engine | processor s | s | largest process, MiB | executors killed | scores that differ |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for name in given.engines:
        folder, options = out / name, ("--master", given.master) if name == "spark" else ()
        cost = score(given.run, folder, "--engine", name, *options, kill=given.kill and name == "spark")
        taken = sum(cost.processor_s.values())
        print(
            f"| {name} | {taken:.0f} | {cost.seconds:.0f} | {cost.peak_mb:.0f} | {cost.ended} "
            f"| {differing(given.run, folder)} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
