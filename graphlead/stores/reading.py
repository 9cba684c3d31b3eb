"""Reading a graph back as the files of a register, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.files import scratch, write_whole
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import SettingsError
from graphlead.engines.duckdb import open_db, plain, quoted
from graphlead.stores.differences import Rows
from graphlead.stores.mapping import Companies, Links, Owners, RegisterMapping
from graphlead.stores.names import Names, identifier, names_for

LINK = (
    "source_id",
    "target_id",
    "kind",
    "share",
    "share_low",
    "share_high",
    "date",
    "source_name",
    "source_type",
)
_SQL_TYPES = {"bool": "BOOLEAN", "int": "BIGINT", "float": "DOUBLE", "date": "DATE"}
_SHARE = (
    "CASE WHEN TRY_CAST(share_low AS DOUBLE) < TRY_CAST(share_high AS DOUBLE) AND share IS NOT NULL "
    "THEN share_low || '-' || share_high ELSE coalesce(share, CASE WHEN share_low = share_high THEN share_low END) END"
)
"""A share as a links file has it: exact, a band, or nothing where it is unknown."""


class Readable(Protocol):
    """The interface of a store from which a register is read."""

    @property
    def dialect(self) -> str: ...

    def pages(self, cypher: str, parameters: Mapping[str, object] = ...) -> Iterator[Rows]: ...

    def properties(self, label: str) -> list[str]: ...


def read_register(
    store: Readable, mapping: RegisterMapping, folder: Path, progress: Progress = silent
) -> tuple[Path, Path]:
    """Write companies.parquet and links.parquet into ``folder``; returns their paths.

    Raises SettingsError when no node has the label of companies with an id.
    """
    progress(0, 2, "companies")
    companies, links = folder / "companies.parquet", folder / "links.parquet"
    query, parameters, columns = _companies(store, mapping.companies)
    if not _write(store.pages(query, parameters), columns, companies):
        raise SettingsError(
            f"no node with the label {mapping.companies.label} has a property {mapping.companies.id}.",
            remedy="Name the label and the id of companies in the mapping.",
        )
    progress(1, 2, "links")
    queries = _links(store.dialect, mapping)
    rows = (page for query, parameters in queries for page in store.pages(query, parameters))
    _write(rows, LINK, links, f"* EXCLUDE (share, share_low, share_high), {_SHARE} AS share")
    progress(2, 2, "links")
    return companies, links


def _companies(store: Readable, companies: Companies) -> tuple[str, dict[str, object], list[str]]:
    """The query of all companies, its parameters, and the columns of its answer."""
    listed = list(companies.properties) or store.properties(companies.label)
    listed = [name for name in listed if name not in (companies.id, *companies.leave_out)]
    columns = [companies.columns.get(name, name) for name in listed]
    twice = {name for name in columns if columns.count(name) > 1 or name == "company_id"}
    columns = [
        f"{name} (property)" if name in twice and name not in companies.columns else name for name in columns
    ]
    names = names_for(store.dialect)
    id_, *values = (f"n{names.access(name)}" for name in (companies.id, *listed))
    query = (
        f"MATCH (n:{identifier(companies.label)}) WHERE {id_} IS NOT NULL RETURN {_numbered([id_, *values])}"
    )
    return query, names.parameters, ["company_id", *columns]


def _links(dialect: str, mapping: RegisterMapping) -> Iterator[tuple[str, dict[str, object]]]:
    """A query with its parameters for each type of relationship and kind of source, its columns as in LINK."""
    company = mapping.companies
    owners = [Owners(company.label, company.id, type="company"), *mapping.owners]
    for link in mapping.links:
        for owner in owners:
            names = names_for(dialect)
            yield _link_query(link, company, owner, names), names.parameters


def _link_query(link: Links, company: Companies, owner: Owners, names: Names) -> str:
    arrow = f"<-[r:{identifier(link.type)}]-" if link.reverse else f"-[r:{identifier(link.type)}]->"
    values = [
        f"r{names.access(each)}" if each else "NULL"
        for each in (link.share, link.share_low, link.share_high, link.date)
    ]
    kind = names.value(link.kind or link.type.lower())
    if link.kind_property:
        kind = f"coalesce(r{names.access(link.kind_property)}, {kind})"
    source, target = f"a{names.access(owner.id)}", f"b{names.access(company.id)}"
    name = f"a{names.access(owner.name)}" if owner.name else "NULL"
    returned = _numbered([source, target, kind, *values, name, names.value(owner.type)])
    return f"MATCH (a:{identifier(owner.label)}){arrow}(b:{identifier(company.label)}) RETURN {returned}"


def _numbered(values: Sequence[str]) -> str:
    """The expressions that a query returns, each under a name of its own."""
    return ", ".join(f"{value} AS c{i}" for i, value in enumerate(values))


def _write(pages: Iterable[Rows], columns: Sequence[str], path: Path, selected: str = "*") -> int:
    """Write rows to a Parquet file that appears when complete; a column of values of one type keeps the type."""
    families: list[set[str]] = [set() for _ in columns]
    schema = pa.schema([(name, pa.string()) for name in columns])
    rows = 0
    with scratch(path.parent) as folder:
        texts = folder / "texts.parquet"
        with pq.ParquetWriter(texts, schema) as writer:
            for page in pages:
                cells = [
                    _as_text(values, seen)
                    for values, seen in zip(zip(*page, strict=True), families, strict=True)
                ]
                writer.write_batch(pa.record_batch(cells, schema=schema))
                rows += len(page)
        typed = ", ".join(
            f"CAST({quoted(name)} AS {_type(seen)}) AS {quoted(name)}"
            for name, seen in zip(columns, families, strict=True)
            if selected == "*"
        )
        copy = f"COPY (SELECT {typed or selected} FROM read_parquet(?)) TO ? (FORMAT parquet)"
        with open_db() as db:
            write_whole(path, lambda part: db.execute(copy, [plain(texts), str(part)]))
    return rows


def _as_text(values: Sequence[object], seen: set[str]) -> pa.Array:
    seen.update(_family(value) for value in values if value is not None)
    return pa.array([None if value is None else _as_written(value) for value in values], pa.string())


def _family(value: object) -> str:
    return "date" if type(value) is date else type(value).__name__


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return (
        json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
    )


def _type(seen: set[str]) -> str:
    """The type of a column with values of these types: integers and floats mixed are DOUBLE, other mixtures text."""
    if seen == {"int", "float"}:
        return "DOUBLE"
    return _SQL_TYPES.get(next(iter(seen)), "VARCHAR") if len(seen) == 1 else "VARCHAR"
