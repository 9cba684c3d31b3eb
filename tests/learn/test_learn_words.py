"""Words of cases: planted phrases are found and named, topics tell texts apart, and noise stays noise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from graphlead.core.arrays import Keys, Reals
from graphlead.core.cases import OPEN, CaseColumn, Cases, Kind
from graphlead.learn.cases.encode import Encoding, encoded
from graphlead.learn.cases.fit import fit, load, save
from graphlead.learn.cases.quick import quick_odds
from graphlead.learn.cases.splits import folds_of, keys_of
from graphlead.learn.cases.terms import terms_of
from graphlead.learn.cases.words import Words, words_of

FILLER = [f"word{number}" for number in range(300)]


def sentences(rng: np.random.Generator, marks: list[str]) -> list[str]:
    """Ten words by chance around each mark."""
    drawn = rng.choice(FILLER, (len(marks), 10))
    return [" ".join([*row[:5], mark, *row[5:]]).strip() for row, mark in zip(drawn, marks, strict=True)]


def cases_of(notes: list[str] | np.ndarray, outcome: np.ndarray, **more: Any) -> Cases:
    n = len(outcome)
    columns = [CaseColumn(name="notes", kind=Kind.TEXT, source="notes")]
    columns += [CaseColumn(name=name, kind=Kind.NUMBER, source=name) for name in more]
    return Cases(
        ids=np.array([f"L{i}" for i in range(n)], object),
        features=pd.DataFrame({"notes": np.asarray(notes, object), **more}),
        columns=tuple(columns),
        outcome=outcome.astype(np.int8),
        day=np.full(n, "NaT", "datetime64[D]"),
        group=np.arange(n),
        facts=pd.DataFrame(index=range(n)),
    )


def planted(n: int, opened: int = 0, seed: int = 0) -> tuple[Cases, Reals]:
    """Notes of which a fifth say "please cancel" and a fifth "will renew": 70 % and 5 % leave, 30 % of the others."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(5, n)
    marks = ["Please CANCEL!" if each == 0 else "will renew" if each == 1 else "" for each in kind]
    rate = np.where(kind == 0, 0.7, np.where(kind == 1, 0.05, 0.3))
    outcome = (rng.random(n) < rate).astype(np.int8)
    shown = np.where(np.arange(n) < n - opened, outcome, OPEN)
    return cases_of(sentences(rng, marks), shown, noise=rng.normal(size=n)), outcome.astype(np.float64)


def learned(cases: Cases) -> Words:
    (words,) = words_of(cases, keys_of(cases.group), 0)
    return words


def test_terms_are_words_and_pairs_in_lower_case_without_punctuation() -> None:
    terms = terms_of(pd.Series(["Not interested – DON'T call 'Übermorgen'!", None, "", "call"], dtype=object))
    found = [(int(row), terms.text(at)) for at, row in enumerate(terms.row)]
    assert found == [
        *((0, word) for word in ("not", "interested", "don't", "call", "übermorgen")),
        (3, "call"),
        *((0, pair) for pair in ("not interested", "interested don't", "don't call", "call übermorgen")),
    ]
    assert len(set(terms.key)) == len(found) - 1  # "call" comes twice


def test_the_order_of_a_pair_counts() -> None:
    keys = terms_of(pd.Series(["good bad", "bad good"], dtype=object)).key[-2:]
    assert keys[0] != keys[1]


def test_planted_phrases_are_found_and_noise_is_none() -> None:
    cases, _ = planted(3000)
    words = learned(cases)
    assert set(words.phrases) == {"please cancel", "will renew"}  # a word and its pair are one phrase


def test_words_that_mean_the_opposite_after_not_are_phrases_of_their_own() -> None:
    rng = np.random.default_rng(1)
    kind = rng.choice(3, 3000)
    marks = [["interested", "not interested", ""][each] for each in kind]
    outcome = rng.random(3000) < np.array([0.7, 0.02, 0.2])[kind]
    words = learned(cases_of(sentences(rng, marks), outcome))
    assert "interested" in words.phrases
    assert {"not", "not interested"} & set(words.phrases)


@pytest.mark.parametrize("rate", [0.01, 0.3])
def test_words_by_chance_are_no_phrases(rate: float) -> None:
    rng = np.random.default_rng(2)
    found = [learned(cases_of(sentences(rng, [""] * 800), rng.random(800) < rate)).phrases for _ in range(20)]
    assert sum(map(len, found)) <= 3


