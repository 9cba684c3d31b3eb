"""Reading a graph back as the files of a register, page by page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import SettingsError
from graphlead.engines.duckdb import open_db
from graphlead.stores.differences import Rows
from graphlead.stores.mapping import Companies, Links, RegisterMapping
from graphlead.stores.shape import quoted

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

    def pages(self, cypher: str) -> Iterator[Rows]: ...

    def properties(self, label: str) -> list[str]: ...


def read_register(
    store: Readable, mapping: RegisterMapping, folder: Path, progress: Progress = silent
) -> tuple[Path, Path]:
    """Write companies.parquet and links.parquet into ``folder``; returns their paths.

    Raises SettingsError when no node has the label of companies with an id.
    """
    progress(0, 2, "companies")
    companies, links = folder / "companies.parquet", folder / "links.parquet"
    query, columns = _companies(store, mapping.companies)
    pages = (page for page in store.pages(query))
    if not _write(pages, columns, companies):
        raise SettingsError(
            f"no node with the label {mapping.companies.label} has a property {mapping.companies.id}.",
            remedy="Name the label and the id of companies in the mapping.",
        )
    progress(1, 2, "links")
    rows = (page for query in _links(mapping) for page in store.pages(query))
    _write(rows, LINK, links, f"* EXCLUDE (share, share_low, share_high), {_SHARE} AS share")
    progress(2, 2, "links")
    return companies, links


def _companies(store: Readable, companies: Companies) -> tuple[str, list[str]]:
    """The query of all companies, and the columns of its answer."""
    names = list(companies.properties) or store.properties(companies.label)
    names = [name for name in names if name not in (companies.id, *companies.leave_out)]
    columns = [companies.columns.get(name, name) for name in names]
    twice = {name for name in columns if columns.count(name) > 1 or name == "company_id"}
    columns = [
        f"{name} (property)" if name in twice and name not in companies.columns else name for name in columns
    ]
    id_ = f"n.{quoted(companies.id)}"
    values = _numbered([id_, *(f"n.{quoted(name)}" for name in names)])
    return f"MATCH (n:{quoted(companies.label)}) WHERE {id_} IS NOT NULL RETURN {values}", [
        "company_id",
        *columns,
    ]


def _links(mapping: RegisterMapping) -> Iterator[str]:
    """A query for each type of relationship and kind of source, its columns as in LINK."""
    company = mapping.companies
    for link in mapping.links:
        yield _link_query(link, company, company.label, company.id, "NULL", "company")
        for owner in mapping.owners:
            name = f"a.{quoted(owner.name)}" if owner.name else "NULL"
            yield _link_query(link, company, owner.label, owner.id, name, owner.type)


def _link_query(link: Links, company: Companies, label: str, id_: str, name: str, type_: str) -> str:
    arrow = f"<-[r:{quoted(link.type)}]-" if link.reverse else f"-[r:{quoted(link.type)}]->"
    values = [
        f"r.{quoted(each)}" if each else "NULL"
        for each in (link.share, link.share_low, link.share_high, link.date)
    ]
    kind = _text(link.kind or link.type.lower())
    if link.kind_property:
        kind = f"coalesce(r.{quoted(link.kind_property)}, {kind})"
    source, target = f"a.{quoted(id_)}", f"b.{quoted(company.id)}"
    returned = _numbered([source, target, kind, *values, name, _text(type_)])
    return f"MATCH (a:{quoted(label)}){arrow}(b:{quoted(company.label)}) RETURN {returned}"


def _numbered(values: Sequence[str]) -> str:
    """The expressions that a query returns, each under a name of its own."""
    return ", ".join(f"{value} AS c{i}" for i, value in enumerate(values))


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _write(pages: Iterable[Rows], columns: Sequence[str], path: Path, selected: str = "*") -> int:
    """Write rows to a Parquet file that appears when complete; a column of values of one type keeps the type."""
    texts = path.with_name(f".{path.name}.text")
    part = path.with_name(f".{path.name}.part")
    families: list[set[str]] = [set() for _ in columns]
    schema = pa.schema([(name, pa.string()) for name in columns])
    rows = 0
    try:
        with pq.ParquetWriter(texts, schema) as writer:
            for page in pages:
                cells = [
                    _as_text(values, seen)
                    for values, seen in zip(zip(*page, strict=True), families, strict=True)
                ]
                writer.write_batch(pa.record_batch(cells, schema=schema))
                rows += len(page)
        typed = ", ".join(
            f"CAST({_sql(name)} AS {_type(seen)}) AS {_sql(name)}"
            for name, seen in zip(columns, families, strict=True)
            if selected == "*"
        )
        with open_db() as db:
            db.execute(f"COPY (SELECT {typed or selected} FROM read_parquet(?)) TO ? (FORMAT parquet)",
                       [str(texts), str(part)])  # fmt: skip
        part.replace(path)
    finally:
        texts.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
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


def _sql(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
