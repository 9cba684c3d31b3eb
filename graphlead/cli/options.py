"""Options that several verbs have, and what they all come down to."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

from graphlead.core.settings import help_of

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
AsJson = Annotated[bool, typer.Option("--json", help="The outcome as one JSON object on stdout.")]
Register = Annotated[Path, typer.Option("--companies", help=help_of("companies"))]
SomeRegister = Annotated[Path | None, typer.Option("--companies", help=help_of("companies"))]
Links = Annotated[Path | None, typer.Option("--links", help=help_of("links"))]
Clients = Annotated[Path | None, typer.Option("--clients", help=help_of("clients"))]
Reviewed = Annotated[Path | None, typer.Option("--reviewed", help=help_of("reviewed"))]
Exclude = Annotated[
    list[str] | None, typer.Option(help=help_of("exclude") + " Separated by commas, or given repeatedly.")
]
RunFolder = Annotated[Path, typer.Option("--run", help="The folder of a finished run.")]


def console_of(quiet: bool, as_json: bool) -> Any:
    """Where a verb tells its progress and its outcome."""
    return import_module("graphlead.common.console").Console(quiet=quiet, as_json=as_json)


def separated(exclude: list[str] | None) -> tuple[str, ...] | None:
    """The names in repeated options and between their commas, None when the option was not given."""
    names = [name.strip() for given in exclude or () for name in given.split(",")]
    return tuple(filter(None, names)) if exclude else None
