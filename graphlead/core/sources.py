"""Everything that is known of the companies before any model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from graphlead.core.clients import Cohort, Match
from graphlead.core.graph import CompanyGraph
from graphlead.core.noise import Noise
from graphlead.core.profile import Profile
from graphlead.core.register import Register


@dataclass(frozen=True)
class Sources:
    """A register, its graph, the lists resolved against it and the profile of the clients.

    folders: the stages they were made in, by the names under which they are published.
    """

    register: Register
    noise: Noise
    graph: CompanyGraph
    clients: Match
    suppressed: Match | None
    cohort: Cohort
    profile: Profile
    folders: Mapping[str, Path]
