"""The page of segments as one HTML file: what its templates show, and what its script draws."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.html.figures import percent
from graphlead.report.html.page import render_page, write_page
from graphlead.report.segments import views, words
from graphlead.report.segments.content import SegmentContent

PACKAGE = "graphlead.report.segments"
SCRIPTS = ("echarts.min.js", "page.js", "segments.js")
STYLES = ("report.css", "segments.css")


def write_segment_report(path: Path, content: SegmentContent) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content))


def render(content: SegmentContent) -> str:
    """The page as HTML."""
    view = _view(content)
    data = {
        "segments": [
            {name: row[name] for name in ("name", "share", "value_share")} for row in view["segments"]
        ],
        "plane": views.plane_view(content),
        "columns": view["columns"],
        "candidates": content.metrics["candidates"],
        "chosen": content.metrics["segments"],
        "votes": view["noise"]["histogram"],
    }
    return render_page("segments.html.j2", view, data, SCRIPTS, STYLES, PACKAGE)


def _view(content: SegmentContent) -> Json:
    """The values that the templates show."""
    metrics = content.metrics
    view = {
        "title": content.title,
        "made": content.made,
        "headline": words.headline(content),
        "steadiness": words.steadiness(metrics),
        "tiles": _tiles(content),
        "notes": metrics["notes"],
        "segments": views.segment_rows(content),
        "valued": content.profiles["value_is"] != "",
        "bought": any(each["recency"] is not None for each in content.segments),
        "axes": content.profiles["axes"],
        "points": min(len(content.customers), views.MOST_POINTS),
        "of": len(content.customers),
        "columns": content.profiles["columns"],
        "candidates": views.candidate_rows(metrics),
        "noise": views.noise_view(content),
        "noise_sentence": words.noise_sentence(metrics),
    }
    return {**view, "contents": _contents(view)}


def _tiles(content: SegmentContent) -> list[Json]:
    """The figures at the top."""
    metrics = content.metrics
    return [
        {"label": "Customers", "value": f"{len(content.customers):,}", "note": "each has a segment"},
        {"label": "Segments", "value": len(content.segments), "note": "of at most 12"},
        {"label": "Found again", "value": f"{metrics['agreement']:.2f}", "note": "agreement of samples, 1 is the same"},
        {"label": "Set aside as noise", "value": f"{metrics['noise']['set_aside']:,}",
         "note": f"{percent(metrics['noise']['share'])} of the customers"},
    ]  # fmt: skip


def _contents(view: Json) -> list[tuple[str, str]]:
    parts = [
        ("in-short", "In short", True),
        ("segments", "The segments", True),
        ("map", "Map", True),
        ("columns", "Columns", view["columns"]),
        ("number", "How many", view["candidates"]),
        ("noise", "Noise", True),
    ]
    return [(id, name) for id, name, there in parts if there]
