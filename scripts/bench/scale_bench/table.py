"""The measurements as tables: sizes, stages with the exponent of their growth and their limit, peers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np

from graphlead.core.arrays import Json

RANKING = ("model", "heldout", "judgement")
"""The stages that train, score and judge: from matched clients and a graph on, where the peers that rank begin too.
What is planned of the features before is not in them: 4 of 32 s on a million companies."""


def read(out: Path) -> list[Json]:
    """Every measurement in the folder, the smallest register first."""
    files = [json.loads(path.read_text("utf-8")) for path in sorted((out / "measured").glob("*.json"))]
    return sorted(files, key=lambda one: one["companies"])


def tables(out: Path) -> str:
    """Markdown: whole runs, stages, the stages of the largest register at their limit, and peers."""
    measured = read(out)
    runs = [one for one in measured if "stages" in one]
    peers = [one for one in measured if "peer" in one]
    if not runs:
        return "There are no results yet."
    return "\n\n".join(
        [_whole(runs), _stages(runs), _limits(runs), *([_beside(peers, runs)] if peers else [])]
    )


def by_size(runs: Sequence[Json]) -> dict[tuple[int, str], list[Json]]:
    """The runs of each number of companies and budget."""
    found: dict[tuple[int, str], list[Json]] = {}
    for run in runs:
        found.setdefault((run["companies"], run["memory"] or "all"), []).append(run)
    return found


def stage_names(runs: Sequence[Json]) -> list[str]:
    """The stages in the order in which they run."""
    return list(dict.fromkeys(stage["stage"] for run in runs for stage in run["stages"]))


def of_stage(runs: Sequence[Json], name: str, figure: str) -> float:
    """The median over runs of a stage's figure; 0 where they have no such stage."""
    values = [stage[figure] for run in runs for stage in run["stages"] if stage["stage"] == name]
    return median(values) if values else 0.0


def _whole(runs: Sequence[Json]) -> str:
    lines = []
    for (size, memory), some in by_size(runs).items():
        medians = [median(run[figure] for run in some) for figure in ("seconds", "processor_s")]
        costs = [f"{each:,.0f}" for each in (*medians, max(run["peak_mb"] for run in some))]
        found = [f"{some[0]['found'][figure]:.3f}" for figure in ("average_precision", "found@1%")]
        lines.append((f"{size:,}", memory, str(len(some)), *costs, *found))
    header = ("companies", "budget", "runs", "seconds", "processor s", "peak MiB", "AP", "recall at 1 %")
    return _markdown("Runs from end to end (medians; memory the most of all)", header, lines)


def _stages(runs: Sequence[Json]) -> str:
    sizes = by_size(runs)
    header = ("stage", *(f"{size:,} ({memory})" for size, memory in sizes), "exponent")
    lines = []
    for name in stage_names(runs):
        seconds = [of_stage(some, name, "seconds") for some in sizes.values()]
        cells = [
            f"{second:,.1f} s, {of_stage(some, name, 'peak_mb'):,.0f} MiB"
            for second, some in zip(seconds, sizes.values(), strict=True)
        ]
        lines.append((name, *cells, exponent([size for size, _ in sizes], seconds)))
    return _markdown("Stages", header, lines)


def exponent(sizes: Sequence[int], seconds: Sequence[float]) -> str:
    """The slope of log seconds over log companies between the two largest sizes; nothing for a single one."""
    last = sorted(set(zip(sizes, seconds, strict=True)))[-2:]
    (small, few), (large, many) = (last[0], last[-1])
    return f"{np.log(many / few) / np.log(large / small):.2f}" if large > small and few and many else ""


def _limits(runs: Sequence[Json]) -> str:
    (size, _), some = list(by_size(runs).items())[-1]
    rate = median(run["copy_gb_s"] for run in some)
    lines = []
    for name in stage_names(some):
        seconds, spent, written = (
            of_stage(some, name, figure) for figure in ("seconds", "processor_s", "bytes")
        )
        copies = f"{spent * rate / (written / 1e9):,.0f}" if written else ""
        lines.append((name, f"{seconds:,.1f}", f"{spent:,.1f}", f"{written / 1e6:,.0f}", copies))
    header = ("stage", "seconds", "processor s", "MB written", "processor time, in copies of what is written")
    return _markdown(f"{size:,} companies beside copying memory at {rate:.1f} GB/s", header, lines)


def _beside(peers: Sequence[Json], runs: Sequence[Json]) -> str:
    lines = []
    for (size, _), some in by_size(runs).items():
        ours = {"peer": "graphlead run, all stages", "found": some[0]["found"]} | {
            key: median(run[key] for run in some) for key in ("seconds", "processor_s", "peak_mb")
        }
        alone = {
            "peer": "graphlead, models and ranking alone",
            "seconds": sum(of_stage(some, name, "seconds") for name in RANKING),
            "peak_mb": max(of_stage(some, name, "peak_mb") for name in RANKING),
            "found": ours["found"],
        }
        beside = [peer for peer in peers if peer["companies"] == size]
        lines += [
            (f"{size:,}", *_line(each, ours, alone)) for each in ([ours, alone, *beside] if beside else [])
        ]
    header = (
        "companies",
        "what",
        "seconds",
        "times ours",
        "times ranking alone",
        "peak MiB",
        "AP",
        "recall at 1 %",
        "lines matched right",
    )
    return _markdown("Beside what one would pick instead", header, lines)


def _line(each: Json, ours: Json, alone: Json) -> Iterator[str]:
    yield str(each["peer"])
    yield f"{each['seconds']:,.1f}"
    yield f"{each['seconds'] / ours['seconds']:.2f}"
    found = each.get("found")
    yield f"{each['seconds'] / alone['seconds']:.1f}" if found and alone["seconds"] else ""
    yield f"{each['peak_mb']:,.0f}"
    yield from (f"{found[key]:.3f}" if found else "" for key in ("average_precision", "found@1%"))
    yield f"{each['right']:,} of {each['lines']:,}; ours {each['right_ours']:,}" if "right" in each else ""


def _markdown(title: str, header: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---", *["---:"] * (len(header) - 1)]
    return "\n".join([f"## {title}", "", *(f"| {' | '.join(cells)} |" for cells in (header, rule, *lines))])
