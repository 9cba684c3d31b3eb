"""Random draws and text composition for whole columns."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Flags, Ints, Reals

Weights = Reals


def stream(seed: int, topic: str) -> np.random.Generator:
    """The random generator of one topic: draws for one topic never shift those for another."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(topic.encode())]))


def zipf_weights(count: int, exponent: float) -> Weights:
    """Power-law weights of ranks 1..count, summing to 1."""
    weights = np.power(np.arange(count) + 2.0, -exponent)
    shares: Weights = weights / weights.sum()
    return shares


def choose(rng: np.random.Generator, weights: Weights, count: int) -> Ints:
    """``count`` indices drawn with replacement in proportion to the weights."""
    edges = np.cumsum(weights)
    picked = np.searchsorted(edges / edges[-1], rng.random(count), side="right")
    return picked.clip(max=len(weights) - 1).astype(np.int32)


def without_replacement(rng: np.random.Generator, weights: Weights, count: int) -> Ints:
    """``count`` different indices, drawn one after another in proportion to the weights.

    Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006.
    """
    with np.errstate(divide="ignore"):
        keys = np.log(rng.random(len(weights))) / weights
    return np.sort(np.argsort(-keys, kind="stable")[:count]).astype(np.int32)


def take(words: Sequence[str] | pa.Array, index: Ints) -> pa.Array:
    """The words at these indices, null where the index is -1."""
    values = words if isinstance(words, pa.Array) else pa.array(list(words), pa.string())
    return values.take(pa.array(index, mask=index < 0))


def any_of(words: Sequence[str], count: int, rng: np.random.Generator) -> pa.Array:
    """A word per row, all equally likely."""
    return take(words, rng.integers(0, len(words), count, dtype=np.int32))


def join(columns: Sequence[pa.Array], separator: str = " ") -> pa.Array:
    """The values of each row joined, without nulls."""
    return pc.binary_join_element_wise(*columns, separator, null_handling="skip")


def blank(column: pa.Array, missing: Flags) -> pa.Array:
    """The column with null where ``missing`` is true."""
    return pc.if_else(pa.array(missing), pa.scalar(None, column.type), column)


def sigmoid(x: Weights) -> Weights:
    return 1 / (1 + np.exp(-x))


def intercept_for(logit: Weights, expected: float) -> float:
    """The constant to add to every logit so that the probabilities sum to ``expected``, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if sigmoid(logit + middle).sum() < expected:
            low = middle
        else:
            high = middle
    return (low + high) / 2
