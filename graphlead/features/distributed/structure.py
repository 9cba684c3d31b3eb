"""Features of a company's links by an engine: degrees and means over neighbours, as in ``features.structure``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Floats, Longs
from graphlead.engines.batches import column, lists_of, starts_of, summed, vectors, whole
from graphlead.engines.parquet import batches_of
from graphlead.engines.tables import Tables
from graphlead.features.distributed.memberships import MEMBERSHIPS, NUMBERS, listed
from graphlead.features.distributed.plan import NEIGHBOURS, Numbered
from graphlead.features.structure import Scale, scale_of

STRUCTURE = "structure"
OWN = -1
"""The number of the relation of a company to itself, which comes first."""
WITH_NUMBERS = pa.schema([
    ("relation", pa.int32()), ("grp", pa.int64()), ("company", pa.int64()), ("size", pa.int64()),
    ("numbers", pa.list_(pa.float32())),
])  # fmt: skip
STRUCTURED = pa.schema([("company", pa.int64()), ("structure", pa.list_(pa.float32()))])


@dataclass(frozen=True)
class Scaled:
    """The numbers of memberships as they are averaged: the first ones, scaled."""

    numbered: Numbered
    scale: Scale

    def of(self, table: pa.Table) -> Floats:
        return self.scale.apply(
            vectors(table, "numbers", self.numbered.own, np.float32)[:, : self.numbered.averaged]
        )


@dataclass(frozen=True)
class GroupSums:
    """From the numbers of the members of groups to the sums over each group, for every member."""

    scaled: Scaled
    schema = WITH_NUMBERS

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("relation", "grp")):
            starts = starts_of(column(table, "relation", np.int64), column(table, "grp", np.int64))
            sums = np.repeat(summed(self.scaled.of(table), starts), np.diff(starts), axis=0)
            columns = [table[name].combine_chunks() for name in ("relation", "grp", "company", "size")]
            yield pa.record_batch([*columns, lists_of(sums)], schema=self.schema)


@dataclass(frozen=True)
class Means:
    """From a company's numbers, those of its neighbours and the sums over its groups to its features of links."""

    scaled: Scaled
    schema = STRUCTURED

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        numbered = self.scaled.numbered
        for table in whole(batches, ("company",)):
            company, relation = (column(table, name, np.int64) for name in ("company", "relation"))
            companies = company[starts_of(company)[:-1]]
            found = np.zeros((len(companies), numbered.structure), np.float32)
            own = self.scaled.of(table.filter(pa.array(relation == OWN)))
            for place, number in enumerate(numbered.linked):
                mine = np.flatnonzero(relation == number)
                at = np.searchsorted(companies, company[mine])
                width = 1 + numbered.averaged
                part = self._of(table.take(pa.array(mine)), at, own, numbered.kinds[number] == NEIGHBOURS)
                found[np.unique(at), place * width : (place + 1) * width] = part
            yield pa.record_batch([pa.array(companies), lists_of(found)], schema=self.schema)

    def _of(self, table: pa.Table, at: Longs, own: Floats, linked: bool) -> Floats:
        """The degree and the means of each company that has memberships in a relation; at: its place, of each."""
        if not len(at):
            return np.zeros((0, 1 + own.shape[1]), np.float32)
        starts = starts_of(at)
        groups = np.diff(starts).astype(np.float32)
        if linked:
            total, degree = summed(self.scaled.of(table), starts), groups
        else:
            sums = vectors(table, "numbers", own.shape[1], np.float32)
            total = summed(sums, starts) - groups[:, None] * own[at[starts[:-1]]]
            degree = summed((column(table, "size", np.int64) - 1).astype(np.float32), starts)
        total /= np.maximum(degree, 1)[:, None]
        return np.concatenate([np.log1p(degree)[:, None], total], axis=1)


def structure_of(tables: Tables, numbered: Numbered, numbers: Path) -> None:
    """Make the table of the features of links of each company that has any.

    numbers: the folder of the numbers of all companies, in their order.
    """
    engine, linked = tables.engine, listed(numbered.linked)
    scaled = Scaled(numbered, _scale(numbers, numbered))
    engine.sql("linked", f"SELECT * FROM {MEMBERSHIPS} WHERE relation IN ({linked or '-1'})")
    neighbours = listed(numbered.links) or "-1"
    engine.sql("in_groups", _with_numbers("linked", "company", f"relation NOT IN ({neighbours})"))
    sums = GroupSums(scaled)
    engine.map_arrow("group_sums", "in_groups", sums, ("relation", "grp"), ("relation", "grp", "company"))
    engine.sql(
        "of_neighbours", _with_numbers("linked", "grp", f"relation IN ({neighbours}) AND grp <> company")
    )
    engine.sql(
        "themselves",
        f"SELECT DISTINCT CAST({OWN} AS INTEGER) AS relation, company AS grp, company, CAST(0 AS BIGINT) AS size "
        "FROM linked",
    )
    engine.sql("own", _with_numbers("themselves", "company", "size = 0"))
    engine.sql(
        "around", "SELECT * FROM own UNION ALL SELECT * FROM of_neighbours UNION ALL SELECT * FROM group_sums"
    )
    engine.map_arrow("structured", "around", Means(scaled), ("company",), ("company", "relation", "grp"))
    tables.keep(STRUCTURE, "SELECT * FROM structured")


def _with_numbers(source: str, of: str, where: str) -> str:
    return f"""SELECT m.relation AS relation, m.grp AS grp, m.company AS company, m.size AS size, n.numbers AS numbers
        FROM (SELECT * FROM {source} WHERE {where}) AS m JOIN {NUMBERS} AS n ON m.{of} = n.company"""


def _scale(numbers: Path, numbered: Numbered) -> Scale:
    """The scale of the averaged numbers over all companies, in two passes over their files.

    NumPy does not sum a single column row after row, so that is read as a whole.
    """

    def parts() -> Iterator[Floats]:
        for batch in batches_of(numbers):
            yield vectors(batch, "numbers", numbered.own, np.float32)[:, : numbered.averaged]

    if numbered.averaged == 1:
        column_alone = np.concatenate(list(parts()))
        return scale_of(lambda: [column_alone])
    return scale_of(parts)
