"""The smallest lift that two groups can show, and how many cases a lift needs.

Two proportions, two-sided at 5 %, with a power of 80 %: the normal approximation with the pooled variance under no lift
and the unpooled one under the lift (Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, 4.2,
without the correction for continuity).
"""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.stats import norm

LEVEL, POWER = 0.05, 0.80
"""The chance of a false alarm, both sides together, and that of showing a lift that is there; the custom."""
_ALPHA, _BETA = float(norm.ppf(1 - LEVEL / 2)), float(norm.ppf(POWER))


def least_distance(base: float, other: float, treated: float, control: float) -> float:
    """The distance of two rates that groups of these sizes show with ``POWER``, if they are ``base`` and ``other``."""
    pooled = (treated * other + control * base) / (treated + control)
    even = pooled * (1 - pooled) * (1 / treated + 1 / control)
    apart = other * (1 - other) / treated + base * (1 - base) / control
    return _ALPHA * math.sqrt(even) + _BETA * math.sqrt(apart)


def smallest_lift(base: float, treated: int, control: int, *, sign: int = 1) -> float | None:
    """The smallest lift over the rate ``base`` of the control that is shown; None where even the largest is not.

    sign: -1 for a drop, which is given as a positive number too.
    """
    most = 1 - base if sign > 0 else base
    if min(treated, control) < 1 or most <= 0:
        return None

    def short(lift: float) -> float:
        return least_distance(base, base + sign * lift, treated, control) - lift

    return float(brentq(short, 0.0, most, xtol=1e-12)) if short(most) < 0 < short(0.0) else None


def cases_needed(base: float, lift: float, share: float) -> int | None:
    """How many cases show a lift over the rate ``base`` of the control; None where the rate would leave [0, 1].

    share: of the cases that are the control.
    """
    other = base + lift
    if not 0 <= other <= 1 or lift == 0:
        return None
    whole = least_distance(base, other, 1 - share, share) ** 2 / lift**2
    return math.ceil(whole - 1e-9)
