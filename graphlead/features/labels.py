"""Label features: the clients around a company by each relation, independent of its own label."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from graphlead.common.parallel import side_by_side
from graphlead.core.arrays import Flags, Floats, Folds, Ints, Longs, Reals
from graphlead.core.clients import Cohort
from graphlead.core.contracts import Propagator
from graphlead.core.features import (
    Feature,
    Features,
    Groups,
    Incidence,
    Kind,
    Neighbours,
    Relation,
    Source,
    Statistic,
)
from graphlead.features.counts import CountsByFold
from graphlead.features.seeds import Seeds, WalkFromClients, client_weights, walks_from
from graphlead.features.walk import Walk, walked

GROUP_STRENGTH = 20.0
"""Pseudo-companies with the register's share of clients added to each group, against chance in small groups.
Estimating the strengths by empirical Bayes moved the average precision by at most 0.007, on generated and real lists.
"""
LINK_STRENGTH = 2.0
"""The same for linked companies: they are few, but a link is stronger evidence than a common group."""
OF_SEVERAL = (Statistic.SUM, Statistic.MEAN, Statistic.STRONGEST)
"""The statistics over the lifts of a company's several groups, such as the words of its name."""
BLOCK = 8_192
"""Companies whose columns are put beside each other at a time, a choice: as many as a core's cache holds."""
WALK_FLOOR = 1e-3
"""Added to the visits before the log: a company that the walk does not reach counts as a thousandth of the average."""


class ClientsAround:
    """Label features: log-lifts of the share of clients around a company, and log visits of a walk from the clients.

    Each lift is the log ratio of the share of clients among a company's neighbours, shrunk towards the register's
    share, to that share: 0 where clients are as frequent as everywhere, log 2 where twice as frequent. Dividing by
    the share of the visible clients makes features from four folds of clients comparable with those from three. Where
    the client list is dated, clients won lately count more, see ``client_weights``. Where companies were rejected,
    each lift is one of two: see ``lift_of``.
    """

    def __init__(self, features: Features, propagator: Propagator) -> None:
        self._relations = features.relations
        self._walk = Walk(walked(self._relations), features.n_companies, propagator)
        self._others = list(side_by_side(_others, self._relations))
        self.features = tuple(self._features())
        own = {relation.source for relation in self._relations if _is_own_column(relation)}
        self.encodings = tuple(i for i, feature in enumerate(self.features) if feature.source in own)

    def _features(self) -> Iterator[Feature]:
        for relation in self._relations:
            statistics = OF_SEVERAL if isinstance(relation, Incidence) else (Statistic.LIFT,)
            yield from (Feature(relation.source, statistic) for statistic in statistics)
        yield Feature(Source(kind=Kind.WALK), Statistic.LIFT)

    def around(self, cohort: Cohort, folds: Folds) -> ClientsByFold:
        """The clients around each company by fold, from 0 on, shape (n,): counted and walked from once."""
        return self.around_each([(cohort, folds)])[0]

    def around_each(self, dealt: Sequence[tuple[Cohort, Folds]]) -> list[ClientsByFold]:
        """The same for several cohorts or folds, each the same to the last bit as alone, in less time."""
        seeds = [_seeds(cohort, folds) for cohort, folds in dealt]
        walks = walks_from(self._walk, seeds)
        return [
            self._by_fold(cohort, folds, each, walk)
            for (cohort, folds), each, walk in zip(dealt, seeds, walks, strict=True)
        ]

    def _by_fold(self, cohort: Cohort, folds: Folds, seeds: Seeds, walk: WalkFromClients) -> ClientsByFold:
        of, k = (seeds.clients, seeds.weights, seeds.fold), seeds.k
        counts = [CountsByFold(relation, *of, k) for relation in self._relations]
        rejected = _rejected(self._relations, cohort.rejected, folds[cohort.rejected], k)
        relations = zip(self._relations, self._others, counts, rejected, strict=True)
        return ClientsByFold(
            [
                _Around(relation=relation, others=others, clients=clients, rejected=called)
                for relation, others, clients, called in relations
            ],
            walk,
            np.bincount(seeds.fold, seeds.weights, k).astype(np.float64),
            np.bincount(folds[cohort.rejected], minlength=k),
            cohort.n_companies,
        )


def _seeds(cohort: Cohort, folds: Folds) -> Seeds:
    return Seeds(
        n=cohort.n_companies,
        clients=cohort.clients,
        weights=client_weights(cohort.won),
        fold=folds[cohort.clients],
        k=int(folds.max(initial=0)) + 1,
    )


def _rejected(
    relations: Sequence[Relation], companies: Ints, fold: Folds, k: int
) -> Sequence[CountsByFold | None]:
    """The rejected companies (r,) in the groups of each relation by fold; None where nobody is."""
    if not len(companies):
        return [None] * len(relations)
    once = np.ones(len(companies))
    return [CountsByFold(relation, companies, once, fold, k) for relation in relations]


