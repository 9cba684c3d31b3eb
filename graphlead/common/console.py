"""The terminal side of a command: progress and messages on stderr, the outcome on stdout."""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar

from graphlead.common.memory import Meter
from graphlead.core.contracts import Progress, silent

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.progress import Progress as Bars

    from graphlead.core.arrays import Json
    from graphlead.core.errors import GraphleadError

PATIENCE = 10.0
"""Seconds between progress lines where there is no bar: rare enough to keep a nightly log short."""


class Console:
    """Progress bars on a terminal, short lines elsewhere.

    ``quiet``: only errors are shown. ``as_json``: stdout carries the outcome as one JSON object and nothing else.
    Of the whole program: ``json``: every console is so, and an error is a JSON object on stderr. ``log_json``: every
    line on stderr is one, with an ``event``: a stage that is done (stage, seconds, processor_s, peak_mb), an info, a
    warning (message), or an error (problem, where, file, row, column, remedy, exit_code), the last line.
    """

    json: ClassVar[bool] = False
    log_json: ClassVar[bool] = False

    def __init__(self, *, quiet: bool = False, as_json: bool = False) -> None:
        self.quiet, self.as_json = quiet, as_json or self.json
        self._lock = threading.Lock()

    @cached_property
    def _terminal(self) -> Terminal:
        from rich.console import Console as Terminal

        return Terminal(stderr=True, force_jupyter=False)

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """Show a stage of the work while it lasts; yields the function that reports its progress."""
        if self.quiet:
            yield silent
        elif self.log_json:
            with Meter() as meter:
                yield silent
            cost = {"seconds": meter.seconds, "processor_s": meter.processor_s, "peak_mb": meter.peak_mb}
            self._log("stage", stage=name, **{key: round(value, 3) for key, value in cost.items()})
        elif sys.stderr.isatty():
            with self._bar(name) as progress:
                yield progress
        else:
            with self._lines(name) as progress:
                yield progress

    @contextmanager
    def _lines(self, name: str) -> Iterator[Progress]:
        began = shown = time.monotonic()

        def progress(done: float, total: float, note: str = "") -> None:
            nonlocal shown
            if time.monotonic() - shown >= PATIENCE:
                shown = time.monotonic()
                share = f" {done / total:.0%}" if total else ""
                self.info(f"  {name}:{share} {note}".rstrip())

        yield progress
        self.info(f"{name} ({time.monotonic() - began:.1f} s)")

    @contextmanager
    def _bar(self, name: str) -> Iterator[Progress]:
        began = time.monotonic()
        bars = self._bars
        with self._lock:
            bars.start()
            task = bars.add_task(name, total=None, note="")

        def progress(done: float, total: float, note: str = "") -> None:
            bars.update(task, completed=done, total=total or None, note=printable(note))

        try:
            yield progress
        finally:
            with self._lock:
                bars.remove_task(task)
                if not bars.task_ids:
                    bars.stop()
        self.info(f"{name} ({time.monotonic() - began:.1f} s)")

    @cached_property
    def _bars(self) -> Bars:
        """The bars on the terminal, one for each stage at work."""
        from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(),
                   TextColumn("{task.fields[note]}", style="dim", markup=False))  # fmt: skip
        return Bars(*columns, console=self._terminal, transient=True)

    def info(self, text: str) -> None:
        """Write a line to stderr."""
        if self.quiet:
            return
        if self.log_json:
            self._log("info", message=text)
        else:
            self._write(text)

    def warn(self, text: str) -> None:
        """Write a line that begins with ``warning:`` to stderr."""
        if self.quiet:
            return
        if self.log_json:
            self._log("warning", message=text)
        else:
            self._write(f"warning: {text}", "yellow")

    def error(self, error: GraphleadError, code: int) -> None:
        """Write a line that begins with ``error:`` to stderr, in quiet mode too; as JSON the parts of the error."""
        text = " ".join(str(error).splitlines())
        if self.log_json or self.as_json:
            self._log("error", **error.parts(), exit_code=code)
        else:
            self._write(f"error: {text}", "red")

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Write a small table to stderr, numbers right-aligned; none to a log."""
        if not (self.quiet or self.log_json):
            self._write(laid_out(title, columns, rows))

    def outcome(self, text: str, content: Json) -> None:
        """Write the command's result to stdout: the text, or with --json the content as one object."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, allow_nan=False) + "\n")
        elif not self.quiet:
            sys.stdout.write(printable(text) + "\n")
        sys.stdout.flush()

    def answer(self, text: str) -> None:
        """The answer to a question, on stdout as it is, in every mode."""
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()

    def _log(self, event: str, **content: object) -> None:
        with suppress(OSError):
            sys.stderr.write(json.dumps({"event": event, **content}) + "\n")
            sys.stderr.flush()

    def _write(self, text: str, style: str = "") -> None:
        line = printable(text)
        # Work does not stop because its messages cannot be written.
        with suppress(OSError):
            if sys.stderr.isatty():
                self._terminal.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
            else:
                sys.stderr.write(f"{line}\n")


def printable(text: str) -> str:
    """The text with control characters replaced: values from a file must not steer the terminal."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def laid_out(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table as text: a title, a line of column names, one line per row; numeric columns right-aligned."""
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    numeric = [all(isinstance(row[i], int | float) for row in rows) for i in range(len(columns))]
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    lines = [
        "  ".join(
            cell.rjust(w) if right else cell.ljust(w)
            for cell, w, right in zip(row, widths, numeric, strict=True)
        )
        for row in cells
    ]
    return "\n".join([title, *(f"  {line}".rstrip() for line in lines)])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
