"""The leads as rows of the page's table."""

from __future__ import annotations

from typing import Any

import pandas as pd

from graphlead.common.industries.titles import title_column
from graphlead.core.arrays import Json
from graphlead.core.register import PLACES, Role
from graphlead.report.html.content import ReportContent
from graphlead.report.html.figures import number, score_text
from graphlead.report.html.quality import records

REASONS = ("reason_1", "reason_2", "reason_3")
OWN = ("rank", "company_id", "name", "score", "fit", "segment", "nearest_client", "nearest_client_id",
       "near", "introduction", *REASONS)  # fmt: skip
"""The columns with a place of their own in the table; all others are from the register."""


def lead_view(content: ReportContent, explained: set[int]) -> Json:
    """The rows, the optional columns there are, and the choices to filter by; explained: ranks with evidence."""
    leads = content.leads
    places = _shown(content, *reversed(PLACES[:3]))
    trade = content.register.names_of(Role.INDUSTRY)[:1]
    industry = [*_shown(content, Role.INDUSTRY)[:1], *map(title_column, trade)]
    titled = {title_column(name) for name in content.register.names_of(Role.INDUSTRY)}
    others = [name for name in leads.columns if name not in OWN and name not in titled]
    assumed = content.expected.assumed
    rows = [_row(row, places, industry, others, assumed) for row in records(leads)]
    segments = sorted({row["segment"] for row in rows if row["segment"]})
    return {
        "rows": [row | {"explained": row["rank"] in explained} for row in rows],
        "segments": segments,
        "has_place": bool(places or industry),
        "has_reasons": any(row["reasons"] for row in rows),
        "has_nearest": any(row["nearest"] for row in rows),
    }


def _shown(content: ReportContent, *roles: Role) -> list[str]:
    """The lead list's names of the columns with these roles."""
    names = content.register.names_of(*roles)
    return [shown for name in names for shown in (f"{name} (register)", name) if shown in content.leads][:3]


def _row(row: Json, places: list[str], industry: list[str], others: list[str], assumed: float | None) -> Json:
    reasons = [_text(row.get(name)) for name in REASONS]
    return {
        "rank": int(row["rank"]),
        "id": _text(row["company_id"]),
        "name": _text(row["name"]) or _text(row["company_id"]),
        "score": float(row["score"]),
        "percent": score_text(float(row["score"]), assumed),
        "fit": row["fit"],
        "place": ", ".join(text for text in (_text(row[name]) for name in places) if text),
        "industry": " ".join(text for text in (_text(row.get(name)) for name in industry) if text),
        "reasons": [reason for reason in reasons if reason],
        "nearest": _text(row.get("nearest_client")),
        "near": _text(row.get("near")),
        "nearest_id": _text(row.get("nearest_client_id")),
        "segment": _text(row.get("segment")),
        "introduction": _text(row.get("introduction")),
        "facts": [(name, text) for name in others for text in [_text(row[name])] if text],
    }


def _text(value: Any) -> str:
    """The value as text; empty where it is missing."""
    if value is None or bool(pd.isna(value)):
        return ""
    return number(value) if isinstance(value, float) else str(value)
