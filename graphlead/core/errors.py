"""The errors of graphlead: each names a problem, its place and a remedy."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

MOST_LISTED = 20
"""Known names that a message lists when none resembles the one given: about two lines of text."""

MOST_SHOWN = 200
"""Characters of a library's message within one of ours: it may quote a whole file."""


BUSY = 3
"""The exit code where another process works at the same place: the same command can be done later."""


class Place(str):
    """Where an error was found, as a text that keeps its parts: the file, and the row (from 1 on) or column in it."""

    __slots__ = ("column", "file", "row")

    file: str
    row: int | None
    column: str | None

    @classmethod
    def of(cls, file: object, *, row: int | None = None, column: str | None = None) -> Self:
        """The place in a file, or in another input by its name."""
        parts = [str(file)]
        parts += [f"row {row}"] if row is not None else []
        parts += [f"column {column}"] if column is not None else []
        found = cls(", ".join(parts))
        found.file, found.row, found.column = str(file), None if row is None else int(row), column
        return found


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
        where = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{where}{self.problem}{advice}"

    def parts(self) -> dict[str, str | int | None]:
        """Its parts for a program: problem, where as one text, file, row and column (None where unknown), remedy."""
        where = self.where
        if not isinstance(where, Place) and where and os.path.lexists(where):
            where = Place.of(where)
        known = (where.file, where.row, where.column) if isinstance(where, Place) else (None, None, None)
        return {
            "problem": self.problem, "where": self.where, **dict(zip(("file", "row", "column"), known, strict=True)),
            "remedy": self.remedy,
        }  # fmt: skip


class InputError(GraphleadError):
    """A file the user gave cannot be used as it is."""

    exit_code = 2


class SettingsError(GraphleadError):
    """A flag or an entry of the configuration file is unknown or out of range."""

    exit_code = 2


class RunFolderError(GraphleadError):
    """A run's folder is missing, unfinished, or cannot be written."""

    exit_code = 2


class BusyError(RunFolderError):
    """Another process works where this one was to: later the same command can be done."""

    exit_code = BUSY


class EngineError(GraphleadError):
    """An engine, such as Spark, could not finish its work."""


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


def refuse_given(given: Mapping[str, object], what: str, *, where: str, remedy: str) -> None:
    """Raise SettingsError for the first of these options that is given, and not None, False or empty: it does not go
    with ``what``."""
    for option, value in given.items():
        if value not in (None, False, (), [], ""):
            raise SettingsError(f"{option} does not go with {what}.", where=where, remedy=remedy)
