"""From matched lists to the cohort: the clients with the day they were won, and the suppressed companies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints
from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import InputError

FEWEST_CLIENTS = 4
"""Clients needed to learn from: below, folds leave too few on either side. Results are useful from about 20 on."""


def cohort_of(
    ids: pa.Array,
    clients: Match,
    suppressed: Match | None,
    *,
    dead: Ints | None = None,
    files: tuple[str, str] = ("companies", "clients"),
) -> Cohort:
    """The cohort over the companies ``ids`` (n,). A company on both lists is a client, so never a lead.

    dead: the companies that are no more; those that are clients stay clients, those that are suppressed, suppressed.
    ``files``: the names of the register and the client list for errors.
    Raises InputError when too few clients were found to learn from, or when no company is left to score.
    """
    matched = clients.table[clients.table["outcome"] == "matched"]
    days = _days(matched, clients.date_column)
    found = pd.DataFrame({"company": _indices(ids, matched["company_id"]), "won": days})
    first = found[found["company"] >= 0].groupby("company", sort=True)["won"].min()
    rows = first.index.to_numpy(np.int32)
    _check(len(rows), clients, len(ids), files[1])
    past = _none()
    if suppressed is not None:
        known = suppressed.table.loc[suppressed.table["outcome"] == "matched", "company_id"]
        past = np.setdiff1d(_indices(ids, known), rows).astype(np.int32)
        past = past[past >= 0]
    ended = np.setdiff1d(_none() if dead is None else dead, np.concatenate([rows, past])).astype(np.int32)
    won = first.to_numpy("datetime64[D]")
    cohort = Cohort(n_companies=len(ids), clients=rows, suppressed=past, won=won, dead=ended)
    if not cohort.candidates().any():
        gone = f" or, in {len(ended):,} cases, no more" if len(ended) else ""
        raise InputError(
            f"every company of the register is a client or suppressed already{gone}: nobody is left to score.",
            where=files[0],
            remedy="Give a register that also holds companies that are not clients"
            + (", or give the status column another role under [columns]." if len(ended) else "."),
        )
    return cohort


def _none() -> Ints:
    return np.zeros(0, np.int32)


def _check(found: int, clients: Match, n: int, file: str) -> None:
    if found == 0:
        raise InputError(
            f"none of the {len(clients.table):,} lines of the client list was found among the {n:,} companies.",
            where=file,
            remedy="Check that both files are about the same companies; `graphlead match` shows each line's "
            "best candidates.",
        )
    if found < FEWEST_CLIENTS:
        raise InputError(
            f"only {found} clients were found in the register; at least {FEWEST_CLIENTS} are needed to learn from.",
            where=file,
            remedy="Add clients, or settle the lines in review with --reviewed.",
        )


def _indices(ids: pa.Array, wanted: pd.Series) -> Ints:
    """The position of each id in the register (m,), -1 for unknown ids."""
    found = pc.index_in(pa.array(wanted.astype("string"), pa.string()), value_set=ids.cast(pa.string()))
    return np.asarray(pc.fill_null(found, -1).to_numpy(zero_copy_only=False), np.int32)


def _days(matched: pd.DataFrame, column: str) -> pd.Series:
    if not column:
        return pd.Series(pd.NaT, index=matched.index, dtype="datetime64[s]").reset_index(drop=True)
    parsed = pd.to_datetime(matched[column], errors="coerce", format="mixed")
    return parsed.dt.tz_localize(None).astype("datetime64[s]").reset_index(drop=True)
