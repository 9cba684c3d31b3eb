"""The hits that a run expects, without the models that its scores are from."""

from __future__ import annotations

from datetime import date

from graphlead.core.clients import Cohort
from graphlead.core.expected import Expected
from graphlead.core.settings import Settings
from graphlead.evaluate.expected import expected_hits
from graphlead.evaluate.judge import Judgement
from graphlead.evaluate.wins import wins_of


def expected_of(judgement: Judgement, cohort: Cohort, settings: Settings, today: date) -> Expected:
    """The hits expected on the ranking of a run. Raises SettingsError for more than there are companies to win."""
    wins = wins_of(cohort, settings.expect, settings.prior, today)
    return expected_hits(wins, judgement.recall, int(cohort.candidates().sum()))
