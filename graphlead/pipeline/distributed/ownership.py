"""Ownership groups by an engine: the stakes of a connected component of companies are worked out in one place.

The machine that starts it keeps integers for each company, and reads the two ends of each stake as a stream. A holder
outside the register connects what it holds: there it stands for the first company that it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Ints, Longs
from graphlead.core.errors import InputError
from graphlead.engines.batches import column, starts_of, whole
from graphlead.engines.duckdb import literal
from graphlead.engines.parquet import batches_of
from graphlead.engines.tables import ROW, Tables
from graphlead.graph.build import stakes_in
from graphlead.graph.ownership.components import Components, totals
from graphlead.graph.ownership.control import controllers, groups
from graphlead.graph.ownership.kinds import ownership_kind

MOST_LINKS = 10_000_000
"""Stakes of one component at most: they take some 4.3 GB of one executor, by 430 bytes each as measured on components
of 800,000 and of 4,000,000 stakes."""
GROUPED = pa.schema([("company", pa.int64()), ("grp", pa.int64())])


@dataclass(frozen=True)
class Grouped:
    """From the stakes of whole components to the ownership group of each company that is not the first of its own."""

    schema = GROUPED

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("component",)):
            company, group = groups_of(table)
            later = np.flatnonzero(group != company)
            yield pa.record_batch([pa.array(company[later]), pa.array(group[later])], schema=self.schema)


def groups_of(table: pa.Table) -> tuple[Longs, Longs]:
    """The companies (m,) of a table of links, ascending, and the smallest company of the group of each.

    The companies are numbered anew in their order, so that memory goes by them and all ties fall as in the register.
    """
    target = column(table, "target", np.int64)
    inside = table["source"].is_valid().to_numpy()
    source = np.asarray(table["source"].drop_null().to_numpy(), np.int64)
    ends = np.sort(np.concatenate([source, target]))
    company = ends[starts_of(ends)[:-1]]
    numbers = np.full(len(target), -1, np.int64)
    numbers[inside] = np.searchsorted(company, source)
    for name, values in (
        ("source", pa.array(numbers, mask=~inside)),
        ("target", pa.array(np.searchsorted(company, target))),
    ):
        table = table.set_column(table.schema.get_field_index(name), name, values)
    stakes, holders, persons = stakes_in(table, len(company))
    controller = controllers(stakes, len(company), len(company) + len(holders) + len(persons))
    return company, company[groups(controller, len(company))]


def group_by_component(
    tables: Tables, kinds: Sequence[str], companies: str, n: int, most: int = MOST_LINKS
) -> Ints:
    """The ownership group (n,) of each company, see ``Ownership``, by the table of links.

    kinds: those of the links that count; companies: the table with the id of each. Raises InputError for a component
    of more than ``most`` stakes, and for links between companies that there are not.
    """
    meant = {kind: meaning for kind in kinds if (meaning := ownership_kind(kind))}
    group = np.arange(n, dtype=np.int32)
    if not meant:
        return group
    backward = [kind for kind, meaning in meant.items() if meaning.reverse]
    _stakes(tables, list(meant), backward)
    component, stakes = _components(tables, n)
    _check(tables, component, stakes, backward, companies, most)
    several = np.bincount(component, minlength=n)[component] > 1
    found = _found(tables, component, several)
    group[column(found, "company", np.int64)] = column(found, "grp", np.int32)
    return group


def _stakes(tables: Tables, kinds: Sequence[str], backward: Sequence[str]) -> None:
    """Make the table of the stakes: only companies of the register can be owned, so not those of owned outsiders."""
    engine = tables.engine
    outside = f"AND NOT (source IS NULL AND kind IN ({_listed(backward)}))" if backward else ""
    engine.sql(
        "stakes",
        f"""SELECT CAST(source AS BIGINT) AS source, CAST(target AS BIGINT) AS target,
            CASE WHEN source IS NULL THEN source_id END AS source_id, source_type,
            CASE WHEN source_type = 'person' THEN 1 ELSE 0 END AS person, kind, share_low, share_high, date
        FROM links WHERE target IS NOT NULL AND (source IS NOT NULL OR source_id IS NOT NULL)
            AND kind IN ({_listed(kinds)}) {outside}""",
    )
    engine.sql(
        "held_first",
        """SELECT person, source_id, min(target) AS first_held FROM stakes WHERE source IS NULL
        GROUP BY person, source_id""",
    )


def _components(tables: Tables, n: int) -> tuple[Ints, Longs]:
    """The smallest company of each company's component, and the number of stakes in each company, both (n,)."""
    pairs = tables.keep(
        "stake_pairs",
        """SELECT source AS one, target AS two FROM stakes WHERE source IS NOT NULL
        UNION ALL
        SELECT f.first_held AS one, s.target AS two FROM stakes AS s
        JOIN held_first AS f ON s.person = f.person AND s.source_id = f.source_id WHERE s.source IS NULL""",
    )
    components, stakes = Components(n), np.zeros(n, np.int64)
    for one, two in _in_parts(pairs, n):
        if len(one) and (min(one.min(), two.min()) < 0 or max(one.max(), two.max()) >= n):
            raise InputError(
                f"a link has a company that is not one of the {n:,} of the register.",
                where="links",
                remedy="Give the links of this register: source and target are the rows of its companies, from 0.",
            )
        components.connect(one, two)
        stakes += np.bincount(two, minlength=n)
    return components.first(), stakes


