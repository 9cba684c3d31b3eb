"""Numbers of clients and register on one axis: histograms and kernel densities."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from graphlead.core.arrays import Flags, Reals
from graphlead.core.profile import Distribution
from graphlead.profile.numbers import skewed

BINS, FINE, GRID = 24, 768, 128
"""Bins of the histogram, bins that the density is smoothed from, and points of its curve."""
FEWEST = 5
"""Clients with a number below which no distribution is drawn: its shape would be chance."""


def distribution(label: str, values: Reals, client: Flags, weight: Reals) -> Distribution | None:
    """The distribution of a number (m,), NaN where missing; None with too few clients or a single value.

    The axis covers all but the outermost half per cent of the register on each side; values beyond it, and zeros on a
    logarithmic axis, count in the outer bins. Densities are per unit of the axis: of log10 where it is logarithmic.
    """
    known = np.isfinite(values)
    mine, usual = values[known & client], values[known]
    if len(mine) < FEWEST or usual.min() == usual.max():
        return None
    logarithmic = skewed(usual)
    floor = usual[usual > 0].min() if logarithmic else 0.0
    ours, all_of_them = (np.log10(np.maximum(v, floor)) if logarithmic else v for v in (mine, usual))
    low, high = np.quantile(all_of_them, (0.005, 0.995))
    low, high = min(low, float(np.quantile(ours, 0.02))), max(high, float(np.quantile(ours, 0.98)))
    if low == high:
        return None
    edges, grid = np.linspace(low, high, BINS + 1), np.linspace(low, high, GRID)
    heavy = weight[known]
    return Distribution(
        column=label,
        logarithmic=logarithmic,
        edges=_floats(10**edges if logarithmic else edges),
        clients=_floats(_shares(ours, np.ones(len(ours)), edges)),
        register=_floats(_shares(all_of_them, heavy, edges)),
        grid=_floats(10**grid if logarithmic else grid),
        clients_density=_floats(density(ours, np.ones(len(ours)), grid)),
        register_density=_floats(density(all_of_them, heavy, grid)),
    )


def _shares(values: Reals, weight: Reals, edges: Reals) -> Reals:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges, weights=weight)
    return np.asarray(counts / counts.sum())


def density(values: Reals, weight: Reals, grid: Reals) -> Reals:
    """A Gaussian kernel density at the grid, by smoothing fine bins; Silverman's bandwidth (1986)."""
    span = grid[-1] - grid[0]
    fine = np.linspace(grid[0] - span / 4, grid[-1] + span / 4, FINE + 1)
    width = fine[1] - fine[0]
    counts, _ = np.histogram(np.clip(values, fine[0], fine[-1]), fine, weights=weight)
    quartiles = np.quantile(values, (0.25, 0.75))
    spread = (
        min(float(values.std()), float(quartiles[1] - quartiles[0]) / 1.349) or float(values.std()) or width
    )
    bandwidth = max(0.9 * spread * len(values) ** -0.2, width)
    smooth = gaussian_filter1d(counts / counts.sum() / width, bandwidth / width, mode="constant")
    return np.asarray(np.interp(grid, (fine[1:] + fine[:-1]) / 2, smooth))


def _floats(values: Reals) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values)
