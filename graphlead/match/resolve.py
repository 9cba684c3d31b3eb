"""Matching from end to end: understand the list, match ids, find candidates, score them, decide."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.files import scratch
from graphlead.core.arrays import Flags, Longs
from graphlead.core.clients import Match
from graphlead.core.contracts import Progress, silent
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import open_db
from graphlead.match import normalise
from graphlead.match.block import find_candidates
from graphlead.match.columns import ListColumns, comparable, filled_columns, look_up_ids, understand
from graphlead.match.decide import Candidate, Verdict, decide, trusts_ids
from graphlead.match.fields import read_fields
from graphlead.match.index import index_of
from graphlead.match.lines import match_ids, read_lines
from graphlead.match.review import REVIEW, Decisions, read_decisions
from graphlead.match.score import Pairs, no_pairs, score
from graphlead.match.typed import typed_names

RESULT = ("company_id", "matched_name", "probability", "outcome", "evidence")
"""The columns that matching adds to the list."""

SHOWN_ROLES = (Role.ADDRESS, Role.POSTCODE, Role.CITY, Role.REGION, Role.COUNTRY)
"""The columns of a candidate shown beside its name in the review table."""

STEPS = 5


def match_clients(
    clients: pd.DataFrame,
    register: Register,
    *,
    reviewed: pd.DataFrame | None = None,
    progress: Progress = silent,
) -> Match:
    """Resolve a client list against the register.

    ``clients`` has one row per line and string columns under any headers: company ids or names, and where known city,
    region, postcode, country, address, website or mail address. ``reviewed`` is the review table of an earlier call
    with its column ``accept`` filled in: yes chooses a candidate, no rules it out.

    A line is matched when one company is likely enough, under review when several are possible or the best is
    doubtful, else unmatched. ``probability`` is that of the likeliest company, given its rivals. Lines keep their
    order, and several may match the same company.

    Raises InputError when no column holds names or ids, or when ``reviewed`` does not fit the list.
    """
    clients = clients.reset_index(drop=True)
    decisions = read_decisions(reviewed, clients, register)
    with (
        scratch() as folder,
        open_db(folder) as db,
    ):
        normalise.install(db)
        progress(0, STEPS, "understanding the client list")
        look_up_ids(db, filled_columns(clients), register)
        columns = understand(db, clients, register)
        progress(1, STEPS, "matching ids")
        by_id, id_evidence = match_ids(db, columns, len(clients))
        pairs = no_pairs()
        fields = comparable(columns, register)
        if columns.names or "domain" in fields:
            progress(2, STEPS, "reading the register's names")
            index = index_of(register)
            read_lines(db, clients, columns)
            known = read_fields(db, register, fields, "match_given")
            progress(3, STEPS, "finding candidates")
            found = find_candidates(typed_names(db, index.vocabulary), index, known, len(clients), by_id)
            progress(4, STEPS, "comparing candidates")
            pairs = score(db, register, index.vocabulary, known, found)
    lines = Lines(clients=clients, columns=columns, by_id=by_id, id_evidence=id_evidence, decisions=decisions)
    match = concluded(lines, register, pairs)
    progress(STEPS, STEPS, "clients matched")
    return match


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A client list as it was understood. by_id, id_evidence: see ``lines.match_ids``."""

    clients: pd.DataFrame
    columns: ListColumns
    by_id: Longs
    id_evidence: list[str]
    decisions: Decisions


def concluded(lines: Lines, register: Register, pairs: Pairs) -> Match:
    """The match of a list from its scored pairs; ``register`` has at least the companies of these and of the lines."""
    by_id = lines.by_id if trusts_ids(pairs, lines.by_id) else np.full_like(lines.by_id, -1)
    decisions = lines.decisions
    verdicts, candidates = decide(pairs, _empty_lines(lines.clients), by_id, lines.id_evidence, decisions)
    alone = register.ids().take(pa.array(sorted(decisions.alone), pa.int64()))
    match = _carrier(lines.clients, register, lines.columns, verdicts, candidates)
    return replace(match, alone=tuple(map(str, alone.to_pylist())))


def _empty_lines(clients: pd.DataFrame) -> Flags:
    blank = [(clients[name].astype("string").fillna("").str.strip() == "").to_numpy(bool) for name in clients]
    empty: Flags = np.logical_and.reduce(blank)
    return empty


def _carrier(
    clients: pd.DataFrame,
    register: Register,
    columns: ListColumns,
    verdicts: list[Verdict],
    candidates: list[Candidate],
) -> Match:
    company = pa.array(
        [verdict.company if verdict.company >= 0 else None for verdict in verdicts], pa.int64()
    )
    table = clients.rename(columns={name: f"input_{name}" for name in RESULT if name in clients})
    table["company_id"] = _strings(register.ids().take(company))
    table["matched_name"] = _strings(_names(register, company))
    table["probability"] = [verdict.probability for verdict in verdicts]
    table["outcome"] = pd.Series([verdict.outcome for verdict in verdicts], dtype="string", index=table.index)
    table["evidence"] = pd.Series(
        [verdict.evidence for verdict in verdicts], dtype="string", index=table.index
    )
    date = f"input_{columns.date}" if columns.date in RESULT else columns.date
    return Match(table, _review(clients, register, candidates), date)


def _strings(values: pa.Array | pa.ChunkedArray) -> pd.Series:
    return pd.Series(values.to_pylist(), dtype="string")


def _names(register: Register, company: pa.Array) -> pa.ChunkedArray:
    names = register.names_of(Role.NAME)
    if not names:
        return pa.chunked_array([pa.nulls(len(company), pa.string())])
    table = register.read(*names).take(company)
    return pc.coalesce(*(table[name] for name in names))


def _review(clients: pd.DataFrame, register: Register, candidates: list[Candidate]) -> pd.DataFrame:
    """One row per candidate: the line as typed, the candidate beside it, and an empty column for the answer."""
    company = pa.array([candidate.company for candidate in candidates], pa.int64())
    lines = np.array([candidate.line for candidate in candidates], np.int64)
    review = pd.DataFrame({"line": lines + 1})
    typed = clients.iloc[lines].reset_index(drop=True)
    review = pd.concat(
        [review, typed.rename(columns={name: f"input_{name}" for name in (*RESULT, *REVIEW)})], axis=1
    )
    review["candidate_rank"] = [candidate.rank for candidate in candidates]
    review["candidate_id"] = _strings(register.ids().take(company))
    review["candidate_name"] = _strings(_names(register, company))
    places = register.names_of(*SHOWN_ROLES)
    shown = register.read(*places).take(company) if places else pa.table({})
    for name in places:
        review[f"candidate_{name}"] = _strings(shown[name])
    review["probability"] = [candidate.probability for candidate in candidates]
    review["evidence"] = _strings(pa.array([candidate.evidence for candidate in candidates], pa.string()))
    review["accept"] = pd.Series([""] * len(review), dtype="string")
    return review
