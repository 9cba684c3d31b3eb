"""Stakes of owners in companies, with bounds of their shares."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Flags, Ints, Longs, Reals


@dataclass(frozen=True, kw_only=True)
class Stakes:
    """Stakes in companies, arrays of shape (S,).

    owner: the company index, or n_companies + index for a holder or person. owned: company index.
    low, high: bounds of the share in [0, 1], both NaN where unknown. claim: a ``kinds.Claim``.
    day: the day of the statement, in days since 1970; very negative where undated.
    """

    owner: Ints
    owned: Ints
    low: Reals
    high: Reals
    claim: npt.NDArray[np.int8]
    day: Longs

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def known(self) -> Flags:
        return ~(np.isnan(self.low) | np.isnan(self.high))

    def take(self, rows: Longs | Flags) -> Stakes:
        return Stakes(
            owner=self.owner[rows],
            owned=self.owned[rows],
            low=self.low[rows],
            high=self.high[rows],
            claim=self.claim[rows],
            day=self.day[rows],
        )


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """One stake for each (owner, owned) pair, sorted by owned, with the possible bounds of its share.

    low, high: bounds in [0, 1] that hold for every distribution of a company's shares among its owners.
    known: whether the link gave a share. claim, day: as in Stakes. slack: for each company, the part that no lower
    bound accounts for.
    """

    owner: Ints
    owned: Ints
    low: Reals
    high: Reals
    known: Flags
    claim: npt.NDArray[np.int8]
    day: Longs
    slack: Reals

    def __len__(self) -> int:
        return len(self.owner)

    @property
    def middle(self) -> Reals:
        """The middle of the bounds, shape (S,)."""
        return (self.low + self.high) / 2


def merge(stakes: Stakes) -> Stakes:
    """One stake for each (owner, owned) pair, sorted by owned, then owner; stakes in oneself are left out.

    Of several statements about a stake, those with a known share come first, then the latest, then the one with the
    largest lower bound and with the largest upper one; the strongest claim of control among them is kept. So the
    order of the statements does not matter.
    """
    stakes = stakes.take(stakes.owner != stakes.owned)
    if not len(stakes):
        return stakes
    low, high = (np.nan_to_num(bound, nan=-1.0) for bound in (stakes.low, stakes.high))
    order = np.lexsort((high, low, stakes.day, stakes.known, stakes.owner, stakes.owned))
    stakes = stakes.take(order)
    starts = np.flatnonzero(
        np.r_[True, (np.diff(stakes.owned) != 0) | (np.diff(stakes.owner) != 0)],
    )
    ends = np.r_[starts[1:], len(stakes)] - 1
    return replace(stakes.take(ends), claim=np.maximum.reduceat(stakes.claim, starts))


def ledger(stakes: Stakes, n_companies: int) -> Ledger:
    """The stakes merged, with bounds that are consistent for each company.

    An unknown share may be anything that the others' lower bounds leave. Shares of a company that sum to more than 1
    are scaled down to 1, which leaves nothing for owners with unknown shares.
    """
    stakes = merge(stakes)
    known = stakes.known
    low = np.clip(np.where(known, stakes.low, 0.0), 0.0, 1.0)
    high = np.clip(np.where(known, stakes.high, 1.0), low, 1.0)
    total = np.bincount(stakes.owned, low, n_companies)
    low = low / np.maximum(total, 1.0)[stakes.owned]
    total = np.minimum(total, 1.0)
    left = 1.0 - (total[stakes.owned] - low)
    return Ledger(
        owner=stakes.owner,
        owned=stakes.owned,
        low=low,
        high=np.maximum(low, np.minimum(high, left)),
        known=known,
        claim=stakes.claim,
        day=stakes.day,
        slack=(1.0 - total).astype(np.float64),
    )
