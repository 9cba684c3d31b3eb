"""What companies are found by, in one long table: words and spellings of their names, and their other fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from graphlead.core.arrays import NONE, Longs
from graphlead.core.register import Column, Register
from graphlead.engines.batches import as_registers
from graphlead.engines.duckdb import open_db, table
from graphlead.engines.words import Hashes
from graphlead.match import normalise
from graphlead.match.columns import look_up_ids
from graphlead.match.fields import Fields, known_values
from graphlead.match.index import Index, index_of, repeated

WORD, SAME_WORDS, BEGINNING, INITIALS = "word", "same words", "beginning", "initials"
"""The kinds of marks that names have; the others are the fields."""
MARKS = pa.schema([
    ("kind", pa.string()), ("company", pa.int64()), ("part", pa.int32()), ("text", pa.string()), ("number", pa.int64()),
])  # fmt: skip
HITS = pa.schema([
    ("col", pa.string()), ("known", pa.string()), ("line", pa.int32()), ("company", pa.int64()), ("exact", pa.bool_()),
])  # fmt: skip


@dataclass(frozen=True)
class Marks:
    """From the columns of companies to a row for each word and each spelling of their names, and each of their fields.

    A word stands once for each name, with the name's ``part`` (see known.Names) and the ``text``; ``number`` is the
    hash of a spelling. Fields have their value in normal form as ``text``.
    """

    columns: tuple[Column, ...]
    fields: Fields
    schema = MARKS

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for company, register in as_registers(batches, self.columns):
            yield from _of_names(index_of(register), company)
            yield from _of_fields(register, self.fields, company)


def _of_names(index: Index, company: Longs) -> Iterator[pa.RecordBatch]:
    names, owner = index.names, company[index.names.company]
    words = names.meaning[names.words.codes]
    once = np.flatnonzero(~repeated(names.words.start, words))
    name = np.searchsorted(names.words.start, once, "right") - 1
    yield _marks(WORD, owner[name], part=names.part[name], text=names.meanings.take(pa.array(words[once])))
    spelled = {SAME_WORDS: index.key, BEGINNING: names.prefix, INITIALS: index.initials}
    for kind, hashes in spelled.items():
        there = np.flatnonzero(hashes)
        yield _marks(kind, owner[there], number=hashes[there])


def _of_fields(register: Register, fields: Fields, company: Longs) -> Iterator[pa.RecordBatch]:
    with open_db() as db:
        normalise.install(db)
        for field, (_, columns) in fields.items():
            known = known_values(db, register, field, columns)
            there = np.flatnonzero(known.codes != NONE)
            yield _marks(field, company[there], text=known.take(there.astype(np.int32)))


def _marks(
    kind: str,
    company: Longs,
    *,
    part: npt.NDArray[np.integer] | None = None,
    text: pa.Array | None = None,
    number: Hashes | None = None,
) -> pa.RecordBatch:
    rows = len(company)
    columns = [
        pa.array([kind], pa.string()).take(pa.array(np.zeros(rows, np.int64))),
        pa.array(company),
        pa.nulls(rows, pa.int32()) if part is None else pa.array(part, pa.int32()),
        pa.nulls(rows, pa.string()) if text is None else text,
        pa.nulls(rows, pa.int64()) if number is None else pa.array(number.view(np.int64)),
    ]
    return pa.record_batch(columns, schema=MARKS)


@dataclass(frozen=True)
class IdHits:
    """From the columns of companies to the cells of a list (column to its values by line) that are one of their ids, as
    ``columns.look_up_ids`` finds them.
    """

    columns: tuple[Column, ...]
    cells: Mapping[str, pd.Series]
    schema = HITS

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for company, register in as_registers(batches, self.columns):
            with open_db() as db:
                normalise.install(db)
                look_up_ids(db, self.cells, register)
                found = table(db, "SELECT * FROM match_id_hits").combine_chunks()
            at, hit = found.column_names.index("company"), company[found["company"].to_numpy()]
            yield from found.set_column(at, "company", pa.array(hit)).cast(HITS).to_batches()
