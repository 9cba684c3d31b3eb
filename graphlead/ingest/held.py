"""A source read once, column by column, as codes and distinct values: what depends on a value alone is worked out once
a value, however many rows have it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.common.codes import encode, through
from graphlead.common.memory import share_of_budget
from graphlead.common.parallel import one_ahead
from graphlead.core.arrays import NONE, Ints, Keys, Longs
from graphlead.engines.duckdb import Db, table
from graphlead.ingest.open_file import BLANKS, Source

SHARE = 0.25
LEAST = 2**29
"""The part of the memory budget, and the bytes at least, that columns take before further ones stay in files."""


@dataclass(frozen=True)
class Values:
    """A column of n rows: codes int32 (n,), NONE where missing, of distinct values (k,), none of them null."""

    codes: Ints
    distinct: pa.Array

    @cached_property
    def times(self) -> Longs:
        """How many rows have each of the values (k,)."""
        return np.bincount(self.codes + 1, minlength=len(self.distinct) + 1)[1:]

    @property
    def filled(self) -> int:
        return int(self.times.sum())

    @property
    def nbytes(self) -> int:
        return int(self.codes.nbytes + self.distinct.nbytes)

    @cached_property
    def ranks(self) -> Ints:
        """The rank of each of the values (k,)."""
        return ranks_of(self.distinct)

    def through(self, of_values: pa.Array) -> Values:
        """The column with each value replaced by that of ``of_values`` (k,), perhaps null."""
        if of_values.null_count == 0 and of_values.equals(self.distinct):
            return self
        codes, distinct = encode(of_values)
        return Values(through(codes, self.codes), distinct)

    def spread(self, of_values: pa.Array, rows: Longs | Ints | None = None) -> pa.Array:
        """What ``of_values`` (k,) has for the value of each row, or of these rows; null where missing."""
        codes = self.codes if rows is None else self.codes[rows]
        missing = codes == NONE
        return of_values.take(pa.array(codes, mask=missing if missing.any() else None))

    def as_arrow(self, rows: Longs | Ints | None = None) -> pa.DictionaryArray:
        """The column, or these rows of it, as Arrow holds codes and values."""
        codes = self.codes if rows is None else self.codes[rows]
        missing = codes == NONE
        indices = pa.array(codes, mask=missing if missing.any() else None)
        return pa.DictionaryArray.from_arrays(indices, self.distinct, safe=False)


@dataclass(frozen=True, kw_only=True)
class Held(Source):
    """A source of which ``view`` reads from memory; ``data`` are its columns, and ``raw`` those before trimming.

    numbers: the rows' numbers in the file (n,), rising.
    """

    numbers: Longs
    data: tuple[Values, ...]
    raw: tuple[Values, ...]

    def cells(self, column: str) -> str:
        return f"{self.view}_{column}"

    def filled_and_distinct(self, db: Db, column: str) -> tuple[int, int]:
        values = self.data[self.columns.index(column)]
        return values.filled, len(values.distinct)

    def sample(self, db: Db, step: int) -> str:
        name, hashes = f"{self.view}_sample", np.zeros(self.rows, np.uint64)
        for column, values in zip(self.columns, self.data, strict=True):
            of_values = np.append(_hashes(db, self.cells(column), column), _MISSING)
            hashes = (hashes ^ of_values[values.codes]) * _SPREAD
            hashes ^= hashes >> np.uint64(32)
        db.register(name, self.rows_of(self.numbers[hashes % np.uint64(step) == 0]))
        return name

    def with_column(self, db: Db, name: str, values: Values) -> Held:
        """The source with one more column of texts."""
        longer = replace(
            self, names=(*self.names, name), families=(*self.families, "text"),
            data=(*self.data, values), raw=(*self.raw, values),
        )  # fmt: skip
        return longer.register(db)

    def positions(self, numbers: Longs) -> Longs:
        """Where the rows with these numbers in the file stand."""
        return np.searchsorted(self.numbers, numbers)

    def rows_of(self, numbers: Longs, raw: bool = False) -> pa.Table:
        """The rows with these numbers in the file, as ``view`` has them, or as they are in the file."""
        at = self.positions(numbers)
        columns = [values.spread(values.distinct, at) for values in (self.raw if raw else self.data)]
        return pa.table([pa.array(numbers), *columns], ["row", *self.columns])

    def register(self, db: Db) -> Held:
        """Let the connection read ``view`` and ``cells`` from memory; returns the same source."""
        columns = [values.as_arrow() for values in self.data]
        db.register(self.view, pa.table([pa.array(self.numbers), *columns], ["row", *self.columns]))
        for column, values in zip(self.columns, self.data, strict=True):
            db.register(
                self.cells(column), pa.table([values.distinct, pa.array(values.times)], [column, "n"])
            )
        return self

    def release(self, db: Db) -> None:
        """Let go of the tables that the connection reads from memory."""
        for name in (self.view, f"{self.view}_sample", *map(self.cells, self.columns)):
            db.unregister(name)


_MISSING = np.uint64(0x9E3779B97F4A7C15)
_SPREAD = np.uint64(0xBF58476D1CE4E5B9)
"""The hash of a missing value, and an odd number that spreads hashes over 64 bits (Steele, Lea and Flood 2014)."""


def _hashes(db: Db, cells: str, column: str) -> Keys:
    """A hash of each of the values of a column (k,)."""
    return np.asarray(db.execute(f"SELECT hash({column}) AS h FROM {cells}").fetchnumpy()["h"], np.uint64)


def hold(db: Db, source: Source, folder: Path) -> Held:
    """Read the source; columns beyond a share of the memory budget are kept in ``folder`` and mapped.

    A connection has to be given its tables by ``register`` before it can read them.
    """
    most, size = share_of_budget(SHARE, LEAST), 0
    data: list[Values] = []
    raw: list[Values] = []
    columns = one_ahead(
        lambda column: _read(db, f"SELECT {column} AS c FROM {source.view}_raw"), source.columns
    )
    for column, family, read in zip(source.columns, source.families, columns, strict=True):
        bare = read.through(_trimmed(read.distinct)) if family == "text" else read
        size += read.nbytes + (bare.nbytes if bare is not read else 0)
        kept = (read, bare) if size <= most else _both_parked(read, bare, folder / f"{source.view}_{column}")
        raw.append(kept[0])
        data.append(kept[1])
    numbers = table(db, f"SELECT row FROM {source.view}_raw")["row"].to_numpy()
    return Held(
        path=source.path, view=f"{source.view}_held", names=source.names, families=source.families,
        rows=source.rows, rejected=source.rejected, how=source.how, damaged=source.damaged,
        errors=source.errors, first_error=source.first_error, others=source.others,
        numbers=numbers.astype(np.int64), data=tuple(data), raw=tuple(raw),
    )  # fmt: skip


def values_of(column: pa.ChunkedArray) -> Values:
    """A column as codes and distinct values."""
    return Values(*encode(column))


def ranks_of(distinct: pa.Array) -> Ints:
    """The place of each of the distinct values (k,) in their order."""
    ranks = np.empty(len(distinct), np.int32)
    ranks[pc.sort_indices(distinct).to_numpy()] = np.arange(len(ranks), dtype=np.int32)
    return ranks


def is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def worked_out(db: Db, query: str) -> pa.Array:
    """The column ``c`` of a query, in its order; texts as large strings, as those of ``hold`` are."""
    return _large(table(db, query)["c"]).combine_chunks()


def _read(db: Db, query: str) -> Values:
    encoded = pc.dictionary_encode(_large(table(db, query)["c"]))
    chunks = encoded.chunks
    if not chunks:
        return Values(np.zeros(0, np.int32), pa.array([], encoded.type.value_type))
    # The chunks of a column that was encoded at once have one dictionary.
    codes = [chunk.indices.fill_null(NONE).to_numpy(zero_copy_only=False) for chunk in chunks]
    return Values(np.concatenate(codes), chunks[0].dictionary)


def _large(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings with offsets of 64 bits: the distinct values of a column may have more than 2 GiB."""
    return column.cast(pa.large_string()) if pa.types.is_string(column.type) else column


def _trimmed(distinct: pa.Array) -> pa.Array:
    """The texts as ``Source.view`` has them: without blanks around them, null where nothing else is in them."""
    bare = pc.utf8_trim(distinct, BLANKS)
    return pc.if_else(pc.equal(bare, ""), pa.scalar(None, bare.type), bare)


def _both_parked(read: Values, bare: Values, path: Path) -> tuple[Values, Values]:
    """A column as it was read and as it is bare, mapped from files."""
    kept = _parked(read, path.with_suffix(".raw"))
    return kept, kept if bare is read else _parked(bare, path.with_suffix(".bare"))


def _parked(values: Values, path: Path) -> Values:
    """The column mapped from a file, of which the system holds in memory what is being used."""
    written = pa.table({"codes": pa.array(values.codes)}), pa.table({"distinct": values.distinct})
    codes, distinct = (
        _mapped(part, path.with_suffix(f".{i}{path.suffix}")).column(0).combine_chunks()
        for i, part in enumerate(written)
    )
    return Values(codes.to_numpy(), distinct)


def _mapped(part: pa.Table, path: Path) -> pa.Table:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, part.schema) as writer:
        writer.write_table(part)
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
