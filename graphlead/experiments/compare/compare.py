"""`compare` from end to end: what changed between two tables or two runs, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.core.arrays import Json
from graphlead.core.comparison import ComparisonSettings
from graphlead.core.errors import SettingsError
from graphlead.core.sales import TABLES
from graphlead.core.segment import VERB as SEGMENTS
from graphlead.experiments.compare.discovery import DiscoverySide
from graphlead.experiments.compare.drift import Drifted, drift_of_runs, drift_of_tables
from graphlead.experiments.compare.moved import changes_of
from graphlead.experiments.compare.offers import OfferSide, offers_changed, offers_summary
from graphlead.experiments.compare.outcomes import calibration_of
from graphlead.experiments.compare.sales import SalesSide
from graphlead.experiments.compare.segments import SegmentSide, segments_changed, segments_summary
from graphlead.experiments.compare.side import Side
from graphlead.experiments.compare.why import why_of
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.recommend.finished import FinishedRecommend
from graphlead.pipeline.sales.finished import FinishedSales
from graphlead.pipeline.segment.finished import FinishedSegments
from graphlead.report.compare.build import write_comparison_report
from graphlead.report.compare.content import ComparisonContent
from graphlead.report.compare.words import summary_text
from graphlead.runs.compare_stages import COMPARE_STAGES
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run, verb_of
from graphlead.runs.run import open_run

VERB, OFFERS = "compare", "recommend"
KINDS = ("run", *TABLES, OFFERS, SEGMENTS)
"""The verbs whose runs are compared."""
TABLE = "tables"
"""What is compared where it is no runs."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The outcome of ``compare``: as text for the terminal, and as JSON."""

    folder: Path
    text: str
    summary: Json


def compare(settings: ComparisonSettings, console: Console, *, config: Path | None = None) -> Compared:
    """Compare two runs of one verb, or two tables, and write the result as a run of its own.

    Raises SettingsError for a run and a table, and for runs of different verbs, before anything is read.
    """
    kind = kind_of(settings)
    sides = (settings.old, settings.new)
    read = [part for side in sides for part in (parts_of(side) if kind != TABLE else [side])]
    check_run(settings.out, [config, settings.outcomes, *read])
    with (
        disk_errors(settings.out),
        open_run(settings.out, _inputs(settings, kind), settings.to_json(), COMPARE_STAGES, VERB) as run,
    ):
        with console.stage("comparing"):
            results = run.stage("results", lambda folder: _write(folder, settings, kind))
        with console.stage("writing the report"):
            content = content_of(results, date.today())
            run.stage("report", lambda folder: write_comparison_report(folder.report, content))
            run.publish(run.manifest(device="cpu", verb=VERB))
    return _outcome(settings.out, content)


def kind_of(settings: ComparisonSettings) -> str:
    """The verb of the two runs, or TABLE. Raises SettingsError where the two do not go together."""
    folders = [each.is_dir() for each in (settings.old, settings.new)]
    if not any(folders):
        return TABLE
    if not all(folders):
        run, table = sorted((settings.old, settings.new), key=Path.is_dir, reverse=True)
        raise SettingsError(
            f"{run} is a folder and {table} is a file.",
            where=VERB,
            remedy="Give two folders of runs, or two tables.",
        )
    verbs = [verb_of(each) for each in (settings.old, settings.new)]
    if verbs[0] != verbs[1]:
        raise SettingsError(
            f"{settings.old} is a run of `graphlead {verbs[0]}`, {settings.new} of `graphlead {verbs[1]}`.",
            where=VERB,
            remedy="Give two runs of the same verb.",
        )
    if verbs[0] not in KINDS:
        raise SettingsError(
            f"runs of `graphlead {verbs[0]}` are not compared.",
            where=str(settings.old),
            remedy=f"Give runs of {', '.join(KINDS)}, or two tables within these folders.",
        )
    if settings.outcomes and verbs[0] in (OFFERS, SEGMENTS):
        raise SettingsError(
            f"runs of `graphlead {verbs[0]}` predict no outcome.",
            where="--outcomes",
            remedy="Leave it out, or compare runs of convert, churn or run.",
        )
    return verbs[0]


def _inputs(settings: ComparisonSettings, kind: str) -> Json:
    outcomes = hash_inputs({"outcomes": settings.outcomes})
    if kind == TABLE:
        return hash_inputs({"old": settings.old, "new": settings.new}) | outcomes
    return {"old_run": hash_run(settings.old), "new_run": hash_run(settings.new)} | outcomes


