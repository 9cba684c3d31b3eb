"""Papers stand where the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "pages"
ROWS = re.findall(
    r"^\| (?!step)(?P<step>[^|]+) \| (?P<papers>[^|]+) \| `(?P<module>[^`]+)` \|$",
    (PAGES / "explanation" / "papers.md").read_text(encoding="utf-8"),
    re.MULTILINE,
)
PAPER = re.compile(
    r"(?P<first>[A-Z][\w-]+)(?:, [A-Z][\w-]+)*(?:,? (?:and|&) [A-Z][\w-]+| et al\.)? (?P<year>\d{4})"
)


def test_papers_are_found() -> None:
    assert len(ROWS) > 35
    assert PAPER.search("Page, Brin, Motwani and Winograd 1999")


@pytest.mark.parametrize(("papers", "module"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_module_names_its_papers(papers: str, module: str) -> None:
    code = (ROOT / "graphlead" / module).read_text(encoding="utf-8")
    named = list(PAPER.finditer(papers))
    assert named
    absent = [each[0] for each in named if each["first"] not in code or each["year"] not in code]
    assert not absent
