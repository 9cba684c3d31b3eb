"""The clients in the groups of each company by an engine, as label features; see ``features.labels``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Flags, Floats, Longs
from graphlead.core.clients import Cohort
from graphlead.engines.batches import column, lists_of, starts_of, whole
from graphlead.engines.tables import Tables
from graphlead.features.attributes import commonness
from graphlead.features.distributed.memberships import MEMBERSHIPS, listed
from graphlead.features.distributed.plan import INCIDENCE, NEIGHBOURS, Numbered
from graphlead.features.labels import GROUP_STRENGTH, LINK_STRENGTH, lift_of, of_several
from graphlead.features.seeds import client_weights

LABELS = "labels"
LABELLED = pa.schema([
    ("company", pa.int64()), ("labels", pa.list_(pa.float32())), ("common", pa.list_(pa.float32())),
])  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Around:
    """From the memberships of companies, with the clients and rejected ones in each group, to label features.

    base, sure: see ``lift_of``; sure is None where nobody is rejected; n: how many companies there are. The features
    are all but the last, the walk; beside them the commonness of the values at the levels of the plan.
    """

    numbered: Numbered
    base: float
    sure: float | None
    n: int
    schema = LABELLED

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("company",)):
            company = column(table, "company", np.int64)
            starts = starts_of(company)
            row = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
            labels, common = (
                self._labels(table, row, len(starts) - 1),
                self._common(table, row, len(starts) - 1),
            )
            columns = [pa.array(company[starts[:-1]]), lists_of(labels), lists_of(common)]
            yield pa.record_batch(columns, schema=self.schema)

    def nothing(self) -> tuple[Floats, Floats]:
        """The label features (1, F - 1), and the commonness (1, levels), of a company that is in no group."""
        table = pa.table({name: np.zeros(0, np.int64) for name in ("relation", "grp", "company", "size")}
                         | {name: np.zeros(0, np.float32) for name in ("clients", "rejected")})  # fmt: skip
        nowhere = np.zeros(0, np.int64)
        return self._labels(table, nowhere, 1), self._common(table, nowhere, 1)

    def _labels(self, table: pa.Table, row: Longs, m: int) -> Floats:
        relation = column(table, "relation", np.int64)
        found: list[Floats] = []
        for number, kind in enumerate(self.numbered.kinds):
            mine = relation == number
            if kind == NEIGHBOURS:
                found.append(self._linked(table, mine, row, m))
                continue
            lifts = self._lift(*self._counts(table, mine), GROUP_STRENGTH)
            if kind == INCIDENCE:
                found += of_several(np.searchsorted(row[mine], np.arange(m + 1)).astype(np.int32), lifts)
            else:
                single = np.zeros(m, np.float32)
                single[row[mine]] = lifts
                found.append(single)
        return np.stack(found, axis=1) if found else np.zeros((m, 0), np.float32)

    def _linked(self, table: pa.Table, mine: Flags, row: Longs, m: int) -> Floats:
        """The lift of the clients linked with each company (m,): those in the group that has its number."""
        own = mine & (column(table, "grp", np.int64) == column(table, "company", np.int64))
        counts = []
        for values in self._counts(table, own):
            of_all = np.zeros(m, np.float32)
            of_all[row[own]] = values
            counts.append(of_all)
        return self._lift(counts[0], counts[1], counts[2], LINK_STRENGTH)

    def _counts(self, table: pa.Table, mine: Flags) -> tuple[Floats, Floats, Floats]:
        """The clients, the rejected and the others in the groups of some memberships."""
        others = np.maximum(column(table, "size", np.int64)[mine] - 1, 0).astype(np.float32)
        clients, rejected = (column(table, name, np.float32)[mine] for name in ("clients", "rejected"))
        return clients, rejected, others

    def _lift(self, clients: Floats, rejected: Floats, others: Floats, strength: float) -> Floats:
        if self.sure is None:
            return lift_of(clients, None, others, self.base, 1.0, strength)
        return lift_of(clients, rejected, others, self.base, self.sure, strength)

    def _common(self, table: pa.Table, row: Longs, m: int) -> Floats:
        relation, size = (column(table, name, np.int64) for name in ("relation", "size"))
        found = np.full((m, len(self.numbered.common)), np.nan, np.float32)
        for place, number in enumerate(self.numbered.common):
            mine = np.flatnonzero(relation == number)
            there = np.unique(row[mine])
            found[there, place] = commonness(size[mine], row[mine].astype(np.int32), self.n)
        return found


def around_of(cohort: Cohort, numbered: Numbered) -> Around:
    """What turns memberships into label features from all clients of a cohort."""
    weights = client_weights(cohort.won)
    clients = max(float(np.bincount(np.zeros(len(weights), np.int64), weights, 1)[0]), 1.0)
    rejected = len(cohort.rejected)
    sure = clients / (clients + float(rejected)) if rejected else None
    return Around(numbered=numbered, base=clients / cohort.n_companies, sure=sure, n=cohort.n_companies)


def label_features(tables: Tables, around: Around, cohort: Cohort) -> None:
    """Make the table of the label features of each company that is in any group."""
    engine, links = tables.engine, listed(around.numbered.links) or "-1"
    who = np.concatenate([cohort.clients, cohort.rejected]).astype(np.int64)
    engine.read("decided_ones", pa.table({"company": who}))
    theirs = tables.fetch(
        "of_decided",
        f"""SELECT m.relation AS relation, m.grp AS grp, m.company AS company
        FROM {MEMBERSHIPS} AS m JOIN decided_ones AS d ON m.company = d.company
        WHERE NOT (m.relation IN ({links}) AND m.grp = m.company)""",
    )
    engine.read("counted", _counted(theirs, cohort))
    engine.sql(
        "with_counts",
        f"""SELECT m.relation AS relation, m.grp AS grp, m.company AS company, m.size AS size,
            coalesce(c.clients, CAST(0 AS FLOAT)) AS clients, coalesce(c.rejected, CAST(0 AS FLOAT)) AS rejected
        FROM {MEMBERSHIPS} AS m LEFT JOIN counted AS c ON m.relation = c.relation AND m.grp = c.grp""",
    )
    engine.map_arrow("labelled", "with_counts", around, ("company",), ("company", "relation", "grp"))
    tables.keep(LABELS, "SELECT * FROM labelled")


def _counted(theirs: pa.Table, cohort: Cohort) -> pa.Table:
    """The weight of the clients, and the number of the rejected, in each group that has any: float32, summed in double
    precision in the order of the companies.
    """
    theirs = theirs.sort_by([(name, "ascending") for name in ("relation", "grp", "company")])
    relation, group, company = (column(theirs, name, np.int64) for name in ("relation", "grp", "company"))
    weight, once = np.zeros(cohort.n_companies), np.zeros(cohort.n_companies)
    weight[cohort.clients], once[cohort.rejected] = client_weights(cohort.won), 1.0
    starts = starts_of(relation, group)
    run = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    sums = {
        name: np.bincount(run, values[company], len(starts) - 1).astype(np.float32)
        for name, values in (("clients", weight), ("rejected", once))
    }
    return pa.table({
        "relation": pa.array(relation[starts[:-1]], pa.int32()), "grp": group[starts[:-1]], **sums,
    })  # fmt: skip
