"""Texts as numbers: what they are about (latent semantic analysis of hashed terms), and the phrases that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp

from graphlead.common.deal import drawn
from graphlead.core.arrays import Json, Keys, Longs, Reals
from graphlead.core.cases import CaseColumn, Cases, Kind
from graphlead.learn.cases.phrases import phrases_of, within
from graphlead.learn.cases.terms import Terms, terms_of

FEWEST = 5
"""Texts that a term has to be in."""
CANDIDATES = 20_000
"""The most frequent terms, among which phrases are looked for; a choice."""
TERMS = 2000
"""The most frequent terms, by which topics are told apart; a choice."""
LEARNED = 20_000
"""Texts that are learned from at most, a choice."""
AT_ONCE = 10_000
"""Texts that are read at a time, which bounds the memory: a text of 2000 letters has some 600 terms of 24 bytes."""
TOPICS = 16
DIGITS = 5
"""Decimals of what is saved."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What was learned of one column of text.

    keys: (t + p,) the hashes of the terms that count. rarity: (t,) the inverse document frequency of the first t, and
    topics: (t, d) the part of each in each topic. phrases: (p,) the others, those that matter.
    """

    name: str
    source: str
    keys: Keys
    rarity: Reals
    topics: Reals
    phrases: tuple[str, ...]

    @property
    def columns(self) -> tuple[CaseColumn, ...]:
        """The features that are made of a text: its topics, summed up where reasons are given, and its phrases."""
        topics = (f"{self.name} (topic {number + 1})" for number in range(self.topics.shape[1]))
        phrases = (f'{self.name}: "{phrase}"' for phrase in self.phrases)
        return (
            *(CaseColumn(name=name, kind=Kind.NUMBER, source=self.source) for name in topics),
            *(CaseColumn(name=name, kind=Kind.FLAG, source=name) for name in phrases),
        )

    def apply(self, texts: pd.Series[Any]) -> Reals:
        """The values (n, d + p) of ``columns`` for any texts (n,); a text without words has no topics, NaN."""
        parts = [self._values(texts.iloc[start : start + AT_ONCE]) for start in range(0, len(texts), AT_ONCE)]
        return np.concatenate([np.zeros((0, len(self.columns))), *parts])

    def _values(self, texts: pd.Series[Any]) -> Reals:
        terms = terms_of(texts)
        seen = terms.incidence(self.keys)
        topics = _weighted(seen[:, : len(self.rarity)], self.rarity) @ self.topics
        topics[np.bincount(terms.row, minlength=terms.n) == 0] = np.nan
        return np.hstack([topics, seen[:, len(self.rarity) :].toarray()])

    def to_json(self) -> Json:
        return {
            name: value.tolist() if isinstance(value, np.ndarray) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def from_json(cls, content: Json) -> Words:
        rarity = np.asarray(content["rarity"], np.float64)
        arrays = {
            "keys": np.asarray(content["keys"], np.uint64),
            "rarity": rarity,
            "topics": np.asarray(content["topics"], np.float64).reshape(len(rarity), -1),
        }
        return cls(**content | arrays | {"phrases": tuple(content["phrases"])})


def words_of(train: Cases, groups: Keys, seed: int) -> tuple[Words, ...]:
    """What can be learned of each column of text, from the known cases of a training part; of very many, a sample.

    groups: a hash (n,) of each row's fold key.
    """
    columns = [column for column in train.columns if column.kind is Kind.TEXT]
    if not columns:
        return ()
    at = drawn(groups, LEARNED, "words", seed)
    outcome = (train.outcome[at] == 1).astype(np.float64)
    return tuple(
        _words(each, terms_of(train.features[each.name].iloc[at]), outcome, seed) for each in columns
    )


def with_words(cases: Cases, words: tuple[Words, ...]) -> Cases:
    """The cases with the features that are made of their texts."""
    for each in words:
        columns = each.columns
        values = pd.DataFrame(
            each.apply(cases.features[each.name]), columns=[column.name for column in columns]
        )
        cases = cases.with_features(columns, values)
    return cases


def _words(column: CaseColumn, terms: Terms, outcome: Reals, seed: int) -> Words:
    keys, first = _frequent(terms)
    seen = terms.incidence(keys)
    enough = seen.sum(axis=0) >= FEWEST
    keys, first, seen = keys[enough], first[enough], seen[:, enough]
    chosen = phrases_of(seen, outcome, first >= len(terms.words))
    # Topics do not repeat what the phrases tell: reasons are to name a phrase, not the words of the text.
    others = np.flatnonzero(~within(seen, chosen))[:TERMS]
    shown = seen[:, others]
    rarity = np.log(len(outcome) / np.asarray(shown.sum(axis=0), np.float64)).round(DIGITS)
    return Words(
        name=column.name,
        source=column.source,
        keys=keys[np.concatenate([others, chosen])],
        rarity=rarity,
        topics=_topics(_weighted(shown, rarity), seed),
        phrases=tuple(terms.text(at) for at in first[chosen]),
    )


def _frequent(terms: Terms) -> tuple[Keys, Longs]:
    """The hashes of the most frequent terms, the most frequent first, and the first occurrence of each."""
    code, keys = pd.factorize(terms.key)
    counts = np.bincount(code, minlength=len(keys))
    first = np.flatnonzero(~pd.Series(code).duplicated())
    order = np.argsort(-counts, kind="stable")[:CANDIDATES]
    order = order[counts[order] >= FEWEST]
    return np.asarray(keys)[order], first[order]


def _topics(weighted: sp.csr_array, seed: int) -> Reals:
    """The parts (t, d) of the terms in the topics of the texts."""
    from sklearn.decomposition import TruncatedSVD

    terms = weighted.shape[1]
    if terms < 2:
        return np.zeros((terms, 0))
    svd = TruncatedSVD(min(TOPICS, terms - 1), random_state=seed).fit(weighted)
    return np.asarray(svd.components_.T, np.float64).round(DIGITS)


def _weighted(seen: sp.csr_array, rarity: Reals) -> sp.csr_array:
    """The terms of each text by their rarity, the row at length 1, or 0."""
    rows = sp.csr_array(seen.multiply(rarity))
    length = np.sqrt(rows.multiply(rows).sum(axis=1))
    return sp.csr_array(sp.diags_array(1 / np.where(length > 0, length, 1)) @ rows)
