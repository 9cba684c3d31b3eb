"""The decisions on what gives the clients away on disk, and the register without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.common.files import read_json, write_json, write_parquet
from graphlead.core.errors import damage
from graphlead.core.leaks import LEFT_OUT, Leak
from graphlead.core.register import Register

LEAKS, LINKS = "leaks.json", "links.parquet"
REASON = "left out: it gives away who is a client"


def save_leaks(leaks: Sequence[Leak], register: Register, folder: Path) -> None:
    """Write the decisions into an existing folder, with the links that remain where kinds of them are left out."""
    kinds = _left_out(leaks, links=True)
    if kinds:
        links = register.read_links()
        among = pc.is_in(links["kind"], value_set=pa.array(sorted(kinds), links["kind"].type))
        write_parquet(folder / LINKS, links.filter(pc.invert(among)))
    write_json(folder / LEAKS, {"leaks": [asdict(leak) for leak in leaks]})


def load_leaks(folder: Path) -> tuple[Leak, ...]:
    """Read the decisions that ``save_leaks`` wrote. Raises RunFolderError when they are missing or damaged."""
    content = read_json(folder / LEAKS)
    with damage(folder / LEAKS):
        return tuple(Leak(**each) for each in content["leaks"])


def without_leaks(register: Register, leaks: Sequence[Leak], folder: Path) -> Register:
    """The register without the columns and links that are left out; folder: where ``save_leaks`` wrote."""
    return without_links(register.without(_left_out(leaks, links=False), REASON), leaks, folder)


def without_links(register: Register, leaks: Sequence[Leak], folder: Path) -> Register:
    """The register with every column but without the links that are left out; folder: where ``save_leaks`` wrote."""
    if not _left_out(leaks, links=True):
        return register
    with damage(folder / LINKS):
        return replace(register, links=folder / LINKS, n_links=pq.read_metadata(folder / LINKS).num_rows)


def _left_out(leaks: Sequence[Leak], *, links: bool) -> frozenset[str]:
    return frozenset(leak.column for leak in leaks if leak.decision == LEFT_OUT and leak.links is links)
