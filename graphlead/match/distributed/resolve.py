"""A client list against the register of an engine, with the answers of ``match_clients``.

The engine finds the candidates of each line; one machine compares them, and holds these companies alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from graphlead.core.arrays import NONE, Longs
from graphlead.core.clients import Match
from graphlead.core.contracts import Progress, silent
from graphlead.core.register import Column, Register, Role
from graphlead.engines.duckdb import Db, open_db
from graphlead.engines.tables import Tables
from graphlead.match import normalise
from graphlead.match.columns import ROLES, comparable, filled_columns, understand
from graphlead.match.distributed.candidates import MARKS, candidates_of, having_of, vocabulary_of
from graphlead.match.distributed.marks import IdHits, Marks
from graphlead.match.fields import Fields, rarity_of, read_fields, typed_values
from graphlead.match.lines import match_ids, read_lines
from graphlead.match.resolve import STEPS, Lines, concluded
from graphlead.match.review import Decisions, read_decisions
from graphlead.match.score import Pairs, no_pairs, score
from graphlead.match.typed import typed_names

USED = (Role.ID, Role.IDENTIFIER, Role.NAME, *ROLES.values())
"""The roles of the columns that matching reads."""


def match_by_engine(
    tables: Tables,
    companies: str,
    register: Register,
    clients: pd.DataFrame,
    *,
    reviewed: pd.DataFrame | None = None,
    progress: Progress = silent,
) -> Match:
    """Resolve a client list against a register, as ``match_clients`` does, and raise what it raises.

    companies: the engine's table with the columns of ``register`` and the number of each company, ROW. Of ``register``
    only the ids are read, and the rows of the companies that are compared.
    """
    clients = clients.reset_index(drop=True)
    decisions = read_decisions(reviewed, clients, register)
    with open_db(tables.folder) as db:
        normalise.install(db)
        progress(0, STEPS, "matching ids")
        _look_up_ids(db, tables, companies, register, clients)
        columns = understand(db, clients, register)
        by_id, id_evidence = match_ids(db, columns, len(clients))
        lines = Lines(
            clients=clients, columns=columns, by_id=by_id, id_evidence=id_evidence, decisions=decisions
        )
        fields = comparable(columns, register)
        if columns.names or "domain" in fields:
            progress(1, STEPS, "reading the register's names")
            _read_marks(tables, companies, register, fields)
            read_lines(db, clients, columns)
            here, pairs = _compared(db, tables, register, lines, fields, progress)
        else:
            here, pairs = _shortlist(tables, register, lines, by_id[:0]), no_pairs()
    match = concluded(here.own(lines), here.register, pairs)
    progress(STEPS, STEPS, "clients matched")
    return match


@dataclass(frozen=True)
class _Shortlist:
    """The companies (m,) that a list has to do with, sorted, as a register of their own."""

    register: Register
    companies: Longs

    def place(self, companies: Longs) -> Longs:
        """Companies of the whole register, or NONE, as companies of this one."""
        return np.where(companies == NONE, NONE, np.searchsorted(self.companies, companies))

    def own(self, lines: Lines) -> Lines:
        """The same lines with the companies of this register."""
        stated = lines.decisions
        decisions = Decisions(
            chosen={line: self._one(company) for line, company in stated.chosen.items()},
            ruled_out=frozenset((line, self._one(company)) for line, company in stated.ruled_out),
            alone=frozenset(map(self._one, stated.alone)),
        )
        return replace(lines, by_id=self.place(lines.by_id), decisions=decisions)

    def _one(self, company: int) -> int:
        return int(np.searchsorted(self.companies, company))


def _shortlist(tables: Tables, register: Register, lines: Lines, candidates: Longs) -> _Shortlist:
    stated = lines.decisions
    decided = {*stated.chosen.values(), *(company for _, company in stated.ruled_out), *stated.alone}
    found = lines.by_id[lines.by_id != NONE]
    companies = np.unique(np.concatenate([candidates, found, np.array(sorted(decided), np.int64)]))
    columns = _columns(register, USED)
    path = tables.folder / "shortlist.parquet"
    pq.write_table(register.rows([column.name for column in columns], companies), path)
    here = Register(companies=path, links=path, columns=columns, n_companies=len(companies), n_links=0)
    return _Shortlist(here, companies)


def _compared(
    db: Db, tables: Tables, register: Register, lines: Lines, fields: Fields, progress: Progress
) -> tuple[_Shortlist, Pairs]:
    """The candidates of the lines, and how they compare; the tables of marks and of lines are there."""
    progress(2, STEPS, "counting its words")
    vocabulary = vocabulary_of(tables, register.n_companies)
    having = having_of(tables, typed_values(db, fields, "match_given"))
    progress(3, STEPS, "finding candidates")
    typed = typed_names(db, vocabulary)
    line, company = candidates_of(tables, typed, vocabulary, frozenset(fields), lines.by_id)
    progress(4, STEPS, "comparing candidates")
    here = _shortlist(tables, register, lines, company)
    known = {
        name: replace(field, rarity=rarity_of(having[name], register.n_companies))
        for name, field in read_fields(db, here.register, fields, "match_given").items()
    }
    return here, score(db, here.register, vocabulary, known, (line, here.place(company)))


def _look_up_ids(db: Db, tables: Tables, companies: str, register: Register, clients: pd.DataFrame) -> None:
    """Make match_id_hits, see ``columns.look_up_ids``."""
    columns = _columns(register, (Role.ID, Role.IDENTIFIER))
    tables.engine.map_arrow("id_hits_read", companies, IdHits(columns, filled_columns(clients)))
    db.register("match_id_hits", tables.fetch("id_hits", "SELECT * FROM id_hits_read"))


def _read_marks(tables: Tables, companies: str, register: Register, fields: Fields) -> None:
    named = {name for _, columns in fields.values() for name in columns}
    columns = tuple(c for c in register.columns if c.role in (Role.ID, Role.NAME) or c.name in named)
    tables.engine.map_arrow("marks_read", companies, Marks(columns, fields))
    tables.keep(MARKS, "SELECT * FROM marks_read")


def _columns(register: Register, roles: tuple[Role, ...]) -> tuple[Column, ...]:
    return tuple(column for column in register.columns if column.role in roles)
