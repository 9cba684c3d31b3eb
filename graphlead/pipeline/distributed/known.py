"""What one machine keeps of a register that an engine works on: some hundred bytes a company.

These are the ids, the spelling of places, the industries, the days on which companies ended, and the ownership
groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.common.places import placed
from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.contracts import Progress
from graphlead.core.errors import InputError
from graphlead.core.graph import OWNS, LinkKind, Ownership, nobody_owns
from graphlead.core.leaks import LEFT_OUT
from graphlead.core.register import PLACES, Column, Register, Role
from graphlead.core.same import Same
from graphlead.engines.batches import AGREED
from graphlead.engines.duckdb import quoted
from graphlead.engines.parquet import batches_of
from graphlead.engines.tables import ROW, Tables
from graphlead.features.distributed.plan import Numbered
from graphlead.features.groupings import shared
from graphlead.graph.build import UNNAMED
from graphlead.graph.ownership.kinds import ownership_kind
from graphlead.ingest import read_list
from graphlead.match.cohort import cohort_of, indices_of
from graphlead.match.distributed.resolve import match_by_engine
from graphlead.match.same.duplicates import answered
from graphlead.pipeline.distributed.ownership import group_by_component
from graphlead.pipeline.distributed.scoring import KNOWN
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.resolve import review_answers
from graphlead.pipeline.scored import left_out_of

COMPANIES, IDS, PLACED = "companies", "ids", "placed"
KEPT = (Role.ID, Role.STATUS, *PLACES, Role.INDUSTRY)
"""Roles of the columns that one machine keeps."""


@dataclass(frozen=True, kw_only=True)
class Fetched(Register):
    """A register of which ``companies`` has the columns of some roles; others are fetched from an engine."""

    tables: Tables

    def read(self, *names: str) -> pa.Table:
        """See ``Register``."""
        if names and set(names) <= set(pq.read_schema(self.companies).names):
            return super().read(*names)
        return self.rows(names, np.arange(self.n_companies))

    def rows(self, names: Sequence[str], companies: npt.NDArray[np.integer]) -> pa.Table:
        """See ``Register``."""
        unique, back = np.unique(companies, return_inverse=True)
        nth = sum(1 for _ in self.tables.folder.glob("rows_*"))
        self.tables.engine.read("wanted", pa.table({"company": pa.array(unique, pa.int64())}))
        columns = ", ".join(f"c.{quoted(name)}" for name in names)
        found = self.tables.fetch(
            f"rows_{nth}",
            f"SELECT c.{ROW} AS {ROW}, {columns} FROM {COMPANIES} AS c JOIN wanted AS w ON c.{ROW} = w.company",
        )
        return found.sort_by(ROW).select(list(names)).take(pa.array(back))


@dataclass(frozen=True, kw_only=True)
class Known:
    """A register of n companies with an engine's tables, and the run of which the models are applied.

    slim: the file with the columns that one machine keeps. clients: the client list, by default the run's.
    """

    tables: Tables
    earlier: FinishedRun
    slim: Path
    n: int
    clients: Match

    @cached_property
    def register(self) -> Fetched:
        """The register that the models use, see ``FinishedRun.register``."""
        return self._register(self.earlier.register.columns)

    def _register(self, columns: Sequence[Column]) -> Fetched:
        return Fetched(
            companies=self.slim,
            links=self.slim,
            columns=tuple(columns),
            n_companies=self.n,
            n_links=0,
            tables=self.tables,
        )

    @cached_property
    def same(self) -> Same:
        """The records of one company as the earlier run found them, by their ids; a newer record is alone."""
        ids = self.earlier.whole_register.ids()
        return answered(_taken_over(self.earlier.same, ids, self.register.ids()), self.register, self.clients)

    def found(self, clients: Path, reviewed: Path | None, progress: Progress) -> Match:
        """A client list in the whole register; ``reviewed``: the review table of an earlier match, filled in."""
        register, answers = self._register(self.earlier.whole_register.columns), review_answers(reviewed)
        return match_by_engine(
            self.tables, COMPANIES, register, read_list(clients), reviewed=answers, progress=progress
        )

    @cached_property
    def cohort(self) -> Cohort:
        earlier = self.earlier
        return cohort_of(
            self.register.ids(),
            self.clients,
            earlier.suppressed,
            self.same,
            outcomes=earlier.outcomes,
            dead=self._register(earlier.whole_register.columns).ended(),
        )

    @cached_property
    def ownership(self) -> Ownership:
        """The ownership groups; the other facts are left out. Raises InputError, see ``group_by_component``."""
        group = group_by_component(self.tables, self._kinds, COMPANIES, self.n)
        return replace(nobody_owns(self.n), group=group)

    def owned(self) -> pa.Table:
        """The members (company) of each ownership group (grp) of two companies or more."""
        group = self.ownership.group
        company = np.flatnonzero(shared(group)[0] != NONE)
        return pa.table({"company": company, "grp": group[company].astype(np.int64)})

    @cached_property
    def _kinds(self) -> list[str]:
        """The kinds of links but those that give away the clients."""
        out = {leak.column for leak in self.earlier.leaks if leak.links and leak.decision == LEFT_OUT}
        found = self.tables.fetch(
            "kinds_of_links", f"SELECT DISTINCT coalesce(kind, '{UNNAMED}') AS kind FROM links"
        )
        return sorted(set(found["kind"].to_pylist()) - out)

    def kinds(self, numbered: Numbered) -> pa.Table:
        """The kinds of links, and the number of the relation that each makes; -1 for none."""
        links = numbered.plan.relations.links
        made = [OWNS if ownership_kind(kind) else LinkKind(kind).relation for kind in self._kinds]
        relation = [numbered.links.start + links.index(each) if each in links else NONE for each in made]
        return pa.table(
            {"kind": pa.array(self._kinds, pa.string()), "relation": pa.array(relation, pa.int32())}
        )

    def agree_on_places(self) -> list[str]:
        """Make the table of the places in the spelling that most companies there have; returns its columns."""
        columns = [c for c in self.register.columns if c.role in AGREED and not c.separator]
        every = np.arange(self.n, dtype=np.int32)
        table: dict[str, object] = {ROW: every.astype(np.int64)}
        table |= {column.name: placed(self.register, column.name).take(every) for column in columns}
        path = self.tables.folder / f"{PLACED}.parquet"
        pq.write_table(pa.table(table), path)
        self.tables.engine.read(PLACED, path)
        return [column.name for column in columns]

    def write_known(self) -> None:
        """Make the table of which models score each company, and of who is decided."""
        path = self.tables.folder / f"{KNOWN}.parquet"
        pq.write_table(
            pa.table({
                "company": np.arange(self.n),
                "left_out": left_out_of(self.earlier.folder, self.register),
                "decided": self.cohort.decided().astype(np.int64),
            }),
            path,
        )  # fmt: skip
        self.tables.engine.read(KNOWN, path)


def known_of(tables: Tables, earlier: FinishedRun) -> Known:
    """What one machine keeps of the table of companies. Raises InputError where their ids are not unique."""
    columns = [c.name for c in earlier.whole_register.columns if c.role in KEPT]
    statement = f"SELECT {ROW}, {', '.join(map(quoted, columns))} FROM {COMPANIES}"
    folder = tables.keep(IDS, statement, order=(ROW,))
    path, n = tables.folder / "slim.parquet", 0
    with pq.ParquetWriter(path, _schema(folder, columns), compression="zstd") as file:
        for batch in batches_of(folder, [ROW, *columns]):
            company = batch[ROW].to_numpy()
            if not (company == np.arange(n, n + len(company))).all():
                raise InputError("the rows of the register are not numbered one by one.", where=str(folder))
            file.write_batch(batch.select(columns))
            n += len(company)
    return Known(tables=tables, earlier=earlier, slim=path, n=n, clients=earlier.clients)


def _schema(folder: Path, columns: Sequence[str]) -> pa.Schema:
    schema = pq.read_schema(sorted(folder.glob("*.parquet"))[0])
    return pa.schema([schema.field(name) for name in columns])


def _taken_over(same: Same, old: pa.Array, new: pa.Array) -> Same:
    """The records of one company among the ids ``new``, as they were among the ids ``old``."""
    several = np.flatnonzero(same.cluster != np.arange(len(same.cluster)))
    parts = (same.cluster[several], same.pairs.left, same.pairs.right, same.related.company)
    members = np.unique(np.concatenate([several, *parts]))
    now = np.full(len(old), NONE, np.int32)
    now[members] = indices_of(new, pd.Series(old.take(pa.array(members)).to_pylist(), dtype="string"))
    here = members[now[members] != NONE]
    first = np.full(len(old), len(new), np.int32)
    np.minimum.at(first, same.cluster[here], now[here])
    cluster = np.arange(len(new), dtype=np.int32)
    cluster[now[here]] = first[same.cluster[here]]
    left, right = now[same.pairs.left], now[same.pairs.right]
    pairs = np.flatnonzero((left != NONE) & (right != NONE))
    related = np.flatnonzero(now[same.related.company] != NONE)
    return Same(
        cluster=cluster,
        pairs=replace(
            same.pairs,
            left=left[pairs],
            right=right[pairs],
            sure=same.pairs.sure[pairs],
            shared=same.pairs.shared.take(pa.array(pairs)),
        ),
        related=replace(
            same.related,
            company=_ints(now[same.related.company[related]]),
            group=_ints(same.related.group[related]),
        ),
    )


def _ints(values: npt.NDArray[np.integer]) -> Ints:
    return values.astype(np.int32)
