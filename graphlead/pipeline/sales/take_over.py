"""Parts of an earlier run that become parts of a run that applies its models."""

from __future__ import annotations

from pathlib import Path

from graphlead.common.files import link
from graphlead.core.errors import damaged
from graphlead.runs.layout import RunFolder


def take_over(part: Path, folder: RunFolder) -> None:
    """Put a part of an earlier run into this one, under its name. Raises RunFolderError where it is missing."""
    if not part.exists():
        raise damaged(part)
    link(part, folder.path / part.name)
