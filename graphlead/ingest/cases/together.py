"""Cases of several days in one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from graphlead.core.cases import CaseColumn, Cases


def together(parts: Sequence[Cases], kept: tuple[CaseColumn, ...]) -> Cases:
    """The rows of all parts, with the features kept; what only some parts have of a case is left out."""
    features = pd.concat([part.features for part in parts], ignore_index=True)
    facts = pd.concat([part.facts for part in parts], ignore_index=True)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("ids", "outcome", "day", "group", "account", "duration", "value", "sequence")
        if all(getattr(part, name) is not None for part in parts)
    }
    return Cases(
        features=features[[column.name for column in kept]],
        columns=kept,
        facts=facts,
        horizon=parts[0].horizon,
        channels=parts[0].channels,
        **joined,
    )
