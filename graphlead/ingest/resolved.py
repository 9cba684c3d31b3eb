"""Links resolved against the register: what each end is, which cannot stay, and in which order the others stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graphlead.common.codes import combine, encode, through
from graphlead.core.arrays import NONE, Flags, Ints, Longs
from graphlead.engines.duckdb import Db, literal
from graphlead.ingest.held import Values, ranks_of, worked_out
from graphlead.ingest.link_ends import Ends
from graphlead.ingest.link_parts import Days, Shares, Stated

PERSON = "(^|_)(person|individual|natural_person|human|director|officer|individuals?)(_|$)"
COMPANY, HOLDER, A_PERSON = range(3)
SORTS = ("company", "holder", "person")
"""What a source is, in the order of COMPANY, HOLDER and A_PERSON."""

LATEST = np.iinfo(np.int32).max
"""Stands for a missing value where values are sorted: it comes last."""

SOUND = NONE
Faults = npt.NDArray[np.int8]


class Fault(IntEnum):
    """Why a link cannot stay."""

    NO_SOURCE = 0
    NO_TARGET = 1
    CIRCULAR = 2
    STRANGERS = 3
    NO_SUCH_TARGET = 4
    REPEATED = 5

    @property
    def reason(self) -> str:
        """The reason as it is recorded; a number of a row follows on REPEATED."""
        return (
            "no source", "no target", "self-ownership", "neither source nor target in the register",
            "target not in the register", "the same link as row ",
        )[self]  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Links:
    """The n links of a file. faults: SOUND or a Fault (n,); same (n,): the position of the link that one repeats, else
    its own; kept: the positions of those that stay, in the order of their parts.
    """

    ends: Ends
    kind: Values
    shares: Shares
    days: Days
    source_name: Values
    source_type: Values
    faults: Faults
    same: Longs
    kept: Longs

    @property
    def source_ids(self) -> Values:
        return Values(self.ends.source, self.ends.names)

    @property
    def target_ids(self) -> Values:
        return Values(self.ends.target, self.ends.names)

    def columns(self) -> dict[str, Values | pa.Array]:
        """The columns of Register.links, for all n links."""
        shares, days = self.shares, self.days
        return {
            "source_id": self.source_ids,
            "target_id": self.target_ids,
            "kind": self.kind,
            "share_low": shares.texts.spread(shares.low),
            "share_high": shares.texts.spread(shares.high),
            "date": days.cells.spread(days.days),
            "source_name": self.source_name,
            "source_type": self.source_type,
            "source": _companies(self.ends, self.ends.source),
            "target": _companies(self.ends, self.ends.target),
        }


def resolve(db: Db, stated: Stated, ends: Ends) -> Links:
    """The links with their faults, and the order of those that stay."""
    names, types = (
        Values(np.where(stated.backwards, np.int32(NONE), values.codes), values.distinct)
        for values in (stated.source_name, stated.source_type)
    )
    kind = _kinds(stated)
    sorts = _sorts(db, types, stated.kind, ends)
    faults = _faults(ends)
    sizes, days = _sizes(stated.shares), _numbers(stated.days)
    rows = np.flatnonzero(faults == SOUND)
    order, first = _ordered(ends, rows, (kind.ranks[kind.codes], sizes, days), names, sorts.codes)
    same = np.arange(len(faults))
    same[order] = order[first]
    faults[order[first != np.arange(len(order))]] = Fault.REPEATED
    return Links(
        ends=ends, kind=kind, shares=stated.shares, days=stated.days, source_name=names, source_type=sorts,
        faults=faults, same=same, kept=order[first == np.arange(len(order))],
    )  # fmt: skip


def _companies(ends: Ends, codes: Ints) -> pa.Array:
    return pa.array(codes, mask=(codes < 0) | (codes >= ends.companies))


def _kinds(stated: Stated) -> Values:
    """The kinds of links; one without a kind owns where there are shares, else it is only linked."""
    known = len(stated.kind.distinct)
    sized = np.append(np.asarray(stated.shares.low.is_valid()), False)[stated.shares.texts.codes]
    otherwise = np.where(sized | stated.has_shares, known, known + 1)
    codes = np.where(stated.kind.codes == NONE, otherwise, stated.kind.codes)
    named = pa.concat_arrays([stated.kind.distinct, pa.array(["owns", "linked"], pa.large_string())])
    merged, distinct = encode(named)
    return Values(through(merged, codes.astype(np.int32)), distinct)


def _sorts(db: Db, types: Values, kinds: Values, ends: Ends) -> Values:
    """What the sources are: companies of the register, else persons or holders by their type and kind."""
    pairs, of_type, of_kind = combine(types.codes, kinds.codes)
    db.register("sources", pa.table({"type": _at(types, of_type), "kind": _at(kinds, of_kind)}))
    words = "regexp_replace(lower(concat_ws('_', type, kind)), '[^a-z]+', '_', 'g')"
    persons = worked_out(db, f"SELECT regexp_matches({words}, {literal(PERSON)}) AS c FROM sources")
    db.unregister("sources")
    outside = np.where(np.asarray(persons, bool)[pairs], A_PERSON, HOLDER)
    known = (ends.source >= 0) & (ends.source < ends.companies)
    codes = np.where(known, COMPANY, outside).astype(np.int32)
    return Values(codes, pa.array(SORTS, pa.large_string()))


def _at(values: Values, codes: Ints) -> pa.Array:
    return Values(codes, values.distinct).spread(values.distinct)


def _faults(ends: Ends) -> Faults:
    source, target = ends.source, ends.target
    unknown = target >= ends.companies
    faults = np.where(unknown, np.int8(Fault.NO_SUCH_TARGET), np.int8(SOUND))
    faults[unknown & (source >= ends.companies)] = Fault.STRANGERS
    faults[source == target] = Fault.CIRCULAR
    faults[target == NONE] = Fault.NO_TARGET
    faults[source == NONE] = Fault.NO_SOURCE
    return faults


def _sizes(shares: Shares) -> Ints:
    """A number for the share of each link (n,), which rises with its bounds; LATEST where it has none."""
    low, high = (each.to_numpy(zero_copy_only=False) for each in (shares.low, shares.high))
    order = np.lexsort((high, low))
    rises = (np.diff(low[order], prepend=np.nan) != 0) | (np.diff(high[order], prepend=np.nan) != 0)
    sizes = np.empty(len(low), np.int32)
    sizes[order] = np.cumsum(rises)
    sizes[np.isnan(low)] = LATEST
    return np.append(sizes, np.int32(LATEST))[shares.texts.codes]


def _numbers(days: Days) -> Ints:
    """The day of each link (n,) as a number, LATEST where it has none."""
    numbers = days.days.cast(pa.int32()).fill_null(LATEST).to_numpy(zero_copy_only=False)
    return np.append(numbers, np.int32(LATEST))[days.cells.codes]


def _ordered(
    ends: Ends, rows: Longs, parts: tuple[Ints, ...], names: Values, sorts: Ints
) -> tuple[Longs, Longs]:
    """The rows in the order of their ends and parts, and for each the place in it of the first that has the same ones.

    Of those that agree in all parts but the source's name and type, the first is that with the least of these.
    """
    ranks = ranks_of(ends.names).astype(np.int64)
    pairs = ranks[ends.source[rows]] * len(ranks) + ranks[ends.target[rows]]
    by_pair = np.argsort(pairs, kind="stable")
    order, pairs = rows[by_pair], pairs[by_pair]
    tied = _tied(pairs)
    among = order[tied]
    called = np.append(ranks_of(names.distinct), np.int32(LATEST))[names.codes[among]]
    finer = [called, sorts[among]]
    keys = [pairs[tied], *(part[among] for part in parts)]
    sorted_ties = np.lexsort([among, *reversed([*keys, *finer])])
    order[tied] = among[sorted_ties]
    repeats: Flags = np.zeros(len(order), bool)
    alike = [each[sorted_ties] for each in keys]
    repeats[np.flatnonzero(tied)[1:]] = np.logical_and.reduce([each[1:] == each[:-1] for each in alike])
    places = np.arange(len(order))
    return order, np.maximum.accumulate(np.where(repeats, 0, places))


def _tied(pairs: Longs) -> Flags:
    """Which of the sorted numbers have an equal neighbour."""
    equal = pairs[1:] == pairs[:-1]
    return np.append(equal, False) | np.append(False, equal) if len(pairs) else np.zeros(0, bool)
