"""Random choices dealt by a hash of each company's id, the use and the seed, never by its position.

So the order of the rows has no influence, and one company more or less changes nothing for the others.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import Ints, Keys, Longs

CHUNK = 1_000_000
"""Ids hashed at a time, a choice: as Python strings they take some 60 MB."""

FEW = 50
"""Companies per pile below which they are dealt evenly, a choice: from there on piles differ by a seventh."""

_STEP, _FIRST, _SECOND = (
    np.uint64(number) for number in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)
"""The constants of splitmix64 (Steele, Lea and Flood 2014, Fast splittable pseudorandom number generators)."""


def keys_of(ids: pa.Array) -> Keys:
    """A 64-bit hash (n,) of each id, the same on every machine."""
    parts = [np.zeros(0, np.uint64)]
    for start in range(0, len(ids), CHUNK):
        texts = ids[start : start + CHUNK].cast(pa.string()).to_numpy(zero_copy_only=False)
        parts.append(pd.util.hash_array(texts, categorize=False))
    return np.concatenate(parts)


def lots(keys: Keys, use: str, *seeds: int) -> Keys:
    """A random 64-bit number (n,) for each key; another use and other seeds give numbers independent of these."""
    mixed = keys
    for seed in (crc32(use.encode()), *seeds):
        mixed = _mixed(mixed + _mixed(np.full(1, seed, np.uint64)))
    return mixed


def _mixed(values: Keys) -> Keys:
    """The output of splitmix64 (n,) for these states; the products wrap around."""
    z = values + _STEP
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


def dealt(keys: Keys, piles: int, use: str, *seeds: int) -> Ints:
    """A pile 0 .. piles-1 (n,) for each key, by its lot alone; few keys are dealt evenly, so that no pile is empty."""
    if len(keys) < FEW * piles:
        return evenly(keys, piles, use, *seeds)
    return (lots(keys, use, *seeds) % np.uint64(piles)).astype(np.int32)


def evenly(keys: Keys, piles: int, use: str, *seeds: int) -> Ints:
    """A pile 0 .. piles-1 (n,) for each key, each pile as large as the others to within one."""
    rooms = np.arange(len(keys), len(keys) + piles)[::-1] // piles
    return into_rooms(keys, rooms, use, *seeds)


def into_rooms(keys: Keys, rooms: Longs, use: str, *seeds: int) -> Ints:
    """A room (n,) for each key: its own by lot, or where that is full, another with space left.

    rooms (r,): how many keys each holds, n in all. One key more moves few others.
    """
    lot = lots(keys, use, *seeds)
    room = (lot % np.uint64(len(rooms))).astype(np.int32)
    order = np.lexsort((lot, room))
    first = np.searchsorted(room[order], np.arange(len(rooms)))
    over = order[np.arange(len(lot)) - first[room[order]] >= rooms[room[order]]]
    stay = np.bincount(np.delete(room, over), minlength=len(rooms))
    room[over[np.argsort(lot[over])]] = np.repeat(np.arange(len(rooms)), rooms - stay)
    return room


def drawn(keys: Keys, most: int, use: str, *seeds: int) -> Longs:
    """The positions, ascending, of ``most`` of the keys drawn at random; of all where there are no more."""
    if len(keys) <= most:
        return np.arange(len(keys))
    return np.sort(np.argpartition(lots(keys, use, *seeds), most)[:most])
