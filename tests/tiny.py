"""A register of sixty companies with its lists, and the fastest run on it: what is tested is not how well it ranks."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import graphlead
from graphlead.cli import app

COMPANIES = 60
QUICK: dict[str, Any] = {"rankers": ("pagerank", "tabular"), "folds": 3, "quiet": True}
Command = Callable[..., int]


def write_inputs(folder: Path) -> dict[str, Path]:
    """Companies, links, clients and suppressed companies as CSV; the path of each by the name of its setting."""
    draw = random.Random(1)  # noqa: S311
    ids = [f"C{i:03}" for i in range(COMPANIES)]
    names = [f"{draw.choice(('Alder', 'Birch', 'Cedar', 'Elm'))} Works {i}" for i in range(COMPANIES)]
    facts = [
        f"{draw.choice(('Ulm', 'Bonn'))},{draw.choice(('food', 'steel', 'wood'))},{draw.randint(1, 500)}"
        for _ in ids
    ]
    tables = {
        "companies": [
            "company_id,name,city,sector,size",
            *map(",".join, zip(ids, names, facts, strict=True)),
        ],
        "links": [
            "source_id,target_id,kind,share",
            *(f"{ids[i]},{ids[i + 1]},owns,0.6" for i in range(0, 50, 5)),
        ],
        "clients": ["name", *names[::4]],
        "suppress": ["name", *names[1:9:4]],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return {name: folder / f"{name}.csv" for name in tables}


def tiny_run(folder: Path) -> Path:
    """The folder of a finished run on inputs of its own, all within ``folder``."""
    graphlead.discover(**write_inputs(folder), out=folder / "run", **QUICK)
    return folder / "run"


def command(*arguments: object) -> int:
    """The exit code of the command line, in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["graphlead", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            app.main()
    return int(end.value.code or 0)
