"""The starter configuration that ``graphlead init`` writes: every setting, and the role of each column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.core.loading import plain
from graphlead.core.settings import Settings, help_of

if TYPE_CHECKING:
    from graphlead.core.register import Column


def template(columns: Sequence[Column], paths: Mapping[str, Path | None]) -> str:
    """The starter configuration for a companies file: every key with its help, every column with its role.

    ``paths`` has companies, clients, links, ..., to be written unchanged; a missing one is written as a comment.
    """
    lines = ["# Settings for `graphlead run --config FILE`; flags override them.", ""]
    examples = {"out": Path("out"), "clients": Path("clients.csv"), "links": Path("links.csv"),
                "suppress": Path("past_clients.csv"), "reviewed": Path("reviewed.csv"),
                "outcomes": Path("called.csv")}  # fmt: skip
    for each in fields(Settings):
        key = each.name
        if key == "columns":
            continue
        given = paths.get(key) or (examples["out"] if key == "out" else None)
        value = given or examples.get(key) or _EXAMPLES.get(key, each.default)
        lines += setting(key, help_of(key), value, given=given is not None)
    return "\n".join([*lines, *_column_lines(columns)]) + "\n"


def setting(key: str, text: str, value: object, *, given: bool) -> list[str]:
    """The lines of a setting: its help, and its value, as a comment unless it was given."""
    return [f"# {text}", f"{'' if given else '# '}{key} = {toml(plain(value))}", ""]


_EXAMPLES = {
    "exclude": ("region",), "keep": ("account_manager",), "neutral": "region", "expect": 50, "prior": 0.02,
    "folds": 5, "memory": "16GiB",
}  # fmt: skip
"""Examples for settings with an empty default."""


def _column_lines(columns: Sequence[Column]) -> list[str]:
    ids = [column for column in columns if str(column.role) == "id"]
    others = [column for column in columns if column not in ids]
    width = max((len(toml(column.name)) for column in others), default=0)
    return [
        f"# {help_of('columns')}",
        "# Below is how each column was understood. To change one, remove its # and write another role: id, name,",
        "# country, region, city, postcode, address, industry (or industry:NACE, industry:NAICS, industry:SIC),",
        "# number, date, boolean, category, text, identifier, contact, ignored.",
        *[f"# The companies' id was found by {column.reason}." for column in ids],
        "[columns]",
        *[_column_line(column, width) for column in others],
    ]


def _column_line(column: Column, width: int) -> str:
    role = str(column.role) + (f":{column.scheme}" if column.scheme else "")
    facts = [column.reason, f"{column.missing:.0%} missing" if column.missing else "", _counted(column)]
    why = "; ".join(one_line(fact) for fact in facts if fact)
    return f"# {toml(column.name):{width}} = {toml(role):18}  # {why}".rstrip()


def _counted(column: Column) -> str:
    return f"{column.distinct:,} different" if column.distinct and "different" not in column.reason else ""


def one_line(text: str) -> str:
    """A reason without the line ends that would end its comment."""
    return " ".join(text.split())


def toml(value: object) -> str:
    """A TOML value; JSON's strings, numbers and lists are TOML's but for one control character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
