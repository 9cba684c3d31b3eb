"""Figures that may be missing, as text."""

from __future__ import annotations

import math
from typing import TypeGuard

from graphlead.report.html import figures

NONE = "–"
"""In place of a figure that is not known."""


def known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def three(value: float | None) -> str:
    return f"{value:.3f}" if known(value) else NONE


def percent(share: float | None) -> str:
    return figures.percent(share) if known(share) else NONE


def count(number: float | None) -> str:
    return figures.count(number) if known(number) else NONE
