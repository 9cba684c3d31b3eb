"""The errors of graphlead: each names a problem, its place and a remedy."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

MOST_LISTED = 20
"""Known names that a message lists when none resembles the one given: about two lines of text."""

MOST_SHOWN = 200
"""Characters of a library's message within one of ours: it may quote a whole file."""


class GraphleadError(Exception):
    """Anything graphlead refuses or fails at.

    ``problem`` is the fact, ``where`` the file, row or column it was found in, ``remedy`` the next step for the
    reader, ``exit_code`` that of the command line.
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
    """Data passed between packages violate their own rules: a defect of graphlead, not of the input."""


@contextmanager
def damage(path: Path) -> Iterator[None]:
    """Raise RunFolderError, naming the file or folder, where reading this part of a run fails in whatever way."""
    try:
        yield
    except (RunFolderError, MemoryError):
        raise
    except Exception as error:
        raise damaged(path, f"{type(error).__name__}: {error}") from error


def damaged(path: Path, reason: str = "") -> RunFolderError:
    """The error for a part of a run that is missing, cut off or not as graphlead wrote it."""
    missing = "is missing" if not path.exists() else f"is damaged ({' '.join(reason.split())[:MOST_SHOWN]})"
    return RunFolderError(
        f"this part of the run {missing}.",
        where=str(path),
        remedy="Run the command that wrote the run's folder again, into an empty one.",
    )


def unknown(what: str, name: str, known: Iterable[str], where: str) -> SettingsError:
    """The error for an unknown name; its remedy is the known name most like it, or a list of the known names."""
    names = list(known)
    near = difflib.get_close_matches(name, names, 1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"The {what}s are: {', '.join(names[:MOST_LISTED])}."
    return SettingsError(f"there is no {what} {name!r}.", where=where, remedy=remedy)