def _write(folder: RunFolder, settings: ComparisonSettings, kind: str) -> None:
    found, changes, more = _found(settings, kind)
    moved: dict[str, int] | None = None
    if changes is not None:
        write_parquet(folder.moved, pa.Table.from_pandas(changes, schema=MOVED, preserve_index=False))
        moved = {str(change): int(count) for change, count in changes["change"].value_counts().items()}
    content = _content(settings, kind, found, moved, more)
    write_json(folder.comparison, content)
    write_json(folder.metrics, _metrics(content))
    folder.noise.write_text("\n".join(_noise(found)) + "\n", "utf-8")


def _found(settings: ComparisonSettings, kind: str) -> tuple[Drifted, pd.DataFrame | None, Json]:
    """The columns, who moved (None for tables), and what only this kind of comparison has."""
    if kind == TABLE:
        return drift_of_tables(settings), None, {"calibration": calibration_of(settings, None)}
    if kind == OFFERS:
        offers = OfferSide(FinishedRecommend(settings.old)), OfferSide(FinishedRecommend(settings.new))
        drifted = drift_of_runs(*offers, settings.exclude)
        return drifted, offers_changed(*offers), {"offers": offers_summary(*offers)}
    if kind == SEGMENTS:
        segments = SegmentSide(FinishedSegments(settings.old)), SegmentSide(FinishedSegments(settings.new))
        drifted = drift_of_runs(*segments, settings.exclude)
        return drifted, segments_changed(*segments), {"segments": segments_summary(*segments)}
    sides = _side(settings.old, kind), _side(settings.new, kind)
    drifted, calibration = drift_of_runs(*sides, settings.exclude), calibration_of(settings, sides[0])
    changes = changes_of(*sides)
    return drifted, changes.assign(why=why_of(changes, *sides)), {"calibration": calibration}


MOVED = pa.schema([
    ("id", pa.string()), ("change", pa.string()), ("old_rank", pa.int64()), ("new_rank", pa.int64()),
    ("why", pa.string()),
])  # fmt: skip


def _side(path: Path, verb: str) -> Side:
    return DiscoverySide(FinishedRun(path)) if verb == "run" else SalesSide(FinishedSales(path))


def _content(
    settings: ComparisonSettings,
    kind: str,
    found: Drifted,
    moved: Mapping[str, int] | None,
    more: Json,
) -> Json:
    """What compare.json holds. more: any of calibration, offers and segments."""
    return {
        "alarm": any(each.alarm for each in found.columns),
        "kind": kind,
        "old": {"path": settings.old.as_posix(), "rows": found.rows[0]},
        "new": {"path": settings.new.as_posix(), "rows": found.rows[1]},
        "drift": [each.to_json() for each in found.columns if not each.score],
        "scores": [each.to_json() for each in found.columns if each.score],
        "moved": None if moved is None else dict(moved),
        "calibration": more.get("calibration"),
        "offers": more.get("offers"),
        "segments": more.get("segments"),
        "notes": list(found.notes),
    }


def _metrics(content: Json) -> Json:
    """The figures, without the columns one by one."""
    columns = [*content["drift"], *content["scores"]]
    calibration = content["calibration"]
    return {
        "verb": VERB,
        "kind": content["kind"],
        "rows": [content["old"]["rows"], content["new"]["rows"]],
        "alarm": content["alarm"],
        "columns": len(columns),
        "compared": sum(each["psi"] is not None for each in columns),
        "alarms": [each["column"] for each in columns if each["alarm"]],
        "moved": content["moved"],
        "calibration": calibration
        and {key: calibration[key] for key in ("n", "expected", "happened", "ece")},
        "agreement": _agreement(content),
        "notes": content["notes"],
    }


def _agreement(content: Json) -> Json | None:
    """How far two runs of recommend or segment agree."""
    found = content["offers"] or content["segments"]
    names = ("customers", "same_first", "equal_offers", "same", "agreement")
    return found and {name: found[name] for name in names if name in found}


def _noise(found: Drifted) -> Sequence[str]:
    """What was not compared, and the notes, as text."""
    left = [each.text for each in found.columns if each.psi is None and not each.alarm]
    return ["Not compared:", *(left or ("nothing",)), "", "Notes:", *(found.notes or ("none",))]


def content_of(folder: RunFolder, made: date) -> ComparisonContent:
    """The content of the report, from the results in a folder."""
    moved: pd.DataFrame | None = None
    if folder.moved.exists():
        moved = read_parquet(folder.moved).to_pandas()
    return ComparisonContent(comparison=read_json(folder.comparison), moved=moved, made=made)


def _outcome(out: Path, content: ComparisonContent) -> Compared:
    folder = RunFolder(out)
    files = {"comparison": folder.comparison, "report": folder.report}
    if content.moved is not None:
        files["who moved"] = folder.moved
    summary = content.comparison | {"files": {name: str(path) for name, path in files.items()}}
    return Compared(folder=out, text=summary_text(content, files), summary=summary)
