"""A force-directed layout for small graphs that is the same every time."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, depth_first_order

from graphlead.core.arrays import Longs, Reals

WIDE = 1.6
"""The width of the picture over its height."""

ROUNDS = 300
"""Steps of the forces, in which the longest move shrinks evenly; by eye."""

APART = 0.62
"""The least distance of two nodes, as a share of that between evenly spread ones; by eye."""


def spread(nodes: int, source: Longs, target: Longs, pull: Reals) -> Reals:
    """Positions (nodes, 2) in [0, 1] of a connected graph around its node 0, for a picture WIDE times as wide as high.

    source, target (e,): the edges; pull (e,): how strongly each draws its ends together, 1 for an ordinary one.
    Forces as in Fruchterman and Reingold (1991), from rings around node 0 on which branches stand side by side, so
    nothing is random. The work grows with the square of the nodes: for pictures, not for registers.
    """
    if nodes == 1:
        return np.array([[0.5, 0.5]])
    at = _rings(nodes, source, target)
    for heat in np.linspace(0.6, 0.01, ROUNDS):
        force = _repulsion(at) - 0.04 * at
        drawn = at[source] - at[target]
        drawn *= (pull * np.linalg.norm(drawn, axis=1))[:, None]
        np.add.at(force, source, -drawn)
        np.add.at(force, target, drawn)
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9)
        at = at + force / length * np.minimum(length, heat)
    return _untangled(_framed(at)) / [WIDE, 1.0]


def _rings(nodes: int, source: Longs, target: Longs) -> Reals:
    """Rings by the number of steps from node 0, the branches of its tree side by side."""
    joined = sp.coo_matrix((np.ones(len(source)), (source, target)), shape=(nodes, nodes)).tocsr()
    order, before = breadth_first_order(joined, 0, directed=False)
    steps = np.ones(nodes)
    steps[0] = 0
    for node in order[1:]:
        steps[node] = steps[before[node]] + 1
    tree = sp.coo_matrix((np.ones(len(order) - 1), (before[order[1:]], order[1:])), shape=(nodes, nodes))
    around = np.zeros(nodes)
    around[depth_first_order(tree.tocsr(), 0)[0]] = np.linspace(0, 2 * np.pi, len(order), endpoint=False)
    radius = steps * max(1.0, np.sqrt(nodes) / 4)
    return np.stack([radius * np.cos(around), radius * np.sin(around)], axis=1)


def _repulsion(at: Reals) -> Reals:
    """The forces (nodes, 2) by which all nodes repel each other, the inverse of their distance."""
    apart = at[:, None, :] - at[None, :, :]
    squared = np.maximum((apart**2).sum(axis=2), 1e-4)
    return np.asarray((apart / squared[:, :, None]).sum(axis=1))


def _framed(at: Reals) -> Reals:
    """The positions turned so that the longest side is horizontal, and scaled to fill the picture."""
    at = at - at.mean(axis=0)
    _, _, axes = np.linalg.svd(at, full_matrices=False)
    if len(at) > 2:
        # The sign of an axis is open: the heavier end of each shows to the right and up.
        turned = at @ axes.T
        at = turned * np.where((turned**3).sum(axis=0) < 0, -1, 1)
    low, size = at.min(axis=0), np.maximum(np.ptp(at, axis=0), 1e-9)
    return np.asarray((at - low) / size * np.array([WIDE, 1.0]))


def _untangled(at: Reals) -> Reals:
    """The positions with nodes too near each other pushed apart, within the frame."""
    least = APART * np.sqrt(WIDE / len(at))
    for _ in range(80):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.sqrt((apart**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        close = np.maximum(least - distance, 0) / np.maximum(distance, 1e-6) / 2
        if not close.any():
            break
        at = np.clip(at + (apart * close[:, :, None]).sum(axis=1), 0, [WIDE, 1.0])
    return at