class ClientsByFold:
    """Label features from the clients outside any folds, by sums of what each fold has; see ``ClientsAround``.

    weights (k,): those of each fold's clients; rejected (k,): the rejected companies of each fold.
    """

    def __init__(
        self,
        around: Sequence[_Around],
        walk: WalkFromClients,
        weights: Reals,
        rejected: Longs,
        n: int,
    ) -> None:
        self._around, self._walk, self._weights, self._rejected, self._n = around, walk, weights, rejected, n

    def rows(self, rows: Ints, hidden: Collection[int] = ()) -> Floats:
        """Label features float32 (len(rows), F) of these companies from the clients outside the ``hidden`` folds."""
        seen = ~np.isin(np.arange(len(self._weights)), [*hidden])
        clients = max(float(self._weights[seen].sum()), 1.0)
        base, sure = clients / self._n, clients / (clients + float(self._rejected[seen].sum()))
        columns = [column for each in self._around for column in each.lifts(rows, seen, base, sure)]
        columns.append(log_visits(self._walk.visits(rows, seen)))
        found = np.empty((len(rows), len(columns)), np.float32)
        for start in range(0, len(rows), BLOCK):
            block = slice(start, start + BLOCK)
            np.stack([column[block] for column in columns], axis=1, out=found[block])
        return found

    def walk_without(self, companies: Ints, left_out: Ints) -> Floats:
        """The last label feature (m,) of ``companies`` (m,) from all clients but one, another one (m,) for each."""
        return log_visits(self._walk.visits_without(companies, left_out))


def _is_own_column(relation: Relation) -> bool:
    """Whether the relation groups by a single column, so that its lift is a target encoding of that column."""
    return len({level.column for level in relation.source.levels}) == 1


def _others(relation: Relation) -> Floats:
    """The companies in each group (groups + 1,) beside any of its own, 0 for no group; or linked with each (n,)."""
    if isinstance(relation, Neighbours):
        return np.asarray(relation.matrix.sum(1), np.float32).ravel()
    return np.append(np.maximum(relation.sizes - 1, 0), 0).astype(np.float32)


@dataclass(kw_only=True)
class _Around:
    """The companies around others by a relation: ``others`` as of ``_others``, clients and rejected ones by fold; None
    where nobody is rejected. lifts_of_all: of every group from all folds, once they were asked for.
    """

    relation: Relation
    others: Floats
    clients: CountsByFold
    rejected: CountsByFold | None
    lifts_of_all: Floats | None = None

    def lifts(self, rows: Ints, seen: Flags, base: float, sure: float) -> list[Floats]:
        """The label features (len(rows),) of companies, from the folds ``seen`` (k,); base, sure: see ``lift_of``."""
        lift = partial(self._lift, seen=seen, base=base, sure=sure)
        if isinstance(self.relation, Neighbours):
            return [lift(rows, strength=LINK_STRENGTH)]
        if isinstance(self.relation, Groups):
            code = self.relation.code[rows]
            return [np.where(code >= 0, lift(code, strength=GROUP_STRENGTH), np.float32(0))]
        groups = self.relation.matrix[rows]
        return of_several(groups.indptr, lift(groups.indices, strength=GROUP_STRENGTH))

    def _lift(self, groups: Ints, *, seen: Flags, base: float, sure: float, strength: float) -> Floats:
        if seen.all() and self.lifts_of_all is None:
            self.lifts_of_all = self._of_every_group(seen, base, sure, strength)
        if seen.all() and self.lifts_of_all is not None:
            return self.lifts_of_all[groups]
        if len(groups) > len(self.others):
            return self._of_every_group(seen, base, sure, strength)[groups]
        return self._formula(groups, seen, base, sure, strength)

    def _of_every_group(self, seen: Flags, base: float, sure: float, strength: float) -> Floats:
        return self._formula(np.arange(len(self.others), dtype=np.int32), seen, base, sure, strength)

    def _formula(self, groups: Ints, seen: Flags, base: float, sure: float, strength: float) -> Floats:
        rejected = None if self.rejected is None else self.rejected.of(groups, seen)
        return lift_of(self.clients.of(groups, seen), rejected, self.others[groups], base, sure, strength)


def lift_of(
    clients: Floats, rejected: Floats | None, others: Floats, base: float, sure: float, strength: float
) -> Floats:
    """The log-lift of the clients among the others, and that of the clients among the clients and the rejected.

    The first is high where clients are frequent; the second is low where calls were in vain more often than elsewhere,
    and 0 where nobody was called. With 20 leads of one of two like trades rejected, the rest of it came after the other
    trade in 71 % of the pairs, without the second in 54 %, as when nothing is learned (means of three registers).
    base: the share of clients in the register; sure: their share among the clients and the rejected; rejected: None
    where nobody is.
    """
    lift = log_lift(clients, others, base, strength)
    return lift if rejected is None else lift + log_lift(clients, clients + rejected, sure, strength)


def log_lift(clients: Floats, others: Floats, base: float, strength: float) -> Floats:
    """The shrunk log-lift log((clients + strength * base) / ((others + strength) * base)) of ``clients`` of ``others``.

    ``base`` is the share of clients in the register, ``strength`` the number of pseudo-companies with that share.
    """
    return np.log((clients + strength * base) / ((others + strength) * base)).astype(np.float32)


def of_several(begins: Ints, lifts: Floats) -> list[Floats]:
    """Each row's lifts as their sum, their sum over the root of their count, and their maximum; 0 without groups."""
    count = np.diff(begins)
    some = np.flatnonzero(count)
    total, strongest = np.zeros(len(count), np.float32), np.zeros(len(count), np.float32)
    if len(some):
        total[some] = np.add.reduceat(lifts, begins[some])
        strongest[some] = np.maximum.reduceat(lifts, begins[some])
    return [total, (total / np.sqrt(np.maximum(count, 1))).astype(np.float32), strongest]


def log_visits(visits: Floats) -> Floats:
    """The label feature of a walk that visits a company so often, 1 being the average."""
    return np.asarray(np.log(visits + WALK_FLOOR), np.float32)
