"""The page of a comparison as one HTML file; it needs no script."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json
from graphlead.report.compare import words
from graphlead.report.compare.content import ComparisonContent
from graphlead.report.html.figures import count, from_to, percent
from graphlead.report.html.page import render_page, write_page

PACKAGE = "graphlead.report.compare"
STYLES = ("report.css", "compare.css")
SHOWN = 25
"""Rows of each kind of move on the page; all of them are in the file."""


def write_comparison_report(path: Path, content: ComparisonContent) -> None:
    """Write the page as one self-contained HTML file; see ``page.write_page``."""
    write_page(path, render(content))


def render(content: ComparisonContent) -> str:
    """The page as HTML."""
    return render_page("compare.html.j2", _view(content), {}, (), STYLES, PACKAGE)


def _view(content: ComparisonContent) -> Json:
    comparison = content.comparison
    rows = [_column(each) for each in words.columns_of(comparison)]
    score_names = {each["column"] for each in comparison["scores"]}
    view = {
        "title": "What changed",
        "made": content.made,
        "headline": words.headline(comparison),
        "sides": words.sides(comparison),
        "alarms": [each for each in rows if each["alarm"]],
        "tiles": _tiles(comparison, rows),
        "columns": [each for each in rows if each["name"] not in score_names and each["compared"]],
        "scores": [each for each in rows if each["name"] in score_names],
        "uncompared": [each for each in rows if not each["compared"] and not each["alarm"]],
        "moves": words.moves(comparison),
        "agreement": words.agreement(comparison),
        "reading": words.READING.get(comparison["kind"], words.FAR),
        "moved": [] if content.moved is None else _moved(content.moved, words.changes(comparison)),
        "items": _items(comparison.get("offers")),
        "segments": _segments(comparison.get("segments")),
        "calibration": _calibration(comparison["calibration"]),
        "notes": comparison["notes"],
    }
    return {**view, "contents": _contents(view)}


def _tiles(comparison: Json, rows: list[Json]) -> list[Json]:
    alarms = sum(each["alarm"] for each in rows)
    tiles = [
        {"label": "Rows before", "value": count(comparison["old"]["rows"]), "note": ""},
        {"label": "Rows now", "value": count(comparison["new"]["rows"]), "note": ""},
        {"label": "Alarms", "value": count(alarms), "note": f"of {count(len(rows))} columns"},
    ]
    moved = comparison["moved"]
    if moved is not None:
        came, left = moved.get("entered", 0), moved.get("left", 0)
        label = words.changes(comparison)["entered"]
        tiles.append({"label": label, "value": count(came), "note": f"{count(left)} left"})
    return tiles


def _column(row: Json) -> Json:
    """A column in the table, with its bars in per cent of the highest."""
    bins = row["bins"]
    highest = max((max(each["old"], each["new"]) for each in bins), default=0) or 1
    return {
        "name": row["column"],
        "alarm": row["alarm"],
        "compared": row["psi"] is not None,
        "text": row["text"].removeprefix(f"{row['column']}: "),
        "psi": "" if row["psi"] is None else f"{row['psi']:.3f}",
        "js": "" if row["js"] is None else f"{row['js']:.3f}",
        "bars": [
            {"old": round(38 * each["old"] / highest, 2), "new": round(38 * each["new"] / highest, 2)}
            for each in bins
        ],
        "bins": [
            {"value": each["value"], "old": percent(each["old"]), "new": percent(each["new"])}
            for each in bins
        ],
    }


def _items(offers: Json | None) -> list[Json]:
    """The items that rose and fell, with their shares of the customers."""
    if offers is None:
        return []
    return [
        {
            "name": name,
            "rows": [{"item": each["item"], "old": percent(each["old"]), "new": percent(each["new"])}
                     for each in offers[key]],
        }
        for key, name in (("rose", "On more lists than before"), ("fell", "On fewer lists than before"))
    ]  # fmt: skip


def _segments(segments: Json | None) -> Json | None:
    """Sizes, and the largest groups that went from one segment to another."""
    if segments is None:
        return None
    flows = [each for each in segments["flows"] if each["from"] != each["to"]]
    return {
        "sizes": [
            {**each, "old": count(each["old"]), "new": count(each["new"])} for each in segments["sizes"]
        ],
        "flows": [{**each, "customers": count(each["customers"])} for each in flows[:SHOWN]],
    }


def _moved(moved: pd.DataFrame, names: Mapping[str, str]) -> list[Json]:
    """The first rows of each kind of move."""
    groups = []
    for change, name in names.items():
        rows = moved[moved["change"] == change]
        if len(rows):
            shown = [
                {"id": each, "old": _rank(old), "new": _rank(new), "why": why}
                for each, old, new, why in zip(*_columns(rows.head(SHOWN)), strict=True)
            ]
            groups.append({"name": name, "count": len(rows), "rows": shown})
    return groups


def _columns(rows: pd.DataFrame) -> tuple[list[str], list[float], list[float], list[str]]:
    """The ids, the ranks before and now (NaN where a row was not scored), and the reasons."""
    ranks = rows[["old_rank", "new_rank"]].astype(np.float64)
    return rows["id"].tolist(), ranks["old_rank"].tolist(), ranks["new_rank"].tolist(), rows["why"].tolist()


def _rank(rank: float) -> str:
    return "–" if math.isnan(rank) else f"{rank:,.0f}"


def _calibration(calibration: Json | None) -> Json | None:
    """The tenths, with bars in per cent of the highest share on the page."""
    if calibration is None:
        return None
    highest = max(max(each["high"], each["predicted"]) for each in calibration["bins"]) or 1
    return {
        "text": calibration["text"],
        "unknown": calibration["unknown"],
        "rows": [
            {
                "n": count(each["n"]),
                "predicted": percent(each["predicted"]),
                "happened": percent(each["happened"]),
                "interval": from_to(percent(each["low"]), percent(each["high"])),
                "off": not each["low"] <= each["predicted"] <= each["high"],
                "at": round(100 * each["predicted"] / highest, 2),
                "value": round(100 * each["happened"] / highest, 2),
                "low": round(100 * each["low"] / highest, 2),
                "high": round(100 * each["high"] / highest, 2),
            }
            for each in calibration["bins"]
        ],
    }


def _contents(view: Json) -> list[tuple[str, str]]:
    parts = [
        ("in-short", "In short", True),
        ("columns", "Columns", view["columns"]),
        ("scores", "Scores", view["scores"]),
        ("items", "Items", view["items"]),
        ("segments", "Segments", view["segments"]),
        ("moved", "Who moved", view["moves"]),
        ("calibration", "Predicted and happened", view["calibration"]),
        ("reading", "How to read it", True),
    ]
    return [(id, name) for id, name, there in parts if there]
