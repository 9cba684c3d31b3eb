"""From the figures of one column to a decision: leave it out, use it with a warning, or trust it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from graphlead.core.leaks import HONEST, LEFT_OUT, USED, Leak
from graphlead.core.register import PLACES, Role
from graphlead.profile.leaks.alone import Filling, Found
from graphlead.profile.leaks.headers import is_bookkeeping

CLEAR, DOUBTFUL, NAMED = 0.8, 0.6, 0.3
"""F1 of a column alone from which it is left out, warned of, and warned of where it is a date or under a header of
book-keeping: days of founding are spread over decades, those of a contact with clients lie close together. On registers
of US filings (11,000 and 38,000 companies, 21 sellers) honest columns reach 0.52, one industry code that a seller fills
in itself 0.70; a flag for four clients in five reaches 0.88."""
SURE = 0.75
"""The part of such a bound that the lower end of the interval must reach: with five clients a perfect flag is sure to
0.78 and one that misses a client to 0.62, but two of four clients that stand alone in a cell only to 0.31."""

WIDE_GAP, GAP = 0.5, 0.2
"""Difference between the shares of clients and of others with a value: on those registers at most 0.03."""
RARE, RARER = 5.0, 3.0
"""How much more often one of the two has a value, for WIDE_GAP and for GAP: a column that half of all companies have
can be filled for most of the clients because they are larger (a lift of 2.2 in 2 of 100 generated registers)."""
FEW = 0.01
"""The share below which a sentence counts companies."""
CHANCE = 0.05
"""The customary level of tests, corrected for the number of columns."""

TRUSTED = (*PLACES, Role.INDUSTRY)
"""Every company has a place and a trade whoever its suppliers are: clients that are nearly all of a town or of a trade
are a find, so their values only give a warning, their being filled may still give them away."""
UNSEEN = (Role.IDENTIFIER,)
"""Roles that no ranker reads: nothing to warn of, but what only clients have is of no use on a list of leads."""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """The figures of one column, or of one kind of link (role None).

    tests: how many columns are tested. later: years by which dates lie later than the others', in the median, where
    they follow the day the client was won; 0 otherwise.
    """

    name: str
    role: Role | None
    found: Found
    filled: Filling
    tests: int
    later: float = 0.0

    @property
    def significant(self) -> bool:
        return self.filled.p_value * self.tests < CHANCE

    def fills(self, gap: float, lift: float) -> bool:
        """Whether clients have a value more often, or less often, than others by so much."""
        return self.filled.gap >= gap and self.filled.lift >= lift and self.significant

    def finds(self, f1: float) -> bool:
        """Whether the column alone finds the clients this well, beyond luck."""
        return self.found.beyond >= f1 and self.found.sure >= SURE * f1


def decide(tested: Tested, *, keep: bool) -> Leak:
    """The decision on one column, with its sentence; keep: whether the user wants it used all the same."""
    decision, finding = _judged(tested)
    return Leak(
        column=tested.name,
        links=tested.role is None,
        decision=USED if decision == LEFT_OUT and keep else decision,
        f1=round(tested.found.f1, 4),
        filled_clients=round(tested.filled.share_clients, 4),
        filled_others=round(tested.filled.share_others, 4),
        sentence=f"{finding}{_remedy(tested, decision, keep)}" if finding else "",
    )


def _judged(tested: Tested) -> tuple[str, str]:
    """The decision, and the finding as the beginning of a sentence, empty for an honest column."""
    if tested.fills(WIDE_GAP, RARE):
        return LEFT_OUT, f"{_filling(tested)}: {_cause(tested.filled)}"
    if tested.role in UNSEEN or tested.role is None:
        return HONEST, ""
    if tested.finds(CLEAR) and tested.role not in TRUSTED:
        return LEFT_OUT, f"{_finding(tested)}: it gives them away"
    if tested.later:
        return USED, _following(tested)
    named = is_bookkeeping(tested.name)
    if tested.fills(GAP, 1.0 if named else RARER):
        return USED, _filling(tested)
    suspect = named or tested.role is Role.DATE
    return (USED, _finding(tested)) if tested.finds(NAMED if suspect else DOUBTFUL) else (HONEST, "")


def _filling(tested: Tested) -> str:
    """``last_invoice is filled for 452 of 452 clients and for none of the others``."""
    filled, others = tested.filled, _others(tested.filled)
    clients = f"{filled.clients:,} of {filled.of_clients:,} clients"
    if tested.role is None:
        return f"links of the kind {tested.name} touch {clients} and {others}"
    return f"{tested.name} is filled for {clients} and for {others}"


def _others(filled: Filling) -> str:
    """None of the others, 3 of the 10,704 others, 20 % of the others."""
    if not filled.others:
        return "none of the others"
    if filled.share_others < FEW:
        return f"{filled.others:,} of the {filled.of_others:,} others"
    return f"{filled.share_others:.0%} of the others"


def _cause(filled: Filling) -> str:
    if filled.share_clients < filled.share_others:
        return "clients alone lack it"
    return "hardly anyone else has it" if filled.others else "only clients can have it"


def _finding(tested: Tested) -> str:
    found = tested.found
    clients = f"{found.found:,} of {found.clients:,} clients"
    return f"{tested.name} alone finds {clients} among {found.taken:,} companies"


def _following(tested: Tested) -> str:
    years = f"{tested.later:.1f} years later than for the others"
    return f"{tested.name} lies after the day that clients were won and, in the median, {years}"


def _remedy(tested: Tested, decision: str, keep: bool) -> str:
    name = shlex.quote(tested.name)
    if keep:
        return f"; used all the same, for --keep {name} was given."
    if decision == LEFT_OUT:
        was, them = ("they were", "them") if tested.role is None else ("it was", "it")
        return f", so {was} left out (--keep {name} to use {them})."
    return f": if that is because they are clients, leave it out (--exclude {name})."
