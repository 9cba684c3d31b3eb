"""Words in common: accents, punctuation, and which words count."""

from __future__ import annotations

import pyarrow as pa

from graphlead.features.terms import term_incidence


def words_of(*texts: str | None) -> list[set[str]]:
    matrix, words = term_incidence(pa.chunked_array([pa.array(texts, pa.string())]))
    assert matrix.shape == (len(texts), len(words))
    assert set(matrix.data.tolist()) <= {1.0}
    return [{words[i].as_py() for i in matrix[row].indices} for row in range(len(texts))]


def test_accents_case_and_punctuation_do_not_part_a_word() -> None:
    found = words_of("Müller & Söhne", "MULLER-Sohne", "O'Brien A.B.C.", "obrien, ABC", None)
    assert found == [{"muller", "sohne"}, {"muller", "sohne"}, {"obrien", "abc"}, {"obrien", "abc"}, set()]


def test_a_word_of_one_company_and_single_letters_connect_nobody() -> None:
    assert words_of("lonely x", "shared x", "shared y", "y") == [set(), {"shared"}, {"shared"}, set()]


def test_a_word_repeated_by_one_company_is_not_shared() -> None:
    assert words_of("again again", "other", "other") == [set(), {"other"}, {"other"}]


def test_words_on_more_than_a_fifth_distinguish_nobody() -> None:
    texts = [f"inc number{i // 2}" for i in range(20)]
    found = words_of(*texts)
    assert found == [{f"number{i // 2}"} for i in range(20)]


def test_the_commonest_word_comes_first_and_ties_go_by_the_alphabet() -> None:
    texts = ["beta alpha", "beta alpha", "gamma", "gamma", "gamma", *[None] * 15]
    _, words = term_incidence(pa.chunked_array([pa.array(texts, pa.string())]))
    assert words.to_pylist() == ["gamma", "alpha", "beta"]


def test_texts_that_share_nothing_give_an_empty_incidence() -> None:
    matrix, words = term_incidence(pa.chunked_array([pa.array(["one", "two", None])]))
    assert matrix.shape == (3, 0)
    assert words.to_pylist() == []
