"""Predictions in a table, and what became of those who were predicted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import scratch
from graphlead.common.words.headers import normalised
from graphlead.core.cases import OPEN
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import Db, open_db, table
from graphlead.ingest.cases.columns import check_column, make_plan
from graphlead.ingest.cases.rows import read_rows, with_ids
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.cases.uses import Use
from graphlead.ingest.damage import damage_named
from graphlead.ingest.open_file import Source, as_text, open_source
from graphlead.ingest.pairs.forms import id_of

PROBABILITY = r"(.+_)?probability"


def read_outcomes(path: Path, options: TableOptions, known_ids: str = "") -> pd.DataFrame:
    """What became of rows: id (text), happened (bool), for those that are decided.

    known_ids: the column with the ids of the cases that were predicted, which is that of the ids here too, where it
    exists. Raises InputError when there is no outcome column, several, none with ids, or an id twice; SettingsError for
    an option that names no column or no value.
    """
    with _opened(path) as (db, source):
        if not options.id and known_ids in source.names:
            options = replace(options, id=known_ids)
        understood = make_plan(db, source, options)
        if not understood.name_of(Use.ID):
            raise _no_ids(path)
        rows, _ = with_ids(
            read_rows(db, source, understood, known=True), f"{path}, column {understood.name_of(Use.ID)}"
        )
    decided = rows.outcome != OPEN
    return pd.DataFrame({"id": rows.ids[decided].astype(str), "happened": rows.outcome[decided] == 1})


def read_predictions(path: Path, id_: str = "") -> pd.DataFrame:
    """The probability of each row of a table: id (text), probability; rows without either are left out.

    Raises InputError when no column holds ids or probabilities from 0 to 1, SettingsError for an ``id_`` that is none.
    """
    with _opened(path) as (db, source):
        if id_:
            check_column(id_, source, "--id")
        name = id_ or id_of(db, source)
        if not name:
            raise _no_ids(path)
        named = [each for each in source.names if re.fullmatch(PROBABILITY, normalised(each))]
        if not named:
            raise InputError(
                "no column holds the probabilities that outcomes could be compared with.",
                where=str(path),
                remedy="Give a table with a column 'probability', or the folder of a run.",
            )
        at, score = source.names.index(name), source.columns[source.names.index(named[0])]
        text = as_text(source.columns[at], source.families[at])
        found: pd.DataFrame = table(
            db,
            f"SELECT {text} AS id, TRY_CAST({score} AS DOUBLE) AS probability FROM {source.view} ORDER BY row",
        ).to_pandas()
    found = found.dropna()
    outside = found[~found["probability"].between(0.0, 1.0)]
    if len(outside):
        raise InputError(
            f"{outside['probability'].iloc[0]:g} is no probability from 0 to 1.",
            where=f"{path}, column {named[0]}, id {outside['id'].iloc[0]}",
            remedy="Divide per cents by 100.",
        )
    return found.astype({"id": str, "probability": np.float64}).reset_index(drop=True)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Db, Source]]:
    with damage_named(path), scratch() as folder, open_db(folder) as db:
        yield db, open_source(db, path, "rows", folder)


def _no_ids(path: Path) -> InputError:
    return InputError(
        "no column holds an id of its own in every row.", where=str(path), remedy="Say --id COLUMN."
    )
