"""Actions: what to do about a case, and the conditions under which it is advised, as the user writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from graphlead.core.cases import Meaning
from graphlead.core.errors import SettingsError, unknown

Value = str | int | float | bool

COMPARISON = re.compile(r"\s*(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)\s*")
WHERE = "[[action]]"
KEYS = ("do", "when", "cost", "gain")


class Check(StrEnum):
    """How a condition looks at a value: one of several, a comparison, words in it, the upper share of all rows."""

    AMONG = "among"
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    MENTIONS = "mentions"
    UPPER = "upper"


@dataclass(frozen=True)
class Condition:
    """A check of one column. of: a Meaning, or a name as the user wrote it: a column's, or else a meaning's.

    operands: the values that AMONG accepts, where "" is an empty cell; the one number of a comparison; the pattern that
    MENTIONS looks for; the share, in (0, 1), of the rows that are UPPER.
    """

    of: str
    check: Check
    operands: tuple[Value, ...]


@dataclass(frozen=True)
class Action:
    """What to do where all conditions hold; its cost and what success is worth, where they are its own."""

    do: str
    when: tuple[Condition, ...]
    cost: float | None = None
    gain: float | None = None


def parse_actions(written: object) -> tuple[Action, ...]:
    """The actions of a configuration file: a list of tables with do, when, and perhaps cost and gain.

    Raises SettingsError for anything else, with the number of the action.
    """
    if not isinstance(written, list | tuple) or not all(isinstance(each, Mapping) for each in written):
        raise _refused("the actions are not a list of tables.", WHERE, "Write each under [[action]].")
    return tuple(_action(each, f"{WHERE} {number}") for number, each in enumerate(written, 1))


def check_actions(actions: Iterable[Action], columns: Iterable[str]) -> None:
    """Raise SettingsError, with the nearest name, where a condition names neither a column nor a meaning."""
    known = [*columns, *(meaning for meaning in Meaning if meaning)]
    for action in actions:
        for condition in action.when:
            if condition.of not in known:
                raise unknown("column", condition.of, known, f"when of {action.do!r}")


def _action(table: Mapping[str, object], where: str) -> Action:
    for key in table:
        if key not in KEYS:
            raise unknown("key", key, KEYS, where)
    do, when = table.get("do"), table.get("when", {})
    if not isinstance(do, str) or not do.strip():
        raise _refused("the action has no text.", f"{where}, do", 'Write do = "what to do".')
    if not isinstance(when, Mapping):
        raise _refused("when is not a table.", f"{where}, when", 'Write when = { column = "value" }.')
    conditions = tuple(_condition(str(of), value, f"{where}, when {of}") for of, value in when.items())
    return Action(do.strip(), conditions, _amount(table, "cost", where), _amount(table, "gain", where))


def _condition(of: str, value: object, where: str) -> Condition:
    if isinstance(value, str) and value.lstrip().startswith(("<", ">")):
        found = COMPARISON.fullmatch(value)
        if not found:
            remedy = f'Write ">= 250", or ["{value}"] for this very text.'
            raise _refused(f"{value!r} is no comparison with a number.", where, remedy)
        return Condition(of, Check(found[1]), (float(found[2]),))
    written = value if isinstance(value, list | tuple) else [value]
    values = tuple(each for each in written if isinstance(each, Value))
    if not values or len(values) < len(written):
        remedy = 'Write a value, a list of values, or one comparison such as ">= 250".'
        raise _refused("this is no condition.", where, remedy)
    return Condition(of, Check.AMONG, values)


def _amount(table: Mapping[str, object], key: str, where: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise _refused(f"{key} is {value!r}.", f"{where}, {key}", "It has to be an amount of 0 or more.")
    return float(value)


def _refused(problem: str, where: str, remedy: str) -> SettingsError:
    return SettingsError(problem, where=where, remedy=remedy)
