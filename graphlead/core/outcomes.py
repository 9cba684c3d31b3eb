"""What came back of leads that were called: won, lost or rejected."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graphlead.core.arrays import require
from graphlead.core.clients import OUTCOMES, Match

RESULT = "result"
"""The column of an outcomes table with what each line means."""
WON, LOST, REJECTED, OPEN = "won", "lost", "rejected", "open"
"""A client; not won for now, so no lead of this list; a true negative, so no lead and learned from; anything else."""
DECIDED = (WON, LOST, REJECTED)
"""The results that count. Of several for one company the first of won, rejected, lost does."""


@dataclass(frozen=True, kw_only=True)
class Outcomes:
    """The lines of an outcomes table found in the register.

    match: as of a client list, with the column ``result`` beside; column: the header of the outcomes; typed: the name
    of that column in the table of the match, where it may have had to make room.
    """

    match: Match
    column: str
    typed: str

    def __post_init__(self) -> None:
        unknown = set(self.match.table[RESULT]) - {*DECIDED, OPEN}
        require(not unknown, "Outcomes", f"results among {(*DECIDED, OPEN)}", sorted(unknown))

    def of(self, result: str) -> Match:
        """The lines with this result, as a list of their own."""
        table = self.match.table
        return replace(self.match, table=table[table[RESULT] == result].reset_index(drop=True))

    def counts(self) -> dict[str, int]:
        """The lines by result; and how those with a result that counts were found, by outcome of the matching."""
        results = self.match.table[RESULT]
        found = self.match.table["outcome"][results != OPEN].value_counts()
        return {
            "lines": len(results),
            **{result: int((results == result).sum()) for result in (*DECIDED, OPEN)},
            **{outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES},
        }

    def other_words(self) -> dict[str, int]:
        """The texts that are no known outcome, the most frequent first, and how many lines have each."""
        table = self.match.table
        texts = table.loc[table[RESULT] == OPEN, self.typed].dropna()
        counted = texts.value_counts().rename_axis("text").reset_index(name="lines")
        ordered = counted.sort_values(["lines", "text"], ascending=[False, True])
        return {str(text): int(lines) for text, lines in zip(ordered["text"], ordered["lines"], strict=True)}


@dataclass(frozen=True, kw_only=True)
class Applied:
    """What outcomes changed about who is a client and who is no lead, as indices of companies, sorted.

    new: clients that are on no client list; already: won ones that are; kept: clients by the client list that were lost
    or rejected all the same; mixed: companies with several results, of which DECIDED says the one that counts.
    """

    new: tuple[int, ...]
    already: tuple[int, ...]
    kept: tuple[int, ...]
    mixed: tuple[int, ...]
