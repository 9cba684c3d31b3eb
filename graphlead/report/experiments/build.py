"""The page of an experiment as one HTML file, from the content of experiment.json."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graphlead.core.arrays import Json
from graphlead.report.experiments.assigned import assigned_view
from graphlead.report.experiments.read import read_view
from graphlead.report.html.page import render_page, write_page

PACKAGE = "graphlead.report.experiments"
SCRIPTS = ("echarts.min.js", "page.js", "experiments.js")
STYLES = ("report.css", "experiments.css")


def write_experiment_report(path: Path, content: Json, made: date) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content, made))


def render(content: Json, made: date) -> str:
    """The page as HTML."""
    assigned = content["step"] == "assign"
    view = (assigned_view if assigned else read_view)(content)
    template = "assign.html.j2" if assigned else "read.html.j2"
    return render_page(template, {**view, "made": made}, view["charts"], SCRIPTS, STYLES, PACKAGE)
