"""The results of a run, as they are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from graphlead.core.arrays import Ints, Json
from graphlead.core.evidence import Evidence
from graphlead.core.expected import Hits
from graphlead.core.profile import Profile


@dataclass(frozen=True, kw_only=True)
class Result:
    """The results of a run. ``scores`` has every candidate, ``leads`` the net-new ones to call, best first.

    companies: int32 (m,), those of ``scores``; duplicates: other records of clients and suppressed companies; hits:
    those expected among the first leads; profile: the clients against the register; evidence: one per lead, in their
    order.
    """

    folder: Path
    leads: pd.DataFrame
    whitespace: pd.DataFrame
    duplicates: pd.DataFrame
    scores: pd.DataFrame
    companies: Ints
    hits: tuple[Hits, ...]
    metrics: pd.DataFrame
    summary: Json
    profile: Profile
    evidence: Sequence[Evidence]
