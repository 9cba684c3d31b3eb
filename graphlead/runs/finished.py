"""A finished run of any verb: its folder, its manifest, its figures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from graphlead.common.files import read_json
from graphlead.core.errors import damage
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import check_verb, read_manifest

if TYPE_CHECKING:
    from graphlead.core.arrays import Json


@dataclass(frozen=True)
class Finished:
    """The run of one of VERBS in the folder ``path``; each part of it is read once, when first used.

    Raises RunFolderError for no run, an unfinished one, and one of another verb.
    """

    VERBS: ClassVar[Collection[str]]
    path: Path

    def __post_init__(self) -> None:
        check_verb(self.path, self.VERBS)

    @property
    def folder(self) -> RunFolder:
        return RunFolder(self.path)

    @cached_property
    def manifest(self) -> Json:
        return read_manifest(self.path)

    @cached_property
    def metrics(self) -> Json:
        return read_json(self.folder.metrics)

    @property
    def finished_on(self) -> date:
        """The day on which the run was finished, where the program runs now."""
        with damage(self.folder.manifest):
            return datetime.fromisoformat(self.manifest["finished"]).astimezone().date()
