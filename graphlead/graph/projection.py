"""A run as a property graph in Parquet: what cypher/README.md describes, in tables that every store loads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from graphlead.carriers import (
    SCORED,
    Cohort,
    CompanyGraph,
    Edges,
    EdgeTable,
    Kind,
    NodeTable,
    Projection,
    Register,
    Role,
)
from graphlead.contracts import Progress, silent
from graphlead.graph.build import UNDATED, UNNAMED, stakes_of
from graphlead.graph.kinds import Claim, ownership_kind
from graphlead.graph.stakes import Ledger

CHUNK = 1_000_000
"""Relationships held as text at a time."""
ROWS_A_GROUP = 122_880

LABELS = {
    "company": "Company",
    "holder": "Holder",
    "person": "Person",
    "industry": "Industry",
    "place": "Place",
}
KEYS = {"Company": "company_id", "Holder": "holder_id", "Person": "person_id", "Industry": "code",
        "Place": "place_key", "Run": "run_id"}  # fmt: skip
DERIVED: dict[str, pa.DataType] = {
    "group_id": pa.string(),
    "ultimate_parent_id": pa.string(),
    "in_cycle": pa.bool_(),
    "links": pa.int64(),
    "is_client": pa.bool_(),
    "is_suppressed": pa.bool_(),
    "won": pa.date32(),
    "score": pa.float64(),
    "rank": pa.int64(),
    "fit": pa.string(),
    "segment": pa.string(),
    "nearest_client_id": pa.string(),
    "run_id": pa.string(),
}
"""What a run adds to each company, after its key, its name and the columns of the register."""

RESERVED = {"_id", "_label", "_src", "_dst", "_nodes", "_rels"}
"""Names that a store keeps to itself."""

SHARES = {"share": pa.float64(), "share_low": pa.float64(), "share_high": pa.float64()}
STAKES = SHARES | {"since": pa.date32()}
CLAIMS = {
    Claim.HOLDS: "holds",
    Claim.OWNS: "owns",
    Claim.ULTIMATE: "ultimate_parent",
    Claim.CONTROL: "controls",
}
"""How the kind of a stake is called, by what it claims: the words are read back as the same claims."""
_KINDS = {pa.string(): Kind.TEXT, pa.float64(): Kind.NUMBER, pa.int64(): Kind.INTEGER, pa.bool_(): Kind.FLAG,
          pa.date32(): Kind.DAY}  # fmt: skip
_TYPES = {kind: type_ for type_, kind in _KINDS.items()}


@dataclass(frozen=True)
class Standing:
    """Where companies stand after a run: ``table`` has company (index) and the properties of SCORED it knows.

    run_id, finished: the run, and when it finished (ISO 8601).
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
    """Write everything a run knows into Parquet files in ``folder``, which must exist.

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
        *_owns(register, keys, folder),
        *_effective(graph, ids, folder),
        *_linked(register, folder),
        *_levels(graph, keys, folder),
    ]
    progress(3, 3, "relationships")
    return Projection(standing.run_id, standing.finished, tuple(nodes), tuple(edges))


def property_names(register: Register) -> dict[str, str]:
    """The property of each column of the register: its name, where no other property has that already."""
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
        for batch in source.iter_batches(ROWS_A_GROUP, columns=list(names)):
            read = {
                name: batch[columns[name]].cast(types[name])
                if name in columns
                else pa.nulls(len(batch), types[name])
                for name in types
            }
            made = {name: make(start, start + len(batch)) for name, make in derived.items()}
            yield pa.table(read | made, schema=schema)
            start += len(batch)

    return _node_table("Company", schema, batches(), folder)


def _type(found: pa.DataType) -> pa.DataType:
    """The type of a property: a register holds no others, but DuckDB writes flags and whole numbers of any width."""
    if pa.types.is_boolean(found):
        return pa.bool_()
    if pa.types.is_integer(found):
        return pa.int64()
    if pa.types.is_floating(found) or pa.types.is_decimal(found):
        return pa.float64()
    return pa.date32() if pa.types.is_temporal(found) else pa.string()


Slice = Callable[[int, int], pa.Array]


def _derived(graph: CompanyGraph, cohort: Cohort, standing: Standing, ids: pa.Array) -> dict[str, Slice]:
    """For each property of DERIVED, what gives it for the companies from one index to before another."""
    n, facts = graph.n_companies, graph.ownership
    client, suppressed = np.zeros(n, bool), np.zeros(n, bool)
    client[cohort.clients], suppressed[cohort.suppressed] = True, True
    won = np.full(n, np.datetime64("NaT"), "datetime64[D]")
    won[cohort.clients] = cohort.won
    links = degrees(graph, "company")
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
        | {name: _plain(values) for name, values in flags.items()}
        | scored
        | {"run_id": _taken(pa.array([standing.run_id]), np.where(at >= 0, 0, -1), pa.string())}
    )


def _ids(ids: pa.Array, at: np.ndarray) -> Slice:
    return lambda start, end: ids.take(pa.array(at[start:end]))


def _plain(values: np.ndarray) -> Slice:
    return lambda start, end: pa.array(values[start:end])


def _nothing(type_: pa.DataType) -> Slice:
    return lambda start, end: pa.nulls(end - start, type_)


def _taken(values: pa.Array, at: np.ndarray, type_: pa.DataType) -> Slice:
    """The value at each position, null at -1."""
    values = values.cast(type_)
    return lambda start, end: values.take(pa.array(at[start:end], mask=at[start:end] < 0))


def _others(register: Register, graph: CompanyGraph, folder: Path) -> Iterator[NodeTable]:
    for kind in ("holder", "person"):
        ids = graph.keys[kind].cast(pa.string())
        label = LABELS[kind]
        names = _names(register, ids, kind)
        table = pa.table({KEYS[label]: ids, "name": names, "links": degrees(graph, kind)})
        yield _node_table(label, table.schema, iter([table]), folder)
    codes = pa.table({"code": graph.keys["industry"].cast(pa.string())})
    yield _node_table("Industry", codes.schema, iter([codes]), folder)
    keys = graph.keys["place"].cast(pa.string())
    parts = {
        "place_key": keys,
        "level": pc.replace_substring_regex(keys, r"(?s)\|.*$", ""),
        "name": pc.replace_substring_regex(keys, r"(?s)^.*\|", ""),
    }
    yield _node_table("Place", pa.table(parts).schema, iter([pa.table(parts)]), folder)


def degrees(graph: CompanyGraph, kind: str) -> np.ndarray:
    """How many relationships of owning and of links each node of a type has, int64: what hubs are known by."""
    counts = np.zeros(graph.nodes[kind], np.int64)
    for (source, relation, target), edges in graph.edges.items():
        if relation == "owns" or relation.startswith("linked:"):
            for label, ends in ((source, edges.source), (target, edges.target)):
                if label == kind:
                    counts += np.bincount(ends, minlength=len(counts))
    return counts


def _names(register: Register, ids: pa.Array, kind: str) -> pa.Array:
    """What links most often call these holders or persons, the first in the alphabet of several; else their id."""
    wanted = pa.table({"id": ids, "place": pa.array(np.arange(len(ids)))})
    with duckdb.connect() as db:
        db.execute("SET enable_progress_bar = false")
        db.register("wanted", wanted)
        found = db.sql(
            "WITH said AS (SELECT source_id, source_name, count(*) AS times FROM read_parquet(?) "
            "WHERE source IS NULL AND source_name IS NOT NULL AND (source_type = 'person') = ? GROUP BY ALL), "
            "named AS (SELECT source_id, first(source_name ORDER BY times DESC, source_name) AS name FROM said "
            "GROUP BY source_id) "
            "SELECT coalesce(name, id) AS name FROM wanted LEFT JOIN named ON source_id = id ORDER BY place",
            params=[str(register.links), kind == "person"],
        ).to_arrow_table()
    return found["name"].combine_chunks().cast(pa.string())


def _run(standing: Standing, folder: Path) -> NodeTable:
    table = pa.table({"run_id": [standing.run_id], "finished": [standing.finished]})
    return _node_table("Run", table.schema, iter([table]), folder)


def _owns(register: Register, keys: Mapping[str, pa.Array], folder: Path) -> Iterator[EdgeTable]:
    book, holders, persons = stakes_of(register)
    firsts = np.cumsum([0, register.n_companies, len(holders), len(persons)])
    for kind, first, end in zip(("company", "holder", "person"), firsts, firsts[1:], strict=False):
        rows = np.flatnonzero((book.owner >= first) & (book.owner < end))
        ends = Edges((book.owner[rows] - first).astype(np.int32), book.owned[rows])
        yield _edge_table(
            "OWNS",
            (kind, "company"),
            ends,
            keys,
            {"kind": pa.string(), **STAKES},
            _stakes(book, rows),
            folder,
        )


def _stakes(book: Ledger, rows: np.ndarray) -> dict[str, Any]:
    share = np.where(book.known[rows], book.middle[rows], np.nan)
    kind = pa.DictionaryArray.from_arrays(pa.array(book.claim[rows], pa.int8()), pa.array(CLAIMS.values()))
    day = book.day[rows]
    since = np.where(day > UNDATED, day.astype("datetime64[D]"), np.datetime64("NaT"))
    shares = {"share": share, "share_low": book.low[rows], "share_high": book.high[rows]}
    return {"kind": kind, **shares, "since": since}


def _effective(graph: CompanyGraph, ids: pa.Array, folder: Path) -> Iterator[EdgeTable]:
    facts = graph.ownership
    shares = {
        "share": facts.effective.weight,
        "share_low": facts.effective_low,
        "share_high": facts.effective_high,
    }
    yield _edge_table(
        "EFFECTIVE_OWNS", ("company", "company"), facts.effective, {"company": ids}, SHARES, shares, folder
    )


def _linked(register: Register, folder: Path) -> Iterator[EdgeTable]:
    """The links that state no ownership, one by one, as the register has them."""
    schema = pa.schema(
        [("from", pa.string()), ("to", pa.string()), ("kind", pa.string()), ("since", pa.date32())]
    )
    for label, type_ in (("Company", "company"), ("Holder", "holder"), ("Person", "person")):
        file = folder / f"{label}-LINKED-Company.parquet"
        batches = (
            _of_type(batch, type_) for batch in pq.ParquetFile(register.links).iter_batches(columns=_LINK)
        )
        rows = _write(file, schema, (batch.rename_columns(schema.names).cast(schema) for batch in batches))
        properties = {"kind": Kind.TEXT, "since": Kind.DAY}
        yield EdgeTable("LINKED", label, "Company", properties, file, rows, multiple=True)


_LINK = ["source_id", "target_id", "kind", "date", "source", "target", "source_type"]


def _of_type(batch: pa.RecordBatch, type_: str) -> pa.Table:
    """The links from sources of one type to companies that state no ownership, or one that cannot be understood."""
    inside = batch["source"].is_valid()
    person = pc.and_not(pc.equal(batch["source_type"], "person").fill_null(False), inside)
    of_type = {"company": inside, "person": person, "holder": pc.invert(pc.or_(inside, person))}[type_]
    kind = pc.fill_null(batch["kind"].cast(pa.string()), UNNAMED)
    kinds = {said: ownership_kind(said) for said in pc.unique(kind).to_pylist()}
    outside = pa.array([said for said, meaning in kinds.items() if meaning and meaning.reverse], pa.string())
    owns = pa.array([said for said, meaning in kinds.items() if meaning], pa.string())
    # What is owned has to be a company of the register: a reversed link from outside stays a link of its kind.
    stake = pc.and_not(pc.is_in(kind, owns), pc.and_not(pc.is_in(kind, outside), inside))
    table = pa.table(
        {"from": batch["source_id"], "to": batch["target_id"], "kind": kind, "since": batch["date"]}
    )
    return table.filter(pc.and_(pc.and_(of_type, batch["target"].is_valid()), pc.invert(stake)))


def _levels(graph: CompanyGraph, keys: Mapping[str, pa.Array], folder: Path) -> Iterator[EdgeTable]:
    nothing = Edges(np.empty(0, np.int32), np.empty(0, np.int32))
    for relation, ends in (("in_industry", ("company", "industry")), ("located_in", ("company", "place")),
                           ("part_of", ("industry", "industry")), ("part_of", ("place", "place"))):  # fmt: skip
        edges = graph.edges.get((ends[0], relation, ends[1]), nothing)
        yield _edge_table(relation.upper(), ends, edges, keys, {}, {}, folder)


def _node_table(label: str, schema: pa.Schema, batches: Iterator[pa.Table], folder: Path) -> NodeTable:
    file = folder / f"{label}.parquet"
    rows = _write(file, schema, batches)
    return NodeTable(label, KEYS[label], _kinds(schema), file, rows)


def _edge_table(
    relation: str,
    ends: tuple[str, str],
    edges: Edges,
    keys: Mapping[str, pa.Array],
    types: Mapping[str, pa.DataType],
    values: Mapping[str, Any],
    folder: Path,
) -> EdgeTable:
    source, target = LABELS[ends[0]], LABELS[ends[1]]
    schema = pa.schema([("from", pa.string()), ("to", pa.string()), *types.items()])

    def batches() -> Iterator[pa.Table]:
        for start in range(0, len(edges), CHUNK):
            part = slice(start, start + CHUNK)
            columns = {
                "from": keys[ends[0]].take(pa.array(edges.source[part])).cast(pa.string()),
                "to": keys[ends[1]].take(pa.array(edges.target[part])).cast(pa.string()),
            }
            told = {name: _column(values[name][part]).cast(type_) for name, type_ in types.items()}
            yield pa.table(columns | told, schema=schema)

    file = folder / f"{source}-{relation}-{target}.parquet"
    properties = {name: kind for name, kind in _kinds(schema).items() if name in types}
    return EdgeTable(relation, source, target, properties, file, _write(file, schema, batches()))


def _column(values: Any) -> pa.Array:
    """NumPy's NaN is how a share is missing; Arrow's arrays know nulls."""
    return pa.array(values, from_pandas=True) if isinstance(values, np.ndarray) else values


def _kinds(schema: pa.Schema) -> dict[str, Kind]:
    return {field.name: _KINDS[field.type] for field in schema}


def _write(file: Path, schema: pa.Schema, batches: Iterator[pa.Table]) -> int:
    rows = 0
    with pq.ParquetWriter(file, schema) as writer:
        for batch in batches:
            writer.write_table(batch, row_group_size=ROWS_A_GROUP)
            rows += len(batch)
    return rows
