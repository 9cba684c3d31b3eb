"""Everything known about the companies before any model."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.clients import Cohort, Match
from graphlead.core.graph import CompanyGraph
from graphlead.core.leaks import Leak
from graphlead.core.noise import Noise
from graphlead.core.outcomes import Outcomes
from graphlead.core.register import Register
from graphlead.core.same import Same


@dataclass(frozen=True, kw_only=True)
class Sources:
    """A register, its graph, the lists resolved against it, and its records by company.

    leaks: a decision on every column and kind of link of the register as it was read; ``register`` has those that are
    left out no longer. outcomes: what came back of leads that were called, where it was given.
    """

    register: Register
    noise: Noise
    graph: CompanyGraph
    clients: Match
    suppressed: Match | None
    same: Same
    cohort: Cohort
    leaks: tuple[Leak, ...]
    outcomes: Outcomes | None = None
