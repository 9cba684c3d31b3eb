"""Splits: random folds, whole ownership groups, and the clients won last."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from graphlead.common.deal import dealt, evenly, into_rooms, lots
from graphlead.core.arrays import Folds, Ints, Keys, Longs
from graphlead.core.clients import Cohort
from graphlead.core.errors import CarrierError, SettingsError

LEAST_HELD_OUT = 10
"""Clients after the cut date that a time split needs: with fewer its intervals are too wide to use."""

FOLDS = "folds"
"""What companies are dealt by their keys for."""

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


MakeSplit = Callable[[Cohort, Keys, Ints, int, int], Split | None]


def split_of(name: str, cohort: Cohort, keys: Keys, group: Ints, k: int, seed: int) -> Split | None:
    """The split of this name in k folds; None where the clients bear none.

    keys, group (n,): as in ``Features`` and in ``Ownership``.
    """
    return SPLITS[name](cohort, keys, group, k, seed)


def _at_random(cohort: Cohort, keys: Keys, group: Ints, k: int, seed: int) -> Split:
    return Split("random", cohort, random_folds(cohort, keys, k, seed), cohort.clients)


def _whole_groups(cohort: Cohort, keys: Keys, group: Ints, k: int, seed: int) -> Split | None:
    sizes = np.bincount(group, minlength=cohort.n_companies)
    if (sizes[group[cohort.clients]] > 1).sum() < FEWEST_LEFT:
        return None
    return Split("groups", cohort, group_folds(cohort, keys, group, k, seed), cohort.clients)


def _won_last(cohort: Cohort, keys: Keys, group: Ints, k: int, seed: int) -> Split | None:
    later = time_holdout(cohort)
    if later is None or len(cohort.clients) - len(later[1]) < FEWEST_LEFT:
        return None
    earlier = ~np.isin(cohort.clients, later[1])
    # What was rejected is known today, after the clients held out were won.
    past = replace(
        cohort, clients=cohort.clients[earlier], won=cohort.won[earlier], rejected=np.zeros(0, np.int32)
    )
    return Split("time", past, random_folds(past, keys, k, seed), later[1])


SPLITS: Mapping[str, MakeSplit] = {"random": _at_random, "groups": _whole_groups, "time": _won_last}


def random_folds(cohort: Cohort, keys: Keys, k: int, seed: int) -> Folds:
    """A fold 0..k-1 for every company, shape (n,), by its key (n,): the clients spread evenly.

    One company more leaves the folds of the others as they are, one client more those of all but a few.
    Raises SettingsError unless 2 <= k <= 127.
    """
    _check_number(k)
    fold = dealt(keys, k, FOLDS, seed).astype(np.int8)
    fold[cohort.clients] = evenly(keys[cohort.clients], k, FOLDS, seed)
    return fold


def group_folds(cohort: Cohort, keys: Keys, group: Ints, k: int, seed: int) -> Folds:
    """A fold 0..k-1 for every company, shape (n,), ownership groups kept whole, clients balanced.

    ``group`` (n,) is the smallest company index of each company's group, as in ``Ownership``; the key of that company
    stands for the group. Groups with several clients are dealt largest first to the emptiest fold (Graham 1969, longest
    processing time first); the groups with one client then fill the folds up to the same level.
    Raises SettingsError unless 2 <= k <= 127.
    """
    n = cohort.n_companies
    if len(group) != n or (n and not 0 <= group.min() <= group.max() < n):
        raise CarrierError(f"group_folds: expected a group in [0, {n}) for each of {n} companies.")
    _check_number(k)
    fold_of_group = dealt(keys, k, FOLDS, seed).astype(np.int8)
    roots, clients = np.unique(group[cohort.clients], return_counts=True)
    largest_first = np.lexsort((lots(keys[roots], FOLDS, seed), -clients))
    roots, clients = roots[largest_first], clients[largest_first]
    several = clients > 1
    fold_of_group[roots[several]], load = _deal(clients[several], k)
    rooms = _rooms(load, int((~several).sum()))
    fold_of_group[roots[~several]] = into_rooms(keys[roots[~several]], rooms, FOLDS, seed)
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


def _check_number(k: int) -> None:
    if not 2 <= k <= np.iinfo(np.int8).max:
        raise SettingsError(
            f"{k} folds are not possible.", where="folds", remedy="Give a number from 2 to 127."
        )


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


def _rooms(load: Longs, singles: int) -> Longs:
    """How many of ``singles`` units each fold takes (k,), so that the loads (k,) end as level as possible."""
    heights = load[:, None] + np.arange(singles)
    lowest = np.argsort(heights, axis=None, kind="stable")[:singles]
    return np.bincount(lowest // max(singles, 1), minlength=len(load))
