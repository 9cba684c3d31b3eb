"""What words mean: those that stand beside the same others are alike, in any order of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_register import MakeRegister

from graphlead.core.arrays import NONE, Floats
from graphlead.core.errors import RunFolderError
from graphlead.core.features import Incidence, Kind, Source
from graphlead.core.register import Register, Role
from graphlead.features.meaning import Meanings, WordVectors, learn_meaning, load_meaning, save_meaning
from graphlead.features.terms import term_incidence

N = 400
TRADES = (
    ("lawn", "tree", "garden", "hedge", "turf", "plant"),
    ("steel", "weld", "forge", "metal", "iron", "sheet"),
)


def names() -> list[str]:
    """Two words of one trade and one that two companies have alone; every other company is of the same trade."""
    draw = np.random.default_rng(0)
    return [" ".join([*draw.permutation(TRADES[i % 2])[:2], f"own{i // 2}"]) for i in range(N)]


def meanings(learned: Sequence[WordVectors], register: Register) -> Floats:
    """What the names of all companies of a register mean."""
    matrix, terms = term_incidence(register.read("name").column(0))
    words = Incidence(Source(kind=Kind.WORDS, column="name"), matrix, terms)
    return Meanings.from_relations(learned, [words])[np.arange(register.n_companies, dtype=np.int32)]


@pytest.fixture
def register(make_register: MakeRegister) -> Register:
    return make_register({"name": (Role.NAME, names())})


def test_companies_of_one_trade_are_alike_though_they_share_no_word(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphlead.features.meaning.DIMENSIONS", 2)
    learned = learn_meaning(register)
    assert {*learned[0].words.to_pylist()} == {word for words in TRADES for word in words}
    found = meanings(learned, register)
    assert found.shape == (N, learned[0].width)
    texts = names()
    no_word = [i for i in range(2, N, 2) if not {*texts[i].split()} & {*texts[0].split()}]
    other_trade = np.arange(1, N, 2)
    alike = found @ found[0]
    assert alike[no_word].min() > alike[other_trade].max() + 0.2


def test_neither_the_order_of_the_rows_nor_that_of_the_words_changes_a_bit(register: Register) -> None:
    learned = learn_meaning(register)
    found = meanings(learned, register)
    order = np.random.default_rng(1).permutation(N)
    texts = [" ".join(names()[i].split()[::-1]) for i in order]
    pq.write_table(pa.table({"company_id": [f"c{i}" for i in order], "name": texts}), register.companies)
    np.testing.assert_array_equal(learn_meaning(register)[0].vectors, learned[0].vectors)
    np.testing.assert_array_equal(meanings(learned, register), found[order])


def test_what_has_no_known_word_means_nothing_and_a_word_more_that_is_unknown_changes_nothing(
    register: Register, make_register: MakeRegister
) -> None:
    learned = learn_meaning(register)
    newer = [*names(), names()[0] + " unheard", "unheard words", None]
    found = meanings(learned, make_register({"name": (Role.NAME, newer)}))
    known = meanings(learned, register)
    np.testing.assert_array_equal(found[: N + 1], known[[*range(N), 0]])
    assert not found[N + 1 :].any()


def test_vectors_are_read_back_and_damage_is_named(register: Register, tmp_path: Path) -> None:
    learned = learn_meaning(register)
    save_meaning(learned, tmp_path)
    (again,) = load_meaning(tmp_path)
    assert again.column == "name" and again.words.to_pylist() == learned[0].words.to_pylist()
    np.testing.assert_array_equal(again.vectors, learned[0].vectors)
    (tmp_path / "words.parquet").write_bytes(b"PAR1")
    with pytest.raises(RunFolderError, match=r"words\.parquet"):
        load_meaning(tmp_path)


def test_too_few_words_have_no_vectors(make_register: MakeRegister, tmp_path: Path) -> None:
    alone = learn_meaning(make_register({"name": (Role.NAME, [f"one{i} two{i}" for i in range(9)])}))
    assert alone == ()
    save_meaning(alone, tmp_path)
    assert load_meaning(tmp_path) == ()
    assert Meanings.from_relations(alone, [])[np.arange(4, dtype=np.int32)].shape == (4, 0)


def test_words_that_always_stand_together_give_the_same_twice(make_register: MakeRegister) -> None:
    """Several axes weigh the same there, and which are found is a matter of chance."""
    blocks = make_register({"name": (Role.NAME, [f"one{i // 4} two{i // 4}" for i in range(80)])})
    once, again = (learn_meaning(blocks)[0].vectors for _ in range(2))
    np.testing.assert_array_equal(once, again)


def test_sums_are_of_the_vectors_by_hand() -> None:
    vectors = np.array([[3, 0, 16], [0, 5, 4], [1, 1, 1]], np.int32) * 2**16
    learned = WordVectors("name", pa.array(["a", "b", "c"]), vectors)
    found = learned.of_texts(np.array([0, 2, 2, 4]), np.array([1, 0, NONE, 2], np.int32))
    np.testing.assert_allclose(found, [[3 / 20**0.5, 5 / 20**0.5], [0, 0], [1, 1]], rtol=1e-6)
