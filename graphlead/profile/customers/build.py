"""Segments of customers: found once, applied to later customers, and described."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from graphlead.common.files import read_json, write_json
from graphlead.core.arrays import Flags, Json, Reals
from graphlead.core.customers import Customers
from graphlead.core.errors import InputError, damage
from graphlead.profile.customers.apart import Difference, differences
from graphlead.profile.customers.axes import Axis, along, axes_of, find_axes
from graphlead.profile.customers.clusters import Clusters, clusters_of, find_clusters
from graphlead.profile.customers.names import names_of_buyers, names_of_others
from graphlead.profile.customers.offers import offers_for
from graphlead.profile.customers.value import classes_of, worth_of

MODEL = "clusters.json"
"""Within the folder of the model: scales, centres, names, axes and offers."""
FEWEST = 20
"""Customers below which no segments are looked for."""


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """Segments as they are applied to customers: clusters with a name each (k), and the two axes. bought: whether they
    were found in purchases."""

    clusters: Clusters
    names: tuple[str, ...]
    axes: tuple[Axis, ...]
    bought: bool


def find_segments(customers: Customers, apart: Flags, seed: int, where: str) -> Segmentation:
    """The segments of customers; those set ``apart`` (n,) as noise have no part in it.

    Raises InputError for fewer than FEWEST customers, and where nothing distinguishes them.
    """
    kept = customers.rows(np.flatnonzero(~apart))
    if len(kept) < FEWEST:
        raise InputError(
            f"there are {len(kept)} customers; segments need at least {FEWEST}.",
            where=where,
            remedy="Give more customers, or leave out --noise." if apart.any() else "Give more customers.",
        )
    _refuse_alike(kept, where)
    clusters = find_clusters(kept, seed)
    segment, count = clusters.assigned(kept.table), len(clusters.centres)
    if kept.bought:
        names = names_of_buyers(kept, segment, count)
    else:
        names = names_of_others([differences(kept, segment == k) for k in range(count)])
    return Segmentation(
        clusters=clusters, names=tuple(names), axes=find_axes(clusters.space, kept), bought=kept.bought
    )


def save_segmentation(found: Segmentation, folder: Path) -> None:
    """Write the segmentation into a folder, made when missing."""
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / MODEL, {
        "names": list(found.names),
        "bought": found.bought,
        "axes": [axis.to_json() for axis in found.axes],
        **found.clusters.to_json(),
    })  # fmt: skip


def load_segmentation(folder: Path) -> Segmentation:
    """The segmentation that ``save_segmentation`` wrote. Raises RunFolderError when it is missing or damaged."""
    content = read_json(folder / MODEL)
    with damage(folder / MODEL):
        return Segmentation(
            clusters=clusters_of(content),
            names=tuple(content["names"]),
            axes=axes_of(content["axes"]),
            bought=content["bought"],
        )


def segmented(found: Segmentation, customers: Customers) -> pd.DataFrame:
    """Every customer with its segment: customer, segment, recency, frequency, monetary, value_class, x, y."""
    place = along(found.clusters.space, found.axes, customers.table)
    worth, _ = worth_of(customers)
    return pd.DataFrame({
        "customer": customers.ids,
        "segment": np.array(found.names, object)[found.clusters.assigned(customers.table)],
        "recency": customers.recency,
        "frequency": customers.frequency,
        "monetary": customers.monetary,
        "value_class": classes_of(worth),
        "x": place[:, 0].round(6),
        "y": place[:, 1].round(6),
    })  # fmt: skip


def described(found: Segmentation, customers: Customers, offers: Mapping[str, str]) -> list[Json]:
    """Each segment, the largest first: size, value, what tells it apart, and the offer. Raises as ``offers_for``."""
    segment = found.clusters.assigned(customers.table)
    rows = [_described(name, customers, segment == at) for at, name in enumerate(found.names)]
    texts, worth = [row["text"] for row in rows], [row["worth"] for row in rows]
    chosen = offers_for(found.names, texts, worth, offers)
    with_offers = [row | {"offer": offer} for row, offer in zip(rows, chosen, strict=True)]
    return sorted(with_offers, key=lambda row: -row["size"])


def _described(name: str, customers: Customers, inside: Flags) -> Json:
    worth, _ = worth_of(customers)
    apart, classes = differences(customers, inside), classes_of(worth)[inside]
    medians = {
        each: _median(getattr(customers, each)[inside]) for each in ("recency", "frequency", "monetary")
    }
    return {
        "segment": name,
        "size": int(inside.sum()),
        "share": float(inside.mean()),
        **_value(worth, inside),
        **medians,
        "classes": {each: int((classes == each).sum()) for each in ("A", "B", "C")},
        "apart": [each.to_json() for each in apart],
        "text": _sentence(apart),
    }


def _value(worth: Reals, inside: Flags) -> Json:
    """The value of a segment, its share of all, the mean of a customer, and that over the mean of all; None where
    values are unknown."""
    total = float(worth.sum())
    if not total or not inside.any():
        return {"value": None, "value_share": None, "value_mean": None, "worth": None}
    mine = float(worth[inside].sum())
    mean = mine / int(inside.sum())
    return {
        "value": mine,
        "value_share": mine / total,
        "value_mean": mean,
        "worth": mean / (total / len(worth)),
    }


def _median(values: Reals) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else None


def _sentence(apart: Sequence[Difference]) -> str:
    """The three strongest traits in plain words."""
    return ", ".join(dict.fromkeys(each.text for each in apart[:3]))


def _refuse_alike(customers: Customers, where: str) -> None:
    if not customers.scored or len(customers.table[[t.name for t in customers.scored]].drop_duplicates()) < 2:
        raise InputError(
            "nothing tells these customers apart: no column has numbers or a few words that differ.",
            where=where,
            remedy="Check the plan of the columns; [columns] in --config says what one is.",
        )
