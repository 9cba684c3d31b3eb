"""What `graphlead segment` prints when it is done."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from graphlead.common.console import laid_out
from graphlead.report.html.figures import percent
from graphlead.report.segments.content import SegmentContent
from graphlead.report.segments.words import headline, noise_sentence, steadiness


def segment_summary(content: SegmentContent, files: Mapping[str, Path]) -> str:
    """The segments as a table, how steady they are, the noise, notes, and the files."""
    rows = [
        [
            each["segment"],
            each["size"],
            "" if each["value_share"] is None else percent(each["value_share"]),
            each["offer"],
        ]
        for each in content.segments
    ]
    return "\n".join([
        laid_out(headline(content), ["segment", "customers", "of the value", "offer"], rows),
        steadiness(content.metrics),
        noise_sentence(content.metrics),
        *(f"Note: {note}" for note in content.metrics["notes"]),
        *(f"{name[:1].upper()}{name[1:]}: {path}" for name, path in files.items()),
    ])  # fmt: skip
