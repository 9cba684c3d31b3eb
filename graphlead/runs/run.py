"""A run's folder: finished stages are kept, results appear all at once, and a killed run resumes where it stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.disk import disk_errors
from graphlead.common.files import part_of, read_json, remove, sync, write_json
from graphlead.common.leftovers import sweep
from graphlead.common.memory import Meter, give_back, highest_mb
from graphlead.common.parallel import one_thread_each
from graphlead.core.errors import CarrierError
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder
from graphlead.runs.lock import exclusive
from graphlead.runs.manifest import code_version, graphlead_version, unchanged, versions
from graphlead.runs.progress import Note, now
from graphlead.runs.stages import STAGES, Stage
from graphlead.runs.textfile import text_of

if TYPE_CHECKING:
    from graphlead.common.workbooks import Made
    from graphlead.core.arrays import Json

Make = Callable[[RunFolder], None]


@contextmanager
def open_run(
    out: Path, inputs: Json, settings: Json, table: Mapping[str, Stage] = STAGES, verb: str = "run"
) -> Iterator[Run]:
    """The run in the folder ``out``, for this process alone; see ``exclusive``. What it does is noted there.

    inputs: hashes by name, see ``hash_inputs``; settings: all of them; table: the stages of the run; verb: its own.
    """
    folder = RunFolder(out)
    with exclusive(folder), one_thread_each:
        note = Note(folder, verb)
        with note.watching():
            yield Run(folder=folder, inputs=inputs, settings=settings, table=table, note=note)


@dataclass(kw_only=True)
class Run:
    """A run's folder while it is open. ``stages`` gives the seconds and the peak memory of each stage so far."""

    folder: RunFolder
    inputs: Json
    settings: Json
    table: Mapping[str, Stage]
    note: Note
    stages: list[Json] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._started, self._clock = now(), time.monotonic()
        self._lock = threading.Lock()
        self._keys: dict[str, str] = {}
        self._made: dict[str, RunFolder] = {}

    @property
    def provenance(self) -> Made:
        """What the run's workbooks say of their making: the names of its inputs, the day, the version."""
        from graphlead.common.workbooks import Made

        names = [Path(each["path"]).name for each in self.inputs.values()]
        return Made(
            inputs=names, day=datetime.fromisoformat(self._started).date(), version=graphlead_version()
        )

    def stage(self, name: str, make: Make) -> RunFolder:
        """The folder of a stage's results: a finished one of the same key, or a new one filled by ``make``.

        The key follows from the stage's row in the table. ``make`` writes into an empty folder, under the names of
        the run's folder; the folder gets its final name only when complete. Raises RunFolderError when the disk is
        full or not writable, InputError when an input of the stage was changed meanwhile, CarrierError when a stage
        that builds on this one came before. Stages do not nest; of two that do not build on each other, each may have
        a thread of its own.
        """
        with self._lock:
            early = [each for each in self._keys if name in self.table[each].after]
            if early:
                raise CarrierError(
                    f"stages: expected {name} before {early[0]}, which builds on it, got it after."
                )
            key = self.table[name].key(self.inputs, self.settings, self._keys, make.__module__)
        folder = self.folder.work / f"{name}-{key}"
        record = _record(folder)
        reused = folder.is_dir() and record.is_file()
        if not reused:
            self.note.stage(name)
            with disk_errors(self.folder.path):
                read = {each: self.inputs[each] for each in self.table[name].inputs if each in self.inputs}
                self._make(folder, record, make, read)
        self.note.done(name)
        with self._lock:
            self._keys[name], self._made[name] = key, RunFolder(folder)
            self.stages.append({"stage": name, "reused": reused, **read_json(record)})
            self.stages.sort(key=lambda each: list(self.table).index(each["stage"]))
            return self._made[name]

    def made(self, name: str) -> RunFolder | None:
        """The folder of a stage of this run, None where it has none of that name so far."""
        return self._made.get(name)

    def has(self, name: str) -> bool:
        """Whether there is a finished stage of this name, of these or other inputs."""
        return any(self.folder.work.glob(f"{name}-*.json"))

    def _make(self, folder: Path, record: Path, make: Make, inputs: Json) -> None:
        part = folder.with_name(f"{folder.name}.part")
        remove(part)
        remove(folder)
        part.mkdir()
        give_back()
        try:
            with disk_errors(self.folder.path), Meter() as meter, unchanged(inputs):
                make(RunFolder(part))
            sync(part)
            cost = {
                "seconds": round(meter.seconds, 3),
                "processor_s": round(meter.processor_s, 3),
                "peak_mb": round(meter.peak_mb, 1),
            }
            write_json(record, cost)
            part.replace(folder)
        finally:
            remove(part)
        sync(self.folder.work, deep=False)

    def manifest(self, *, device: str, **more: object) -> Json:
        """The record of the run: code, inputs, settings, versions, time and memory; ``more`` is added unchanged."""
        return {
            "graphlead": graphlead_version(),
            "code": code_version(),
            "started": self._started,
            "finished": now(),
            "seconds": round(time.monotonic() - self._clock, 3),
            "peak_mb": round(highest_mb(), 1),
            "device": device,
            "seed": self.settings.get("seed"),
            "settings": self.settings,
            "inputs": self.inputs,
            "versions": versions(),
            "stages": list(self.stages),
            **more,
        }

    def publish(self, manifest: Json) -> None:
        """Put the results of this run's stages into its folder under their names, all or nothing, the manifest last.

        Results of the last publication are replaced, or removed when this run has none of that name; files that
        graphlead did not write, or that were edited since, are kept as NAME.before. Unused stages are removed.
        """
        with disk_errors(self.folder.path):
            results = self._results()
            results |= {self.folder.textfile.name: self._textfile(results, manifest)}
            publication.prepare(self.folder, results, manifest)
            publication.complete(self.folder)
            self._sweep()

    def _textfile(self, results: Mapping[str, Path], manifest: Json) -> Path:
        """The run's figures, written beside the stages for the publication."""
        path = RunFolder(self.folder.work).textfile
        read = [results.get(each.name) for each in (self.folder.metrics, self.folder.drift)]
        metrics, drift = (read_json(each) if each else {} for each in read)
        path.write_text(text_of(self.folder.path, manifest, metrics, drift), "utf-8")
        return path

    def _results(self) -> dict[str, Path]:
        """The files and folders that the stages made, by name; each comes from one stage."""
        made = [path for stage in self._made.values() for path in sorted(stage.path.iterdir())]
        results = {path.name: path for path in made}
        if len(results) < len(made):
            raise CarrierError(f"stages: expected each result from one stage, got {[p.name for p in made]}.")
        return results

    def _sweep(self) -> None:
        kept = {self.folder.lock}
        for stage in self._made.values():
            kept |= {stage.path, _record(stage.path)}
        for each in self.folder.work.iterdir():
            if each not in kept:
                remove(each)
        sweep(self.folder.path)
        for name in self._results():
            part_of(self.folder.path / name).unlink(missing_ok=True)


def _record(folder: Path) -> Path:
    """The file beside a stage's folder that marks it as complete, with its seconds and peak memory."""
    return folder.with_name(f"{folder.name}.json")
