"""The outcomes of other cases around a case's company, by each relation, independent of its own outcome."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import NONE, Flags, Floats, Ints
from graphlead.core.features import Feature, Features, Groups, Incidence, Kind, Relation, Statistic
from graphlead.features.counts import CountsByFold
from graphlead.features.labels import GROUP_STRENGTH, LINK_STRENGTH, log_lift


def outcomes_around(
    features: Features, company: Ints, outcome: npt.NDArray[np.int8], fold: Ints, seen: Flags
) -> tuple[Floats, tuple[Feature, ...]]:
    """The log-lift float32 (m, F) of the share of outcome 1 among the known cases around each case, and its features.

    company (m,): the index of each case's company, NONE for none; outcome (m,): 1, 0, or -1 where it is not known. fold
    (m,) and seen (k, k): the folds of cases that each fold sees, never itself, so that no feature depends on the
    outcome of its own row, nor on one that was not known yet; a case without an outcome sees all. The share is shrunk
    towards that of all cases: 0 where the outcome is as frequent around as everywhere, and where nothing is known.
    """
    chosen = [relation for relation in features.relations if _is_simple(relation)]
    cases = _Known(company, outcome, fold, seen)
    columns = [_lifts(relation, cases) for relation in chosen]
    width = np.stack(columns, axis=1) if columns else np.zeros((len(company), 0), np.float32)
    return width, tuple(Feature(relation.source, _statistic(relation)) for relation in chosen)


class _Known:
    """The cases of companies, the known ones among them, and the share of outcome 1."""

    def __init__(self, company: Ints, outcome: npt.NDArray[np.int8], fold: Ints, seen: Flags) -> None:
        self.company = company
        self.known: Flags = (outcome >= 0) & (company != NONE)
        self.fold = np.where(self.known, fold, NONE)
        self.seen = np.vstack([seen, np.ones(len(seen), bool)])
        self.positive = (outcome[self.known] == 1).astype(np.float64)
        self.base = max(float(self.positive.mean()) if len(self.positive) else 0.0, 1e-6)


def _is_simple(relation: Relation) -> bool:
    """Links, and groups by one column: crossed columns and words hold too few cases of one seller to count."""
    source = relation.source
    return source.kind is not Kind.WORDS and len(source.levels) <= 1


def _statistic(relation: Relation) -> Statistic:
    return Statistic.MEAN if isinstance(relation, Incidence) else Statistic.LIFT


def _lifts(relation: Relation, cases: _Known) -> Floats:
    """The lifts (m,) by one relation, those of each fold from the cases of the folds that it sees."""
    placed = (relation, cases.company[cases.known])
    fold = cases.fold[cases.known].astype(np.int8)
    folds = cases.seen.shape[1]
    positive = CountsByFold(*placed, cases.positive, fold, folds)
    known = CountsByFold(*placed, np.ones_like(cases.positive), fold, folds)
    lifts = np.zeros(len(cases.company), np.float32)
    for each in range(NONE, folds):
        rows = np.flatnonzero((cases.fold == each) & (cases.company != NONE))
        lifts[rows] = _of_rows(relation, cases.company[rows], positive, known, cases.seen[each], cases.base)
    return lifts


def _of_rows(
    relation: Relation, company: Ints, positive: CountsByFold, known: CountsByFold, seen: Flags, base: float
) -> Floats:
    if not isinstance(relation, Groups | Incidence):
        return log_lift(positive.of(company, seen), known.of(company, seen), base, LINK_STRENGTH)
    if isinstance(relation, Groups):
        code = relation.code[company]
        return log_lift(positive.of(code, seen), known.of(code, seen), base, GROUP_STRENGTH)
    mine = relation.matrix[company]
    each = log_lift(positive.of(mine.indices, seen), known.of(mine.indices, seen), base, GROUP_STRENGTH)
    row = np.repeat(np.arange(len(company)), np.diff(mine.indptr))
    count = np.maximum(np.diff(mine.indptr), 1)
    return np.asarray(np.bincount(row, each, len(company)) / count, np.float32)
