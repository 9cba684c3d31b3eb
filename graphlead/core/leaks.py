"""What the register gives away about who is a client: columns and kinds of links that only clients can have."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.core.arrays import require

LEFT_OUT, USED, HONEST = "left out", "used", "honest"
DECISIONS = (LEFT_OUT, USED, HONEST)


@dataclass(frozen=True, kw_only=True)
class Leak:
    """One column, or one kind of link, tested alone for whether it gives the clients away.

    column: its name; links: whether it is a kind of link. decision: LEFT_OUT of everything, USED in spite of a
    suspicion, or HONEST. f1: of finding the clients by it alone, cross-fitted, in [0, 1]; filled_clients,
    filled_others: the shares of clients and of other companies that have a value (a link). sentence: the finding and
    the remedy, empty for an honest one.
    """

    column: str
    links: bool = False
    decision: str
    f1: float
    filled_clients: float
    filled_others: float
    sentence: str = ""

    def __post_init__(self) -> None:
        require(self.decision in DECISIONS, "Leak", f"a decision among {DECISIONS}", self.decision)
        require(bool(self.sentence) is (self.decision != HONEST), "Leak", "a sentence for a finding alone",
                self.sentence)  # fmt: skip
