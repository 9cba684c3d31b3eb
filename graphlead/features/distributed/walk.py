"""The walk from the clients by an engine: visits go from companies to their groups and back, as in ``features.walk``.

Half a step is one table: a row for each membership with what the company sends to the group, or the group to the
company. So no table is joined but in the first step, which starts from few companies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import Flags, Floats, Longs
from graphlead.engines.batches import column, starts_of, summed, whole
from graphlead.engines.tables import Tables
from graphlead.features.distributed.memberships import MEMBERSHIPS, listed
from graphlead.features.distributed.plan import GROUPS, NEIGHBOURS, Numbered
from graphlead.features.walk import LINK_WEIGHT, RESTART, SHARES, STEPS, WIDEST

VISITS = "visits"
SENT = pa.schema([
    ("relation", pa.int32()), ("grp", pa.int64()), ("company", pa.int64()), ("size", pa.int64()),
    ("value", pa.float32()),
])  # fmt: skip
VISITED = pa.schema([("company", pa.int64()), ("visits", pa.float32())])


@dataclass(frozen=True, kw_only=True)
class Ways:
    """The relations that are walked: the place of each among them, and how much its groups count, by number.

    n: how many companies there are.
    """

    n: int
    place: Mapping[int, int]
    weight: Mapping[int, float]

    def rarity(self, relation: Longs, size: Longs) -> Floats:
        """How far the group of each membership (E,) leads, float32."""
        members = np.maximum(size.astype(np.float32), np.float32(1))
        found = np.log(max(self.n, 2) / members)
        weights = np.zeros(max(self.place, default=0) + 1, np.float32)
        for number, weight in self.weight.items():
            weights[number] = weight
        return np.asarray(found * weights[relation], np.float32)

    def arriving(self, relation: Longs, size: Longs) -> Floats:
        members = np.maximum(size.astype(np.float32), np.float32(1))
        return (self.rarity(relation, size) / members).astype(np.float32)


def ways_of(tables: Tables, numbered: Numbered, n: int) -> Ways:
    """The relations worth walking, see ``walk.walked``."""
    sizes = tables.fetch(
        "typical",
        f"""SELECT relation, CAST(sum(size) AS BIGINT) AS total, CAST(sum(size * size) AS BIGINT) AS squares
        FROM (SELECT DISTINCT relation, grp, size FROM {MEMBERSHIPS}) AS each_group GROUP BY relation""",
    )
    typical = {
        row["relation"]: float(row["squares"]) / max(float(row["total"]), 1) / n for row in sizes.to_pylist()
    }
    kinds = enumerate(numbered.kinds)
    walked = [r for r, kind in kinds if kind != GROUPS or typical.get(r, 0.0) <= WIDEST]
    weight = {r: LINK_WEIGHT if numbered.kinds[r] == NEIGHBOURS else 1.0 for r in walked}
    return Ways(n=n, place={r: place for place, r in enumerate(walked)}, weight=weight)


@dataclass(frozen=True)
class IntoGroups:
    """From what companies send to what comes back to each from its group."""

    ways: Ways
    schema = SENT

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("relation", "grp")):
            relation, group, size = (column(table, name, np.int64) for name in ("relation", "grp", "size"))
            starts = starts_of(relation, group)
            total = summed(column(table, "value", np.float32), starts)
            total *= self.ways.arriving(relation[starts[:-1]], size[starts[:-1]])
            value = np.repeat(total, np.diff(starts))
            columns = [table[name].combine_chunks() for name in ("relation", "grp", "company", "size")]
            yield pa.record_batch([*columns, pa.array(value)], schema=self.schema)


@dataclass(frozen=True, kw_only=True)
class AtCompanies:
    """From what arrives at companies to what they send on, or to their visits after the last step.

    start: the visits (c,) float32 that a walk begins with at the companies ``at`` (c,), ascending; first: nothing has
    arrived, and only what they begin with is sent; last: the visits are returned.
    """

    ways: Ways
    at: Longs
    start: Floats
    first: bool = False
    last: bool = False

    @property
    def schema(self) -> pa.Schema:
        return VISITED if self.last else SENT

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("company",)):
            company, relation, size = (
                column(table, name, np.int64) for name in ("company", "relation", "size")
            )
            starts = starts_of(company, relation)
            companies = starts_of(company[starts[:-1]])
            own = self._start(company[starts[:-1]][companies[:-1]])
            visits = own if self.first else self._visits(table, relation, starts, companies, own)
            if self.last:
                found = company[starts[:-1]][companies[:-1]]
                yield pa.record_batch([pa.array(found), pa.array(visits)], schema=VISITED)
                continue
            total = summed(summed(self.ways.rarity(relation, size), starts), companies)
            leaving = (1 / np.maximum(total, 1e-9)).astype(np.float32) * visits
            value = np.repeat(np.repeat(leaving, np.diff(companies)), np.diff(starts))
            columns = [table[name].combine_chunks() for name in ("relation", "grp", "company", "size")]
            yield pa.record_batch([*columns, pa.array(value)], schema=SENT)

    def _start(self, companies: Longs) -> Floats:
        found = np.zeros(len(companies), np.float32)
        place = np.minimum(np.searchsorted(self.at, companies), max(len(self.at) - 1, 0))
        here: Flags = self.at[place] == companies if len(self.at) else np.zeros(len(companies), bool)
        found[here] = self.start[place[here]]
        return found

    def _visits(
        self, table: pa.Table, relation: Longs, starts: Longs, companies: Longs, own: Floats
    ) -> Floats:
        """The visits (m,) of companies, by what arrives through the relations in each of the SHARES."""
        by_relation = summed(column(table, "value", np.float32), starts)
        places = np.zeros(max(self.ways.place, default=0) + 1, np.int64)
        for number, place in self.ways.place.items():
            places[number] = place
        share = places[relation[starts[:-1]]] % SHARES
        visits: Floats = RESTART * own
        for each in range(SHARES):
            arrived = summed(np.where(share == each, by_relation, np.float32(0)), companies)
            arrived *= np.float32(1 - RESTART)
            visits += arrived
        return visits


def walk(tables: Tables, ways: Ways, at: Longs, start: Floats) -> None:
    """Make the table of the visits of each company that is in any group: company and visits, float32."""
    engine, by_group, by_company = tables.engine, ("relation", "grp"), ("company",)
    among = f"SELECT * FROM {MEMBERSHIPS} WHERE relation IN ({listed(ways.place) or '-1'})"
    engine.sql("walked", among)
    engine.read("starting", pa.table({"company": at}))
    engine.sql("leaving_0", "SELECT w.* FROM walked AS w JOIN starting AS s ON w.company = s.company")
    send = AtCompanies(ways=ways, at=at, start=start, first=True)
    engine.map_arrow("sent_0", "leaving_0", send, by_company, ("company", "relation", "grp"))
    engine.map_arrow("back_0", "sent_0", IntoGroups(ways), by_group, (*by_group, "company"))
    tables.keep("reached", "SELECT DISTINCT relation, grp, value FROM back_0")
    engine.sql(
        "arriving_1",
        """SELECT w.relation AS relation, w.grp AS grp, w.company AS company, w.size AS size,
            coalesce(r.value, CAST(0 AS FLOAT)) AS value
        FROM walked AS w LEFT JOIN reached AS r ON w.relation = r.relation AND w.grp = r.grp""",
    )
    for step in range(1, STEPS):
        send = AtCompanies(ways=ways, at=at, start=start)
        engine.map_arrow(f"sent_{step}", f"arriving_{step}", send, by_company, ("company", "relation", "grp"))
        engine.map_arrow(
            f"arriving_{step + 1}", f"sent_{step}", IntoGroups(ways), by_group, (*by_group, "company")
        )
    done = AtCompanies(ways=ways, at=at, start=start, last=True)
    engine.map_arrow("visited", f"arriving_{STEPS}", done, by_company, ("company", "relation", "grp"))
    tables.keep(VISITS, "SELECT company, visits FROM visited")
