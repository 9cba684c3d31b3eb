"""The two axes on which customers are shown: the directions in which they differ most."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from graphlead.core.arrays import Json, Reals
from graphlead.core.customers import Customers, Trait
from graphlead.profile.customers.space import Space, principal

NAMED = 2
"""Traits in the name of an axis."""
NOTABLE = 0.5
"""The loading, over the largest, from which a trait is in the name."""


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A direction: loadings (d) of the dimensions of a space, the share of the variance along it, and its name."""

    name: str
    loadings: tuple[float, ...]
    explained: float

    def to_json(self) -> Json:
        return asdict(self)


def axes_of(content: list[Json]) -> tuple[Axis, ...]:
    """The axes that ``to_json`` wrote."""
    return tuple(Axis(**{**each, "loadings": tuple(each["loadings"])}) for each in content)


def find_axes(space: Space, customers: Customers) -> tuple[Axis, ...]:
    """The first two principal directions of the customers, named by the traits that they lie along."""
    points = space.standardised(customers.table)
    total = float(points.var(0).sum())
    traits = {trait.name: trait for trait in customers.traits}
    dimensions = [(traits[name], level) for name, level in space.dimensions]
    return tuple(
        Axis(
            name=_name(direction, dimensions),
            loadings=tuple(direction.tolist()),
            explained=float((points @ direction).var() / total),
        )
        for direction in principal(points, 2).T
    )


def along(space: Space, axes: tuple[Axis, ...], values: pd.DataFrame) -> Reals:
    """The place (n, 2) of customers on the axes; the second is 0 where there is one dimension."""
    points = space.standardised(values)
    found = np.zeros((len(values), 2))
    for at, axis in enumerate(axes):
        found[:, at] = points @ np.array(axis.loadings)
    return found


def _name(direction: Reals, dimensions: list[tuple[Trait, str]]) -> str:
    """The strongest traits of a direction: spent more, longer without a purchase."""
    order = np.argsort(-np.abs(direction), kind="stable")[:NAMED]
    kept = [at for at in order.tolist() if abs(direction[at]) >= NOTABLE * abs(direction[order[0]])]
    return ", ".join(
        trait.words(float(direction[at]), level) for at in kept for trait, level in [dimensions[at]]
    )
