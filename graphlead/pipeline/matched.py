"""A matched list as a file: a workbook where its name ends so, else CSV."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from graphlead.common.spreadsheets import write_csv
from graphlead.common.workbooks import Made
from graphlead.core.clients import Match
from graphlead.core.settings import Settings
from graphlead.report.workbooks.leads import write_matched, write_review
from graphlead.runs.manifest import graphlead_version

WORKBOOK = ".xlsx"


def write_list(path: Path, found: Match, settings: Settings) -> None:
    """Write the list with the company found for each line."""
    if path.suffix.lower() == WORKBOOK:
        write_matched(path, found.table, _made(settings))
    else:
        write_csv(path, found.table)


def write_review_of(path: Path, found: Match, settings: Settings) -> None:
    """Write the lines to decide on, with their candidates."""
    if path.suffix.lower() == WORKBOOK:
        write_review(path, found.review, _made(settings))
    else:
        write_csv(path, found.review)


def _made(settings: Settings) -> Made:
    names = [path.name for path in settings.inputs().values() if path]
    return Made(inputs=names, day=date.today(), version=graphlead_version())
