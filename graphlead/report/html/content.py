"""The content of the report, gathered from the whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from graphlead.core.arrays import Floats, Ints, Reals
from graphlead.core.assumptions import Assumptions
from graphlead.core.clients import Cohort, Match
from graphlead.core.errors import CarrierError
from graphlead.core.evaluation import Evaluation
from graphlead.core.evidence import Evidence
from graphlead.core.expected import Expected, Hits
from graphlead.core.leaks import Leak
from graphlead.core.noise import Noise
from graphlead.core.profile import Profile
from graphlead.core.register import Register

Node = tuple[str, str]
"""A node of the graph: its label and key, such as ("Company", "C1")."""


@dataclass(frozen=True, kw_only=True)
class Plane:
    """A sample of the companies in two dimensions.

    companies: int32 (m,) indices, each once; x, y: float32 (m,), finite; axes: the titles of x and y; geographic:
    x is the longitude and y the latitude, in degrees; note: a sentence for the reader.
    """

    companies: Ints
    x: Floats
    y: Floats
    axes: tuple[str, str]
    geographic: bool
    note: str

    def __post_init__(self) -> None:
        lengths = {len(self.companies), len(self.x), len(self.y)}
        _require(len(lengths) == 1, f"Plane: expected as many x and y as companies, got {lengths}.")
        finite = np.isfinite(self.x).all() and np.isfinite(self.y).all()
        _require(bool(finite), "Plane: expected finite x and y, got NaN or infinity.")


@dataclass(frozen=True, kw_only=True)
class ReportContent:
    """Everything the report shows; parts that are None or empty are left out, and the report names them.

    ranker: the name in ``evaluation`` and ``curves`` of the ranker that made the list; members: the rankers that it
    consists of. prior: the share of clients-to-be among the others, of which only ``high`` is a claim; expected, hits:
    on the whole ranking, and among the first of the leads. curves: from ``evaluate.curves.lift_curves``. scores: those
    (c,) of every candidate.
    leads: as in leads.csv, best first, with or without the columns segment, nearest_client, nearest_client_id,
    introduction and reason_1 to reason_3; lead_companies: int32, their indices. whitespace: the number of companies
    kept apart as members of a client's own group or related to one; apart: the records of clients set apart, ``all``
    and among the ``first`` 100 leads as they would have been. leaks: a decision on every column and kind of link, with
    a sentence for what gives away who is a client. evidence: of some of the leads, by company; names: the names of
    nodes of ties, which go by their key where there is no entry. outcomes: what those of called leads changed.
    """

    title: str
    made: date
    register: Register
    noise: Noise
    clients: Match
    cohort: Cohort
    evaluation: Evaluation
    ranker: str
    members: tuple[str, ...]
    reason: str
    prior: tuple[float, float, float]
    expected: Expected
    hits: tuple[Hits, ...]
    scores: Reals
    leads: pd.DataFrame
    lead_companies: Ints
    whitespace: int
    apart: Mapping[str, int] = field(default_factory=lambda: {"first": 0, "all": 0})
    curves: pd.DataFrame | None = None
    profile: Profile | None = None
    evidence: tuple[Evidence, ...] = ()
    names: Mapping[Node, str] = field(default_factory=dict)
    plane: Plane | None = None
    leaks: tuple[Leak, ...] = ()
    assumptions: Assumptions | None = None
    outcomes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _require(
            len(self.leads) == len(self.lead_companies),
            f"ReportContent: expected a company for each of {len(self.leads)} leads, "
            f"got {len(self.lead_companies)}.",
        )
        rankers = set(self.evaluation.metrics["ranker"])
        _require(
            self.ranker in rankers, f"ReportContent: expected a ranker among {rankers}, got {self.ranker}."
        )

    @property
    def split(self) -> str:
        """The split that the verdict rests on: the first."""
        return str(self.evaluation.metrics["split"].iloc[0])


def _require(holds: bool, problem: str) -> None:
    if not holds:
        raise CarrierError(problem)
