"""What the words of names and texts mean, by an engine, as in ``features.meaning``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from graphlead.engines.batches import column, lists_of, starts_of, whole
from graphlead.engines.tables import Tables
from graphlead.features.distributed.entries import hashed
from graphlead.features.distributed.plan import Numbered
from graphlead.features.meaning import WordVectors

MEANING = "meaning"
NUMBERED = pa.schema([
    ("relation", pa.int32()), ("one", pa.int64()), ("two", pa.int64()), ("word", pa.int64()),
])  # fmt: skip
MEANT = pa.schema([("company", pa.int64()), ("meaning", pa.list_(pa.float32()))])


@dataclass(frozen=True)
class Sums:
    """From the words of companies to what they mean; numbered: with the vectors in its plan."""

    numbered: Numbered
    schema = MEANT

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for table in whole(batches, ("company",)):
            company, relation, word = (
                column(table, name, np.int64) for name in ("company", "relation", "word")
            )
            companies = company[starts_of(company)[:-1]]
            parts = []
            for number, learned in _with_vectors(self.numbered):
                mine = relation == number
                begins = np.append(0, np.searchsorted(company[mine], companies, "right"))
                parts.append(learned.of_texts(begins, word[mine].astype(np.int32)))
            yield pa.record_batch([pa.array(companies), lists_of(np.hstack(parts))], schema=MEANT)


def meaning_of(tables: Tables, numbered: Numbered) -> None:
    """Make the table of what the words of each company mean that has any with a vector.

    It takes the entries and the groups of ``memberships_of``: what is no group has no meaning either.
    """
    tables.engine.read("vectors", _numbered_words(numbered))
    tables.engine.sql(
        "meant",
        """SELECT e.company AS company, e.relation AS relation, v.word AS word
        FROM entries AS e
        JOIN groups AS g ON e.relation = g.relation AND e.one = g.one AND e.two = g.two
        JOIN vectors AS v ON e.relation = v.relation AND e.one = v.one AND e.two = v.two""",
    )
    order = ("company", "relation", "word")
    tables.engine.map_arrow("meant_read", "meant", Sums(numbered), ("company",), order)
    tables.keep(MEANING, "SELECT * FROM meant_read")


def _with_vectors(numbered: Numbered) -> Iterator[tuple[int, WordVectors]]:
    """The vectors of the plan, each with the number of the relation by its words."""
    texts = numbered.plan.relations.texts
    for learned in numbered.plan.meaning:
        yield numbered.words[texts.index(learned.column)], learned


def _numbered_words(numbered: Numbered) -> pa.Table:
    """The words that have vectors: relation, the key of the word, and its number."""
    parts = [NUMBERED.empty_table()]
    for number, learned in _with_vectors(numbered):
        one, two = hashed(learned.words).astype(np.int64)
        words = np.arange(len(learned.words))
        columns = [np.full(len(words), number, np.int32), one, two, words]
        parts.append(pa.table(list(map(pa.array, columns)), schema=NUMBERED))
    return pa.concat_tables(parts)
