"""The settings of ``push`` and ``pull``: a finished run and where it goes, a source and where its files go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

from graphlead.core.loading import Checks, Form, check, filled_in
from graphlead.core.paths import A_PATH, is_path

LEAST_SECONDS = 0.1
"""The shortest wait for an answer; a choice."""


class PushOptions(TypedDict, total=False):
    """How to push, see PushSettings; None for what is left out."""

    send: bool | None
    mapping: Path | str | None
    every: bool | None
    state: Path | str | None
    link: str | None
    again: bool | None
    timeout: float | None
    into: Path | str | None


class PushGiven(PushOptions, total=False):
    """The fields of PushSettings as given by the user; None for one left out."""

    run: Path | None
    target: str | None


class PullGiven(TypedDict, total=False):
    """The fields of PullSettings as given by the user; None for one left out."""

    source: str | None
    out: Path | str | None
    mapping: Path | str | None
    timeout: float | None


@dataclass(frozen=True, kw_only=True)
class PushSettings:
    """What to push, where, and how.

    run: its folder; target: the name of a graph database or customer system, or of the own graph of a run. For customer
    systems: send: whether anything is written; mapping: a TOML file; every: all that was scored, and not only the list;
    state: the folder for what was sent, by default in the run's; timeout: seconds to wait for an answer. For Slack:
    link: the address where readers find the report; again: post a message that was posted before. For graphs: into, the
    discovery run of which the own graph takes a sales run.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind.
    """

    run: Path
    target: str
    send: bool = False
    mapping: Path | None = None
    every: bool = False
    state: Path | None = None
    link: str = ""
    again: bool = False
    timeout: float | None = None
    into: Path | None = None

    def __post_init__(self) -> None:
        check(self, _OF_PUSH)

    @classmethod
    def load(cls, given: PushGiven) -> Self:
        """Settings as given from Python. Errors are those of ``filled_in``."""
        form = Form(
            paths=("run", "mapping", "state", "into"),
            required=("run", "target"),
            lists=(),
            placed=("run", "target"),
        )
        return filled_in(cls, form, None, given)


@dataclass(frozen=True, kw_only=True)
class PullSettings:
    """What to pull, and where to.

    source: the name of a graph database or customer system; out: the folder for the files; mapping: a TOML file with
    what of a graph database are companies and links; timeout: seconds to wait for an answer of a customer system.

    Raises SettingsError, naming the key, its value and a remedy, when a value is of the wrong kind.
    """

    source: str
    out: Path
    mapping: Path | None = None
    timeout: float | None = None

    def __post_init__(self) -> None:
        check(self, _OF_PULL)

    @classmethod
    def load(cls, given: PullGiven) -> Self:
        """Settings as given from Python. Errors are those of ``filled_in``."""
        form = Form(paths=("out", "mapping"), required=("source", "out"), lists=(), placed=("source",))
        return filled_in(cls, form, None, given)


def _is_wait(value: object) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value is None or (number and LEAST_SECONDS <= float(str(value)) < math.inf)


_A_NAME = (lambda v: isinstance(v, str) and bool(v), "a name")
_A_FILE = (lambda v: v is None or is_path(v), A_PATH)
_A_SWITCH = (lambda v: isinstance(v, bool), "true or false")
_A_WAIT = (_is_wait, f"a number of seconds, {LEAST_SECONDS} or more")
_OF_PUSH: Checks = {
    "run": (is_path, A_PATH),
    "target": _A_NAME,
    **dict.fromkeys(("mapping", "state", "into"), _A_FILE),
    **dict.fromkeys(("send", "every", "again"), _A_SWITCH),
    "link": (lambda v: isinstance(v, str), "an address"),
    "timeout": _A_WAIT,
}
_OF_PULL: Checks = {"source": _A_NAME, "out": (is_path, A_PATH), "mapping": _A_FILE, "timeout": _A_WAIT}
