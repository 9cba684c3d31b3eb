"""The page of `recommend` as one HTML file: what its templates show, and what its script draws."""

from __future__ import annotations

from pathlib import Path

from graphlead.report.html.page import write_page
from graphlead.report.recommend.content import RecommendContent


def write_recommend_report(path: Path, content: RecommendContent) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, "")