def test_topics_tell_texts_apart_that_share_no_phrase() -> None:
    rng = np.random.default_rng(3)
    kind = rng.choice(2, 600)
    notes = [" ".join(rng.choice(FILLER[each * 150 : each * 150 + 150], 12)) for each in kind]
    words = learned(cases_of(notes, rng.random(600) < 0.5))
    values = words.apply(pd.Series(notes, dtype=object))
    assert values.shape == (600, len(words.columns))
    apart = max(roc_auc_score(kind, sign * topic) for topic in values[:, :16].T for sign in (1, -1))
    assert apart > 0.99


def test_phrases_too_rare_for_topics_are_marked_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphlead.learn.cases.words.TERMS", 10)
    monkeypatch.setattr("graphlead.learn.cases.words.AT_ONCE", 64)
    cases, _ = planted(3000)
    words, notes = learned(cases), cases.features["notes"]
    assert len(words.keys) == 10 + 2
    assert set(words.phrases) == {"please cancel", "will renew"}
    values = pd.DataFrame(words.apply(notes), columns=[column.name for column in words.columns])
    assert (values['notes: "please cancel"'] == notes.str.contains("CANCEL")).all()
    assert (values['notes: "will renew"'] == notes.str.contains("renew")).all()


def test_texts_without_words_have_no_topics_and_no_phrase() -> None:
    words = learned(planted(1000)[0])
    values = words.apply(pd.Series([None, " ?! ", "unheard of"], dtype=object))
    topics, phrases = values[:, : words.topics.shape[1]], values[:, words.topics.shape[1] :]
    assert np.isnan(topics[:2]).all()
    assert (topics[2] == 0).all()
    assert (phrases == 0).all()


@pytest.mark.parametrize("notes", [[None] * 40, ["same"] * 40, [f"unique{i}" for i in range(40)], [""] * 40])
def test_columns_that_say_nothing_do_no_harm(notes: list[str]) -> None:
    cases = cases_of(notes, np.arange(40) % 2, noise=np.arange(40.0))
    table = encoded(cases, keys_of(cases.group), 0)
    assert table.encoding.words[0].phrases == ()
    assert len(table.encoding.apply(cases)) == 40


def test_saved_words_give_the_same_values() -> None:
    cases, _ = planted(1000)
    table = encoded(cases, keys_of(cases.group), 0)
    content = json.loads(json.dumps(table.encoding.to_json(), allow_nan=False))
    again = Encoding.from_json(content).apply(cases)
    assert np.array_equal(again.numbers, table.numbers, equal_nan=True)
    assert isinstance(again.encoding.words[0], Words)


def test_models_learn_phrases_name_them_and_keep_their_promise(tmp_path: Path) -> None:
    cases, outcome = planted(1200, opened=400)
    fitted = fit(cases, 0)
    rows = cases.rows(~cases.known)
    probability = fitted.predict(rows)
    assert roc_auc_score(outcome[-400:], probability) > 0.7
    promised = roc_auc_score(fitted.heldout.outcome, fitted.heldout.chosen)
    assert abs(promised - roc_auc_score(outcome[-400:], probability)) < 0.08
    added, seen = fitted.contributions(rows), fitted.with_words(rows)
    for word, name, sign in (("cancel", 'notes: "please cancel"', 1), ("renew", 'notes: "will renew"', -1)):
        has = rows.features["notes"].str.lower().str.contains(word).to_numpy(bool)
        assert (seen.features[name].to_numpy() == has).all()
        assert (sign * added[name][has]).min() > 0.1
    save(fitted, tmp_path)
    assert np.allclose(load(tmp_path).predict(rows), probability)


def test_names_that_come_once_each_are_not_learned_by_heart() -> None:
    rng = np.random.default_rng(4)
    notes = [f"client{i} likes {a} and {b}" for i, (a, b) in enumerate(rng.choice(FILLER, (1000, 2)))]
    cases = cases_of(notes, rng.random(1000) < 0.3)
    assert abs(roc_auc_score(cases.outcome, quick_odds(cases, 0)) - 0.5) < 0.06


def test_what_is_held_out_has_no_part_in_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    cases, _ = planted(400)
    seen: list[frozenset[str]] = []

    def spied(train: Cases, groups: Keys, seed: int) -> tuple[Words, ...]:
        seen.append(frozenset(train.ids))
        return words_of(train, groups, seed)

    monkeypatch.setattr("graphlead.learn.cases.encode.words_of", spied)
    quick_odds(cases, 0)
    fold = folds_of(cases, 0)
    assert set(seen) == {frozenset(cases.ids[fold != each]) for each in np.unique(fold)}


def test_without_texts_nothing_is_added() -> None:
    cases, _ = planted(200)
    bare = cases.without(["notes"])
    assert words_of(bare, keys_of(bare.group), 0) == ()
    assert encoded(bare, keys_of(bare.group), 0).encoding.words == ()
