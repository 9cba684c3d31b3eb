"""The figures of a run for a monitoring system: one file in the text format of Prometheus.

https://prometheus.io/docs/instrumenting/exposition_formats/ : seconds and bytes, one sample a line, under a HELP and a
TYPE a name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphlead.core.arrays import Json

HELP = {
    "info": "The version of graphlead and the verb of the run; always 1.",
    "finished_timestamp_seconds": "When the run was finished, in seconds since 1970.",
    "run_seconds": "How long the run took.",
    "run_peak_bytes": "The most memory that the run held.",
    "stage_seconds": "How long a stage took when it was made.",
    "stage_processor_seconds": "Processor time of a stage when it was made, of all threads.",
    "stage_peak_bytes": "The most memory held during a stage when it was made.",
    "stage_reused": "1 where a stage of an earlier run was taken over.",
    "count": "How many of a kind there are.",
    "heldout": "A figure on held-out cases, of the model that was chosen.",
    "drift_alarm": "1 where a column changed by much since the models were trained, and more than sampling explains.",
    "drift_psi": "The population stability index of a column since the models were trained.",
}
"""What each name stands for, in the order of the file; every name begins with graphlead_."""
MIB = 2**20


def text_of(run: Path, manifest: Json, metrics: Json, drift: Json) -> str:
    """The file of a run. metrics, drift: its metrics.json and drift.json, empty where it has none."""
    verb = str(manifest.get("verb", "run"))
    own = {"run": run.absolute().as_posix(), "verb": verb}
    samples = [*_run(manifest), *_stages(manifest), *_figures(verb, metrics), *_drift(drift)]
    lines: list[str] = []
    for name, meaning in HELP.items():
        found = [(labels, value) for each, labels, value in samples if each == name and value is not None]
        finite = [(labels, float(value)) for labels, value in found if math.isfinite(value)]
        if finite:
            lines += [f"# HELP graphlead_{name} {meaning}", f"# TYPE graphlead_{name} gauge"]
            lines += [f"graphlead_{name}{_labels({**own, **labels})} {value!r}" for labels, value in finite]
    return "\n".join([*lines, ""])


Sample = tuple[str, dict[str, str], "float | None"]


def _run(manifest: Json) -> Iterator[Sample]:
    yield "info", {"version": str(manifest["graphlead"])}, 1
    yield "finished_timestamp_seconds", {}, datetime.fromisoformat(manifest["finished"]).timestamp()
    yield "run_seconds", {}, manifest.get("seconds")
    yield "run_peak_bytes", {}, _bytes(manifest)


def _stages(manifest: Json) -> Iterator[Sample]:
    for stage in manifest.get("stages", ()):
        labels = {"stage": str(stage["stage"])}
        yield "stage_seconds", labels, stage.get("seconds")
        yield "stage_processor_seconds", labels, stage.get("processor_s")
        yield "stage_peak_bytes", labels, _bytes(stage)
        yield "stage_reused", labels, int(stage["reused"])


def _bytes(measured: Json) -> float | None:
    return measured["peak_mb"] * MIB if "peak_mb" in measured else None


def _figures(verb: str, metrics: Json) -> Iterator[Sample]:
    counts = metrics.get("counts", metrics)
    for name, value in counts.items():
        if isinstance(value, int) and not isinstance(value, bool) and name != "seed":
            yield "count", {"of": str(name)}, value
    yield from _heldout(metrics)
    if verb == "compare":
        yield "drift_alarm", {"column": ""}, int(bool(metrics.get("alarm")))


def _heldout(metrics: Json) -> Iterator[Sample]:
    for name, value in metrics.get("heldout", {}).items():
        if isinstance(value, int | float):
            yield "heldout", {"metric": str(name)}, value
    chosen = metrics.get("ranker", {})
    for row in metrics.get("metrics", ()) if isinstance(chosen, dict) else ():
        if row["ranker"] == chosen.get("name"):
            yield "heldout", {"metric": str(row["metric"]), "split": str(row["split"])}, row["value"]


def _drift(drift: Json) -> Iterator[Sample]:
    columns: Iterable[Json] = [*drift.get("drift", ()), *drift.get("scores", ())]
    for each in columns:
        yield "drift_alarm", {"column": str(each["column"])}, int(each["alarm"])
        yield "drift_psi", {"column": str(each["column"])}, each["psi"]


def _labels(labels: dict[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
