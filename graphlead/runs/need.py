"""The memory that a register takes where a finished run is applied to it on one machine."""

from __future__ import annotations

from pathlib import Path

from graphlead.common.files import read_json
from graphlead.common.memory import at_most, most
from graphlead.core.errors import SettingsError, damage
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import read_manifest

BASE = 2**30
"""Bytes that scoring holds whatever the size of the register, the libraries above all: 1.27 GiB for 200,000
companies."""
PER_COMPANY = 1_700
"""Bytes of each company beyond: a run of 10,000,000 companies of 20 columns, with two links each, held 15.3 GiB."""
LEAST = 2 * 2**30
"""Bytes that an engine holds too, with 1,000,000 companies; where no more are needed, it is of no use."""


def memory_needed(run: Path, companies: Path) -> int:
    """The bytes that scoring this register in memory takes, reckoned from its file's bytes.

    A company is assumed to take as many of them as in the file of the run. 0 where the two have different formats, of
    which nothing can be reckoned, and where there is no such file.
    """
    if not companies.is_file():
        return 0
    folder, manifest = RunFolder(run), read_manifest(run)
    with damage(folder.manifest):
        earlier = manifest["inputs"]["companies"]
        path, size = Path(earlier["path"]), max(int(earlier["bytes"]), 1)
    if companies.suffixes != path.suffixes:
        return 0
    with damage(folder.metrics):
        before = int(read_json(folder.metrics)["counts"]["companies"])
    return BASE + PER_COMPANY * before * companies.stat().st_size // size


def beyond_memory(run: Path, companies: Path, memory: int | None) -> str:
    """Why the register does not fit into memory, a sentence without its end; empty where it does.

    memory: the bytes that were given, if any.
    """
    needed = memory_needed(run, companies)
    with at_most(memory):
        there = most()
    if needed <= max(there, LEAST):
        return ""
    return (
        f"{companies} takes about {needed / 2**30:.1f} GiB of memory, and {there / 2**30:.1f} GiB are there"
    )


def refuse_beyond_memory(run: Path, companies: Path, memory: int | None) -> None:
    """Raise SettingsError for a register that does not fit into memory."""
    found = beyond_memory(run, companies, memory)
    if found:
        remedy = "Give links, for an engine to score it from disk, or go on by --force."
        raise SettingsError(f"{found}.", where="memory", remedy=remedy)
