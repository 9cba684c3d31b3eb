"""Kinds of ownership links, recognised by their words.

A link states "source KIND target": ``owns``, ``parent`` and ``subsidiary`` all mean that the source owns the
target. Kinds in the opposite order (``owned_by``, ``subsidiary_of``, ``has_parent``) are recognised.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum


class Claim(IntEnum):
    """The control that a kind claims where the share is unknown, weakest first.

    HOLDS (an investor, a shareholder) claims none; OWNS claims it for a sole owner; ULTIMATE (a parent further up)
    and CONTROL (the parent) claim it whatever other owners there are.
    """

    HOLDS = 0
    OWNS = 1
    ULTIMATE = 2
    CONTROL = 3


@dataclass(frozen=True)
class OwnershipKind:
    """A kind of ownership link; ``reverse`` where the source is owned by the target."""

    claim: Claim
    reverse: bool


def _vocabulary(words: str) -> frozenset[str]:
    return frozenset(words.split())


_CONTROL = _vocabulary(
    """parent parents subsidiary subsidiaries control controls controlled controlling controller
    consolidates consolidated branch branches acquired acquires acquirer acquisition mother daughter"""
)
_OWNS = _vocabulary("own owns owned owner owners ownership")
_HOLDS = _vocabulary(
    """hold holds held holder holding holdings shareholder shareholders shareholding stockholder stake
    stakes equity invest invests invested investor investors investment investments
    portfolio participation"""
)
_SHARES = _vocabulary("share shares shareholdings")
_WEAKENS = _vocabulary("co joint jointly significant minority beneficial partly partially")
_ULTIMATE = _vocabulary("ultimate ultimately global")
_OTHERWISE = _vocabulary(
    """same common shared sister sibling former formerly previous previously past not non potential
    address phone email director directors board"""
)
_OWNER_NOUNS = _vocabulary(
    """parent parents owner owners shareholder shareholders stockholder investor investors holder mother"""
)
_OWNED_NOUNS = _vocabulary("subsidiary subsidiaries branch branches portfolio daughter")

_SEPARATORS = str.maketrans(dict.fromkeys("_-./:,()", " "))


def _words(kind: str) -> frozenset[str]:
    return frozenset(re.sub(r"([a-z])([A-Z])", r"\1 \2", kind).lower().translate(_SEPARATORS).split())


def _claim(words: frozenset[str]) -> Claim | None:
    if words and words <= _SHARES:
        return Claim.HOLDS
    if words & _OTHERWISE or not words & (_CONTROL | _OWNS | _HOLDS):
        return None
    if words & _CONTROL and not words & _WEAKENS:
        return Claim.ULTIMATE if words & _ULTIMATE else Claim.CONTROL
    return Claim.OWNS if words & _OWNS and not words & _WEAKENS else Claim.HOLDS


def ownership_kind(kind: str) -> OwnershipKind | None:
    """The ownership that this kind of link states, None for a kind that states none (``same_address``)."""
    words = _words(kind)
    claim = _claim(words)
    if claim is None:
        return None
    reverse = (
        "by" in words
        or ("of" in words and bool(words & _OWNED_NOUNS))
        or ("has" in words and bool(words & _OWNER_NOUNS))
    )
    return OwnershipKind(claim, reverse)
