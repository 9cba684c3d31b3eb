"""How much each theme moved a score: Shapley values against the typical company."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.core.arrays import Flags, Ints, Reals
from graphlead.core.contracts import Progress, silent
from graphlead.explain.reasons.inputs import Game

PAIRS = 16
"""Orders drawn, each used forwards and backwards. More give less noise in the values for as much more time: half as
many halve the time of the explanations."""


@dataclass(frozen=True)
class Attribution:
    """How far each theme moved the score of m companies from that of the typical company, in log-odds.

    contributions: float64 (m, themes); ``typical`` + their sum = ``score``, both float64 (m,).
    """

    contributions: Reals
    typical: Reals
    score: Reals


def attribute(game: Game, seed: int, pairs: int = PAIRS, progress: Progress = silent) -> Attribution:
    """Shapley values (Shapley 1953) of the themes, from sampled orders in which they become known.

    A theme's marginal contribution is averaged over 2 * ``pairs`` orders (Castro, Gómez and Tejada 2009), each order
    with its reverse (antithetic pairs: Mitchell et al. 2022). The values add up exactly; a theme as in the typical
    company gets exactly 0.
    """
    active = game.active()
    order = np.broadcast_to(_orders(pairs, game.n_themes, seed), (len(active), 2 * pairs, game.n_themes))
    which, kept = _prefixes(order, active)
    values = _scored(game, which, kept, progress).reshape(*order.shape[:2], game.n_themes + 1)
    gains = np.diff(values, axis=2)
    by_theme = np.empty_like(gains)
    np.put_along_axis(by_theme, order, gains, axis=2)
    return Attribution(by_theme.mean(1), values[:, 0, 0], values[:, 0, -1])


def _orders(pairs: int, themes: int, seed: int) -> Ints:
    """Orders (2 pairs, themes), the same for every company: its values do not depend on who else is explained."""
    drawn = np.random.default_rng(seed).random((pairs, themes)).argsort(axis=1)
    return np.concatenate([drawn, drawn[:, ::-1]]).astype(np.int32)


def _prefixes(order: Ints, active: Flags) -> tuple[Ints, Flags]:
    """The themes known after each step of each order, a flag each, and their company (m * orders * (themes + 1),)."""
    m, orders, themes = order.shape
    place = order.argsort(axis=2)
    known = place[:, :, None, :] < np.arange(themes + 1)[:, None]
    known &= active[:, None, None, :]
    which = np.repeat(np.arange(m, dtype=np.int32), orders * (themes + 1))
    return which, known.reshape(-1, themes)


def _scored(game: Game, which: Ints, kept: Flags, progress: Progress) -> Reals:
    """The score of each variant; equal variants of a company are scored once."""
    code = kept @ (np.int64(1) << np.arange(kept.shape[1], dtype=np.int64))
    order = np.lexsort((code, which))
    new = np.r_[True, (np.diff(code[order]) != 0) | (np.diff(which[order]) != 0)][: len(order)]
    unique = order[new]
    progress(0, 1, f"scoring {len(unique):,} variants of {int(which.max(initial=-1)) + 1:,} companies")
    scores = game.log_odds(which[unique], kept[unique])
    values = np.empty(len(which))
    values[order] = scores[np.cumsum(new) - 1]
    return values
