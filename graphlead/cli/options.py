"""The options that several verbs share, their checks before anything heavy is loaded, and the console."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphlead.core.settings import Given, Settings, help_of
from graphlead.learn.registry import RANKERS
from graphlead.stores.registry import STORES

if TYPE_CHECKING:
    from graphlead.common.console import Console


def _finished(folder: Path | None) -> Path | None:
    """The folder of a finished run. Raises RunFolderError for any other."""
    from graphlead.runs.manifest import read_manifest

    if folder is not None:
        read_manifest(folder)
    return folder


_RUN = typer.Option("--run", callback=_finished, help="The folder of a finished run.")

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
AsJson = Annotated[
    bool, typer.Option("--json", help="The outcome as one JSON object on stdout, an error as one on stderr.")
]
Config = Annotated[Path | None, typer.Option("--config", help="A TOML file with any of these settings.")]
Register = Annotated[Path, typer.Option("--companies", help=help_of("companies"))]
SomeRegister = Annotated[Path | None, typer.Option("--companies", help=help_of("companies"))]
Links = Annotated[Path | None, typer.Option("--links", help=help_of("links"))]
Clients = Annotated[Path | None, typer.Option("--clients", help=help_of("clients"))]
Reviewed = Annotated[Path | None, typer.Option("--reviewed", help=help_of("reviewed"))]
Exclude = Annotated[
    list[str] | None, typer.Option(help=help_of("exclude") + " Separated by commas, or given repeatedly.")
]
Keep = Annotated[
    list[str] | None, typer.Option(help=help_of("keep") + " Separated by commas, or given repeatedly.")
]
Neutral = Annotated[str | None, typer.Option(help=help_of("neutral"))]
Rankers = Annotated[
    list[str] | None,
    typer.Option(
        help=f"{help_of('rankers')} Separated by commas, or given repeatedly: {', '.join(RANKERS)}."
    ),
]
Memory = Annotated[str | None, typer.Option(help=help_of("memory"))]
Store = Annotated[str | None, typer.Option(help=f"{help_of('store')} One of {', '.join(STORES)}.")]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="Read the register by an engine, without holding it in memory: duckdb, or spark. What it "
        "scores has no reasons, report or store.",
    ),
]
Master = Annotated[
    str | None,
    typer.Option(
        "--master", metavar="URL", help="Where Spark is: local[2], spark://HOST:7077 or sc://HOST:15002."
    ),
]
RunFolder = Annotated[Path, _RUN]
SomeRun = Annotated[Path | None, _RUN]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", callback=_finished, help="The folder of a finished run.")
]


def console_of(quiet: bool, as_json: bool = False) -> Console:
    """The console on which a verb shows its progress and its outcome."""
    from graphlead.common.console import Console

    return Console(quiet=quiet, as_json=as_json)


def settings_of(config: Path | None, given: Given) -> Settings:
    """The settings of a verb, with readable inputs. Raises SettingsError, or InputError for an unreadable file."""
    from graphlead.common.files import check_readable

    settings = Settings.load(config, given)
    check_readable(settings.inputs().values())
    return settings


def separated(given: list[str] | None) -> tuple[str, ...] | None:
    """The names in repeated options and between their commas, None when the option was not given."""
    names = [name.strip() for each in given or () for name in each.split(",")]
    return tuple(filter(None, names)) if given else None
