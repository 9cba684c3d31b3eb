"""The picture of the market: companies in two dimensions, marked as clients, leads and others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import NONE, Ints, Json
from graphlead.core.profile import OUTSIDE
from graphlead.core.register import Role
from graphlead.report.html.clients import segment_names
from graphlead.report.html.content import Plane, ReportContent
from graphlead.report.html.figures import count

OTHER, LEAD, CLIENT = 0, 1, 2
"""The marks of companies in the plane."""


def market_view(content: ReportContent, plane: Plane) -> Json:
    """Points as [x, y, kind of client or NONE, mark, name], with the titles and notes of the figure."""
    segments = segment_names(content.profile)
    segment = _segments(content, plane.companies, bool(segments))
    mark = _marks(content)[plane.companies]
    names = _names(content, plane.companies, mark)
    return {
        "points": [
            [float(f"{x:.5g}"), float(f"{y:.5g}"), *rest]
            for x, y, *rest in zip(
                plane.x.tolist(), plane.y.tolist(), segment.tolist(), mark.tolist(), names, strict=True
            )
        ],
        "axes": plane.axes,
        "geographic": plane.geographic,
        "note": plane.note,
        "segments": segments,
        "coloured": bool(segments),
        "unlike": bool((segment == NONE).any()),
        "outside": OUTSIDE,
        "shown": _shown(mark),
        "label": f"Scatter of {count(len(names))} companies in two dimensions: clients, companies to call and others",
    }


def _shown(mark: npt.NDArray[np.int8]) -> str:
    others, leads, clients = np.bincount(mark, minlength=3).tolist()
    return (
        f"{count(clients)} clients, {count(leads)} companies to call and a sample of {count(others)} others."
    )


def _segments(content: ReportContent, companies: Ints, coloured: bool) -> Ints:
    if content.profile is None or not coloured:
        return np.full(len(companies), NONE, np.int32)
    return content.profile.segment_of[companies]


def _marks(content: ReportContent) -> npt.NDArray[np.int8]:
    mark = np.zeros(content.register.n_companies, np.int8)
    mark[content.lead_companies] = LEAD
    mark[content.cohort.clients] = CLIENT
    return mark


def _names(content: ReportContent, companies: Ints, mark: npt.NDArray[np.int8]) -> list[str]:
    """The names of the clients and leads; empty for the others, which nobody looks for here."""
    column = (content.register.names_of(Role.NAME) or ["company_id"])[0]
    named = mark != OTHER
    found = iter(content.register.rows([column], companies[named])[column].to_pylist())
    return [(next(found) or "") if each else "" for each in named.tolist()]
