"""The report of a finished run of `graphlead segment` once more, from its folder."""

from __future__ import annotations

from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.pipeline.outputs import report_to_replace
from graphlead.pipeline.segment.deliver import content_of
from graphlead.pipeline.segment.finished import FinishedSegments
from graphlead.report.segments.build import write_segment_report


def report_segments(run: Path, console: Console) -> Path:
    """Write the report of a finished run once more, from its folder."""
    finished = FinishedSegments(run)
    report = report_to_replace(run)
    with console.stage("reading the run"):
        content = content_of(finished.folder, finished.noise, finished.settings, finished.day)
    with console.stage("writing the report"), disk_errors(report):
        write_segment_report(report, content)
    return report
