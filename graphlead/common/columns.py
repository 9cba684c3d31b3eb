"""The columns of a register as codes and distinct values, each read and coded once."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

import numpy as np
import pyarrow as pa

from graphlead.common.codes import encode, merge, through
from graphlead.common.memory import budget
from graphlead.core.arrays import NONE, Ints, Reals
from graphlead.core.register import Register

SHARE = 0.125
"""The part of the memory budget that columns may take while nobody is using them."""


@dataclass(frozen=True)
class Coded:
    """One column of n companies: codes int32 (n,), NONE where missing, and the distinct values (k,), first come first.

    What depends on the value alone is worked out over the k values and spread over the companies by the codes.
    """

    codes: Ints
    values: pa.Array

    def take(self, companies: Ints) -> pa.Array:
        """The values of these companies, null where missing."""
        return self.spread(self.values, companies)

    def spread(self, of_values: pa.Array, companies: Ints) -> pa.Array:
        """What ``of_values`` (k,) has for the values of these companies, null where missing."""
        codes = self.codes[companies]
        return of_values.take(pa.array(codes, mask=np.asarray(codes == NONE)))

    def numbers(self, of_values: Reals) -> Reals:
        """Numbers of the values, float64 (k,), as numbers of the companies (n,), NaN where missing."""
        return np.append(of_values, np.nan)[self.codes]

    def groups(self, keys: pa.Array) -> tuple[Ints, pa.Array]:
        """Groups (n,) of the companies by the key of their value, ``keys`` (k,), and each group's first value."""
        merged, first = merge(keys)
        return through(merged, self.codes), first

    @property
    def nbytes(self) -> int:
        return int(self.codes.nbytes + self.values.nbytes)


class Sized(Protocol):
    """What is made of columns, with the bytes that it holds."""

    @property
    def nbytes(self) -> int: ...


_Made = TypeVar("_Made", bound=Sized)
_File = tuple[str, int, int, int]
_Key = tuple[_File, str, tuple[str, ...]]
_lock = threading.Lock()
_kept: OrderedDict[_Key, Sized] = OrderedDict()
_made: defaultdict[_Key, threading.Lock] = defaultdict(threading.Lock)
"""Held by the thread that works out what is kept; the others wait for it."""


def coded(register: Register, name: str) -> Coded:
    """The column of this name, coded; see ``kept``."""
    return kept(register, name, (), lambda: Coded(*encode(register.read(name).column(0))))


def kept(register: Register, name: str, by: tuple[str, ...], make: Callable[[], _Made]) -> _Made:
    """What ``make`` returns, kept for the next time as long as the kept ones fit in SHARE of the budget.

    It is known by the column's name, by what it was worked out with, ``by``, and by the file's name, inode, size and
    time of change: a file written anew is read anew.
    """
    key = (_identity(register), name, by)
    with _lock:
        made = _made[key]
    with made:
        with _lock:
            if key in _kept:
                _kept.move_to_end(key)
                return cast("_Made", _kept[key])
        column = make()
        with _lock:
            _kept[key] = column
            _drop_oldest(int(SHARE * budget()))
        return column


def _identity(register: Register) -> _File:
    path = register.companies.absolute()
    about = path.stat()
    return str(path), about.st_ino, about.st_size, about.st_mtime_ns


def _drop_oldest(most: int) -> None:
    """Forget the columns that were asked for longest ago until the others hold at most ``most`` bytes."""
    held = sum(column.nbytes for column in _kept.values())
    while _kept and held > most:
        _, dropped = _kept.popitem(last=False)
        held -= dropped.nbytes
