"""Which client of its ownership group a company is nearest to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from graphlead.carriers import NONE, Cohort, Flags, Ints, Ownership, Register

Longs = npt.NDArray[np.int64]


def nearest_clients(
    register: Register, cohort: Cohort, ownership: Ownership, companies: Ints
) -> tuple[Ints, Ints]:
    """For companies (m,) in the ownership group of a client: the nearest client and the links between, both (m,).

    Nearest by the number of links within the group, holders and persons included. Where no chain of links is known,
    the group's first client in the register, NONE links away.
    """
    group = ownership.group
    first = np.full(cohort.n_companies, NONE, np.int32)
    first[group[cohort.clients][::-1]] = cohort.clients[::-1]
    inside = first[group] != NONE
    client, steps = first[group[companies]], np.full(len(companies), NONE, np.int32)
    if not len(companies):
        return client, steps
    members = np.flatnonzero(inside).astype(np.int32)
    distance, source = _walk(register, group, members, cohort.clients, inside)
    at = np.searchsorted(members, companies)
    reached = np.isfinite(distance[at])
    client[reached] = members[source[at][reached]]
    steps[reached] = distance[at][reached].astype(np.int32)
    return client, steps


def _walk(
    register: Register, group: Ints, members: Ints, clients: Ints, inside: Flags
) -> tuple[npt.NDArray[np.float64], Ints]:
    """Links from each member to its nearest client (infinite when none is reached), and that client's position."""
    one, other = _links_within(register, group, inside)
    nodes, ends = np.unique(np.concatenate([members.astype(np.int64), one, other]), return_inverse=True)
    one, other = ends[len(members) : len(members) + len(one)], ends[len(members) + len(one) :]
    joined = coo_array((np.ones(len(one), np.float32), (one, other)), shape=(len(nodes), len(nodes))).tocsr()
    # Members come first among the nodes: holders are numbered behind the companies.
    distance, _, source = dijkstra(
        joined,
        directed=False,
        indices=np.searchsorted(members, clients),
        unweighted=True,
        min_only=True,
        return_predecessors=True,
    )
    return distance, source


def _links_within(register: Register, group: Ints, inside: Flags) -> tuple[Longs, Longs]:
    """The ends of the links within groups of clients. A holder counts once a group, numbered from n_companies."""
    found = [
        _of_batch(batch, group, inside)
        for batch in pq.ParquetFile(register.links).iter_batches(columns=["source", "target", "source_id"])
    ]
    source = np.concatenate([np.zeros(0, np.int64), *(part[0] for part in found)])
    target = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in found)])
    holders = pa.chunked_array([part[2] for part in found], pa.string())
    outside = np.flatnonzero(source == NONE)
    holder = np.asarray(pc.rank(holders, tiebreaker="dense"), np.int64)
    pairs = holder * (len(group) + 1) + group[target[outside]]
    source[outside] = len(group) + np.unique(pairs, return_inverse=True)[1]
    return source, target


def _of_batch(batch: pa.RecordBatch, group: Ints, inside: Flags) -> tuple[Longs, Longs, pa.Array]:
    """Source (NONE for a holder), target, and the ids of the holders among the sources."""
    source = np.asarray(batch["source"].fill_null(NONE), np.int64)
    target = np.asarray(batch["target"], np.int64)
    keep = np.flatnonzero(inside[target] & ((source == NONE) | (group[source] == group[target])))
    source, target = source[keep], target[keep]
    return source, target, batch["source_id"].take(pa.array(keep[source == NONE])).cast(pa.string())
