"""One arm against the control: the cases, what is known of them beforehand, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Reals
from graphlead.core.cases import Cases


@dataclass(frozen=True)
class Trial:
    """Cases (n,), which were treated, what became of each (1 and 0, or a number), and whether it is yes and no."""

    cases: Cases
    treated: Flags
    outcome: Reals
    binary: bool

    def __len__(self) -> int:
        return len(self.cases)

    def rows(self, chosen: Flags) -> Trial:
        """These cases."""
        return Trial(self.cases.rows(chosen), self.treated[chosen], self.outcome[chosen], self.binary)

    @property
    def share(self) -> float:
        """The share of the cases that were treated."""
        return float(self.treated.mean())


def trial_of(cases: Cases, treated: Flags, outcome: Reals) -> Trial:
    """The trial of these cases; their outcome, for the rates of categories, is whether each is above the mean."""
    binary = bool(np.isin(outcome, (0, 1)).all())
    high = outcome > (0 if binary else outcome.mean())
    taken = Cases(**{**vars(cases), "outcome": high.astype(np.int8)})
    return Trial(taken, treated, outcome, binary)
