"""Every command on every page exists as it is written there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from graphlead.cli.app import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *sorted((ROOT / "docs" / "pages").rglob("*.md")),
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "scripts/bench/README.md", "cypher/README.md")
    ),
]
FENCED = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.DOTALL | re.MULTILINE)
INDENTED = re.compile(r"(?:^ {4}(?! *[-*] ).*\n)+", re.MULTILINE)
INLINE = re.compile(r"`(graphlead [a-z][^`]*)`")
PROGRAM = re.compile(r"(?:^|[\s;&(])(?:\.venv/bin/)?graphlead (?P<rest>[-a-z][^|;>&]*)")
VALUE = re.compile(r'"?\$\([^)]*\)"?')
SCRIPT = re.compile(r"(?<![\w/.])scripts/[\w./-]*\w")
ROOT_COMMAND = typer.main.get_command(app)


def commands_of(page: str) -> Iterator[str]:
    """What follows ``graphlead`` in each command of a page."""
    blocks = [found[1] for found in FENCED.finditer(page)]
    without = FENCED.sub("", page)
    blocks += [found[0] for found in INDENTED.finditer(without)] + INLINE.findall(without)
    for block in blocks:
        for line in block.replace("\\\n", " ").splitlines():
            if found := PROGRAM.search(VALUE.sub("VALUE", line.split(" #")[0])):
                yield found["rest"]


def fault_of(command: str) -> str:
    """What is wrong with a command line; empty for one that the program takes."""
    at: Any = ROOT_COMMAND
    words, places = shlex.split(command), 0
    while words:
        word = words.pop(0)
        options = {name: each for each in at.params if each.param_type_name == "option" for name in each.opts}
        if word.startswith("-"):
            if word not in {*options, "--help"}:
                return f"no option {word} of {at.name}"
            if word != "--help" and not options[word].is_flag and not words:
                return f"{word} without a value"
            if word != "--help" and not options[word].is_flag:
                words.pop(0)
        elif getattr(at, "commands", None):
            if word not in at.commands:
                return f"no command {word}"
            at = at.commands[word]
        elif word != "...":
            places += 1
    arguments = [each for each in at.params if each.param_type_name == "argument"]
    most = None if any(each.nargs == -1 for each in arguments) else len(arguments)
    return f"{at.name} takes {most} arguments" if most is not None and places > most else ""


def test_a_fault_is_found() -> None:
    assert not fault_of("run --companies a.csv --out b")
    assert not fault_of("explain COMPANY --run results --cypher")
    assert fault_of("run --company a.csv") == "no option --company of run"
    assert fault_of("runs --companies a.csv") == "no command runs"
    assert fault_of("run --out") == "--out without a value"
    assert fault_of("report results --run results") == "report takes 0 arguments"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_of_a_page_exist(page: Path) -> None:
    faults = {
        command: fault
        for command in commands_of(page.read_text(encoding="utf-8"))
        if (fault := fault_of(command))
    }
    assert not faults


def test_commands_are_found_in_pages() -> None:
    """The search for them does not miss them all."""
    readme = list(commands_of((ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(readme) > 8
    assert len(list(commands_of((ROOT / "docs/pages/tutorial.md").read_text(encoding="utf-8")))) > 6


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_scripts_of_a_page_exist(page: Path) -> None:
    named = {found.rstrip(".") for found in SCRIPT.findall(page.read_text(encoding="utf-8"))}
    assert not [name for name in named if not (ROOT / name).exists()]


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(links) > 10
    assert not [link for link in links if not (ROOT / link).exists()]


def test_results_of_the_readme_are_those_of_the_results_page() -> None:
    """No figure of the table of results is only there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    results = (ROOT / "docs/pages/explanation/results.md").read_text(encoding="utf-8")
    table = readme.partition("| | graphlead |")[2].partition("\n\n")[0].splitlines()[2:]
    figures = [figure for row in table for figure in re.findall(r"(?<![\w.])\d*\.\d+|\d+ %", row)]
    assert len(figures) > 20
    assert not [
        figure for figure in figures if figure not in results and figure.removesuffix(".0") not in results
    ]