def _in_parts(pairs: Path, n: int) -> Iterator[tuple[Longs, Longs]]:
    """The pairs in parts of ``n`` and more, so that what is done once a part takes time by the number of pairs."""
    held: list[pa.RecordBatch] = []
    for batch in batches_of(pairs):
        held.append(batch)
        if sum(each.num_rows for each in held) >= n:
            yield _ends(held)
            held = []
    if held:
        yield _ends(held)


def _ends(batches: Sequence[pa.RecordBatch]) -> tuple[Longs, Longs]:
    table = pa.Table.from_batches(batches)
    return column(table, "one", np.int64), column(table, "two", np.int64)


def _found(tables: Tables, component: Ints, several: Flags) -> pa.Table:
    engine, who = tables.engine, np.flatnonzero(several)
    engine.read("component_of", pa.table({"company": who, "component": component[who].astype(np.int64)}))
    engine.sql(
        "component_stakes",
        """SELECT c.component AS component, s.source AS source, s.target AS target, s.source_id AS source_id,
            s.source_type AS source_type, s.kind AS kind, s.share_low AS share_low, s.share_high AS share_high,
            s.date AS date
        FROM stakes AS s JOIN component_of AS c ON s.target = c.company""",
    )
    engine.map_arrow("grouped", "component_stakes", Grouped(), ("component",), ("component",))
    return tables.fetch("ownership_groups", "SELECT company, grp FROM grouped")


def _check(
    tables: Tables, component: Ints, stakes: Longs, backward: Sequence[str], companies: str, most: int
) -> None:
    """Raise InputError, naming the size and the largest holders, for the largest component if it is too large."""
    of_each = totals(component, stakes)
    largest = int(of_each.argmax()) if len(of_each) else 0
    if not len(of_each) or of_each[largest] <= most:
        return
    members = np.flatnonzero(component == largest)
    holders = _largest_holders(tables, members, backward, companies)
    raise InputError(
        f"{len(members):,} companies are connected by {of_each[largest]:,} ownership links; one executor works on "
        f"{most:,} connected ones at most. The largest holders there are {holders}.",
        where="links",
        remedy="Leave the links of such holders out of the file, or those with shares below 5 %, which seldom decide "
        "who controls a company; or score without --engine on one machine that holds all links.",
    )


def _largest_holders(tables: Tables, members: Longs, backward: Sequence[str], companies: str) -> str:
    """The two owners with the most links to these companies, as a text."""
    tables.engine.read("members", pa.table({"company": members}))
    owner = (
        f"CASE WHEN s.kind IN ({_listed(backward)}) THEN s.target ELSE s.source END"
        if backward
        else "s.source"
    )
    found = tables.fetch(
        "largest_holders",
        f"""SELECT coalesce(c.company_id, o.source_id) AS holder, count(*) AS links
        FROM (SELECT {owner} AS owner, s.source_id AS source_id FROM stakes AS s JOIN members AS m
            ON s.target = m.company) AS o
        LEFT JOIN {companies} AS c ON o.owner = c.{ROW}
        GROUP BY coalesce(c.company_id, o.source_id) ORDER BY links DESC, holder LIMIT 2""",
    )
    rows = found.take(pc.sort_indices(found, [("links", "descending"), ("holder", "ascending")])).to_pylist()
    return " and ".join(f"{row['holder']} ({row['links']:,} links)" for row in rows)


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(map(literal, kinds))
