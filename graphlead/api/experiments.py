"""Experiments dealt and read in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graphlead.common.console import Console
from graphlead.experiments.result import ExperimentResult, assigned, read


def experiment_assigned(given: Mapping[str, Any], *, quiet: bool) -> ExperimentResult:
    """A list dealt into arms, a path or in memory; into a folder of its own where none is given."""
    return assigned(given, Console(quiet=quiet))


def experiment_read(given: Mapping[str, Any], *, quiet: bool) -> ExperimentResult:
    """The results of an experiment, tables as paths or in memory; see ``read_experiment`` for what is written."""
    return read(given, Console(quiet=quiet))
