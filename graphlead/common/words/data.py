"""The files of words beside this module."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any


def load(name: str) -> dict[str, Any]:
    """The tables of a TOML file of this package."""
    return tomllib.loads(text_of(f"{name}.toml"))


def text_of(file: str) -> str:
    """The text of a file of this package."""
    return resources.files(__package__).joinpath(file).read_text(encoding="utf-8")


def by_word(entries: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Each word of the lists to the key of its list."""
    return {word: key for key, words in entries.items() for word in words}
