"""The page of a sales run as one HTML file: what its templates show, and what its script draws."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.html.figures import percent
from graphlead.report.html.page import render_page, write_page
from graphlead.report.sales import calibration, cases, choose, late, models, survival, words
from graphlead.report.sales.content import SalesContent

PACKAGE = "graphlead.report.sales"
SCRIPTS = ("echarts.min.js", "page.js", "sales.js", "choose.js")
STYLES = ("report.css", "sales.css")


def write_sales_report(path: Path, content: SalesContent) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content))


def render(content: SalesContent) -> str:
    """The page as HTML."""
    view = _view(content)
    data = {name: view[name] for name in ("models", "calibration", "survival", "choose")}
    return render_page("sales.html.j2", view, data, SCRIPTS, STYLES, PACKAGE)


def _view(content: SalesContent) -> Json:
    """The values that the templates show."""
    metrics = content.metrics
    view = {
        "title": content.title,
        "made": content.made,
        "words": words.WORDS[content.verb],
        "headline": words.headline(content),
        "expectation": words.expectation(content),
        "tiles": _tiles(content),
        "notes": metrics.get("notes") or [],
        "choose": choose.choose_view(content),
        "thresholds": choose.threshold_rows(content),
        "cases": cases.case_view(content),
        "playbooks": content.playbooks,
        "models": models.models_view(content),
        "calibration": calibration.calibration_view(content),
        "survival": survival.survival_view(content.survival),
        "late": late.late_rows(metrics),
        "promise": words.promise(metrics),
        "graph": late.graph_view(metrics),
    }
    return {**view, "contents": _contents(view)}


def _tiles(content: SalesContent) -> list[Json]:
    """The counts at the top."""
    metrics, wording = content.metrics, words.WORDS[content.verb]
    over = int((content.probability >= content.threshold).sum())
    there = "open" if content.opened else "known"
    return [
        {"label": f"Known {wording.case}s", "value": metrics["known"], "note": "learned from"},
        {"label": f"Of them {wording.happened}", "value": metrics["positive"],
         "note": f"{percent(words.rate(metrics))} of the known"},
        {"label": f"Open {wording.case}s", "value": metrics["open"], "note": "not decided yet"},
        {"label": f"At {percent(content.threshold)} or more" if content.threshold > 0 else "Scored", "value": over,
         "note": f"of {len(content.scored):,} {there} {wording.case}s"},
    ]  # fmt: skip


def _contents(view: Json) -> list[tuple[str, str]]:
    parts = [
        ("in-short", "In short", True),
        ("choose", "How many to call", view["choose"]),
        ("list", "The list", True),
        ("playbooks", "What to do", view["playbooks"]),
        ("quality", "How good it is", True),
        ("survival", "Who stays", view["survival"]),
        ("late", "Known only afterwards", view["late"]),
        ("graph", "The graph", view["graph"]),
    ]
    return [(id, name) for id, name, there in parts if there]
