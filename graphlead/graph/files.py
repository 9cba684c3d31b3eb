"""A graph on disk: Parquet files and a JSON index of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import read_json, read_parquet
from graphlead.core.arrays import Json
from graphlead.core.errors import damage, damaged
from graphlead.core.graph import CompanyGraph, Edges, Ownership

FORMAT = 1
INDEX = "graph.json"


def save_graph(graph: CompanyGraph, folder: Path) -> None:
    """Write the graph to ``folder``; an older one is replaced only when the new one is complete."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    index: Json = {"format": FORMAT, "nodes": dict(graph.nodes), "keys": {}, "edges": []}
    for kind, keys in graph.keys.items():
        index["keys"][kind] = f"keys_{kind}.parquet"
        pq.write_table(pa.table({"key": keys}), part / f"keys_{kind}.parquet")
    for number, (edge_type, edges) in enumerate(graph.edges.items()):
        name = f"edges_{number:03}.parquet"
        index["edges"].append({"type": list(edge_type), "file": name})
        _write(_edge_table(edges), part / name)
    _write_ownership(graph.ownership, part)
    (part / INDEX).write_text(json.dumps(index, indent=1, ensure_ascii=False), "utf-8")
    _replace(part, folder)


def load_graph(folder: Path) -> CompanyGraph:
    """The graph written by ``save_graph``. Raises RunFolderError when a part is missing or damaged."""
    index = read_json(folder / INDEX)
    with damage(folder / INDEX):
        if index["format"] != FORMAT:
            raise damaged(folder / INDEX, f"format {index['format']}, this version reads {FORMAT}")
        return CompanyGraph(
            nodes=index["nodes"],
            keys={
                kind: read_parquet(folder / name)["key"].combine_chunks()
                for kind, name in index["keys"].items()
            },
            edges={
                (a, b, c): _edges(read_parquet(folder / file))
                for (a, b, c), file in map(_entry, index["edges"])
            },
            ownership=_read_ownership(folder),
        )


def _replace(part: Path, folder: Path) -> None:
    """Put the finished folder into place, by way of a third name: a rename cannot overwrite a folder with files."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    part.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write(table: pa.Table, path: Path) -> None:
    """Write numbers, nearly all of them distinct: a dictionary of them costs time and saves nothing."""
    pq.write_table(table, path, use_dictionary=False)


def _edge_table(edges: Edges) -> pa.Table:
    columns = {"source": edges.source, "target": edges.target}
    return pa.table(columns if edges.weight is None else columns | {"weight": edges.weight})


def _entry(entry: Json) -> tuple[tuple[str, str, str], str]:
    source, relation, target = entry["type"]
    return (source, relation, target), entry["file"]


def _edges(table: pa.Table) -> Edges:
    weight = table["weight"].to_numpy() if "weight" in table.column_names else None
    return Edges(table["source"].to_numpy(), table["target"].to_numpy(), weight)


def _write_ownership(facts: Ownership, folder: Path) -> None:
    companies = {"group": facts.group, "ultimate_parent": facts.ultimate_parent, "in_cycle": facts.in_cycle}
    _write(pa.table(companies), folder / "ownership.parquet")
    table = _edge_table(facts.effective)
    table = table.append_column("low", pa.array(facts.effective_low))
    _write(table.append_column("high", pa.array(facts.effective_high)), folder / "effective.parquet")


def _read_ownership(folder: Path) -> Ownership:
    companies = read_parquet(folder / "ownership.parquet")
    pairs = read_parquet(folder / "effective.parquet")
    return Ownership(
        group=companies["group"].to_numpy(),
        ultimate_parent=companies["ultimate_parent"].to_numpy(),
        in_cycle=np.asarray(companies["in_cycle"].to_numpy(), bool),
        effective=_edges(pairs),
        effective_low=pairs["low"].to_numpy(),
        effective_high=pairs["high"].to_numpy(),
    )
