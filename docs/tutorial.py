"""Runs the commands of the tutorial, and writes what they print below them.

    .venv/bin/python docs/tutorial.py out/tutorial

runs every ``sh`` and ``python`` block of ``pages/tutorial.md`` in order, in that folder, which must not exist yet, and
puts what a block prints into the ``text`` block that follows it. ``tests/docs`` runs the same blocks on a small world.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent / "pages" / "tutorial.md"
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```\n(?:\n^```text\n(.*?)^```\n)?", re.DOTALL | re.MULTILINE)
TIMES = re.compile(r"^Done in .*\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of commands: its language, sh or python, its code, and the place of its output in the page."""

    language: str
    code: str
    output: tuple[int, int] | None


def blocks_of(page: str) -> list[Block]:
    """The blocks that are run, in their order."""
    return [
        Block(found[1], found[2], found.span(3) if found[3] is not None else None)
        for found in BLOCK.finditer(page)
    ]


def run(block: Block, folder: Path) -> str:
    """What a block prints on stdout in the folder. Raises CalledProcessError where it fails."""
    shell = ["bash", "-euo", "pipefail", "-c"]
    command = [sys.executable, "-c"] if block.language == "python" else shell
    done = subprocess.run(  # noqa: S603, the blocks of our own page
        [*command, block.code],
        cwd=folder,
        env=with_graphlead(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.stderr.write(done.stderr)
        done.check_returncode()
    return shown(done.stdout)


def shown(printed: str) -> str:
    """What is shown of what was printed: all but the time that it took, and the mark that begins a CSV for Excel."""
    return TIMES.sub("", printed.removeprefix("\ufeff"))


def with_graphlead(folder: Path) -> dict[str, str]:
    """The environment, with a ``graphlead`` on its PATH that is the package of this Python."""
    programs = folder / ".programs"
    programs.mkdir(exist_ok=True)
    program = programs / "graphlead"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m graphlead "$@"\n')
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "100"}


def outputs(page: str, folder: Path, changed: Callable[[str], str] = str) -> list[str]:
    """What each block prints, with the code as ``changed`` has it."""
    return [
        run(Block(block.language, changed(block.code), block.output), folder) for block in blocks_of(page)
    ]


def written(page: str, found: list[str]) -> str:
    """The page with these outputs in the places of the old ones."""
    for block, text in reversed(list(zip(blocks_of(page), found, strict=True))):
        if block.output:
            start, end = block.output
            page = page[:start] + text.rstrip("\n") + "\n" + page[end:]
    return page


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(written(page, outputs(page, folder)), encoding="utf-8")


if __name__ == "__main__":
    main()
