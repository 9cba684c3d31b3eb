"""Dirt planted at low rates, with a list of it, so that a noise report can be checked against the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints
from graphlead.world.sampling import stream

BROKEN_DATES = ("31.02.2011", "0000-00-00", "2019-13-45", "before the war")
PLACEHOLDERS = {"contact_person": "n/a", "phone": "000000000", "city": "unknown"}
IMPOSSIBLE_SHARES = ("150", "-10", "100000")


@dataclass(frozen=True)
class Planted:
    """One kind of dirt: its table and column, and the ids of its rows (target ids for links)."""

    kind: str
    table: str
    column: str
    ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Dirtied:
    """The tables with their dirt. ``copied``: the company (index) that each duplicate copies, ``copy_ids``: its id."""

    companies: pa.Table
    links: pa.Table
    planted: tuple[Planted, ...]
    copied: Ints
    copy_ids: pa.Array


def plant(companies: pa.Table, links: pa.Table, rate: float, seed: int) -> Dirtied:
    """Plant every kind of dirt in ``rate`` of the rows, at least two; each kind gets rows of its own."""
    if not rate:
        none = np.zeros(0, np.int32)
        return Dirtied(
            companies=companies,
            links=links,
            planted=(),
            copied=none,
            copy_ids=companies["company_id"].combine_chunks().slice(0, 0),
        )
    rng = stream(seed, "dirt")
    count = max(2, round(rate * companies.num_rows))
    draws = rng.permutation(companies.num_rows)[: count * 6].reshape(6, count).astype(np.int32)
    draws.sort(axis=1)
    companies, in_cells = _cells(companies, draws)
    companies, in_rows, copy_ids = _duplicates(companies, draws[4], draws[5])
    links, in_links = _links(links, companies, rate, rng)
    return Dirtied(
        companies=companies,
        links=links,
        planted=(*in_cells, *in_rows, *in_links),
        copied=draws[5],
        copy_ids=copy_ids,
    )


def _cells(companies: pa.Table, draws: Ints) -> tuple[pa.Table, list[Planted]]:
    planted = []

    def put(kind: str, column: str, rows: Ints, values: list[object]) -> None:
        nonlocal companies
        companies = _put(companies, column, rows, values)
        planted.append(Planted(kind, "companies", column, _ids(companies, rows)))

    count = draws.shape[1]
    put("broken_date", "founded", draws[0], [BROKEN_DATES[i % len(BROKEN_DATES)] for i in range(count)])
    for column, value in PLACEHOLDERS.items():
        put("placeholder", column, draws[1], [value] * count)
    put("outlier", "employees", draws[2], [2_000_000 + 1000 * i for i in range(count)])
    put("negative", "revenue_keur", draws[3], [-1 - i for i in range(count)])
    return companies, planted


def _duplicates(
    companies: pa.Table, same_id: Ints, same_name: Ints
) -> tuple[pa.Table, list[Planted], pa.Array]:
    """Rows repeated under their own id, and companies entered again in capitals under another id."""
    again = companies.take(pa.array(same_id))
    first_free = companies.num_rows + 1
    numbers = pa.array(np.arange(first_free, first_free + len(same_name))).cast(pa.string())
    copy_ids = pc.binary_join_element_wise("C", pc.utf8_lpad(numbers, 7, "0"), "")
    copies = companies.take(pa.array(same_name))
    copies = copies.set_column(0, "company_id", copy_ids)
    copies = copies.set_column(1, "name", pc.utf8_upper(copies["name"].combine_chunks()))
    planted = [
        Planted("duplicate_id", "companies", "company_id", _ids(companies, same_id)),
        Planted("duplicate_company", "companies", "name", tuple(copy_ids.to_pylist())),
    ]
    return pa.concat_tables([companies, again, copies]).combine_chunks(), planted, copy_ids


def _links(
    links: pa.Table, companies: pa.Table, rate: float, rng: np.random.Generator
) -> tuple[pa.Table, list[Planted]]:
    owning = np.flatnonzero(pc.equal(links["kind"], "owns").to_numpy())
    count = min(max(2, round(rate * links.num_rows)), len(owning) // 5)
    draws = rng.permutation(owning)[: count * 5].reshape(5, count).astype(np.int32)
    draws.sort(axis=1)
    impossible, itself, above, unknown, again = draws
    values = [IMPOSSIBLE_SHARES[i % len(IMPOSSIBLE_SHARES)] for i in range(count)]
    ids = pa.array([f"C9{i:06d}X" for i in range(count)])
    links = _put(links, "share", impossible, list(values))
    whole = _put(links, "share", above, ["100"] * count)
    loops = _named(links, companies, itself, "10")
    extra = _named(whole, companies, above, "60", shift=1)
    stray = links.take(pa.array(unknown)).set_column(3, "target_id", ids)
    planted = [
        Planted("impossible_share", "links", "share", _ids(links, impossible, "target_id")),
        Planted("self_ownership", "links", "target_id", _ids(links, itself, "target_id")),
        Planted("shares_above_100", "links", "share", _ids(links, above, "target_id")),
        Planted("unknown_id", "links", "target_id", tuple(ids.to_pylist())),
        Planted("duplicate_link", "links", "target_id", _ids(links, again, "target_id")),
    ]
    return pa.concat_tables(
        [whole, loops, extra, stray, links.take(pa.array(again))]
    ).combine_chunks(), planted


def _named(links: pa.Table, companies: pa.Table, rows: Ints, share: str, shift: int = 0) -> pa.Table:
    """Ownership links to the targets of these rows, from the target itself or from the company ``shift`` rows on."""
    picked = links.take(pa.array(rows))
    index = pc.index_in(picked["target_id"], companies["company_id"]).to_numpy()
    owners = companies.select(["company_id", "name"]).take(pa.array((index + shift) % companies.num_rows))
    for column, values in (
        ("source_id", owners["company_id"]),
        ("source_name", owners["name"]),
        ("source_type", pa.repeat("company", len(rows))),
        ("share", pa.repeat(share, len(rows))),
    ):
        picked = picked.set_column(picked.schema.get_field_index(column), column, values)
    return picked


def _put(table: pa.Table, column: str, rows: Ints, values: list[object]) -> pa.Table:
    """The table with these values in the (sorted) rows of a column."""
    at = table.schema.get_field_index(column)
    old = table.column(at).combine_chunks()
    mask = np.zeros(table.num_rows, bool)
    mask[rows] = True
    new = pc.replace_with_mask(old, pa.array(mask), pa.array(values, old.type))
    return table.set_column(at, column, new)


def _ids(table: pa.Table, rows: Ints, column: str = "company_id") -> tuple[str, ...]:
    return tuple(table[column].take(pa.array(rows)).to_pylist())
