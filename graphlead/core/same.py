"""Records of a register that are one company, and companies that are related at one place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import NONE, Flags, Ints, require, require_indices


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Pairs of records (p,) that are one company.

    sure (p,): true for "same company", false for "probably". shared (p,): what they have in common, as text: "same name
    but for spelling, same address".
    """

    left: Ints
    right: Ints
    sure: Flags
    shared: pa.Array

    def __post_init__(self) -> None:
        lengths = {len(self.left), len(self.right), len(self.sure), len(self.shared)}
        require(len(lengths) == 1, "Pairs", "arrays of one length", lengths)


@dataclass(frozen=True, kw_only=True)
class Related:
    """Companies that share a word of their names at a place where most companies with the word are: family firms,
    branches.

    company, group: one row per company and group it is in. shared (g,): what the companies of a group have in common,
    as text: "shares 'munie' and FT SILL".
    """

    company: Ints
    group: Ints
    shared: pa.Array

    def __post_init__(self) -> None:
        require(
            len(self.company) == len(self.group),
            "Related",
            "a group a row",
            (len(self.company), len(self.group)),
        )
        require_indices("Related", "group", self.group, len(self.shared))

    def to(self, clients: Ints, n: int) -> tuple[Ints, Ints]:
        """For each of n companies a client (of those given) in a group with it, and the group; NONE for none."""
        is_client = np.zeros(n, bool)
        is_client[clients] = True
        of_group = np.full(len(self.shared), NONE, np.int32)
        mine = is_client[self.company]
        of_group[self.group[mine][::-1]] = self.company[mine][::-1]
        joined = np.flatnonzero(of_group[self.group] != NONE)[::-1]
        client, group = np.full(n, NONE, np.int32), np.full(n, NONE, np.int32)
        client[self.company[joined]] = of_group[self.group[joined]]
        group[self.company[joined]] = self.group[joined]
        return client, group


@dataclass(frozen=True, kw_only=True)
class Same:
    """The records of a register by company.

    cluster (n,): the smallest index among the records of the same company, its own where it is alone. pairs: what
    each cluster rests on.
    """

    cluster: Ints
    pairs: Pairs
    related: Related

    def __post_init__(self) -> None:
        n = len(self.cluster)
        require_indices("Same", "cluster", self.cluster, n)
        for name, values in (
            ("left", self.pairs.left),
            ("right", self.pairs.right),
            ("company", self.related.company),
        ):
            require_indices("Same", name, values, n)
        first = bool(
            (self.cluster[self.cluster] == self.cluster).all() and (self.cluster <= np.arange(n)).all()
        )
        require(first, "Same", "the smallest index of each cluster", "another")

    def without(self, alone: Ints) -> Same:
        """The same, but the records ``alone`` (m,) are companies of their own, related to none."""
        n = len(self.cluster)
        apart = np.zeros(n, bool)
        apart[alone] = True
        label = np.where(apart, n + np.arange(n), self.cluster)
        first = np.full(2 * n, n, np.int32)
        np.minimum.at(first, label, np.arange(n, dtype=np.int32))
        pairs, related = self.pairs, self.related
        kept = np.flatnonzero(~apart[pairs.left] & ~apart[pairs.right])
        inside = ~apart[related.company]
        return Same(
            cluster=first[label],
            pairs=Pairs(
                left=pairs.left[kept],
                right=pairs.right[kept],
                sure=pairs.sure[kept],
                shared=pairs.shared.take(pa.array(kept)),
            ),
            related=Related(
                company=related.company[inside], group=related.group[inside], shared=related.shared
            ),
        )

    def repeated(self) -> int:
        """How many records are another record of a company that the register has already."""
        return int((self.cluster != np.arange(len(self.cluster))).sum())
