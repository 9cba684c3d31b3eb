"""A matched client list on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from graphlead.common.files import read_json
from graphlead.core.clients import Match
from graphlead.core.errors import damage
from graphlead.core.outcomes import Outcomes


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


def save_outcomes(outcomes: Outcomes, folder: Path) -> None:
    """Write matched outcomes into an existing folder."""
    save_match(outcomes.match, folder)
    columns = {"column": outcomes.column, "typed": outcomes.typed}
    (folder / "outcomes.json").write_text(json.dumps(columns), "utf-8")


def load_outcomes(folder: Path) -> Outcomes:
    """Read the outcomes that ``save_outcomes`` wrote. Raises RunFolderError when a file is missing or damaged."""
    match, columns = load_match(folder), read_json(folder / "outcomes.json")
    with damage(folder / "outcomes.json"):
        return Outcomes(match=match, column=columns["column"], typed=columns["typed"])


def _read(path: Path) -> pd.DataFrame:
    with damage(path):
        return pd.read_parquet(path)
