"""What the page of segments shows, section by section."""

from __future__ import annotations

import numpy as np

from graphlead.core.arrays import Json
from graphlead.report.html.figures import percent
from graphlead.report.html.quality import records
from graphlead.report.segments.content import SegmentContent

MOST_POINTS = 4_000
"""Customers that are drawn: more would be one spot, and a page of megabytes."""
NOISIEST = 15
"""Noisy customers that are listed; all are in the file."""
BINS = 20
NONE = "–"


def segment_rows(content: SegmentContent) -> list[Json]:
    """A row for each segment: sizes, values, medians, what tells it apart, and the offer."""
    return [
        {
            "name": each["segment"],
            "size": each["size"],
            "share": each["share"],
            "share_text": percent(each["share"]),
            "value_share": each["value_share"],
            "value_text": NONE if each["value_share"] is None else percent(each["value_share"]),
            "mean": _number(each["value_mean"]),
            **{name: _number(each[name]) for name in ("recency", "frequency", "monetary")},
            "apart": [_difference(one) for one in each["apart"]],
            "offer": each["offer"],
        }
        for each in content.segments
    ]


def _difference(one: Json) -> Json:
    shown = percent if one["share"] else _number
    return {
        "text": one["text"],
        "effect": f"{one['effect']:+.1f}",
        "here": f"{shown(one['inside'])} against {shown(one['outside'])}",
    }


def _number(value: float | None) -> str:
    """A number of up to three digits or whole."""
    if value is None:
        return NONE
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"


def plane_view(content: SegmentContent) -> Json:
    """The places of customers on the two axes, by segment; of many, evenly spaced ones in the order of their ids."""
    n = len(content.customers)
    at = np.unique(np.linspace(0, n - 1, min(n, MOST_POINTS)).round().astype(int))
    shown, aside = content.customers.iloc[at], content.noise["set_aside"].to_numpy(bool)[at]
    places = {each["segment"]: place for place, each in enumerate(content.segments)}
    points = [
        [round(x, 3), round(y, 3), places[name], int(out), str(id)]
        for x, y, name, out, id in zip(
            shown["x"], shown["y"], shown["segment"], aside, shown["customer"], strict=True
        )
    ]
    return {"points": points, "axes": [axis["name"] for axis in content.profiles["axes"]]}


def candidate_rows(metrics: Json) -> list[Json]:
    """The numbers of segments that were tried."""
    return [
        {
            "segments": each["segments"],
            "agreement": f"{each['agreement']:.3f}",
            "explained": percent(each["explained"]),
            "chosen": each["segments"] == metrics["segments"],
        }
        for each in metrics["candidates"]
    ]


def noise_view(content: SegmentContent) -> Json:
    """The votes as a histogram, and the noisiest customers; both empty where nothing was compared."""
    scores = content.noise[content.noise["votes"].notna()]
    counts, edges = np.histogram(scores["votes"], BINS, (0, 1))
    segment = content.customers.set_index("customer")["segment"]
    first = scores.sort_values(["votes", "id"], ascending=[False, True]).head(NOISIEST)
    rows = [
        {
            "id": row["id"],
            "segment": segment[row["id"]],
            "aside": row["set_aside"],
            "votes": f"{row['votes']:.3f}",
            **{name: f"{row[name]:.3g}" for name in ("distance", "clusters", "lof", "hcleaner")},
        }
        for row in records(first)
    ]
    return {
        "rows": rows,
        "histogram": {"counts": counts.tolist(), "edges": edges.round(2).tolist()} if rows else None,
    }
