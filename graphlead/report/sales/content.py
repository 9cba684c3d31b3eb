"""The content of a sales run's page and summary, as plain values: nothing here knows a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json, Reals, require
from graphlead.core.cases import Outcomes


@dataclass(frozen=True, kw_only=True)
class SalesContent:
    """Everything that is shown of a run of ``convert`` or ``churn``; parts that are empty or None are left out.

    metrics: as in metrics.json. threshold: the probability from which a case is on the list. scored: every case, best
    first, as leads_scored or customers_scored; listed: how many of the first are on the list. heldout_probability,
    heldout_outcome: (m,) of known cases by a model that did not train on them. survival: group, time, survival, low,
    high, at_risk. playbooks: by action, its steps. cost, gain: of working one case, of success with one; None where
    unknown. within: the days within which a customer leaves, None where the outcome has no period.
    """

    verb: str
    title: str
    made: date
    metrics: Json
    threshold: float
    scored: pd.DataFrame
    listed: int
    heldout_probability: Reals
    heldout_outcome: Outcomes
    survival: pd.DataFrame | None = None
    playbooks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cost: float | None = None
    gain: float | None = None
    within: int | None = None

    def __post_init__(self) -> None:
        lengths = len(self.heldout_probability), len(self.heldout_outcome)
        require(lengths[0] == lengths[1], "SalesContent", "an outcome for each held-out case", lengths)
        require(0 <= self.listed <= len(self.scored), "SalesContent", "a list of scored cases", self.listed)

    @property
    def probability(self) -> Reals:
        """Of every scored case (n,), the highest first."""
        return self.scored["probability"].to_numpy(np.float64)

    @property
    def opened(self) -> bool:
        """Whether the scored cases are open; else they are the known ones, each held out."""
        return bool(self.metrics["open"])
