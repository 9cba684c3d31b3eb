"""Look-up in registries of parts: parts are named as text, so a registry imports nothing until one is used."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, TypeVar

from graphlead.core.errors import unknown

E = TypeVar("E")


def loaded(place: str) -> Any:
    """The object at ``module:name``; the module is imported now."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def entry_of(entries: Mapping[str, E], name: str, what: str, where: str) -> E:
    """The entry with this name. Raises SettingsError, with the name probably meant, when there is none."""
    if name not in entries:
        raise unknown(what, name, entries, where)
    return entries[name]
