"""The last part of `graphlead segment`: every customer with its segment, what segments are, the figures, the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.common.workbooks import Made
from graphlead.core.arrays import Json
from graphlead.core.segment import VERB, SegmentSettings
from graphlead.pipeline.segment.noise import noise_summary
from graphlead.pipeline.segment.read import Read
from graphlead.profile.customers.build import Segmentation, described, segmented
from graphlead.profile.customers.curves import curves
from graphlead.profile.customers.value import worth_of
from graphlead.report.segments.build import write_segment_report
from graphlead.report.segments.content import SegmentContent
from graphlead.report.workbooks.lists import write_segments
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What the verb hands over: its folder, the figures, and the content of the report."""

    folder: Path
    metrics: Json
    content: SegmentContent


def hand_over(
    run: Run,
    found: Read,
    model: Segmentation,
    noise: pd.DataFrame,
    settings: SegmentSettings,
    console: Console,
) -> Delivered:
    """Write every result into the run's folder, and return them."""

    def make(folder: RunFolder) -> None:
        _write(folder, found, model, noise, settings)

    with console.stage("describing the segments"):
        results = run.stage("results", make)
    with console.stage("writing the results"):
        content = content_of(results, noise, settings, settings.as_of or date.today())
        made = replace(run.provenance, day=content.made)
        run.stage("report", lambda folder: _present(folder, content, made))
        run.publish(run.manifest(device="cpu", verb=VERB))
    return Delivered(folder=run.folder.path, metrics=content.metrics, content=content)


def _present(folder: RunFolder, content: SegmentContent, made: Made) -> None:
    """Write what people open: the report and the workbook."""
    write_segment_report(folder.report, content)
    segments, notes = content.profiles["segments"], content.metrics["notes"]
    place, whole = folder.workbook(folder.segments), folder.segments.name
    write_segments(place, content.customers, segments, notes, made, whole)


def _write(
    folder: RunFolder, found: Read, model: Segmentation, noise: pd.DataFrame, settings: SegmentSettings
) -> None:
    table = segmented(model, found.customers)
    segments = described(model, found.customers, settings.offers)
    names = [each["segment"] for each in segments]
    write_parquet(folder.segments, pa.Table.from_pandas(table, preserve_index=False))
    write_json(folder.segment_profiles, {
        "verb": VERB,
        "as_of": _day(settings),
        "value_is": worth_of(found.customers)[1],
        "segments": segments,
        "axes": [{"name": each.name, "explained": each.explained, "loadings": _loadings(model, each.loadings)}
                 for each in model.axes],
        "noise": noise_summary(noise, settings),
        "columns": curves(found.customers, table["segment"].tolist(), names),
    })  # fmt: skip
    write_json(folder.metrics, _metrics(found, model, noise, settings))
    folder.noise.write_text("\n".join(_notes(found)) + "\n", "utf-8")


def _day(settings: SegmentSettings) -> str | None:
    return None if settings.as_of is None else settings.as_of.isoformat()


def _loadings(model: Segmentation, loadings: Sequence[float]) -> list[Json]:
    """The loading of each dimension of the space."""
    return [
        {"column": name, "level": level, "loading": loading}
        for (name, level), loading in zip(model.clusters.space.dimensions, loadings, strict=True)
    ]


def _metrics(found: Read, model: Segmentation, noise: pd.DataFrame, settings: SegmentSettings) -> Json:
    chosen = model.clusters.chosen
    return {
        "verb": VERB,
        "as_of": _day(settings),
        "seed": settings.seed,
        "customers": len(found.customers),
        "segments": chosen.segments,
        "agreement": chosen.agreement,
        "variance_explained": chosen.explained,
        "candidates": [each.to_json() for each in model.clusters.candidates],
        "assigned": settings.run is not None,
        "noise": noise_summary(noise, settings),
        "notes": list(found.notes),
    }


def _notes(found: Read) -> Sequence[str]:
    """The plan of the columns and the notes, as text."""
    width = max((len(row[0]) for row in found.plan), default=0)
    plan = [f"{name:{width}}  {use}: {because}" for name, use, because in found.plan]
    return ["How the columns were understood:", *plan, "", "Notes:", *(found.notes or ("none",))]


def content_of(
    folder: RunFolder, noise: pd.DataFrame, settings: SegmentSettings, day: date
) -> SegmentContent:
    """The content of the report, from the results in a folder."""
    return SegmentContent(
        title=settings.source.name,
        made=day,
        metrics=read_json(folder.metrics),
        profiles=read_json(folder.segment_profiles),
        customers=read_parquet(folder.segments).to_pandas(),
        noise=noise,
    )
