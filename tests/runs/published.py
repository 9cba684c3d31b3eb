"""A run's folder with a few small stages, and what it publishes."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from graphlead.core.arrays import Json
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run
from graphlead.runs.run import open_run as open_any
from graphlead.runs.stages import Stage, table

MANIFEST: dict[str, Any] = {"graphlead": "0", "finished": "2026-01-01", "settings": {}}
STAGES = table(
    Stage(name="read", inputs=("companies", "run"), settings=("seed",)),
    Stage(name="first"),
    Stage(name="second", after=("first",)),
    Stage(name="files", settings=("texts",)),
)


def open_run(out: Path, inputs: Json | None = None, **settings: object) -> AbstractContextManager[Run]:
    """A run with the stages of these tests."""
    return open_any(out, inputs or {}, {"seed": 0, "texts": {}, **settings}, STAGES)


def content_of(out: Path) -> dict[str, bytes | None]:
    """Every path below a folder, with the bytes of a file."""
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(out.rglob("*"))}


def publish(out: Path, **texts: str) -> None:
    """A run that publishes one file a keyword (``leads`` becomes leads.csv) and a folder ``model``."""

    def make(folder: RunFolder) -> None:
        folder.model.mkdir()
        for name, text in texts.items():
            (folder.path / f"{name}.csv").write_text(text, "utf-8")
            (folder.model / f"{name}.bin").write_text(text, "utf-8")

    with open_run(out, texts=dict(texts)) as run:
        run.stage("files", make)
        run.publish(MANIFEST)
