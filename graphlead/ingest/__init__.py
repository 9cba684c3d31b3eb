"""Files to a Register: columns understood, values cleaned, noise reported, nothing dropped silently."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graphlead.ingest.build import ingest, understand
    from graphlead.ingest.lists import read_list
    from graphlead.ingest.records import load_noise, load_register

__all__ = ["ingest", "load_noise", "load_register", "read_list", "understand"]

_HOMES = {
    "ingest": "build",
    "understand": "build",
    "load_register": "records",
    "load_noise": "records",
    "read_list": "lists",
}


def __getattr__(name: str) -> Any:
    """Import a public function's module on first use: some import scikit-learn."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
