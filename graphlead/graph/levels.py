"""Trees of levels (industries, places) and the finest nodes that companies belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import distinct_keys
from graphlead.core.arrays import NONE, Ints
from graphlead.core.graph import Edges


@dataclass(frozen=True)
class Tree:
    """A tree of levels with its companies.

    keys: the identity of each node, sorted. membership: from companies to their finest nodes. part_of: from nodes to
    the next wider node that exists.
    """

    keys: pa.Array
    membership: Edges
    part_of: Edges


@dataclass(frozen=True)
class Chains:
    """Companies and their codes (both (E,), NONE where missing; a company may come several times) and a code's nodes.

    levels: one string array per level, widest first, with the key of each code's node, null where it has none.
    """

    companies: Ints
    codes: Ints
    levels: tuple[pa.Array, ...]


def grow(chains: list[Chains]) -> Tree:
    """The tree formed by these chains; nodes with the same key are one."""
    names = pa.concat_arrays(
        [pa.array([], pa.string()), *(level for chain in chains for level in chain.levels)]
    )
    keys = pc.unique(names.drop_null())
    keys = keys.take(pc.sort_indices(keys))
    attached = [_attached(chain, keys) for chain in chains]
    companies, nodes, wider, finer = (_concatenate([parts[i] for parts in attached]) for i in range(4))
    return Tree(keys, _distinct(companies, nodes), _distinct(finer, wider))


def _distinct(source: Ints, target: Ints) -> Edges:
    """One edge per pair, sorted by source."""
    pairs = distinct_keys(source.astype(np.int64) << 32 | target)
    return Edges((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32))


def _attached(chain: Chains, keys: pa.Array) -> tuple[Ints, Ints, Ints, Ints]:
    """Companies and their finest nodes, and pairs of wider and finer nodes, of one set of chains."""
    if not len(chain.levels) or not len(chain.levels[0]):
        return (np.empty(0, np.int32),) * 4
    finest = np.full(len(chain.levels[0]), NONE, np.int32)
    wider, finer = [], []
    for level in chain.levels:
        at = pc.index_in(level, keys).fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int32)
        found = at != NONE
        below = found & (finest != NONE) & (finest != at)
        wider.append(finest[below])
        finer.append(at[below])
        finest = np.where(found, at, finest)
    nodes = np.append(finest, np.int32(NONE))[chain.codes]
    known = nodes != NONE
    return chain.companies[known], nodes[known], _concatenate(wider), _concatenate(finer)


def _concatenate(parts: list[Ints]) -> Ints:
    return np.concatenate([np.empty(0, np.int32), *parts]).astype(np.int32)
