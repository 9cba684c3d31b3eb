"""Tables of a graph database or a customer system, in a notebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from graphlead.common.console import Console
from graphlead.core.exchange import PullSettings
from graphlead.pipeline.exchange.pull import pull
from graphlead.pipeline.exchange.results import PullResult
from graphlead.pipeline.frames import folder_for


def pulled(
    source: str, out: Path | str | None, mapping: Path | str | None, timeout: float | None, *, quiet: bool
) -> PullResult:
    """The files of a source, in a folder of its own where none is given."""
    with folder_for(out) as (folder, own):
        settings = PullSettings.load({
            "source": source, "out": folder, "mapping": mapping, "timeout": timeout,
        })  # fmt: skip
        return replace(pull(settings, Console(quiet=quiet)), own=own)
