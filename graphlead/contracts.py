"""The places where a part can be exchanged, and the way long work reports progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told by long work how far it is: ``done`` of ``total`` units, with a word on what is being done."""

    def __call__(self, done: float, total: float, note: str = "") -> None: ...


def silent(done: float, total: float, note: str = "") -> None:
    """The Progress of nobody watching."""
