"""Writing of a generated world's files: the same tables give the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import write_whole
from graphlead.world import typed
from graphlead.world.buyers import Buyer, Buyers
from graphlead.world.dirt import Planted
from graphlead.world.settings import World

STRANGERS = 0.03
"""Lines on the client list, per client, of companies outside the register."""


def write_lists(world: World, companies: pa.Table, buyers: Buyers, rng: np.random.Generator) -> None:
    """Write the typed client list with a few strangers, the suppress list, and the id of each line."""
    clients = rng.permutation(np.flatnonzero(buyers.role == Buyer.CLIENT)).astype(np.int32)
    lines = typed.type_list(companies, clients, buyers.won[clients], rng)
    ids: list[str] = companies["company_id"].take(pa.array(clients)).to_pylist()
    for stranger in range(round(STRANGERS * len(clients))):
        at = int(rng.integers(len(lines) + 1))
        lines.insert(at, {**dict.fromkeys(typed.COLUMNS, ""), "name": f"Nowhere {stranger + 1} Trading Ltd"})
        ids.insert(at, "")
    past = np.flatnonzero(buyers.role == Buyer.PAST_CLIENT).astype(np.int32)
    past_lines = typed.type_list(companies, past, np.zeros(len(past), np.int32), rng)
    write_csv(world.clients, typed.COLUMNS, (line.values() for line in lines))
    resolved = ((*line.values(), company_id) for line, company_id in zip(lines, ids, strict=True))
    write_csv(world.typed_truth, (*typed.COLUMNS, "company_id"), resolved)
    write_csv(world.past, typed.COLUMNS[:3], (list(line.values())[:3] for line in past_lines))


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as Parquet or CSV, by the path's suffix."""
    if path.suffix == ".parquet":
        write_whole(path, lambda target: pq.write_table(table, target, compression="zstd"))
    else:
        columns = (column.to_pylist() for column in table.columns)
        write_csv(path, table.column_names, zip(*columns, strict=True))


def write_dirt(path: Path, planted: Iterable[Planted]) -> None:
    text = json.dumps([asdict(one) for one in planted], indent=1) + "\n"
    write_whole(path, lambda target: target.write_text(text, encoding="utf-8"))


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write CSV in UTF-8, with commas, quotes where needed, and None as an empty cell."""

    def write(target: Path) -> None:
        with target.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)

    write_whole(path, write)
