"""The package as a module whose functions keep their names."""

from __future__ import annotations

from types import ModuleType
from typing import Any


class Package(ModuleType):
    """Keeps ``match`` a function: a room has that name too, and importing it would put its module in the place."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name == "match" and isinstance(value, ModuleType)):
            super().__setattr__(name, value)
