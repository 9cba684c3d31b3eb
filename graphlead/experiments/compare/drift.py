"""What changed in the inputs and in the scores, of two tables or of two runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from graphlead.core.comparison import ComparisonSettings
from graphlead.core.drift import Drift, Pair
from graphlead.core.errors import unknown
from graphlead.experiments.compare.side import Described
from graphlead.ingest.pairs.read import open_pairs
from graphlead.pipeline.drifted import pairs_of, score_pair
from graphlead.profile.drift.build import drift_of


@dataclass(frozen=True, kw_only=True)
class Drifted:
    """What changed in each column; rows: of the old and of the new side."""

    columns: tuple[Drift, ...]
    rows: tuple[int, int]
    notes: tuple[str, ...] = ()


def drift_of_tables(settings: ComparisonSettings) -> Drifted:
    """Of two tables. Errors are those of ``open_pairs``."""
    with open_pairs(settings.old, settings.new, settings.id or "", settings.exclude) as pairs:
        columns = drift_of(pairs.columns())
        return Drifted(columns=columns, rows=(pairs.old.rows, pairs.new.rows), notes=pairs.notes)


APART = "The {} and the {} are on different scales, and are not compared."


def drift_of_runs(old: Described, new: Described, exclude: tuple[str, ...]) -> Drifted:
    """Of two runs of one verb: their inputs, and the scores where both call them the same.

    Raises SettingsError for an unknown column to exclude.
    """
    columns = drift_of(_pairs(old, new, exclude))
    scores = old.words.score, new.words.score
    notes = (APART.format(*scores),) if scores[0] != scores[1] else ()
    return Drifted(columns=columns, rows=(len(old.scored), len(new.scored)), notes=notes)


def _pairs(old: Described, new: Described, exclude: tuple[str, ...]) -> Iterator[Pair]:
    before, after = old.inputs(), new.inputs()
    names = dict.fromkeys([*after, *before])
    for each in exclude:
        if each not in names:
            raise unknown("column", each, names, "--exclude")
    yield from (pair for pair in pairs_of(before, after) if pair.name not in exclude)
    score = new.words.score
    if not score or score != old.words.score:
        return
    yield score_pair(score, old.scored["score"], new.scored["score"])
