"""The predictions of the old side against what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json
from graphlead.core.comparison import ComparisonSettings
from graphlead.core.errors import InputError, SettingsError
from graphlead.core.outcomes import DECIDED, RESULT, WON
from graphlead.evaluate.cases.happened import happened_of
from graphlead.experiments.compare.discovery import DiscoverySide
from graphlead.experiments.compare.sales import SalesSide
from graphlead.experiments.compare.side import Side
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.lists import read_list
from graphlead.ingest.pairs.predicted import read_outcomes, read_predictions
from graphlead.match.outcomes import match_outcomes
from graphlead.profile.drift.words import percent


def calibration_of(settings: ComparisonSettings, old: Side | None) -> Json | None:
    """What the old side predicted of the cases in ``--outcomes``, and what happened; None without such a file.

    As ``happened_of``, with a sentence as ``text`` and ``unknown``, the outcomes of cases that were not predicted.
    Errors are those of ``read_outcomes``, ``read_predictions`` and ``match_outcomes``; InputError where no outcome is
    of a predicted case.
    """
    if settings.outcomes is None:
        return None
    predicted = old.predictions() if old else read_predictions(settings.old, settings.id or "")
    if isinstance(old, DiscoverySide):
        outcomes = _of_companies(settings, old)
    else:
        outcomes = read_outcomes(settings.outcomes, *_options(settings, old))
    joined = predicted.drop_duplicates("id").merge(outcomes, on="id")
    if not len(joined):
        raise InputError(
            "no decided outcome is of a case that was predicted.",
            where=str(settings.outcomes),
            remedy=f"Its ids have to be those of the predictions, such as {predicted['id'].iloc[0]}."
            if len(predicted)
            else "The old side predicted nothing.",
        )
    found = happened_of(joined["probability"].to_numpy(np.float64), joined["happened"].to_numpy(bool))
    return {**found, "unknown": len(outcomes) - len(joined), "text": _sentence(found)}


def _options(settings: ComparisonSettings, old: Side | None) -> tuple[TableOptions, str]:
    """How the outcomes are read, and what the column with the ids was called in the run's own table."""
    customers = isinstance(old, SalesSide) and old.run.verb == "churn"
    options = TableOptions(
        table="customers" if customers else "leads",
        id=settings.id or "",
        outcome=settings.outcome or "",
        positive=settings.positive or "",
    )
    return options, old.id_column if isinstance(old, SalesSide) else ""


def _of_companies(settings: ComparisonSettings, old: DiscoverySide) -> pd.DataFrame:
    """The companies of the outcomes, found in the register; of several results for one, won counts."""
    assert settings.outcomes is not None  # noqa: S101, asked before
    for option in ("outcome", "positive", "id"):
        if getattr(settings, option):
            raise SettingsError(
                f"--{option} does not go with runs on a register.",
                where=f"--{option}",
                remedy="Leave it out: outcomes are understood as those of `graphlead run --outcomes`.",
            )
    found = match_outcomes(read_list(settings.outcomes), old.run.whole_register, str(settings.outcomes))
    table = found.match.table
    table = table[(table["outcome"] == "matched") & table[RESULT].isin(DECIDED)]
    won = (table[RESULT] == WON).groupby(table["company_id"].astype(str)).any()
    return pd.DataFrame({"id": won.index.to_numpy(object), "happened": won.to_numpy(bool)})


def _sentence(found: Json) -> str:
    n, expected, happened = found["n"], found["expected"], found["happened"]
    if found["as_expected"]:
        verdict = "as many as expected, but for chance"
    else:
        times = max(expected, happened) / max(min(expected, happened), 0.5)
        verdict = (
            f"the predictions are too {'high' if expected > happened else 'low'}, by a factor of {times:.2g}"
        )
    return (
        f"Of {n:,} predicted cases with an outcome, {expected:,.0f} ({percent(expected / n)}) were expected and "
        f"{happened:,} ({percent(happened / n)}) happened: {verdict}. By tenths the two differ by "
        f"{percent(found['ece'])} on average."
    )
