"""Measurements, each kept as a file of its own: runs of the product, peers, and the machine's copy bandwidth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rank_bench.cost import in_own_process

from graphlead.common.files import remove, write_json
from graphlead.core.arrays import Json
from graphlead.world import World, WorldSettings, make_world
from graphlead.world.settings import world_in
from graphlead.world.truth import against_truth
from scale_bench.peers import PEERS

CLIENTS = 5000
"""Lines of the client list, fewer on small registers: one in twenty companies at most."""


def world_of(out: Path, size: int) -> World:
    """The world of this many companies, made by a process of its own unless it is there."""
    settings = WorldSettings(companies=size, clients=min(CLIENTS, size // 20), format="parquet")
    folder = out / "worlds" / str(size)
    world = world_in(folder, settings.suffix)

    def make() -> Json:
        _, cost = in_own_process(make_world, folder, settings)
        return {"processor_s": cost.cpu_s, "peak_mb": cost.peak_mb}

    _kept(out / "worlds" / f"{size}.json", make)
    return world


def measured_run(out: Path, world: World, size: int, run: int, memory: str | None) -> Json:
    """Seconds, memory, stages and found companies of one run of the product, as a user would start it."""
    folder = out / "runs" / f"{size}-{run}"

    def make() -> Json:
        remove(folder)
        command = [
            sys.executable, "-c", "from graphlead.cli.app import main; main()", "run", "--quiet",
            "--companies", str(world.companies),
            "--links", str(world.links), "--clients", str(world.clients), "--suppress", str(world.past),
            "--out", str(folder), *(["--memory", memory] if memory else []),
        ]  # fmt: skip
        began = time.monotonic()
        process = subprocess.Popen(command)
        _, status, used = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"the run on {size:,} companies ended with {status}")
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        result = {
            "companies": size,
            "memory": memory,
            "code": manifest["code"],
            "seconds": time.monotonic() - began,
            "processor_s": used.ru_utime + used.ru_stime,
            "peak_mb": used.ru_maxrss / 1024,
            "copy_gb_s": copy_bandwidth(),
            "stages": [stage | {"bytes": _size(folder, stage["stage"])} for stage in manifest["stages"]],
            "found": _found(folder, world),
        }
        if run:
            remove(folder)
        return result

    name = f"{size}-{run}" + (f"-{memory}" if memory else "")
    return _kept(out / "measured" / f"{name}.json", make)


def measured_peer(out: Path, world: World, size: int, name: str) -> Json:
    """Seconds, memory and found companies of a peer on the same files, and on the clients that the run settled on."""

    def make() -> Json:
        began = time.monotonic()
        result, cost = in_own_process(PEERS[name], world, out / "runs" / f"{size}-0")
        seconds = time.monotonic() - began
        return {"companies": size, "peer": name, "seconds": seconds, "processor_s": cost.cpu_s,
                "peak_mb": cost.peak_mb, **result}  # fmt: skip

    return _kept(out / "measured" / f"{size}-{name}.json", make)


def copy_bandwidth() -> float:
    """The machine's copy bandwidth in GB/s, bytes read and bytes written both counted: the best of five copies."""
    source = np.ones(2**28, np.uint8)
    target = np.empty_like(source)

    def once() -> float:
        began = time.perf_counter()
        np.copyto(target, source)
        return time.perf_counter() - began

    return 2 * len(source) / min(once() for _ in range(5)) / 1e9


def _found(folder: Path, world: World) -> Json:
    import pandas as pd

    against = against_truth(pd.read_parquet(folder / "scores.parquet"), world.truth)
    return against.rankings["list"]


def _size(folder: Path, stage: str) -> int:
    """The bytes of a stage's files, as they are on disk."""
    place = folder / stage
    files = place.rglob("*") if place.is_dir() else folder.glob(f"{stage}.*")
    return sum(path.stat().st_size for path in files if path.is_file())


def _kept(path: Path, make: Callable[[], Json]) -> Json:
    """What the file has, made and written where there is none."""
    if not path.exists():
        result = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        write_json(path, result)
    read: Json = json.loads(path.read_text("utf-8"))
    return read
