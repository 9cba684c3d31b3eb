"""Worlds to rank in: registers, client lists, and who was won afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from graphlead.common.files import write_parquet, write_whole
from graphlead.core.errors import InputError
from graphlead.world.settings import world_in
from graphlead.world.truth import BUYER

PROTOCOLS = ("all", "known")
"""What models are trained on: all companies, or the known ones alone; all companies are ranked in both."""
CLIENTS = ("typed", "dated")
"""Client lists as typed, without dates or with them."""
FEWEST_WON = 10
"""Companies won in a pool below which it is not judged, a choice: one of them moves a recall by a tenth."""


@dataclass(frozen=True, kw_only=True)
class Seller:
    """A seller's lists, and the truth.

    clients: the client list of each kind of CLIENTS; candidates: a row for each company that is no client and was
    none, with company_id, pool, won (it became a client afterwards) and same (it is a client under another record).
    """

    name: str
    clients: Mapping[str, Path]
    suppress: Path
    candidates: pd.DataFrame


@dataclass(frozen=True, kw_only=True)
class World:
    """A register with its sellers; registers: the files of the companies and links by protocol."""

    name: str
    registers: Mapping[str, tuple[Path, Path]]
    sellers: tuple[Seller, ...]


def read_worlds(folder: Path, prepared: Path, most: int | None) -> list[World]:
    """The worlds in a folder, or the one that it is, with at most so many sellers each, those that won enough.

    prepared: the folder for the files that are derived from theirs. Raises InputError when there is no world.
    """
    worlds = [world for path in (folder, *_subfolders(folder)) if (world := _read(path, prepared))]
    if not worlds:
        raise InputError(
            "there is no world here: no folder with sellers.parquet, and none with truth/.",
            where=str(folder),
            remedy="Give a folder of worlds, or make one with scripts/make_world.",
        )
    return [replace(world, sellers=_judged(world.sellers)[:most]) for world in worlds]


def _judged(sellers: Sequence[Seller]) -> tuple[Seller, ...]:
    return tuple(seller for seller in sellers if pools(seller.candidates))


def _subfolders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())


def _read(folder: Path, prepared: Path) -> World | None:
    prepared = prepared / folder.resolve().name
    if (folder / "sellers.parquet").exists():
        return _with_pools(folder, prepared)
    if any((folder / "truth").glob("truth.*")):
        return _generated(folder, prepared)
    return None


def _with_pools(folder: Path, prepared: Path) -> World:
    """A world of several sellers, with companies that were known when they were trained on, and new ones."""
    companies = pd.read_parquet(folder / "companies.parquet")
    roles = pd.read_parquet(folder / "sellers.parquet")
    same = pd.read_parquet(folder / "same_as_client.parquet")
    links = pd.read_parquet(folder / "links.parquet")
    prepared.mkdir(parents=True, exist_ok=True)
    registers = {
        "all": _register(companies, links, prepared, "all"),
        "known": _register(companies[companies["pool"] == "known"], links, prepared, "known"),
    }
    sellers = tuple(
        _seller(folder, prepared, str(name), mine, companies, same)
        for name, mine in roles.groupby("seller_id")
    )
    return World(name=folder.resolve().name, registers=registers, sellers=sellers)


def _register(companies: pd.DataFrame, links: pd.DataFrame, prepared: Path, name: str) -> tuple[Path, Path]:
    """The files of these companies, without their pool, and of the links between them."""
    paths = prepared / f"companies_{name}.parquet", prepared / f"links_{name}.parquet"
    ids = companies["company_id"]
    write_parquet(paths[0], companies.drop(columns="pool"))
    write_parquet(paths[1], links[links["source_id"].isin(ids) & links["target_id"].isin(ids)])
    return paths


def _seller(
    folder: Path, prepared: Path, name: str, roles: pd.DataFrame, companies: pd.DataFrame, same: pd.DataFrame
) -> Seller:
    def with_role(*wanted: str) -> pd.Series:
        return roles.loc[roles["role"].isin(wanted), "company_id"]

    suppress = prepared / f"{name}.past.csv"
    _write_csv(suppress, with_role("past_client").to_frame())
    ids = companies["company_id"]
    candidates = companies.loc[~ids.isin(with_role("client", "past_client")), ["company_id", "pool"]]
    known_already = same.loc[same["seller_id"] == name, "company_id"]
    lists = {"typed": folder / "client_lists", "dated": folder / "client_lists_dated"}
    return Seller(
        name=name,
        clients={kind: path / f"{name}.csv" for kind, path in lists.items() if path.is_dir()},
        suppress=suppress,
        candidates=candidates.assign(
            won=candidates["company_id"].isin(with_role("won_new", "won_known")),
            same=candidates["company_id"].isin(known_already),
        ),
    )


def _generated(folder: Path, prepared: Path) -> World:
    """A world of scripts/make_world: one seller, all companies in one pool, planted duplicates left out."""
    suffix = "parquet" if (folder / "companies.parquet").exists() else "csv"
    files = world_in(folder, suffix)
    prepared.mkdir(parents=True, exist_ok=True)
    undated = prepared / "typed.csv"
    _write_csv(undated, pd.read_csv(files.clients, dtype=str).drop(columns="won_on"))
    seller = Seller(
        name="seller",
        clients={"typed": undated, "dated": files.clients},
        suppress=files.past,
        candidates=_true_candidates(files.truth),
    )
    registers = {"all": (files.companies, files.links)}
    return World(name=folder.resolve().name, registers=registers, sellers=(seller,))


def _true_candidates(path: Path) -> pd.DataFrame:
    truth = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    truth = truth[truth["role"].isin([BUYER, "other"]) & truth["duplicate_of"].isna()]
    return truth[["company_id"]].assign(pool="all", won=truth["role"] == BUYER, same=False)


def pools(candidates: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The candidates of each pool that is judged, by its name."""
    by_pool = ((str(name), pool) for name, pool in candidates.groupby("pool"))
    return {name: pool for name, pool in by_pool if pool["won"].sum() >= FEWEST_WON}


def _write_csv(path: Path, frame: pd.DataFrame) -> None:
    write_whole(path, lambda part: frame.to_csv(part, index=False))
