"""A run as a property graph in Parquet, as described in cypher/README.md, in tables that every store can load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.arrays import NONE
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Progress, silent
from graphlead.core.graph import OWNS, CompanyGraph, LinkKind, place_levels, place_names
from graphlead.core.property_graph import SCORED, NodeTable, Projection
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import open_db, plain
from graphlead.graph.industries import industry_titles
from graphlead.graph.property_graph.relationships import levels, linked, ownership
from graphlead.graph.property_graph.tables import KEYS, LABELS, ROWS_PER_GROUP, node_table

DERIVED: dict[str, pa.DataType] = {
    "group_id": pa.string(),
    "ultimate_parent_id": pa.string(),
    "in_cycle": pa.bool_(),
    "links": pa.int64(),
    "is_client": pa.bool_(),
    "is_suppressed": pa.bool_(),
    "record_of": pa.string(),
    "won": pa.date32(),
    "score": pa.float64(),
    "rank": pa.int64(),
    "fit": pa.string(),
    "segment": pa.string(),
    "nearest_client_id": pa.string(),
    "run_id": pa.string(),
}
"""Properties that a run adds to each company, after its key, its name and the columns of the register."""

RESERVED = {"_id", "_label", "_src", "_dst", "_nodes", "_rels"}
"""Names that stores use themselves."""


@dataclass(frozen=True)
class Standing:
    """The standing of companies after a run: ``table`` has company (index) and any of the properties SCORED.

    finished: when the run finished (ISO 8601).
    """

    table: pa.Table
    run_id: str
    finished: str


def project(
    register: Register,
    graph: CompanyGraph,
    cohort: Cohort,
    standing: Standing,
    folder: Path,
    *,
    progress: Progress = silent,
) -> Projection:
    """Write the property graph of a run as Parquet files into ``folder``, which must exist.

    A column of the register is a property of its own name; where that is taken, ``NAME (register)``. The first name
    column is the property ``name``.
    """
    progress(0, 3, "companies")
    ids = register.ids().cast(pa.string())
    nodes = [_companies(register, graph, cohort, standing, ids, folder)]
    progress(1, 3, "other nodes")
    nodes += [*_others(register, graph, folder), _run(standing, folder)]
    progress(2, 3, "relationships")
    keys = {"company": ids, **graph.keys}
    edges = [
        *ownership(register, graph, keys, folder),
        *linked(register, folder),
        *levels(graph, keys, folder),
    ]
    progress(3, 3, "relationships")
    return Projection(standing.run_id, standing.finished, tuple(nodes), tuple(edges))


def property_names(register: Register) -> dict[str, str]:
    """The property of each column of the register: its name, made unique where another property has it."""
    named = register.names_of(Role.NAME)[:1]
    names = {"company_id": "company_id"} | dict.fromkeys(named, "name")
    taken = {"company_id", "name", *DERIVED} | RESERVED
    for column in register.columns:
        if column.name in names:
            continue
        name = column.name
        while name.casefold() in taken or not name:
            name = f"{name} (register)".strip()
        names[column.name] = name
        taken.add(name.casefold())
    return names


def _companies(
    register: Register, graph: CompanyGraph, cohort: Cohort, standing: Standing, ids: pa.Array, folder: Path
) -> NodeTable:
    names = property_names(register)
    source = pq.ParquetFile(register.companies)
    types = {name: _type(source.schema_arrow.field(column).type) for column, name in names.items()}
    types = {"company_id": pa.string()} | {"name": types.pop("name", pa.string())} | types
    derived = _derived(graph, cohort, standing, ids)
    schema = pa.schema(list((types | DERIVED).items()))
    columns = {name: column for column, name in names.items()}

    def batches() -> Iterator[pa.Table]:
        start = 0
        for batch in source.iter_batches(ROWS_PER_GROUP, columns=list(names)):
            read = {
                name: batch[columns[name]].cast(types[name])
                if name in columns
                else pa.nulls(len(batch), types[name])
                for name in types
            }
            made = {name: make(start, start + len(batch)) for name, make in derived.items()}
            yield pa.table(read | made, schema=schema)
            start += len(batch)

    return node_table("Company", schema, batches(), folder)


def _type(found: pa.DataType) -> pa.DataType:
    """The property type for a column's type; a register holds no others, but numbers of any width."""
    if pa.types.is_boolean(found):
        return pa.bool_()
    if pa.types.is_integer(found):
        return pa.int64()
    if pa.types.is_floating(found) or pa.types.is_decimal(found):
        return pa.float64()
    return pa.date32() if pa.types.is_temporal(found) else pa.string()


Slice = Callable[[int, int], pa.Array]


