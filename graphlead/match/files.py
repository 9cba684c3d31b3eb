"""A matched client list on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from graphlead.core.clients import Match


def save_match(match: Match, folder: Path) -> None:
    """Write a match into an existing folder."""
    match.table.to_parquet(folder / "clients.parquet", index=False)
    match.review.to_parquet(folder / "review.parquet", index=False)
    (folder / "match.json").write_text(
        json.dumps({"date_column": match.date_column, "alone": match.alone}), "utf-8"
    )


def load_match(folder: Path) -> Match:
    """Read the match that ``save_match`` wrote."""
    more = json.loads((folder / "match.json").read_text("utf-8"))
    table, review = (pd.read_parquet(folder / f"{name}.parquet") for name in ("clients", "review"))
    return Match(table, review, more["date_column"], tuple(more["alone"]))
