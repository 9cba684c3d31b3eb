"""Registers with columns that give the clients away, and honest ones beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from planted_clients import write_register

from graphlead.core.arrays import Flags, Ints
from graphlead.core.clients import Cohort
from graphlead.core.register import Register, Role

Columns = dict[str, tuple[Role, Sequence[Any]]]
TODAY = np.datetime64("2025-06-30")


def drawn(n: int, clients: int, seed: int) -> Cohort:
    """A cohort with clients drawn at random, none of them dated."""
    rows = np.sort(np.random.default_rng(seed).choice(n, clients, replace=False)).astype(np.int32)
    return Cohort(
        n_companies=n,
        clients=rows,
        suppressed=np.zeros(0, np.int32),
        won=np.full(clients, "NaT", "datetime64[D]"),
    )


def is_client(cohort: Cohort) -> Flags:
    return np.isin(np.arange(cohort.n_companies), cohort.clients)


def honest(cohort: Cohort, seed: int) -> Columns:
    """Columns that say something of the clients but do not give them away: trade, size and certificate."""
    draw, client = np.random.default_rng(seed), is_client(cohort)
    n = len(client)
    suited = client & (draw.random(n) < 0.6)
    trade = np.where(suited, draw.integers(0, 3, n), draw.integers(0, 30, n))
    size = np.round(np.exp(draw.normal(3 + client, 1, n)))
    return {
        "region": (Role.REGION, [f"R{i}" for i in draw.integers(0, 12, n)]),
        "city": (Role.CITY, [f"T{i}" for i in draw.integers(0, n // 8, n)]),
        "nace": (Role.INDUSTRY, [f"{i + 10}.1" for i in trade]),
        "employees": (Role.NUMBER, np.where(draw.random(n) < 0.2 - 0.1 * client, np.nan, size)),
        "revenue": (Role.NUMBER, np.where(draw.random(n) < 0.5 - 0.25 * client, np.nan, size * 1000)),
        "certified": (Role.BOOLEAN, draw.random(n) < 0.2 + 0.4 * client),
        "founded": (Role.DATE, TODAY - draw.integers(1000, 20_000, n)),
        "software": (Role.CATEGORY, [f"S{i}" for i in draw.integers(0, 6, n)]),
    }


def leaky(cohort: Cohort, seed: int) -> Columns:
    """Columns that no company but a client can have, or only a few."""
    draw, client = np.random.default_rng(seed), is_client(cohort)
    n = len(client)
    manager = np.array(["Ada", "Jon", "Mia", "Leo"])[draw.integers(0, 4, n)]
    most = client.copy()
    most[cohort.clients[: len(cohort.clients) // 5]] = False
    few = client | (draw.random(n) < 0.02)
    return {
        "is_customer": (Role.BOOLEAN, client),
        "is_customer_80": (Role.BOOLEAN, most),
        "last_invoice_date": (Role.DATE, only(client, TODAY - draw.integers(0, 500, n))),
        "account_manager": (Role.CATEGORY, only(client, manager)),
        "account_manager_2": (Role.CATEGORY, only(few, manager)),
        "customer_no": (Role.IDENTIFIER, only(client, np.arange(n) + 10_000)),
        "customer_number": (Role.NUMBER, only(client, np.arange(n) * 3.0)),
        "credit_limit": (Role.NUMBER, np.where(client, draw.integers(1, 60, n) * 500.0, 0.0)),
        "our_remark": (Role.TEXT, only(client, [f"met on day {i}" for i in range(n)])),
        "prospect_rating": (Role.CATEGORY, only(~client, manager)),
    }


def only(wanted: Flags, values: Sequence[Any] | np.ndarray[Any, Any]) -> list[Any]:
    """The values of these companies as text or dates, None for the others."""
    return [_plain(value) if there else None for value, there in zip(values, wanted, strict=True)]


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.datetime64 | float | np.floating) else str(value)


def registered(
    folder: Path, columns: Columns, links: Mapping[str, tuple[Ints | None, Ints]] | None = None
) -> Register:
    """A register of these columns with links by kind: sources, None for persons outside, and targets."""
    folder.mkdir(exist_ok=True)
    register = write_register(folder, columns)
    kinds, sources, targets = list[str](), list[int | None](), list[int]()
    for kind, (source, target) in (links or {}).items():
        kinds += [kind] * len(target)
        sources += [None] * len(target) if source is None else source.tolist()
        targets += target.tolist()
    table = {
        "kind": pa.array(kinds, pa.string()),
        "source": pa.array(sources, pa.int32()),
        "target": pa.array(targets, pa.int32()),
    }
    pq.write_table(pa.table(table), register.links)
    return register
