"""Parts of an earlier run that become parts of a run that applies its models."""

from __future__ import annotations

import shutil
from pathlib import Path

from graphlead.common.files import link
from graphlead.core.errors import damaged
from graphlead.runs.layout import RunFolder


def take_over(part: Path, folder: RunFolder) -> None:
    """Put a part of an earlier run into this one, under its name. Raises RunFolderError where it is missing."""
    if not part.exists():
        raise damaged(part)
    if part.is_dir():
        link(part, folder.path / part.name)
    else:  # an entry of the new run's folder must not be an input of that run, which a hard link would be
        shutil.copyfile(part, folder.path / part.name)
