"""One family of errors: each says what was wrong, where, and what to do about it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

MOST_LISTED = 20
"""Names that a message lists when none of them resembles what was typed."""


class GraphleadError(Exception):
    """Anything graphlead refuses or fails at.

    ``problem`` is the fact, ``where`` the file, row or column it was found in, ``remedy`` what the
    reader can do next. ``exit_code`` is what the command line exits with.
    """

    exit_code = 1

    def __init__(self, problem: str, *, where: str = "", remedy: str = "") -> None:
        self.problem, self.where, self.remedy = problem, where, remedy
        super().__init__(problem)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.problem}{advice}"


class InputError(GraphleadError):
    """A file the user gave cannot be used as it is."""

    exit_code = 2


class SettingsError(GraphleadError):
    """A flag or an entry of the configuration file is unknown or out of range."""

    exit_code = 2


class RunFolderError(GraphleadError):
    """A run's folder is missing, unfinished, or cannot be written."""

    exit_code = 2


class CarrierError(GraphleadError):
    """Data handed from one room to the next breaks its own rules: a defect, not the user's doing."""


def unknown(what: str, name: str, known: Iterable[str], where: str) -> SettingsError:
    """There is no ``what`` of this name; the remedy is the known name most like it, or the known names."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"The {what}s are: {', '.join(names[:MOST_LISTED])}."
    return SettingsError(f"there is no {what} {name!r}.", where=where, remedy=remedy)