def _derived(graph: CompanyGraph, cohort: Cohort, standing: Standing, ids: pa.Array) -> dict[str, Slice]:
    """For each property of DERIVED, a function of its values for the companies from one index to before another."""
    n, facts = graph.n_companies, graph.ownership
    client, suppressed = np.zeros(n, bool), np.zeros(n, bool)
    client[cohort.clients], suppressed[cohort.suppressed] = True, True
    won = np.full(n, np.datetime64("NaT"), "datetime64[D]")
    won[cohort.clients] = cohort.won
    links = degrees(graph, "company")
    client_of = np.full(n, NONE, np.int32)
    if len(cohort.twins):
        client_of[cohort.company[cohort.clients]] = cohort.clients
        client_of = np.where(np.isin(np.arange(n), cohort.twins), client_of[cohort.company], NONE)
    flags = {
        "in_cycle": facts.in_cycle,
        "links": links,
        "is_client": client,
        "is_suppressed": suppressed,
        "won": won,
    }
    at = np.full(n, -1, np.int64)
    at[standing.table["company"].to_numpy()] = np.arange(len(standing.table))
    scored = {
        name: _taken(standing.table[name].combine_chunks(), at, DERIVED[name])
        if name in standing.table.column_names
        else _nothing(DERIVED[name])
        for name in SCORED[:-1]
    }
    return (
        {"group_id": _ids(ids, facts.group), "ultimate_parent_id": _ids(ids, facts.ultimate_parent)}
        | {"record_of": _ids(ids, client_of)}
        | {name: _plain(values) for name, values in flags.items()}
        | scored
        | {"run_id": _taken(pa.array([standing.run_id]), np.where(at >= 0, 0, -1), pa.string())}
    )


def _ids(ids: pa.Array, at: np.ndarray) -> Slice:
    return lambda start, end: ids.take(pa.array(at[start:end], mask=at[start:end] == NONE))


def _plain(values: np.ndarray) -> Slice:
    return lambda start, end: pa.array(values[start:end])


def _nothing(type_: pa.DataType) -> Slice:
    return lambda start, end: pa.nulls(end - start, type_)


def _taken(values: pa.Array, at: np.ndarray, type_: pa.DataType) -> Slice:
    """A function of the values at a slice of these positions, null at -1."""
    values = values.cast(type_)
    return lambda start, end: values.take(pa.array(at[start:end], mask=at[start:end] < 0))


def _others(register: Register, graph: CompanyGraph, folder: Path) -> Iterator[NodeTable]:
    for kind in ("holder", "person"):
        ids = graph.keys[kind].cast(pa.string())
        label = LABELS[kind]
        names = _names(register, ids, kind)
        table = pa.table({KEYS[label]: ids, "name": names, "links": degrees(graph, kind)})
        yield node_table(label, table.schema, iter([table]), folder)
    codes = graph.keys["industry"].cast(pa.string())
    industries = pa.table({"code": codes, "title": industry_titles(register, codes)})
    yield node_table("Industry", industries.schema, iter([industries]), folder)
    keys = graph.keys["place"].cast(pa.string())
    parts = {"place_key": keys, "level": place_levels(keys), "name": place_names(keys)}
    yield node_table("Place", pa.table(parts).schema, iter([pa.table(parts)]), folder)


def degrees(graph: CompanyGraph, kind: str) -> np.ndarray:
    """The number of ownership and link relationships of each node of a type, int64; hubs are recognised by it."""
    counts = np.zeros(graph.nodes[kind], np.int64)
    for (source, relation, target), edges in graph.edges.items():
        if relation == OWNS or LinkKind.of(relation):
            for label, ends in ((source, edges.source), (target, edges.target)):
                if label == kind:
                    counts += np.bincount(ends, minlength=len(counts))
    return counts


def _names(register: Register, ids: pa.Array, kind: str) -> pa.Array:
    """The commonest name of each holder or person in the links (of equals the first in the alphabet), else its id."""
    wanted = pa.table({"id": ids, "place": pa.array(np.arange(len(ids)))})
    with open_db() as db:
        db.register("wanted", wanted)
        found = db.sql(
            "WITH stated AS (SELECT source_id, source_name, count(*) AS times FROM read_parquet(?) "
            "WHERE source IS NULL AND source_name IS NOT NULL AND (source_type = 'person') = ? GROUP BY ALL), "
            "named AS (SELECT source_id, first(source_name ORDER BY times DESC, source_name) AS name FROM stated "
            "GROUP BY source_id) "
            "SELECT coalesce(name, id) AS name FROM wanted LEFT JOIN named ON source_id = id ORDER BY place",
            params=[plain(register.links), kind == "person"],
        ).to_arrow_table()
    return found["name"].combine_chunks().cast(pa.string())


def _run(standing: Standing, folder: Path) -> NodeTable:
    table = pa.table({"run_id": [standing.run_id], "finished": [standing.finished]})
    return node_table("Run", table.schema, iter([table]), folder)
