"""Candidates for every line of a client list by statements, the same ones as ``block.find_candidates`` finds.

Weights are whole numbers of billionths, so that their sums do not depend on an order.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from graphlead.core.arrays import NONE, Longs, Reals
from graphlead.engines.batches import column
from graphlead.engines.tables import Tables
from graphlead.match import block
from graphlead.match.distributed.marks import BEGINNING, INITIALS, SAME_WORDS, WORD
from graphlead.match.index import INITIALS as LETTERS
from graphlead.match.index import Vocabulary
from graphlead.match.typed import Typed
from graphlead.match.wanted import POSTINGS, Wanted, wanted_of
from graphlead.match.words import DIGITS

MARKS = "marks"
PLACES, DOMAIN = ("postcode", "city"), "domain"
ASKED = pa.schema([("kind", pa.string()), ("value", pa.string()), ("line", pa.int64())])


def vocabulary_of(tables: Tables, companies: int) -> Vocabulary:
    """The words of the names of so many companies."""
    found = tables.fetch(
        "vocabulary",
        f"SELECT text AS word, count(*) AS common FROM {MARKS} WHERE kind = '{WORD}' AND part = 0 GROUP BY text",
    )
    common = column(found, "common", np.int32)
    return Vocabulary(words=found["word"].combine_chunks(), common=common, companies=companies)


def having_of(tables: Tables, values: Mapping[str, pa.Array]) -> dict[str, Longs]:
    """How many companies have the value of each line (l,) in each field; makes the table of these values, asked_values
    (kind, value, line).
    """
    parts = [ASKED.empty_table()]
    for field, texts in values.items():
        lines = np.flatnonzero(texts.is_valid().to_numpy(zero_copy_only=False))
        parts.append(
            pa.table({
                "kind": pa.array([field] * len(lines), pa.string()),
                "value": texts.take(pa.array(lines)).cast(pa.string()),
                "line": pa.array(lines, pa.int64()),
            })
        )  # fmt: skip
    tables.engine.read("asked_values", pa.concat_tables(parts))
    found = tables.fetch(
        "having",
        f"""SELECT m.kind AS kind, m.text AS value, count(*) AS companies
        FROM {MARKS} AS m JOIN (SELECT DISTINCT kind, value FROM asked_values) AS a
        ON m.kind = a.kind AND m.text = a.value GROUP BY m.kind, m.text""",
    ).to_pylist()
    counts = {(row["kind"], row["value"]): row["companies"] for row in found}
    return {
        field: np.array([counts.get((field, value), 0) for value in texts.to_pylist()], np.int64)
        for field, texts in values.items()
    }


def candidates_of(
    tables: Tables, typed: Typed, vocabulary: Vocabulary, fields: frozenset[str], by_id: Longs
) -> tuple[Longs, Longs]:
    """Pairs of line and company, sorted; see ``block.find_candidates``. The tables of marks and of asked_values are
    there.
    """
    wanted = wanted_of(typed, vocabulary)
    _ask(tables, typed, wanted, vocabulary, by_id)
    _spelled_alike(tables)
    _by_words(tables)
    parts = ["asked_ids", "same_words", "same_beginning", "same_initials", "by_words"]
    if fields & {*PLACES}:
        _at_place(tables)
        parts.append("at_place")
    if DOMAIN in fields:
        _at_domain(tables)
        parts.append("at_domain")
    union = " UNION ALL ".join(f"SELECT line, company, weight FROM {part}" for part in parts)
    found = tables.fetch(
        "candidates",
        f"""SELECT line, company FROM (
            SELECT line, company, row_number() OVER (PARTITION BY line ORDER BY weight DESC, company) AS place
            FROM (SELECT line, company, max(weight) AS weight FROM ({union}) AS every_way GROUP BY line, company)
            AS weighed
        ) AS placed WHERE place <= {block.CANDIDATES}""",
        order=("line", "company"),
    )
    return column(found, "line", np.int64), column(found, "company", np.int64)


def _ask(tables: Tables, typed: Typed, wanted: Wanted, vocabulary: Vocabulary, by_id: Longs) -> None:
    """Make the tables of what the lines ask for."""
    read = tables.engine.read
    begins = np.flatnonzero(typed.length >= block.PREFIX)
    short = np.flatnonzero((typed.length >= LETTERS[0]) & (typed.length <= LETTERS[1]))
    every = np.arange(len(typed.line))
    spelled = (
        (SAME_WORDS, typed.key, every),
        (BEGINNING, typed.prefix, begins),
        (INITIALS, typed.prefix, short),
    )
    read(
        "asked_spellings",
        pa.concat_tables([
            pa.table({
                "kind": pa.array([kind] * len(rows), pa.string()),
                "number": hashes.view(np.int64)[rows],
                "line": typed.line[rows],
            })
            for kind, hashes, rows in spelled
        ]),
    )  # fmt: skip
    common = vocabulary.common[wanted.word]
    read(
        "asked_words",
        pa.table({
            "line": wanted.line,
            "typed": wanted.typed,
            "word": vocabulary.words.take(pa.array(wanted.word)),
            "weight": _weights(wanted.weight),
            "rarity": _weights(np.log(1 + vocabulary.companies / np.maximum(common, 1))),
            "chosen": wanted.chosen.astype(np.int32),
        }),
    )  # fmt: skip
    known = np.flatnonzero(by_id != NONE)
    ids = {"line": known, "company": by_id[known], "weight": _weights(np.full(len(known), block.BY_ID))}
    read("asked_ids", pa.table(ids))
    sizes = np.arange(1, block.MOST_ALIKE + 1)
    weights = np.log(1 + vocabulary.companies / sizes) + block.SAME_BEGINNING
    read("sizes", pa.table({"size": sizes, "weight": _weights(weights)}))


def _weights(values: Reals) -> Longs:
    return np.asarray(np.rint(values * 10**DIGITS), np.int64)


def _whole(weight: float) -> str:
    """A weight as a whole number in a statement."""
    return f"CAST({round(weight * 10**DIGITS)} AS BIGINT)"


def _spelled_alike(tables: Tables) -> None:
    sql = tables.engine.sql
    tables.keep(
        "spelled",
        f"""SELECT a.kind AS kind, a.line AS line, m.company AS company
        FROM {MARKS} AS m JOIN asked_spellings AS a ON m.kind = a.kind AND m.number = a.number""",
    )
    sql(
        "same_words",
        f"""SELECT DISTINCT s.line AS line, s.company AS company, {_whole(block.SAME_WORDS)} AS weight
        FROM spelled AS s JOIN (
            SELECT line FROM spelled WHERE kind = '{SAME_WORDS}' GROUP BY line HAVING count(*) <= {block.MOST_ALIKE}
        ) AS few ON s.line = few.line WHERE s.kind = '{SAME_WORDS}'""",
    )
    sql("begun", f"SELECT DISTINCT line, company FROM spelled WHERE kind = '{BEGINNING}'")
    sql(
        "same_beginning",
        """SELECT b.line AS line, b.company AS company, z.weight AS weight FROM begun AS b
        JOIN (SELECT line, count(*) AS size FROM begun GROUP BY line) AS n ON b.line = n.line
        JOIN sizes AS z ON n.size = z.size""",
    )
    sql(
        "same_initials",
        f"""SELECT DISTINCT line, company, {_whole(block.SAME_INITIALS)} AS weight FROM spelled
        WHERE kind = '{INITIALS}'""",
    )


def _by_words(tables: Tables) -> None:
    tables.keep(
        "held",
        f"""SELECT DISTINCT m.company AS company, m.text AS word
        FROM {MARKS} AS m JOIN (SELECT DISTINCT word FROM asked_words) AS a ON m.text = a.word
        WHERE m.kind = '{WORD}'""",
    )
    tables.engine.sql(
        "picked",
        """SELECT DISTINCT a.line AS line, h.company AS company FROM held AS h JOIN asked_words AS a
        ON h.word = a.word WHERE a.chosen = 1""",
    )
    tables.engine.sql(
        "by_words",
        """SELECT line, company, CAST(sum(weight) AS BIGINT) AS weight FROM (
            SELECT p.line AS line, p.company AS company, a.typed AS typed, max(a.weight) AS weight
            FROM picked AS p JOIN held AS h ON p.company = h.company
            JOIN asked_words AS a ON p.line = a.line AND h.word = a.word GROUP BY p.line, p.company, a.typed
        ) AS best GROUP BY line, company""",
    )


def _at_place(tables: Tables) -> None:
    listed = ", ".join(f"'{field}'" for field in PLACES)
    tables.engine.sql(
        "asked_here",
        f"""SELECT DISTINCT v.kind AS kind, v.value AS value, v.line AS line, w.word AS word, w.rarity AS rarity
        FROM asked_values AS v JOIN asked_words AS w ON v.line = w.line WHERE v.kind IN ({listed})""",
    )
    tables.keep(
        "here",
        f"""SELECT a.kind AS kind, a.value AS value, a.word AS word, m.company AS company
        FROM (SELECT DISTINCT kind, value, word FROM asked_here) AS a
        JOIN {MARKS} AS m ON a.kind = m.kind AND a.value = m.text
        JOIN held AS h ON m.company = h.company AND a.word = h.word""",
    )
    tables.engine.sql(
        "at_place",
        f"""SELECT a.line AS line, h.company AS company,
            CAST(sum(a.rarity) AS BIGINT) + {_whole(block.AT_PLACE)} AS weight
        FROM here AS h JOIN (
            SELECT kind, value, word FROM here GROUP BY kind, value, word HAVING count(*) <= {POSTINGS}
        ) AS few ON h.kind = few.kind AND h.value = few.value AND h.word = few.word
        JOIN asked_here AS a ON h.kind = a.kind AND h.value = a.value AND h.word = a.word
        GROUP BY a.kind, a.line, h.company""",
    )


def _at_domain(tables: Tables) -> None:
    tables.engine.sql(
        "at_domain",
        f"""SELECT a.line AS line, m.company AS company, {_whole(block.AT_DOMAIN)} AS weight
        FROM {MARKS} AS m JOIN asked_values AS a ON m.kind = a.kind AND m.text = a.value
        JOIN (
            SELECT text FROM {MARKS} WHERE kind = '{DOMAIN}' GROUP BY text HAVING count(*) <= {block.MOST_AT_DOMAIN}
        ) AS few ON m.text = few.text WHERE m.kind = '{DOMAIN}'""",
    )
