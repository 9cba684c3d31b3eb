"""The lists of a run resolved against its register: clients, companies never to propose, outcomes of called leads."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from graphlead.common.console import Console
from graphlead.common.spreadsheets import restored
from graphlead.core.clients import Match
from graphlead.core.outcomes import Outcomes
from graphlead.core.register import Register
from graphlead.core.settings import Settings
from graphlead.ingest.lists import read_list, read_placed
from graphlead.match.files import load_match, load_outcomes, save_match, save_outcomes
from graphlead.match.outcomes import match_outcomes
from graphlead.match.resolve import match_clients
from graphlead.pipeline.finished import FinishedRun
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run


def resolve_clients(
    run: Run, register: Register, settings: Settings, console: Console, earlier: FinishedRun | None
) -> Match:
    """The client list resolved against the register; without a list, the earlier run's."""
    path, reviewed = _given(run, "clients", settings.clients), _given(run, "reviewed", settings.reviewed)

    def make(folder: RunFolder) -> None:
        folder.match.mkdir()
        if path is None:
            found = earlier.clients if earlier else Match.of_nobody()
        else:
            answers = review_answers(reviewed)
            found = match_clients(read_list(path), register, reviewed=answers, progress=progress)
        save_match(found, folder.match)

    with console.stage(_matching(path, "clients")) as progress:
        return load_match(run.stage("match", make).match)


def resolve_suppressed(
    run: Run, register: Register, settings: Settings, console: Console, earlier: FinishedRun | None
) -> Match | None:
    """The list of companies never to propose, resolved; without a list, the earlier run's; None for neither."""
    path = _given(run, "suppress", settings.suppress)
    if path is None and earlier is None:
        return None

    def make(folder: RunFolder) -> None:
        folder.suppressed.mkdir()
        if path is None:
            found = (earlier and earlier.suppressed) or Match.of_nobody()
        else:
            typed = read_list(path)
            found = Match.of_nobody() if typed.empty else match_clients(typed, register, progress=progress)
        save_match(found, folder.suppressed)

    with console.stage(_matching(path, "suppress")) as progress:
        return load_match(run.stage("suppressed", make).suppressed)


def resolve_outcomes(
    run: Run, register: Register, settings: Settings, console: Console, earlier: FinishedRun | None
) -> Outcomes | None:
    """What came back of leads, resolved; without a file, the earlier run's; None for neither."""
    path, known = _given(run, "outcomes", settings.outcomes), earlier.outcomes if earlier else None
    if path is None and known is None:
        return None

    def make(folder: RunFolder) -> None:
        folder.outcomes.mkdir()
        given = path and match_outcomes(restored(read_list(path)), register, str(path), progress)
        if found := given or known:
            save_outcomes(found, folder.outcomes)

    with console.stage(_matching(path, "outcomes")) as progress:
        return load_outcomes(run.stage("outcomes", make).outcomes)


def _given(run: Run, name: str, path: Path | None) -> Path | None:
    """The path of an input of this run, else None: the settings of a run that scores have the earlier run's too."""
    return path if name in run.inputs else None


def _matching(path: Path | None, which: str) -> str:
    return f"matching {path.name if path else f'the {which} of the earlier run'}"


def review_answers(reviewed: Path | None) -> pd.DataFrame | None:
    """The review table that the user filled in, with the escapes for spreadsheets removed."""
    return None if reviewed is None else restored(read_placed(reviewed))
