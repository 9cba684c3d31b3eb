"""How long a server that is busy or silent is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self, TypeVar

from graphlead.connectors.crm.faults import BusyError, ConnectorError, RefusedError, UncertainError

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """seconds: for an answer; tries: of one request; longest: the most seconds of one wait, so that with six tries a
    request takes some ten minutes at most. All are choices."""

    seconds: float = 60.0
    tries: int = 6
    longest: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def of(cls, seconds: float | None) -> Self:
        """The usual patience, but for the seconds of an answer where they are given."""
        return cls() if seconds is None else cls(seconds=seconds)

    def asked(self, call: Callable[[], T], title: str) -> T:
        """The answer to a question, which may be asked again.

        Raises ConnectorError when there is none in the end, or the server refuses the question.
        """
        for tried in range(self.tries):
            try:
                return self.heard(call, title)
            except RefusedError as refused:
                raise ConnectorError(
                    f"{title} refuses to answer: {refused.reason.rstrip('.')} ({refused.code}).",
                    remedy="Give the user the right to read these records and fields.",
                ) from None
            except UncertainError as silent:
                reason = silent.reason
                self.wait(tried, None, title)
        raise gives_no_answer(title, reason, self.tries)

    def heard(self, call: Callable[[], T], title: str) -> T:
        """The answer of a server that is waited for while it is busy; whether one that is lost is repeated, the caller
        decides. Raises ConnectorError when it stays busy."""
        for tried in range(self.tries):
            try:
                return call()
            except BusyError as busy:
                self.wait(tried, busy.after, title)
        raise gives_no_answer(title, "it asks to wait, again and again", self.tries)

    def wait(self, tried: int, after: float | None, title: str) -> None:
        """Wait as long as the server asks for, else twice as long each time; not after the last try.

        Raises ConnectorError when the server asks for more than ``longest``.
        """
        if after is not None and after > self.longest:
            raise ConnectorError(
                f"{title} asks to wait {after:,.0f} seconds.",
                remedy="Run the same command after that: what was done is kept.",
            )
        if tried + 1 < self.tries:
            self.sleep(min(2.0**tried, self.longest) if after is None else max(after, 0.0))


def gives_no_answer(title: str, reason: str, tries: int) -> ConnectorError:
    """The error for a server that was asked several times."""
    return ConnectorError(
        f"{title} gives no answer ({reason}; asked {tries} times).",
        remedy="Run the same command again later: what was done is kept.",
    )


def seconds_of(retry_after: str | None) -> float | None:
    """The seconds in a header Retry-After, which has a number or a time; None where it has neither."""
    text = (retry_after or "").strip()
    try:
        return float(text)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        return None
