"""The program: its verbs, its exit codes, and one line on stderr for every error.

A verb parses, checks its inputs, calls and prints; heavy modules are imported when it runs.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
import warnings
from io import TextIOWrapper
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any

import typer

from graphlead.cli import (
    compare,
    data,
    exchange,
    experiments,
    graph,
    init,
    leads,
    recommend,
    sales,
    segment,
    status,
)  # fmt: skip
from graphlead.core.errors import GraphleadError, SettingsError

INTERRUPTED = 128 + signal.SIGINT
READER_GONE = 141  # 128 + SIGPIPE, which Windows has no name for
"""The exit code of a shell tool whose output nobody reads any more, as in ``graphlead query | head -1``."""

UNWRITTEN = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}

WRONG_USAGE: type[Any] = typer.BadParameter.__mro__[1]
"""The error of the command-line parser that all its others are made from; typer gives it no name of its own."""

VERBS = (
    leads.run, leads.score, leads.evaluate, leads.explain, leads.report, sales.convert, sales.churn,
    recommend.recommend, segment.segment, compare.compare, init.init, data.match, data.profile, data.demo,
    graph.query, graph.shell, graph.graph, exchange.push, exchange.pull, status.status,
)  # fmt: skip

app = typer.Typer(
    name="graphlead",
    help="Find your next business clients in the graph of all companies.",
    epilog="Exit codes: 0 done; 1 failure; 2 wrong usage or input; 3 busy: another process works in the folder or "
    "fills the store, try again later; 130 interrupted; 141 nobody reads the output.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for verb in VERBS:
    app.command()(verb)
app.add_typer(graph.export, name="export")
app.add_typer(experiments.experiment, name="experiment")
app.command("import")(graph.import_)


def main() -> None:
    """Run the command line and exit: 0 done, 1 failure, 2 bad usage or input, 3 busy, 130 interrupted, 141 no reader.

    3: another process works in the folder, or fills the store; the same command can be done later.
    """
    # Warnings of future changes in a library concern its users, not those of this program.
    warnings.simplefilter("ignore", FutureWarning)
    _open_streams()
    _escape_what_cannot_be_encoded()
    sys.exit(_exit_code())


def program() -> None:
    """``main`` in a process of its own, which ends at once: to clear away modules and tables takes Python seconds."""
    try:
        main()
    except SystemExit as end:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            raise end from None
        os._exit(end.code if isinstance(end.code, int) else 0)


def _open_streams() -> None:
    """Let a standard stream that is closed (``>&-``) lead nowhere; else the next file opened takes its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115, open to the end


def _escape_what_cannot_be_encoded() -> None:
    """Let names in any script be written where the locale has ASCII only, as in ``LC_ALL=C``."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _exit_code() -> int:
    try:
        _call()
    except SystemExit as end:
        return _code_of_exit(end)
    except Exception as error:
        return _code_of_error(error)
    return 0


def _code_of_exit(end: SystemExit) -> int:
    if end.code == INTERRUPTED:
        return _fail(
            GraphleadError("interrupted; finished stages are kept: the same command resumes from there."),
            INTERRUPTED,
        )
    # typer and rich end with 1 where nobody reads what they write, and nowhere else.
    return READER_GONE if end.code == 1 else end.code if isinstance(end.code, int) else 0


def _code_of_error(error: Exception) -> int:
    if isinstance(error, GraphleadError):
        return _fail(error, error.exit_code)
    # Errors of files are GraphleadErrors by now, or have a name.
    if isinstance(error, OSError) and error.filename is None and error.errno in UNWRITTEN:
        reason = os.strerror(error.errno or 0).lower()
        return _fail(
            GraphleadError(
                f"this cannot be written ({reason}).",
                where="standard output",
                remedy="Write to another place.",
            ),
            2,
        )
    defect = GraphleadError(
        f"unexpected: {type(error).__name__}: {error}.", remedy="(GRAPHLEAD_DEBUG=1 shows where.)"
    )
    return _fail(defect, 1)


def _call() -> None:
    """Run the verb and exit. Raises SettingsError, in one line, for a command line that cannot be parsed."""
    try:
        sys.exit(app(standalone_mode=False))
    except WRONG_USAGE as wrong:
        if not (fault := wrong.format_message()):  # without arguments the help was shown instead
            sys.exit(wrong.exit_code)
        command = wrong.ctx.command_path if wrong.ctx else "graphlead"
        raise SettingsError(
            fault.removesuffix(".") + ".", where=command, remedy=f"`{command} --help` shows what it takes."
        ) from wrong


def _fail(error: GraphleadError, code: int) -> int:
    from graphlead.common.console import Console

    if os.environ.get("GRAPHLEAD_DEBUG") == "1":
        traceback.print_exc()
    # The command line may be one that cannot be parsed.
    Console.log_json = _asks_for("--log-json")
    Console(as_json=_asks_for("--json")).error(error, code)
    return code


def _asks_for(flag: str) -> bool:
    """Whether a flag is on the command line."""
    return flag in takewhile(lambda word: word != "--", sys.argv[1:])


def _version(wanted: bool) -> None:
    if wanted:
        from graphlead.runs.manifest import graphlead_version

        typer.echo(f"graphlead {graphlead_version()}")
        raise typer.Exit


@app.callback()
def top_level(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Every line on stderr as a JSON object, for a scheduler.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="As --json of every verb that has it; an error is JSON, of any verb."),
    ] = False,
) -> None:
    """Find your next business clients in the graph of all companies."""
    from graphlead.common.console import Console

    Console.json, Console.log_json = as_json, log_json
