"""The phrases that matter: terms of texts that go with an outcome, by far more often than chance would."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from scipy.special import bdtr, bdtrc

from graphlead.core.arrays import Flags, Longs, Reals

MOST = 20
"""Phrases of a column."""
TRIED = 200
"""The strongest terms from which phrases are taken; a choice."""
CHANCE = 0.05
"""The chance that of a column without any, some term is taken for a phrase."""
SAME = 0.8
"""The share of the rarer one's texts from which two terms are one phrase; a choice."""


def phrases_of(seen: sp.csr_array, outcome: Reals, paired: Flags) -> Longs:
    """The phrases among the terms, the strongest first, by position.

    seen: 0 or 1 (n, t), which texts have which terms; outcome: 0 or 1 (n,); paired: (t,) the pairs, which come before
    words that are as strong. A term whose texts are mostly those of a stronger one, with the same effect, is no phrase
    of its own.
    """
    texts, ones, mean = seen.sum(axis=0).astype(np.int64), seen.T @ outcome, outcome.mean()
    excess = ones - texts * mean
    spread = np.sqrt(np.maximum(texts * (1 - texts / len(outcome)) * mean * (1 - mean), 1e-12))
    likely = np.where(excess > 0, bdtrc(np.maximum(ones - 1, 0), texts, mean), bdtr(ones, texts, mean))
    strength = np.where(likely < CHANCE / 2 / max(len(texts), 1), np.abs(excess) / spread, 0.0)
    tried = np.lexsort((~paired, -np.round(strength, 6)))[:TRIED]
    tried = tried[strength[tried] > 0]
    return tried[_apart(seen[:, tried], excess[tried] > 0)]


def within(seen: sp.csr_array, chosen: Longs) -> Flags:
    """The terms (t,) whose texts are mostly those of a chosen one, itself among them."""
    both = (seen.T @ seen[:, chosen]).toarray()
    return np.asarray((both > SAME * seen.sum(axis=0)[:, None]).any(axis=1))


def _apart(seen: sp.csr_array, raises: Flags) -> list[int]:
    """The terms (t) that are not in the texts of those before them, with the same effect."""
    both = (seen.T @ seen).toarray()
    texts = both.diagonal()
    same = (both > SAME * np.minimum(texts, texts[:, None])) & (raises == raises[:, None])
    chosen: list[int] = []
    for term in range(len(texts)):
        if len(chosen) < MOST and not same[term, chosen].any():
            chosen.append(term)
    return chosen
