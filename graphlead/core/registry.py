"""Parts that can be added by a line: named as text, so that a registry costs nothing until a part is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeVar

from graphlead.core.errors import unknown

E = TypeVar("E")


def loaded(place: str) -> Any:
    """What ``module:name`` names; its module is imported now."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def entry_of(entries: Mapping[str, E], name: str, what: str, where: str) -> E:
    """The entry with this name. Raises SettingsError, with the name that was probably meant, for none."""
    if name not in entries:
        raise unknown(what, name, entries, where)
    return entries[name]
