"""A matched client list on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from graphlead.common.files import read_json
from graphlead.core.clients import Match
from graphlead.core.errors import damage


def save_match(match: Match, folder: Path) -> None:
    """Write a match into an existing folder."""
    match.table.to_parquet(folder / "clients.parquet", index=False)
    match.review.to_parquet(folder / "review.parquet", index=False)
    (folder / "match.json").write_text(
        json.dumps({"date_column": match.date_column, "alone": match.alone}), "utf-8"
    )


def load_match(folder: Path) -> Match:
    """Read the match that ``save_match`` wrote. Raises RunFolderError when a file is missing or damaged."""
    more = read_json(folder / "match.json")
    table, review = (_read(folder / f"{name}.parquet") for name in ("clients", "review"))
    with damage(folder / "match.json"):
        return Match(table, review, more["date_column"], tuple(more["alone"]))


def _read(path: Path) -> pd.DataFrame:
    with damage(path):
        return pd.read_parquet(path)
