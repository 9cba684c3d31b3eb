"""The other records of clients and of suppressed companies, as a table to read and to answer."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import NONE, Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.outcomes import LOST, REJECTED, WON, Outcomes
from graphlead.core.register import Register, Role
from graphlead.core.same import Same
from graphlead.match.cohort import called, indices_of, listed
from graphlead.match.review import ANOTHER, WHICH

INDIRECT = "both like a record that was ruled out in review"
CERTAINTY = ("same company", "probably")


def answered(same: Same, register: Register, clients: Match) -> Same:
    """The same without the records that a person has ruled out in review; ids that the register lacks do not count."""
    alone = indices_of(register.ids(), pd.Series(clients.alone, dtype="string"))
    return same.without(alone[alone != NONE])


def find_duplicates(
    register: Register,
    clients: Match,
    suppressed: Match | None,
    cohort: Cohort,
    same: Same,
    outcomes: Outcomes | None = None,
) -> pd.DataFrame:
    """One row per record that is on no list itself but another record of a company that is, in the register's order.

    Columns: company_id, name, place; client_id and client_name, the record on the list; why ("same name but for
    spelling, same address"); sure ("same company" or "probably"); on_list ("client", or "suppressed",
    "lost" or "rejected", the last of them that holds).
    """
    ids, company = register.ids(), same.cluster
    lists = {
        "suppressed": listed(ids, suppressed),
        **{result: called(ids, outcomes, result) for result in (LOST, REJECTED)},
        "client": cohort.clients,
    }
    owner, on_list = np.full(len(company), NONE, np.int32), np.full(len(company), "client", "U10")
    for name, mine in lists.items():
        owner[company[mine]], on_list[company[mine]] = mine, name
    known = np.concatenate([*lists.values(), listed(ids, clients), called(ids, outcomes, WON)])
    records = np.setdiff1d(np.concatenate([cohort.twins, cohort.suppressed]), known).astype(np.int32)
    of = owner[company[records]]
    best = _best_pairs(same, company, records, of)
    why = same.pairs.shared.take(pa.array(best, mask=best == NONE))
    return pd.DataFrame({
        **_shown(register, records, "company_id", "name"),
        "place": _places(register, records),
        **_shown(register, of, "client_id", "client_name"),
        "why": pd.Series(why.to_pylist(), dtype="string").fillna(INDIRECT),
        "sure": np.where(np.append(same.pairs.sure, False)[best], *CERTAINTY),
        "on_list": on_list[company[records]],
    })  # fmt: skip


def _best_pairs(same: Same, company: Ints, records: Ints, of: Ints) -> Ints:
    """For each record the pair that ties it to its company, to the record on the list (``of``) before others.

    NONE where the record that held them together was ruled out in review.
    """
    pairs = same.pairs
    mine = np.concatenate([pairs.left, pairs.right])
    other = np.concatenate([pairs.right, pairs.left])
    number = np.tile(np.arange(len(pairs.left), dtype=np.int32), 2)
    at = np.searchsorted(records, mine)
    at = np.where(at < len(records), at, 0)
    inside = (company[mine] == company[other]) & (len(records) > 0)
    inside[inside] = records[at[inside]] == mine[inside]
    at, other, number = at[inside], other[inside], number[inside]
    order = np.lexsort((number, ~pairs.sure[number], other != of[at], at))
    first = order[np.flatnonzero(np.diff(at[order], prepend=NONE))]
    best = np.full(len(records), NONE, np.int32)
    best[at[first]] = number[first]
    return best


def _shown(register: Register, companies: Ints, id_name: str, name: str) -> dict[str, pd.Series[str]]:
    columns = ["company_id", *register.names_of(Role.NAME)[:1]]
    table = register.rows(columns, companies)
    texts = [pd.Series(table[column].to_pylist(), dtype="string") for column in columns]
    return {
        id_name: texts[0],
        name: texts[1] if len(texts) > 1 else pd.Series([pd.NA] * len(companies), dtype="string"),
    }


def _places(register: Register, companies: Ints) -> pd.Series[str]:
    """The places of companies, the narrowest first: ``12 High Street, FT SILL, OK, 73505``."""
    city, region, postcode = (register.names_of(role)[:1] for role in (Role.CITY, Role.REGION, Role.POSTCODE))
    names = [*register.names_of(Role.ADDRESS)[:1], *city, *region, *postcode]
    rows = register.rows(names, companies).to_pylist() if names else [{} for _ in companies]
    return pd.Series(
        [", ".join(str(row[name]) for name in names if row[name]) for row in rows], dtype="string"
    )


def with_duplicates(match: Match, duplicates: pd.DataFrame) -> pd.DataFrame:
    """The review table of a list with a row for each duplicate, whose answer ``no`` brings a company back.

    The rows have the line of their client, where it has one, and ask ANOTHER; those of lines ask WHICH.
    """
    review = match.review.assign(question=WHICH)
    found = match.table["company_id"].where(match.table["outcome"] == "matched")
    line = pd.Series(np.arange(1, len(found) + 1), index=found).groupby(level=0).first()
    more = pd.DataFrame({
        "line": duplicates["client_id"].map(line).astype("Int64"),
        "candidate_id": duplicates["company_id"],
        "candidate_name": duplicates["name"],
        "evidence": duplicates["sure"] + " as " + duplicates["client_name"].fillna(duplicates["client_id"]) + ": " +
        duplicates["why"], "question": ANOTHER,
    })  # fmt: skip
    whole = {"line": "Int64", "candidate_rank": "Int64"}
    table = pd.concat([review.astype(whole), more.astype({"line": "Int64"})], ignore_index=True)
    table["accept"] = table["accept"].fillna("")
    return table[[*(name for name in table if name not in ("question", "accept")), "question", "accept"]]
