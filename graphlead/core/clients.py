"""A client list found in the register, and who is a client since when."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from graphlead.core.arrays import Flags, Floats, Ints, require, require_indices

OUTCOMES = ("matched", "review", "unmatched")


@dataclass(frozen=True)
class Match:
    """A client list resolved against the register.

    ``table`` has one row for each line of the list: the input's columns, then company_id, matched_name, probability,
    outcome (matched, review, unmatched), evidence. ``review`` has one row for each candidate of a review line:
    line (1-based row of the list), the input's columns, candidate_rank, candidate_id, candidate_name, its places,
    probability, evidence, and an empty column ``accept`` for the user to fill in. ``date_column`` is the input
    column with the day the client was won, or empty. ``alone``: the ids of companies that a person has ruled out as
    another record of any company on the list.
    """

    table: pd.DataFrame
    review: pd.DataFrame
    date_column: str = ""
    alone: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        unknown = set(self.table["outcome"]) - set(OUTCOMES)
        require(not unknown, "Match", f"outcomes among {OUTCOMES}", sorted(unknown))
        accepted = self.table.loc[self.table["outcome"] == "matched", "company_id"]
        require(bool(accepted.notna().all()), "Match", "a company_id on every matched line", "missing ids")

    @staticmethod
    def of_nobody() -> Match:
        """The match of an empty list."""
        empty = pd.DataFrame({"company_id": pd.Series(dtype="string"), "outcome": pd.Series(dtype="string")})
        return Match(empty, empty)

    def counts(self) -> dict[str, int]:
        found = self.table["outcome"].value_counts()
        return {outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES}


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """Who is a client, who must be left alone, who is no more, over n companies.

    clients, suppressed, dead, twins, related: sorted unique company indices, disjoint: a dead client is a client to
    learn from. won: the day (datetime64[D]) each client was won, NaT where unknown, aligned with clients. A company
    with several records in the register is one client, by the first that is listed; its twins are the other records.
    They are no clients, no candidates, and nothing is learned from them. related: candidates that are related to a
    client at one place, and so no leads. company (n,): the smallest index among the records of the same company; empty
    where every record is a company. rejected, lost: those of the suppressed that were called, the first record of each
    company: true negatives, which are learned from, and companies not won for now, which are not.
    """

    n_companies: int
    clients: Ints
    suppressed: Ints
    won: npt.NDArray[np.datetime64]
    dead: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    twins: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    related: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    company: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    rejected: Ints = field(default_factory=lambda: np.zeros(0, np.int32))
    lost: Ints = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        parts = {name: getattr(self, name) for name in ("clients", "suppressed", "dead", "twins", "related")}
        for name, values in parts.items():
            require_indices("Cohort", name, values, self.n_companies)
            require(bool((np.diff(values) > 0).all()), "Cohort", f"{name} sorted and unique", "duplicates")
        for (one, some), (other, more) in combinations(parts.items(), 2):
            both = np.intersect1d(some, more)
            require(not len(both), "Cohort", f"{one} and {other} disjoint", f"{len(both)} in both")
        for name in ("rejected", "lost"):
            outside = np.setdiff1d(getattr(self, name), self.suppressed)
            require(not len(outside), "Cohort", f"{name} among the suppressed", f"{len(outside)} outside")
        both = np.intersect1d(self.rejected, self.lost)
        require(not len(both), "Cohort", "rejected and lost disjoint", f"{len(both)} in both")
        companies = len(self.company)
        require(companies in (0, self.n_companies), "Cohort", "a company for each record", companies)
        require(len(self.won) == len(self.clients), "Cohort", "a date for each client", len(self.won))

    def first_of_each(self, records: Ints) -> Flags:
        """Which of the records (m,) are the first of their company in this order."""
        first = np.ones(len(records), bool)
        if len(self.company):
            first[:] = False
            first[np.unique(self.company[records], return_index=True)[1]] = True
        return first

    def labels(self) -> Floats:
        """1 for clients, 0 for everyone else, shape (n,)."""
        y = np.zeros(self.n_companies, np.float32)
        y[self.clients] = 1
        return y

    def decided(self) -> Flags:
        """True for the companies with a sure label, clients and rejected ones, shape (n,)."""
        mask = self.labels() > 0
        mask[self.rejected] = True
        return mask

    def rivals(self) -> Flags:
        """True for the companies that held-out clients are ranked against, shape (n,).

        Beside the candidates these are the lost and the rejected, which earlier lists had at their top: without them
        the figures would flatter every list that follows.
        """
        mask = self.candidates()
        mask[self.lost], mask[self.rejected] = True, True
        return mask

    def candidates(self) -> Flags:
        """True for the companies to score: no client, no other record of one, not suppressed, not dead; shape (n,)."""
        mask = np.ones(self.n_companies, bool)
        for out in (self.clients, self.suppressed, self.dead, self.twins):
            mask[out] = False
        return mask
