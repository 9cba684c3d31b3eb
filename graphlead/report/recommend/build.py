"""The page of `recommend` as one HTML file: what its templates show, and what its script draws."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.html.figures import percent
from graphlead.report.html.page import render_page, write_page
from graphlead.report.recommend import tables, words
from graphlead.report.recommend.content import RecommendContent

PACKAGE = "graphlead.report.recommend"
SCRIPTS = ("echarts.min.js", "page.js", "recommend.js")
STYLES = ("report.css", "recommend.css")


def write_recommend_report(path: Path, content: RecommendContent) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content))


def render(content: RecommendContent) -> str:
    """The page as HTML."""
    view = _view(content)
    data = {name: view[name] for name in ("models", "most")}
    return render_page("recommend.html.j2", view, data, SCRIPTS, STYLES, PACKAGE)


def _view(content: RecommendContent) -> Json:
    """The values that the templates show."""
    metrics = content.metrics
    view = {
        "title": content.title,
        "made": date.fromisoformat(metrics["as_of"]),
        "headline": words.headline(content),
        "expectation": words.expectation(content),
        "tiles": _tiles(content),
        "notes": metrics["notes"],
        "examples": tables.examples(content),
        "most": tables.most_recommended(content),
        "kinds": words.kinds(content),
        "newcomers": words.newcomers(content),
        "models": tables.models(content),
        "judged": words.judged(metrics["backtest"]) if metrics["backtest"] else "",
        "prospects": tables.prospects(content),
        "product": content.product,
        "wanting": words.wanting(content),
    }
    return {**view, "contents": _contents(view)}


def _tiles(content: RecommendContent) -> list[Json]:
    """The counts at the top."""
    metrics = content.metrics
    found = metrics["recommended"]
    return [
        {"label": "Customers", "value": metrics["customers"], "note": "who have bought"},
        {"label": "Items", "value": metrics["items"], "note": "to recommend from"},
        {"label": "Purchases", "value": metrics["purchases"], "note": f"before {metrics['as_of']}"},
        {"label": "Different items recommended", "value": found["items"],
         "note": f"{percent(found['coverage'])} of those that are sold"},
    ]  # fmt: skip


def _contents(view: Json) -> list[tuple[str, str]]:
    parts = [
        ("in-short", "In short", True),
        ("examples", "For example", view["examples"]),
        ("most", "What is recommended", True),
        ("quality", "How good it is", view["models"]["rows"]),
        ("prospects", "Who wants the product", view["prospects"]),
    ]
    return [(id, name) for id, name, there in parts if there]
