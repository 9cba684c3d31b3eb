"""The starter configuration of a sales verb: every setting of the verb, and how each column was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from graphlead.cli.starter import one_line, setting, toml
from graphlead.core.sales import SalesSettings, help_of

if TYPE_CHECKING:
    from graphlead.pipeline.sales.understand import UnderstoodColumn

OTHERS = {
    "convert": ("customers", "events", "items", "item", "duration", "active"),
    "churn": ("leads", "deals"),
}
"""The settings of the other verb."""
_APART = ("verb", "columns", "action")
_EXAMPLES: Mapping[str, object] = {
    "leads": "leads.csv", "customers": "customers.csv", "events": ["orders.csv", "tickets.csv"], "open": "open.csv",
    "items": "items.csv", "deals": "deals.csv", "companies": "companies.csv", "links": "links.csv",
    "run": "results", "reviewed": "reviewed.csv", "outcome": "status", "positive": "Won", "id": "id", "item": "product",
    "duration": "tenure", "as_of": "2026-05-01", "top": 100, "cost": 40, "gain": 1200, "keep": ["account_manager"],
    "exclude": ["region"],
}  # fmt: skip
"""Examples for settings with an empty default."""
_BY_VERB = {
    "convert": {"threshold": 0.8, "action": 'employees = ">= 250", region = ["BY", "BW"]'},
    "churn": {"threshold": 0.7, "action": 'nps = "<= 3", contract = "monthly"'},
}


def sales_template(verb: str, columns: Sequence[UnderstoodColumn], given: Mapping[str, object]) -> str:
    """The starter configuration of a sales verb: every key with its help, every column with its meaning.

    ``given`` has the settings that are written unchanged, ``out`` among them; every other is written as a comment.
    """
    lines = [f"# Settings for `graphlead {verb} --config FILE`; flags override them.", ""]
    for each in fields(SalesSettings):
        key = each.name
        if key in _APART or key in OTHERS[verb]:
            continue
        value = given.get(key)
        shown = _BY_VERB[verb].get(key, _EXAMPLES.get(key, each.default)) if value is None else value
        lines += setting(key, help_of(key), shown, given=value is not None)
    return "\n".join([*lines, *_column_lines(columns), *_action_lines(verb)]) + "\n"


def _column_lines(columns: Sequence[UnderstoodColumn]) -> list[str]:
    tables: dict[str, list[UnderstoodColumn]] = {}
    for each in columns:
        tables.setdefault(each.table, []).append(each)
    lines = [
        f"# {help_of('columns')}",
        "# Below is how each column was understood. To change one, remove its # and write another use (id, number,",
        "# category, text, flag, ignored ...; of events also customer, time, item, amount ...), or a meaning (source,",
        "# budget, decision_maker, nps, usage, value, contract ...).",
    ]
    for name, those in tables.items():
        lines.append(f"[columns.{toml(name)}]" if name else "[columns]")
        width = max(len(toml(each.name)) for each in those)
        lines += [_line(each, width) for each in those] + [""]
    return lines


def _line(column: UnderstoodColumn, width: int) -> str:
    return f"# {toml(column.name):{width}} = {toml(column.word):18}  # {one_line(column.because)}".rstrip()


def _action_lines(verb: str) -> list[str]:
    return [
        f"# {help_of('action')}",
        "# [[action]]",
        '# do = "Call the managing director"',
        f"# when = {{ {_BY_VERB[verb]['action']} }}",
    ]
