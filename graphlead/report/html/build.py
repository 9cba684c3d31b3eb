"""One HTML file with everything in it: text by templates that escape, data as JSON, charts by a vendored library."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphlead.carriers import Json
from graphlead.report.html import clients, figures, paths, quality, story
from graphlead.report.html.content import ReportContent
from graphlead.report.html.market import market_view
from graphlead.report.html.table import lead_view

ECHARTS = "6.1.0"
"""The version of assets/echarts.min.js, as published, unchanged; its licence lies beside it."""

SCRIPTS = ("echarts.min.js", "charts.js", "table.js", "evidence.js")

ASSETS = files("graphlead.report.html") / "assets"


def write_report(path: Path, content: ReportContent) -> None:
    """Write the report as one self-contained HTML file: under a temporary name, then renamed.

    Opened anywhere, it asks for nothing: its own scripts are allowed by their hashes, and all else is forbidden by
    its Content-Security-Policy. Every text of the register and the lists is escaped.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(render(content).encode("utf-8", "replace"))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def render(content: ReportContent) -> str:
    """The report as HTML."""
    scripts = [_asset(name) for name in SCRIPTS]
    view = _view(content)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **view,
            policy=_policy(scripts),
            scripts=scripts,
            style=_asset("report.css"),
            echarts=ECHARTS,
            data=figures.script_json(_data(content, view)),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("graphlead.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": figures.percent, "count": figures.count}
    return environment


def _asset(name: str) -> Markup:
    """A file of ours, trusted as it is: it may not end the element it stands in."""
    return Markup((ASSETS / name).read_text("utf-8"))  # noqa: S704


def _policy(scripts: list[Markup]) -> str:
    """Nothing but these scripts, and styles of the page's own."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _view(content: ReportContent) -> Json:
    """What the templates show."""
    profile, evidence = content.profile, paths.evidence_view(content)
    prior = dict(zip(("low", "point", "high"), content.evaluation.prior, strict=True))
    return {
        "title": content.title,
        "made": content.made,
        "headline": story.headline(content),
        "verdict": story.verdict(content),
        "tiles": story.tiles(content),
        "ranking": story.ranking(content),
        "inputs": story.inputs(content),
        "indented": story.INDENTED,
        "findings": content.noise.findings,
        "columns": content.register.columns,
        "left_out": story.left_out(content),
        "profile": clients.profile_view(profile) if profile else None,
        "distributions": clients.distribution_figures(profile) if profile else [],
        "notes": [figures.in_words(note) for note in content.evaluation.notes],
        "lift": quality.lift_figure(content),
        "metrics": quality.metrics_tables(content),
        "cuts": quality.CUTS,
        "ranker": content.ranker,
        "prior": prior,
        "precision": quality.precision_figure(content),
        "precision_rows": quality.precision_rows(content),
        "scores": quality.score_figure(content),
        "fit": quality.fit_bands(content),
        "segments": quality.segment_tables(content),
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
        ("market", "The market", content.plane is not None),
        ("leads", "Companies to call", True),
        ("evidence", "Why them", bool(content.evidence)),
        ("limits", "Limits", True),
    ]
    return [(id, name) for id, name, there in parts if there]


def _data(content: ReportContent, view: Json) -> Json:
    """What the scripts draw."""
    season = content.profile.season if content.profile else None
    return {
        **{
            name: view[name] for name in ("lift", "precision", "scores", "distributions", "evidence", "plane")
        },
        "season": clients.season_figure(season),
    }
