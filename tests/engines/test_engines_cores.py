"""Names without their legal forms, by their words, are those that are worked out letter by letter."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from graphlead.engines.cores import cores
from graphlead.engines.names import core_names

PIECES = [
    "Müller", "& Söhne", "GmbH", "& Co. KG", "S.A.", "A.", "B", "C", "Holding", "Ltd", "LLC", "the", "株式会社", "und",
    "+", "Fund X S.A.", "P.L.C", "société", "anonyme", "Inc.",
    "O'Brien", "/", "d.b.a.", "ß", "x" * 250, "\tTab", "&amp;",
]  # fmt: skip


def test_names_lose_their_legal_forms_word_by_word_as_letter_by_letter() -> None:
    rng = np.random.default_rng(0)
    names = [" ".join(rng.choice(PIECES, rng.integers(0, 7))) for _ in range(2000)]
    given = pa.array([None, "", "LLC", "Ltd LLC", *names], pa.string())
    assert cores(pa.chunked_array([given])).to_pylist() == core_names(given).to_pylist()


def test_no_names_have_no_cores() -> None:
    assert cores(pa.chunked_array([pa.array([], pa.string())])).to_pylist() == []
