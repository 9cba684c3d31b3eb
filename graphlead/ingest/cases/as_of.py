"""The rows of a table as of a day: nothing is known of what came later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from graphlead.core.cases import OPEN
from graphlead.ingest.cases.outcomes import is_final
from graphlead.ingest.cases.rows import Rows
from graphlead.ingest.cases.understood import Understood


def as_of_day(rows: Rows, understood: Understood) -> tuple[Rows, list[str]]:
    """The rows as of the day asked for: what was decided later is open, what began later is not there yet, and a young
    lead that is not won so far is no negative."""
    if understood.as_of is None:
        return rows, []
    day = np.datetime64(understood.as_of)
    known = rows.outcome != OPEN
    later = known & (rows.decided >= day)
    ahead = rows.first >= day
    outcome = np.where(later, OPEN, rows.outcome)
    young = np.zeros(len(rows), bool)
    if understood.table == "leads" and not is_final(understood.negatives, understood.table):
        young = (outcome == 0) & (rows.first > day - np.timedelta64(timedelta(days=understood.within)))
    outcome = np.where(young, OPEN, outcome).astype(np.int8)
    counted = [
        (int((later & ~ahead).sum()), f"were decided on or after {understood.as_of}: they are open."),
        (int(ahead.sum()), f"began on or after {understood.as_of}: they are left out."),
        (
            int((young & ~ahead).sum()),
            f"are younger than {understood.within} days and not won so far: they are open.",
        ),
    ]
    notes = [f"{count} {understood.table} {text}" for count, text in counted if count]
    return replace(rows, outcome=outcome).where(~ahead), notes
