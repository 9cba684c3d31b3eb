"""The lead list with its reasons: what a caller reads before picking up the telephone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Match
from graphlead.core.evidence import Evidence, GroupTies
from graphlead.core.profile import OUTSIDE, Profile
from graphlead.core.register import Register, Role

REASONS = 3
"""Reasons in the list, a choice: as many as are read before a call."""


def with_evidence(
    leads: pd.DataFrame, evidence: Sequence[Evidence], profile: Profile, register: Register, clients: Match
) -> pd.DataFrame:
    """The leads with their reasons and the nearest client; evidence: one per lead, in their order.

    New columns: reason_1 to reason_3, the strongest first; nearest_client, its id, and near, in what way it is near;
    segment, introduction, and check_first, a warning where a line still in review may mean the lead.
    """
    nearest = np.array([each.ties[0].client if each.ties else NONE for each in evidence], np.int32)
    ids, names = _named(register, nearest)
    companies = [each.company for each in evidence]
    doubts, reasons = _doubts(clients), [_reasons(each) for each in evidence]
    columns = {
        **{f"reason_{i + 1}": _texts([why[i] for why in reasons]) for i in range(REASONS)},
        "nearest_client": names,
        "nearest_client_id": ids,
        "near": _texts([_near(each) for each in evidence]),
        "segment": _texts([_segment(profile, company) for company in companies]),
        "introduction": _texts([each.introduction for each in evidence]),
        "check_first": _texts([doubts.get(lead, "") for lead in leads["company_id"]]),
    }
    return _inserted(leads, columns)


def with_clients(
    whitespace: pd.DataFrame,
    ties: GroupTies,
    first: Ints,
    related: tuple[Ints, pa.Array],
    register: Register,
) -> pd.DataFrame:
    """The whitespace with the nearest client of each company's ownership group, and how the two are joined.

    ties: of the rows (m,); where no chain of ownership is known, the client is that of ``first`` (m,), and where that
    is NONE the one that the company is related to by a name and a place, with the sentence for it, else null. New
    columns: client_id, client_name, steps (the links between, missing for an unknown chain), ownership_path.
    """
    known = ties.client != NONE
    clients = np.where(known, ties.client, np.where(first != NONE, first, related[0])).astype(np.int32)
    why = pc.if_else(pa.array(first != NONE), pa.scalar(None, pa.string()), related[1])
    ids, names = _named(register, clients)
    columns = {
        "client_id": ids,
        "client_name": names,
        "steps": pd.Series(pd.arrays.IntegerArray(ties.steps, ~known)),
        "ownership_path": as_series(pc.if_else(pa.array(known), ties.sentence, why)),
    }
    return _inserted(whitespace, columns)


def _reasons(evidence: Evidence) -> list[str]:
    """REASONS texts, the last ones empty; where the size is unusual it has the last place."""
    why, size = evidence.why, [evidence.size] if evidence.size else []
    texts = [*why[: len(why) - len(size)][: REASONS - len(size)], *size]
    return texts + [""] * (REASONS - len(texts))


def _near(evidence: Evidence) -> str:
    """In what way the nearest client is near, and that it can be asked."""
    if not evidence.ties:
        return ""
    return f"{evidence.ties[0].way}{': ask there first' if evidence.introduction else ''}"


def _segment(profile: Profile, company: int) -> str:
    """The segment of a company for a reader; empty where the clients have no segments at all."""
    if not profile.segments:
        return ""
    segment = int(profile.segment_of[company])
    return profile.segments[segment].name if segment != NONE else OUTSIDE


def _doubts(clients: Match) -> dict[str, str]:
    """The warning for each candidate of a line in review, by its id."""
    review = clients.review
    if review.empty:
        return {}
    lines = review.groupby("candidate_id", sort=False)["line"].first()
    return {
        str(company): f"may already be a client: line {line} of the list is in review (review.csv)"
        for company, line in lines.items()
    }


def _named(register: Register, companies: Ints) -> tuple[pd.Series[str], pd.Series[str]]:
    """The ids and names of companies, missing for NONE."""
    columns = ["company_id", *register.names_of(Role.NAME)[:1]]
    unique, which = np.unique(companies, return_inverse=True)
    table = register.rows(columns, np.maximum(unique, 0))
    at = pa.array(which, mask=companies == NONE)
    ids, names = (as_series(table[name].combine_chunks().take(at)) for name in (columns[0], columns[-1]))
    return ids, names


def as_series(texts: pa.Array) -> pd.Series[str]:
    """The texts as a column of pandas, nulls as missing."""
    frame: pd.DataFrame = pa.table({"text": texts.cast(pa.string())}).to_pandas(
        types_mapper={pa.string(): pd.StringDtype()}.get
    )
    return frame["text"]


def _texts(values: Sequence[str]) -> pd.Series[str]:
    return pd.Series([value or None for value in values], dtype="string")


def _inserted(table: pd.DataFrame, columns: Mapping[str, pd.Series[Any]]) -> pd.DataFrame:
    """The table with these columns behind its fit; a column of the register with the same name gets a suffix."""
    renamed = table.rename(columns={name: f"{name} (register)" for name in columns if name in table})
    at = list(renamed.columns).index("fit") + 1
    parts = [renamed.iloc[:, :at], pd.DataFrame(columns), renamed.iloc[:, at:]]
    return pd.concat(parts, axis=1)
