"""The findings of cleaning a register."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line of the noise report: what was found, how often, what was done, and a few examples."""

    check: str
    table: str
    count: int
    message: str
    action: str
    column: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class Noise:
    """Everything the cleaning found. ``set_aside`` is a Parquet file: table, row, reason, record (JSON)."""

    findings: tuple[Finding, ...]
    set_aside: Path
    n_set_aside: int
