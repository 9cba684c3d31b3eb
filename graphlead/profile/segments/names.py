"""The names of segments: Landscaping Services in TX; Shellfish Fishing, postcodes 774; Companies with 2 to 4 staff."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graphlead.core.register import PLACES, Role
from graphlead.profile.segments.rules import Condition, Rule
from graphlead.profile.titles import LevelTitles


def segment_names(rules: Sequence[Rule], titles: LevelTitles) -> list[str]:
    """A name for each rule; industries are named by their titles, with the codes where names would else be alike."""
    names = [_name(rule, titles) for rule in rules]
    uses = Counter(names)
    return [
        name
        if uses[name] == 1
        else f"{name} ({', '.join(f'{each.level.label} {each.value}' for each in rule)})"
        for name, rule in zip(names, rules, strict=True)
    ]


def _name(rule: Rule, titles: LevelTitles) -> str:
    first, *rest = rule
    if first.topic.column.role is not Role.INDUSTRY:
        return f"Companies{''.join(_phrase(each) for each in rule)}"
    trade = titles.get(first.level.label, {}).get(first.value, f"{_words(first)} {first.value}")
    return f"{trade}{''.join(_phrase(each) for each in rest)}"


def _phrase(condition: Condition) -> str:
    """A place or a fact as what follows a name; the comma is part of it."""
    role, value = condition.topic.column.role, condition.value
    if role is Role.POSTCODE:
        return f", postcodes {value}"
    if role in PLACES:
        return f" in {value}"
    if role is Role.NUMBER:
        return f" with {value} {_words(condition)}"
    if role is Role.DATE:
        return f", {_words(condition)} {value} years ago"
    return f", {_words(condition)}: {value}"


def _words(condition: Condition) -> str:
    return condition.topic.column.name.replace("_", " ")
