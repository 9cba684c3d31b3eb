"""What can go wrong between a customer system and this program, by what it means for what was sent."""

from __future__ import annotations

from graphlead.core.errors import GraphleadError


class ConnectorError(GraphleadError):
    """A customer system does not answer, or refuses what it is asked."""


class BusyError(Exception):
    """The server asks to wait and has done nothing; ``after``: the seconds it names, None where it names none."""

    def __init__(self, after: float | None) -> None:
        super().__init__()
        self.after = after


class UncertainError(Exception):
    """There was no answer, or one that states a failure inside the server: it may have done what it was asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RefusedError(Exception):
    """The server has understood the request, refuses it as a whole, and has done nothing."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason
