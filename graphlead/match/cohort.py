"""From matched lists to the cohort: the clients with the day they were won, and the suppressed companies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import InputError
from graphlead.core.same import Same

FEWEST_CLIENTS = 4
"""Clients needed to learn from: below, folds leave too few on either side. Results are useful from about 20 on."""


def cohort_of(
    ids: pa.Array,
    clients: Match,
    suppressed: Match | None,
    same: Same,
    *,
    dead: Ints | None = None,
    files: tuple[str, str] = ("companies", "clients"),
) -> Cohort:
    """The cohort over the companies ``ids`` (n,). A company on both lists is a client, so never a lead.

    Of the records of one company (``same``) on the list the first is the client, since the earliest day of any, and the
    others are its twins, on the list or not; every record of a suppressed company is suppressed. Other companies that
    are related to a client at one place are noted. dead: the companies that are no more; those that are clients stay
    clients, those that are suppressed, suppressed. ``files``: the names of the register and the client list for errors.
    Raises InputError when too few clients were found to learn from, or when no company is left to score.
    """
    company, won = same.cluster, _won(ids, clients, same.cluster)
    rows = won.index.to_numpy(np.int32)
    _check(len(rows), clients, len(ids), files[1])
    mine = np.isin(company, company[rows])
    past = np.isin(company, company[listed(ids, suppressed)]) & ~mine
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


def _won(ids: pa.Array, clients: Match, company: Ints) -> pd.Series:
    """The earliest day that each company was won, missing where unknown, by its first record on the list, ascending."""
    matched = clients.table[clients.table["outcome"] == "matched"]
    days = _days(matched, clients.date_column)
    found = pd.DataFrame({"record": indices_of(ids, matched["company_id"]), "won": days})
    found = found[found["record"] >= 0]
    return found.groupby(company[found["record"]]).min().set_index("record")["won"].sort_index()


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


def _where(mask: Flags) -> Ints:
    return np.flatnonzero(mask).astype(np.int32)


def indices_of(ids: pa.Array, wanted: pd.Series) -> Ints:
    """The position of each id in the register (m,), -1 for unknown ids."""
    found = pc.index_in(pa.array(wanted.astype("string"), pa.string()), value_set=ids.cast(pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int32)


def _days(matched: pd.DataFrame, column: str) -> pd.Series:
    if not column:
        return pd.Series(pd.NaT, index=matched.index, dtype="datetime64[s]").reset_index(drop=True)
    parsed = pd.to_datetime(matched[column], errors="coerce", format="mixed")
    return parsed.dt.tz_localize(None).astype("datetime64[s]").reset_index(drop=True)
