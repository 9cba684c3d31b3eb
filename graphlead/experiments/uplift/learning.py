"""The stage that learns an uplift."""

from __future__ import annotations

from collections.abc import Callable

from graphlead.core.contracts import Progress
from graphlead.core.experiments import ReadSettings
from graphlead.experiments.uplift.files import save_uplift
from graphlead.experiments.uplift.fit import uplift
from graphlead.runs.layout import RunFolder


def learning(settings: ReadSettings, progress: Progress) -> Callable[[RunFolder], None]:
    """What writes the uplift of the open cases into a run's folder."""

    def make(folder: RunFolder) -> None:
        save_uplift(folder, uplift(settings, progress))

    return make
