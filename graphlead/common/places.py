"""Places in one spelling: what the graph, the features, the profile and the explanations take for one place.

A town is written in several ways, by its other names and with slips. Here every company gets the spelling that most
companies in its town have, so that all who read the column agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import process
from rapidfuzz.distance import OSA

from graphlead.common.codes import cross, encode, null_when_empty, through
from graphlead.common.columns import Coded, coded, kept
from graphlead.common.levels import postcodes
from graphlead.common.words.countries import country_codes
from graphlead.common.words.places import region_keys, town_keys, written_out
from graphlead.common.words.texts import compact, plain
from graphlead.core.arrays import NONE, Flags, Ints
from graphlead.core.register import PLACES, Register, Role

Pairs = npt.NDArray[np.int64]
"""Pairs of towns, one row each, shape (p, 2): one that may be a slip, and the larger one that it may stand for."""

LARGEST = 8
"""Towns of a postcode, the largest ones, that others there are compared with; a bound on work where one postcode stands
for many places."""

TIMES = 2
"""How many companies a town must have for each one of its misspelling."""

SHORT, LONG = 5, 9
"""Letters of the shorter name from which one slip is allowed, and from which two are."""


def placed(register: Register, name: str) -> Coded:
    """The column with each country, region and town in the spelling most companies there have; others as ``coded``.

    Towns count within their region and country. Slips are mended where the postcodes are alike.
    """
    role = register.column(name).role
    if role not in _KEYS:
        return coded(register, name)
    around = _first(register, PLACES[: PLACES.index(role)])
    postcode = _first(register, (Role.POSTCODE,)) if role is Role.CITY else ()
    return kept(
        register, name, (*around, *postcode, role), lambda: _placed(register, name, role, around, postcode)
    )


def _first(register: Register, roles: tuple[Role, ...]) -> tuple[str, ...]:
    return tuple(names[0] for role in roles if (names := register.names_of(role)))


def _placed(
    register: Register, name: str, role: Role, around: tuple[str, ...], postcode: tuple[str, ...]
) -> Coded:
    read = coded(register, name)
    place, _ = read.groups(null_when_empty(_KEYS[role](read.values)))
    town, count = cross([place], [placed(register, column).codes for column in around])
    for column in postcode:
        at = coded(register, column)
        spellings = written_out(read.values.take(pa.array(_commonest(read, town, count))))
        town = _mended(town, at.groups(postcodes(at.values))[0], spellings)
    chosen = through(_commonest(read, town, count), town)
    codes, values = encode(pa.array(chosen, mask=chosen == NONE))
    return Coded(codes, read.values.take(values))


def _commonest(read: Coded, group: Ints, count: int) -> Ints:
    """The code of the value (count,) that most companies of each group have; the first of equally common ones."""
    known = group != NONE
    joint = group[known].astype(np.int64) * len(read.values) + read.codes[known]
    distinct, sizes = np.unique(joint, return_counts=True)
    owner, value = np.divmod(distinct, max(len(read.values), 1))
    order = np.lexsort((value, -sizes, owner))
    groups, first = np.unique(owner[order], return_index=True)
    found = np.zeros(count, np.int32)
    found[groups] = value[order][first]
    return found


def _mended(town: Ints, postcode: Ints, spellings: pa.Array) -> Ints:
    """The towns (n,) with each slip as the town of its postcode that it stands for.

    A slip is near in spelling to a town of its postcode that is at least TIMES as large. Other towns of one postcode
    stay apart.
    """
    known = np.flatnonzero((town != NONE) & (postcode != NONE))
    places, back = np.unique(postcode[known].astype(np.int64) << 32 | town[known], return_inverse=True)
    at, here = places >> 32, (places & 0xFFFFFFFF).astype(np.int32)
    size = np.bincount(town[town != NONE], minlength=len(spellings))
    slip, right = _neighbours(at, size[here])
    near = _slips(np.stack([here[slip], here[right]], axis=1), size, spellings)
    meant = here.copy()
    meant[slip[near][::-1]] = here[right[near]][::-1]
    mended = town.copy()
    mended[known] = meant[back]
    return mended


def _neighbours(at: npt.NDArray[np.int64], size: npt.NDArray[np.int64]) -> tuple[Ints, Ints]:
    """Pairs of positions with the same ``at``: each with the LARGEST there, the larger one second and largest first."""
    order = np.lexsort((-size, at))
    starts = np.flatnonzero(np.diff(at[order], prepend=-1))
    length = np.diff(np.append(starts, len(order)))
    rank = np.arange(len(order)) - np.repeat(starts, length)
    first = np.repeat(starts, length)
    smaller = [order[rank > step] for step in range(LARGEST)]
    larger = [order[(first + step)[rank > step]] for step in range(LARGEST)]
    return np.concatenate(smaller).astype(np.int32), np.concatenate(larger).astype(np.int32)


def _slips(pairs: Pairs, size: npt.NDArray[np.int64], spellings: pa.Array) -> Flags:
    """Which pairs (p, 2) of towns are a slip and the town meant."""
    large = size[pairs[:, 1]] >= TIMES * size[pairs[:, 0]]
    alike = np.zeros(len(pairs), bool)
    distinct, back = np.unique(pairs[large], axis=0, return_inverse=True)
    one, other = (spellings.take(pa.array(distinct[:, side])) for side in (0, 1))
    alike[large] = _near(one, other)[back.reshape(-1)]
    return alike


def _near(one: pa.Array, other: pa.Array) -> Flags:
    """Whether two names, aligned, differ by so few letters that one is a slip: not in a digit, nor in the first letter.

    Two slips in names of the same length are two names: East Falmouth is not East Yarmouth.
    """
    edits = process.cpdist(one.to_pylist(), other.to_pylist(), scorer=OSA.distance, dtype=np.int32)
    lengths = [pc.utf8_length(side).to_numpy(zero_copy_only=False) for side in (one, other)]
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    allowed = (shorter >= SHORT).astype(int) + ((shorter >= LONG) & (longer > shorter))
    same = pc.equal(pc.utf8_slice_codeunits(one, 0, 1), pc.utf8_slice_codeunits(other, 0, 1))
    digits = [pc.replace_substring_regex(side, r"[^0-9]", "") for side in (one, other)]
    sure = pc.and_(same, pc.equal(*digits)).to_numpy(zero_copy_only=False)
    return np.asarray((edits <= allowed) & sure, bool)


def _country_keys(values: pa.Array) -> pa.Array:
    return pc.coalesce(country_codes(values), compact(plain(values)))


_KEYS: Mapping[Role, Callable[[pa.Array], pa.Array]] = {
    Role.COUNTRY: _country_keys,
    Role.REGION: region_keys,
    Role.CITY: town_keys,
}
