"""From matched lists to the cohort: the clients with the day they were won, and the suppressed companies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.codes import places_among
from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import InputError
from graphlead.core.outcomes import LOST, REJECTED, WON, Outcomes
from graphlead.core.same import Same

FEWEST_CLIENTS = 4
"""Clients needed to learn from: below, folds leave too few on either side. Results are useful from about 20 on."""


def cohort_of(
    ids: pa.Array,
    clients: Match,
    suppressed: Match | None,
    same: Same,
    *,
    outcomes: Outcomes | None = None,
    dead: Ints | None = None,
    files: tuple[str, str] = ("companies", "clients"),
) -> Cohort:
    """The cohort over the companies ``ids`` (n,). A company on both lists is a client, so never a lead.

    Of the records of one company (``same``) on the list the first is the client, since the earliest day of any, and the
    others are its twins, on the list or not; every record of a suppressed company is suppressed. Other companies that
    are related to a client at one place are noted. dead: the companies that are no more; those that are clients stay
    clients, those that are suppressed, suppressed. outcomes: of called leads: won ones are clients, lost and rejected
    ones suppressed, unless they are clients. ``files``: the names of the register and the client list for errors.
    Raises InputError when too few clients were found to learn from, or when no company is left to score.
    """
    company = same.cluster
    won = _won(ids, [clients, *([outcomes.of(WON)] if outcomes else [])], company)
    rows = won.index.to_numpy(np.int32)
    _check(len(rows), clients, len(ids), files[1])
    mine = np.isin(company, company[rows])
    lost, rejected = (called(ids, outcomes, result) for result in (LOST, REJECTED))
    past = np.isin(company, company[np.concatenate([listed(ids, suppressed), lost, rejected])]) & ~mine
    negative = _first_of(company, rejected[past[rejected]])
    ended = np.isin(np.arange(len(ids)), () if dead is None else dead) & ~mine & ~past
    related = same.related.to(_where(mine), len(ids))[0] != NONE
    cohort = Cohort(
        n_companies=len(ids),
        clients=rows,
        suppressed=_where(past),
        won=won.to_numpy("datetime64[D]"),
        dead=_where(ended),
        twins=np.setdiff1d(_where(mine), rows),
        related=_where(related & ~mine & ~past & ~ended),
        company=company,
        rejected=negative,
        lost=_first_of(company, lost[past[lost] & ~np.isin(company[lost], company[negative])]),
    )
    if not cohort.candidates().any():
        gone = f" or, in {len(cohort.dead):,} cases, no more" if len(cohort.dead) else ""
        raise InputError(
            f"every company of the register is a client, another record of one, or suppressed already{gone}: nobody is "
            "left to score.",
            where=files[0],
            remedy="Give a register that also holds companies that are not clients"
            + (", or give the status column another role under [columns]." if len(cohort.dead) else "."),
        )
    return cohort


def _won(ids: pa.Array, lists: Sequence[Match], company: Ints) -> pd.Series:
    """The earliest day that each company was won, missing where unknown, by its first record on any list, ascending."""
    parts = [_days_of(ids, match) for match in lists]
    found = pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]
    found = found[found["record"] >= 0]
    return found.groupby(company[found["record"]]).min().set_index("record")["won"].sort_index()


def _days_of(ids: pa.Array, match: Match) -> pd.DataFrame:
    matched = match.table[match.table["outcome"] == "matched"]
    days = _days(matched, match.date_column)
    return pd.DataFrame({"record": indices_of(ids, matched["company_id"]), "won": days})


def _first_of(company: Ints, records: Ints) -> Ints:
    """The first of the records (m,) of each company, sorted."""
    first: Ints = np.sort(records[np.unique(company[records], return_index=True)[1]])
    return first


def _check(found: int, clients: Match, n: int, file: str) -> None:
    if found == 0:
        raise InputError(
            f"none of the {len(clients.table):,} lines of the client list was found among the {n:,} companies.",
            where=file,
            remedy="Check that both files are about the same companies; `graphlead match` shows each line's "
            "best candidates.",
        )
    if found < FEWEST_CLIENTS:
        lines = clients.counts()["matched"]
        several = f" ({lines} lines, some of them records of one company)" if lines > found else ""
        raise InputError(
            f"only {found} {'client was' if found == 1 else 'clients were'} found in the register{several}; at least "
            f"{FEWEST_CLIENTS} are needed to learn from.",
            where=file,
            remedy="Add clients, or settle the lines in review with --reviewed.",
        )


def listed(ids: pa.Array, match: Match | None) -> Ints:
    """The companies (m,) that were found for the lines of a list, none without one; sorted, each once."""
    if match is None:
        return np.zeros(0, np.int32)
    found = np.unique(indices_of(ids, match.table.loc[match.table["outcome"] == "matched", "company_id"]))
    return found[found >= 0]


def called(ids: pa.Array, outcomes: Outcomes | None, result: str) -> Ints:
    """The companies (m,) that were found for the outcomes with this result, none without any; sorted, each once."""
    return listed(ids, None if outcomes is None else outcomes.of(result))


def _where(mask: Flags) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)


def indices_of(ids: pa.Array, wanted: pd.Series) -> Ints:
    """The position of each id in the register (m,), -1 for unknown ids."""
    return places_among(pa.array(wanted.astype("string"), pa.string()), ids).astype(np.int32)


def _days(matched: pd.DataFrame, column: str) -> pd.Series:
    if not column:
        return pd.Series(pd.NaT, index=matched.index, dtype="datetime64[s]").reset_index(drop=True)
    parsed = pd.to_datetime(matched[column], errors="coerce", format="mixed")
    return parsed.dt.tz_localize(None).astype("datetime64[s]").reset_index(drop=True)
