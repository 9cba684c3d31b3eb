"""How many of the first companies of a list become clients, and the score of each place that follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from graphlead.core.arrays import Floats, Longs, Reals, require
from graphlead.core.order import Ordered
from graphlead.core.scores import MODERATE, MODERATE_LIFT, STRONG, STRONG_LIFT

FIRSTS = (25, 50, 100, 200, 500)
"""The numbers of first companies that hits are given for: what sales teams call in a week, a month, a quarter."""

HIGHEST = 0.95
"""The highest score: no company is certain to buy."""

TILT = 0.02
"""By how much, relatively, a band's first score may exceed its mean: enough to keep the order, too little to claim more
than the band has shown."""

TOUCHING = 0.001
"""Bands with hits per company closer than this, relatively, are one: the tilt needs a gap between them."""

WIDEST = 8.0
"""The widest interval, high / low: a wider one says nothing, and the hits of no seller measured needed it."""

Z80 = 1.281552
"""The 90 % quantile of the normal distribution: 80 % lie between its negative and it."""

DRIFT_VARIANCE = 0.1
"""The variance of the logarithm of tomorrow's recall around the estimate, luck aside: sellers differ in how far their
next clients resemble the last. On 21 sellers of US filings, intervals with it held for 86 to 95 % at every length; with
0.06 for 86 to 90 %."""

Basis = Literal["expect", "prior", "dates", "assumed"]

BLOCK = 16_384
"""Companies worked out at a time, a choice: their numbers fit into a core's cache."""


@dataclass(frozen=True, kw_only=True)
class Wins:
    """The clients that will be won among the companies that are none.

    count: how many, above 0; deviation: the standard deviation of its logarithm; months: within how many, None where
    only a share was given; basis: a number given, a share given, the dates on the client list, or a share of the
    clients assumed; past: the clients won in the last ``months`` months, by their dates; notes: what should be known.
    """

    count: float
    deviation: float
    months: int | None
    basis: Basis
    past: int = 0
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require(self.count > 0 and self.deviation >= 0, "Wins", "a count above 0", self.count)


@dataclass(frozen=True, kw_only=True)
class Hits:
    """How many of the ``first`` companies of a list become clients within ``months``: low and high hold them in 8 of 10
    cases. months: None where no horizon is known.
    """

    first: int
    months: int | None
    low: float
    point: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Expected:
    """The hits expected on a ranking of n companies, by bands of ranks.

    ends: (k,) the rank at which each band ends, rising, the last is n; hits: (k,) hits down to there, rising ever more
    slowly; deviation: (k,) the standard deviation of the logarithm of the recall down to there, by luck alone.
    """

    wins: Wins
    ends: Reals
    hits: Reals
    deviation: Reals

    def __post_init__(self) -> None:
        require(bool((self._width > 0).all()), "Expected", "ranks that rise", self.ends)
        level = self._level
        require(bool((np.diff(level, prepend=1.0, append=0.0) < 0).all()), "Expected", "falling hits", level)
        require(len(self.deviation) == len(self.ends), "Expected", "as many deviations", len(self.deviation))

    @property
    def n(self) -> float:
        return float(self.ends[-1])

    @property
    def share(self) -> tuple[float, float, float]:
        """Low, point and high share of clients to be won among the companies that are none, within (0, 1)."""
        middle, spread = min(float(self.hits[-1]) / self.n, HIGHEST), np.exp(Z80 * self.wins.deviation)
        return float(middle / spread), middle, float(min(middle * spread, HIGHEST))

    @property
    def assumed(self) -> float | None:
        """The hits per company where the clients to be won are only assumed: scores then show as multiples of it."""
        return float(self.hits[-1]) / self.n if self.wins.basis == "assumed" else None

    @property
    def grades(self) -> tuple[float, float]:
        """The scores from which a fit is Strong, and Moderate."""
        middle = self.assumed
        return (STRONG, MODERATE) if middle is None else (STRONG_LIFT * middle, MODERATE_LIFT * middle)

    def scores(self, ranked: Floats, scores: Floats) -> Reals:
        """The chance (m,) that a company with each of these raw ``scores`` becomes a client.

        ranked: the raw scores (n,) of the candidates. A score is the hits per company of the band that its rank is in,
        tilted so that it falls with the rank; ties share theirs. Summed over the candidates they are the hits expected.
        """
        return self.scores_among(Ordered(ranked), scores)

    def scores_among(self, ranked: Ordered[np.float32], scores: Floats) -> Reals:
        """The same as ``scores``, where the candidates' raw scores are sorted already."""
        left, right = ranked.places(scores)
        found = np.empty(len(scores))
        for start in range(0, len(scores), BLOCK):
            some = slice(start, start + BLOCK)
            tied = np.maximum(right[some] - left[some], 1)
            found[some] = self._per_company(len(ranked.numbers) - right[some], tied)
        return found

    def table(self, scores: Reals) -> tuple[Hits, ...]:
        """The hits among the first of the companies on a list with these scores (m,), best first."""
        firsts = [first for first in FIRSTS if first <= len(scores)] or [len(scores)]
        down_to = np.cumsum(scores)
        return tuple(self._hits(first, float(down_to[first - 1])) for first in firsts if first)

    def _hits(self, first: int, point: float) -> Hits:
        luck = np.interp(np.log(first), np.log(self.ends), self.deviation)
        variance = self.wins.deviation**2 + DRIFT_VARIANCE + luck**2 + 1 / (point + 0.5)
        spread = min(float(np.exp(Z80 * np.sqrt(variance))), WIDEST**0.5)
        return Hits(
            first=first,
            months=self.wins.months,
            low=point / spread,
            point=point,
            high=min(point * spread, float(first)),
        )

    def _per_company(self, above: Longs, tied: Longs) -> Reals:
        """Mean hits of the places ``above`` .. ``above + tied`` (m,), counted from 0."""
        first, last = (self._band(place) for place in (above, above + tied - 1))
        along = (above + tied / 2 - self._start[first]) / self._width[first]
        within = self._level[first] * (1 + self._tilt[first] * (1 - 2 * np.clip(along, 0, 1)))
        across = (self._down_to(above + tied) - self._down_to(above)) / tied
        return np.asarray(np.where(first == last, within, across), np.float64)

    def _band(self, place: Longs) -> Longs:
        """The band of the middle of each place (m,), counted from 0; places beyond the last are in the last."""
        return np.minimum(np.searchsorted(self.ends, place + 0.5), len(self.ends) - 1)

    def _down_to(self, rank: Longs) -> Reals:
        band = np.minimum(np.searchsorted(self.ends, rank), len(self.ends) - 1)
        along = np.clip((rank - self._start[band]) / self._width[band], 0, 1)
        of_band = self._level[band] * self._width[band]
        before = self.hits[band] - of_band
        return np.asarray(before + of_band * along * (1 + self._tilt[band] * (1 - along)), np.float64)

    @property
    def _start(self) -> Reals:
        return np.concatenate([[0.0], self.ends[:-1]])

    @property
    def _width(self) -> Reals:
        return np.diff(self.ends, prepend=0.0)

    @property
    def _level(self) -> Reals:
        return np.asarray(np.diff(self.hits, prepend=0.0) / self._width, np.float64)

    @property
    def _tilt(self) -> Reals:
        """How far, relatively, each band's scores lie above and below their mean at its ends."""
        level = self._level
        gap = -np.diff(level, prepend=np.inf, append=0.0)
        return np.minimum(TILT, np.minimum(gap[:-1], gap[1:]) / 3 / level)
