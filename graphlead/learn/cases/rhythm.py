"""What a model of sequences sees, as one feature that readers can follow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.cases import CaseColumn, Cases, Kind

RHYTHM = "the rhythm of the last weeks"
"""The concept that the share of a sequence is given under."""
ACTIVE, QUIET = "x", "-"


def with_rhythm(cases: Cases) -> Cases:
    """The cases with the steps in which something happened, the oldest first, such as "--x-x-------x"."""
    if cases.sequence is None:
        return cases
    marks = np.where((cases.sequence > 0).any(axis=2), ACTIVE, QUIET)
    texts = np.array(["".join(row) for row in marks], object)
    name = f"weeks with purchases or other events, of the last {marks.shape[1]}"
    column = CaseColumn(name=name, kind=Kind.CATEGORY, source=RHYTHM)
    return cases.with_features((column,), pd.DataFrame({name: texts}))
