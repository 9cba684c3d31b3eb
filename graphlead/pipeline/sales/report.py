"""The report of a finished sales run once more, from its folder."""

from __future__ import annotations

from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.pipeline.outputs import report_to_replace
from graphlead.pipeline.sales.deliver import content_of
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.report.sales.build import write_sales_report


def report_sales(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    finished = FinishedSales(run)
    report = report_to_replace(run)
    with console.stage("reading the run"):
        content = content_of(finished.folder, finished.settings, finished.day, finished.trained)
    with console.stage("writing the report"), disk_errors(report):
        write_sales_report(report, content)
    return report
