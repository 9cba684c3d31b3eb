"""The report of a run as one HTML file: what its templates show, and what its scripts draw."""

from __future__ import annotations

from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.expected import bound_sentence, hits_sentence
from graphlead.report.html import assumptions, clients, figures, paths, quality, story
from graphlead.report.html.content import ReportContent
from graphlead.report.html.market import market_view
from graphlead.report.html.page import render_page, write_page
from graphlead.report.html.table import lead_view

SCRIPTS = ("echarts.min.js", "page.js", "charts.js", "table.js", "evidence.js")


def write_report(path: Path, content: ReportContent) -> None:
    """Write the report as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content))


def render(content: ReportContent) -> str:
    """The report as HTML."""
    view = _view(content)
    return render_page("report.html.j2", view, _data(content, view), SCRIPTS)


def _view(content: ReportContent) -> Json:
    """The values that the templates show."""
    profile, evidence = content.profile, paths.evidence_view(content)
    return {
        "title": content.title,
        "made": content.made,
        "headline": story.headline(content),
        "tested": story.tested(content),
        "first": story.FIRST,
        "verdict": story.verdict(content),
        "tiles": story.tiles(content),
        "ranking": story.ranking(content),
        "inputs": story.inputs(content),
        "indented": story.INDENTED,
        "findings": content.noise.findings,
        "columns": content.register.columns,
        "leaks": [leak for leak in content.leaks if leak.sentence],
        "outcomes": content.outcomes,
        "left_out": story.left_out(content),
        "profile": clients.profile_view(profile) if profile else None,
        "distributions": clients.distribution_figures(profile) if profile else [],
        "notes": [figures.in_words(note) for note in content.evaluation.notes],
        "lift": quality.lift_figure(content),
        "metrics": quality.metrics_tables(content),
        "cuts": quality.CUTS,
        "ranker": content.ranker,
        "bound": bound_sentence(content.prior),
        "expected": hits_sentence(content.hits, content.expected.wins),
        "hits": quality.hits_figure(content),
        "hits_rows": quality.hits_rows(content),
        "scores": quality.score_figure(content),
        "fit": quality.fit_bands(content),
        "assumed": content.expected.assumed is not None,
        "segments": quality.segment_tables(content),
        "assumptions": assumptions.sheet(content.assumptions) if content.assumptions else None,
        "plane": market_view(content, content.plane) if content.plane else None,
        "leads": lead_view(content, {each["rank"] for each in evidence}),
        "whitespace": figures.count(content.whitespace) if content.whitespace else "",
        "evidence": evidence,
        "limits": story.limits(content),
        "contents": _contents(content),
    }


def _contents(content: ReportContent) -> list[tuple[str, str]]:
    parts = [
        ("in-short", "In short", True),
        ("inputs", "What went in", True),
        ("clients", "Your clients", content.profile is not None),
        ("quality", "How good it is", True),
        ("assumptions", "What it rests on", content.assumptions is not None),
        ("market", "The market", content.plane is not None),
        ("leads", "Companies to call", True),
        ("evidence", "Why them", bool(content.evidence)),
        ("limits", "Limits", True),
    ]
    return [(id, name) for id, name, there in parts if there]


def _data(content: ReportContent, view: Json) -> Json:
    """The data that the scripts draw."""
    season = content.profile.season if content.profile else None
    return {
        **{name: view[name] for name in ("lift", "hits", "scores", "distributions", "evidence", "plane")},
        "season": clients.season_figure(season),
    }
