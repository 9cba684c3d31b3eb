"""`graphlead segment` from end to end: from orders or a table of customers to segments, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.core.arrays import Json
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.segment import VERB, SegmentSettings
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.segment.deliver import Delivered, hand_over
from graphlead.pipeline.segment.finished import FinishedSegments
from graphlead.pipeline.segment.noise import look_for_noise, set_aside
from graphlead.pipeline.segment.read import Read, read
from graphlead.pipeline.take_over import take_over
from graphlead.profile.customers.build import (
    Segmentation,
    find_segments,
    load_segmentation,
    save_segmentation,
)
from graphlead.report.segments.summary import segment_summary
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.run import Run, open_run
from graphlead.runs.segment_stages import SEGMENT_STAGES


@dataclass(frozen=True, kw_only=True)
class Segmented:
    """The outcome of the verb: as text for the terminal, and as JSON."""

    delivered: Delivered
    text: str
    summary: Json


def segment(settings: SegmentSettings, console: Console, *, config: Path | None = None) -> Segmented:
    """Find the segments of customers, or with ``run`` give customers those of an earlier run, and hand them over.

    config: the file that the settings are from, if any; like the inputs, it is not replaced by a result. Raises
    RunFolderError where ``run`` is no finished run of this verb, SettingsError where it is one on the other table.
    """
    earlier = FinishedSegments(settings.run) if settings.run else None
    if earlier:
        _check_kind(earlier, settings)
    parts = parts_of(settings.run) if settings.run else []
    check_run(settings.out, [config, *settings.inputs().values(), *parts])
    inputs = hash_inputs(settings.inputs()) | ({"earlier": hash_run(settings.run)} if settings.run else {})
    with (
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json(), SEGMENT_STAGES, VERB) as run,
    ):
        found = read(run, settings, console, earlier.folder if earlier else None)
        noise = look_for_noise(run, found.customers, settings, console)
        model = _applied(run, earlier, found) if earlier else _found(run, found, noise, settings, console)
        return outcome_of(hand_over(run, found, model, noise, settings, console))


def _check_kind(earlier: FinishedSegments, settings: SegmentSettings) -> None:
    if bool(earlier.settings.events) != bool(settings.events):
        flag = "--events" if earlier.settings.events else "--customers"
        raise SettingsError(
            f"the segments of this run were found in {flag}.", where=str(earlier.path), remedy=f"Give {flag}."
        )


def _found(
    run: Run, found: Read, noise: pd.DataFrame, settings: SegmentSettings, console: Console
) -> Segmentation:
    def make(folder: RunFolder) -> None:
        model = find_segments(found.customers, set_aside(noise), settings.seed, str(settings.source))
        save_segmentation(model, folder.model)

    with console.stage("looking for segments"):
        return load_segmentation(run.stage("model", make).model)


def _applied(run: Run, earlier: FinishedSegments, found: Read) -> Segmentation:
    """The segments of the earlier run. Raises InputError where these customers lack what they were found in."""
    model = load_segmentation(
        run.stage("model", lambda folder: take_over(earlier.folder.model, folder)).model
    )
    known = {trait.name for trait in found.customers.traits}
    lacking = [scale.name for scale in model.clusters.space.scales if scale.name not in known]
    if lacking:
        raise InputError(
            f"nothing is known of these customers about {', '.join(lacking)}, which the segments were found in.",
            where=str(earlier.path),
            remedy="Give tables with the same columns, or find the segments anew, without --run.",
        )
    return model


def outcome_of(delivered: Delivered) -> Segmented:
    """What the verb prints of what it has handed over."""
    folder = RunFolder(delivered.folder)
    files = {
        "every customer": folder.segments,
        "segments": folder.segment_profiles,
        "noise": folder.noise_scores,
        "report": folder.report,
        "figures": folder.metrics,
    }
    summary = delivered.metrics | {
        "found": [
            {name: each[name] for name in ("segment", "size", "value_share", "offer")}
            for each in delivered.content.profiles["segments"]
        ],
        "files": {name: str(path) for name, path in files.items()},
    }
    return Segmented(delivered=delivered, text=segment_summary(delivered.content, files), summary=summary)
