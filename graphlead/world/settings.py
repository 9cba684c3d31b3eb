"""Settings of a generated world, and the paths of its files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphlead.core.errors import SettingsError

PARQUET_FROM = 100_000
"""Companies from which ``auto`` writes Parquet: such tables are too large for an editor."""
MOST = 100_000_000
"""Companies of the largest world, a choice: its tables take some 20 GB."""


@dataclass(frozen=True, kw_only=True)
class WorldSettings:
    """Size and difficulty of a generated world.

    companies: companies in the register, before planted duplicates. clients: lines of the client list that
    are in the register. social: weight of ownership and neighbours in buying; with 0 the graph has no signal.
    regional_bias: how much likelier a buyer in the seller's home regions is already a client. dirt: share of
    companies (and of links) that each kind of planted dirt touches, at least 2 of each. format: csv, parquet,
    or auto (Parquet from 100,000 companies). Raises SettingsError when one is out of range.
    """

    companies: int = 3000
    clients: int = 150
    seed: int = 0
    social: float = 1.0
    regional_bias: float = 2.5
    dirt: float = 0.002
    format: str = "auto"

    def __post_init__(self) -> None:
        _check(200 <= self.companies <= MOST, "companies", f"between 200 and {MOST:,}", self.companies)
        _check(
            5 <= self.clients <= self.companies // 8, "clients", "between 5 and companies / 8", self.clients
        )
        _check(self.seed >= 0, "seed", "zero or more", self.seed)
        _check(self.social >= 0, "social", "zero or more", self.social)
        _check(self.regional_bias > 0, "regional_bias", "above zero", self.regional_bias)
        _check(0 <= self.dirt <= 0.02, "dirt", "between 0 and 0.02", self.dirt)
        _check(self.format in ("auto", "csv", "parquet"), "format", "auto, csv or parquet", self.format)

    @property
    def suffix(self) -> str:
        """The ending of the large tables' file names."""
        if self.format == "auto":
            return "parquet" if self.companies >= PARQUET_FROM else "csv"
        return self.format


@dataclass(frozen=True, kw_only=True)
class World:
    """The files of a generated world; those under ``truth`` are for evaluation only, never an input.

    truth: company_id, role (client, past_client, won_later, other), probability, reachable, affinity,
    owner_signal, neighbour_signal, won_on, duplicate_of. typed_truth: the client list with the id of each line.
    dirt: JSON, one entry per kind of planted dirt with table, column and ids.
    """

    folder: Path
    companies: Path
    links: Path
    clients: Path
    past: Path
    truth: Path
    typed_truth: Path
    dirt: Path


def world_in(folder: Path, suffix: str) -> World:
    """The paths of a world under this folder."""
    return World(
        folder=folder,
        companies=folder / f"companies.{suffix}",
        links=folder / f"links.{suffix}",
        clients=folder / "clients.csv",
        past=folder / "past.csv",
        truth=folder / "truth" / f"truth.{suffix}",
        typed_truth=folder / "truth" / "clients.csv",
        dirt=folder / "truth" / "dirt.json",
    )


def _check(holds: bool, name: str, expected: str, got: object) -> None:
    if not holds:
        raise SettingsError(
            f"{name} has to be {expected}, not {got}.", where="make_world", remedy="Change this setting."
        )
