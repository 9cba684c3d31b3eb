from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.engines.duckdb import open_db, table
from graphlead.engines.words import Words, cores_of, words_of
from graphlead.match import normalise
from graphlead.match.known import beginnings, names_of
from graphlead.match.near import near_words

LONG = "x" * 300 + " GmbH"
NAMES = [
    "S.à r.l. Étoile & Fils", "J & M Smith Ltd.", "A + B Trading GmbH & Co. KG", "Müller-Lüdenscheidt AG", None, "",
    "Fund X S.A.", "Sp. z o.o. Wójtski", "株式会社山田", "The The Inc.", "Limited", "Foo d/b/a Bar Baz, Inc.",
    "&amp; Sons",
    "Trading as usual", "Bergmann Trading AS", "Old Name formerly New Name LLC", "gmbh", "O'Neil Bros. and and Co",
    LONG, "A  B  C", "Straße und Söhne e.K.", "\tTab\tGmbH ", "Kabushiki Kaisha Sony", "1 2 3 Ltd",
    "...",
]  # fmt: skip


def joined(words: Words) -> list[str]:
    lists = pa.ListArray.from_arrays(
        pa.array(words.start, pa.int32()), words.texts.take(pa.array(words.codes))
    )
    found: list[str] = pc.binary_join(lists, " ").to_pylist()
    return found


def test_words_and_cores_are_those_of_the_macros_where_they_claim_to_be() -> None:
    names = pa.array(NAMES, pa.string())
    with open_db() as db:
        normalise.install(db)
        words, odd, _ = words_of(db, names)
        cores = cores_of(db, words)
        db.register("given", pa.table({"i": range(len(names)), "name": names}))
        macros = table(
            db,
            "SELECT coalesce(text, '') AS text, coalesce(nullif(name_core(text), ''), '') AS core "
            "FROM (SELECT i, name_text(name_lower(name)) AS text FROM given) ORDER BY i",
        )
    left = {"J & M Smith Ltd.", "A + B Trading GmbH & Co. KG", "Foo d/b/a Bar Baz, Inc.", "A  B  C", LONG}
    assert {NAMES[at] for at in np.flatnonzero(odd)} == left
    for found, column in ((joined(words), "text"), (joined(cores), "core")):
        expected = macros[column].to_pylist()
        assert [(name, text) for name, text, no in zip(NAMES, found, odd, strict=True) if not no] == [
            (name, text) for name, text, no in zip(NAMES, expected, odd, strict=True) if not no
        ]


def test_names_of_a_register_are_those_of_the_query_for_lists() -> None:
    names = names_of([pa.array(NAMES, pa.string())])
    with open_db() as db:
        normalise.install(db)
        db.register("given", pa.table({"company": range(len(NAMES)), "name": pa.array(NAMES, pa.string())}))
        query = normalise.names_query("company", ["name"], "given")
        expected = table(db, f"SELECT company, part, core, words FROM ({query}) ORDER BY company, part")
    assert names.company.tolist() == expected["company"].to_pylist()
    assert names.part.tolist() == expected["part"].to_pylist()
    assert joined(names.words) == expected["core"].to_pylist()
    meant = names.meanings.take(pa.array(names.meaning[names.words.codes])).to_pylist()
    assert meant == [word for words in expected["words"].to_pylist() for word in words]


def test_beginnings_are_equal_for_the_same_first_letters_whatever_the_spaces() -> None:
    words = names_of([pa.array(["green leaf", "greenleaf tea", "green lawn", "gre", "green"])]).words
    one, two, three, four, five = beginnings(words).tolist()
    assert one == two
    assert len({one, three, four, five}) == 4


def test_near_words_are_those_equal_without_a_letter_of_one_or_of_both() -> None:
    draw = np.random.default_rng(0)
    texts = sorted(
        {"".join(draw.choice(list("abc"), draw.integers(2, 8))) for _ in range(300)} | {"a" * 25, "a" * 24}
    )
    typed, known = texts[::2], texts[1::3]

    def cuts(word: str) -> set[str]:
        return {word[:at] + word[at + 1 :] for at in range(len(word))} if 4 <= len(word) <= 24 else set()

    expected = {
        (one, two)
        for one in typed
        for two in known
        if one != two
        and 4 <= len(one) <= 24
        and (cuts(one) & cuts(two) or two in cuts(one) or one in cuts(two))
    }
    found = near_words(pa.array(typed), pa.array(known))
    assert {(typed[one], known[two]) for one, two in zip(*found, strict=True)} == expected
    assert expected
