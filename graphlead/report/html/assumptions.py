"""The assumptions behind a list as a manager reads them."""

from __future__ import annotations

from collections.abc import Sequence

from graphlead.core.arrays import Json
from graphlead.core.assumptions import Assumptions, Draw, Following
from graphlead.report.html.figures import count, listed, percent

LEVEL = 0.05
"""The customary level of a test, shared among the columns tested."""


def sheet(assumptions: Assumptions) -> Json:
    """What the template of the sheet shows."""
    return {
        "random": _random(assumptions.draws),
        "recent": _recent(assumptions.draws),
        "priors": [percent(prior) for prior in assumptions.priors],
        "found": [
            {"first": count(first), "cells": [count(found) for found in row]}
            for first, row in assumptions.found.items()
        ],
        "followings": [_row(following) for following in assumptions.followings],
        "neutral": assumptions.neutral,
        "example": next((draw.column for draw in assumptions.draws), ""),
    }


def _random(draws: Sequence[Draw]) -> str:
    """Whether the clients are a random draw from the register."""
    if not draws:
        return "The register has no region, size or age, so whether your clients are a random draw cannot be tested."
    apart = [(draw.column, draw.p_register) for draw in draws if draw.p_register <= LEVEL / len(draws)]
    if not apart:
        names = listed([draw.column for draw in draws])
        return f"By {names}, your clients cannot be distinguished from companies drawn from the register at random."
    return (
        f"Your clients are not drawn from the register at random: they differ from it by {_named(apart)}. The list "
        "looks for more companies like them, so it inherits this, be it due to your product or to where you sold."
    )


def _recent(draws: Sequence[Draw]) -> str:
    """Whether the clients won lately are like those won before."""
    tested = [(draw.column, draw.p_recent) for draw in draws if draw.p_recent is not None]
    if not tested:
        return "Too few clients have a date to test whether those won lately are like those won before."
    apart = [(name, p) for name, p in tested if p <= LEVEL / len(tested)]
    if not apart:
        return (
            f"The later half of your dated clients does not differ measurably from the earlier one by "
            f"{listed([name for name, _ in tested])}: nothing speaks against learning from the past."
        )
    return (
        f"The later half of your dated clients differs from the earlier one by {_named(apart)}: your market is moving, "
        "and the list, which learns from all of them, lags behind."
    )


def _named(apart: Sequence[tuple[str, float]]) -> str:
    return listed([f"{name} (p {'< 0.002' if p < 0.002 else f'= {p:.2g}'})" for name, p in apart])


def _row(following: Following) -> Json:
    shares = (following.on_list, following.of_clients, following.of_register)
    return {
        "column": following.column,
        "explained": f"{percent(following.explained)} ({following.extent})",
        "first": count(following.top),
        "value": following.value or "no value stands out",
        "shares": [percent(share) for share in shares] if following.value else ["", "", ""],
    }
