"""Splits: random folds, whole ownership groups, and the clients won last."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from graphlead.core.arrays import Ints, Longs
from graphlead.core.clients import Cohort
from graphlead.core.errors import CarrierError, SettingsError

Folds = npt.NDArray[np.int8]

LEAST_HELD_OUT = 10
"""Clients after the cut date that a time split needs: with fewer its intervals are too wide to use."""

FEWEST_LEFT = 10
"""Clients that are in a group with others, or known before the cut date; of fewer there is nothing to learn."""


@dataclass(frozen=True)
class Split:
    """A way to hold clients out.

    cohort: the clients that models are trained on, each hidden from the models of its fold; folds (n,): the fold of
    every company; held_out: the clients to be found, in the cohort or not, as sorted indices.
    """

    name: str
    cohort: Cohort
    folds: Folds
    held_out: Ints


MakeSplit = Callable[[Cohort, Ints, int, int], Split | None]


def split_of(name: str, cohort: Cohort, group: Ints, k: int, seed: int) -> Split | None:
    """The split of this name in k folds; None where the clients bear none. group (n,): as in ``Ownership``."""
    return SPLITS[name](cohort, group, k, seed)


def _at_random(cohort: Cohort, group: Ints, k: int, seed: int) -> Split:
    return Split("random", cohort, random_folds(cohort, k, seed), cohort.clients)


def _whole_groups(cohort: Cohort, group: Ints, k: int, seed: int) -> Split | None:
    sizes = np.bincount(group, minlength=cohort.n_companies)
    if (sizes[group[cohort.clients]] > 1).sum() < FEWEST_LEFT:
        return None
    return Split("groups", cohort, group_folds(cohort, group, k, seed), cohort.clients)


def _won_last(cohort: Cohort, group: Ints, k: int, seed: int) -> Split | None:
    later = time_holdout(cohort)
    if later is None or len(cohort.clients) - len(later[1]) < FEWEST_LEFT:
        return None
    earlier = ~np.isin(cohort.clients, later[1])
    past = replace(cohort, clients=cohort.clients[earlier], won=cohort.won[earlier])
    return Split("time", past, random_folds(past, k, seed), later[1])


SPLITS: Mapping[str, MakeSplit] = {"random": _at_random, "groups": _whole_groups, "time": _won_last}


def random_folds(cohort: Cohort, k: int, seed: int) -> Folds:
    """A fold 0..k-1 for every company, shape (n,): clients spread evenly, and all other companies too.

    Raises SettingsError unless 2 <= k <= 127.
    """
    rng = _generator(k, seed)
    fold = _even(cohort.n_companies, k, rng)
    fold[cohort.clients] = _even(len(cohort.clients), k, rng)
    return fold


def group_folds(cohort: Cohort, group: Ints, k: int, seed: int) -> Folds:
    """A fold 0..k-1 for every company, shape (n,), ownership groups kept whole, clients balanced.

    ``group`` (n,) is the smallest company index of each company's group, as in ``Ownership``. Groups with
    several clients are dealt largest first to the emptiest fold (Graham 1969, longest processing time first);
    the groups with one client then fill the folds up to the same level.
    Raises SettingsError unless 2 <= k <= 127.
    """
    n = cohort.n_companies
    if len(group) != n or (n and not 0 <= group.min() <= group.max() < n):
        raise CarrierError(f"group_folds: expected a group in [0, {n}) for each of {n} companies.")
    rng = _generator(k, seed)
    fold_of_group = _even(n, k, rng)
    roots, clients = np.unique(group[cohort.clients], return_counts=True)
    shuffled = rng.permutation(len(roots))
    roots, clients = roots[shuffled], clients[shuffled]
    several = clients > 1
    largest_first = np.argsort(-clients[several], kind="stable")
    dealt, load = _deal(clients[several][largest_first], k)
    fold_of_group[roots[several][largest_first]] = dealt
    fold_of_group[roots[~several]] = _level(load, int((~several).sum()))
    return fold_of_group[group]


def time_holdout(cohort: Cohort, share: float = 0.25) -> tuple[np.datetime64, Ints] | None:
    """The last day of training, and the clients won after it (int32 company indices, sorted).

    After the cut lie as close to ``share`` of the dated clients as possible, and at most half of them. None when
    fewer than half of the clients have a date or fewer than ten would be held out. Clients without a date stay in
    training.
    """
    dated = cohort.won[~np.isnat(cohort.won)]
    if not len(dated) or 2 * len(dated) < len(cohort.clients):
        return None
    days, counts = np.unique(dated, return_counts=True)
    after = len(dated) - np.cumsum(counts)
    distance = np.abs(after - share * len(dated))
    cut = int(np.argmin(np.where(2 * after <= len(dated), distance, np.inf)))
    if after[cut] < LEAST_HELD_OUT:
        return None
    return days[cut], cohort.clients[cohort.won > days[cut]]


def _generator(k: int, seed: int) -> np.random.Generator:
    if not 2 <= k <= np.iinfo(np.int8).max:
        raise SettingsError(
            f"{k} folds are not possible.", where="folds", remedy="Give a number from 2 to 127."
        )
    return np.random.default_rng(seed)


def _even(size: int, k: int, rng: np.random.Generator) -> Folds:
    """Folds 0..k-1 in random order, each equally often to within one."""
    fold = np.resize(np.arange(k, dtype=np.int8), size)
    rng.shuffle(fold)
    return fold


def _deal(sizes: Longs, k: int) -> tuple[Folds, Longs]:
    """Deal each size, in order, to the emptiest of k folds; the folds chosen and their loads (k,)."""
    load = np.zeros(k, np.int64)
    chosen = np.zeros(len(sizes), np.int8)
    heap = [(0, fold) for fold in range(k)]
    for i, size in enumerate(sizes.tolist()):
        filled, fold = heap[0]
        heapq.heapreplace(heap, (filled + size, fold))
        chosen[i] = fold
    np.add.at(load, chosen, sizes)
    return chosen, load


def _level(load: Longs, singles: int) -> Folds:
    """Folds for ``singles`` units, added to the loads (k,) so that these end as level as possible."""
    heights = load[:, None] + np.arange(singles)
    lowest = np.argsort(heights, axis=None, kind="stable")[:singles]
    return (lowest // max(singles, 1)).astype(np.int8)
