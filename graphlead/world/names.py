"""Company and person names from word lists: families, brands, trades, places and legal forms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints
from graphlead.world.firms import Firms
from graphlead.world.industries import SECTIONS
from graphlead.world.sampling import Weights, any_of, blank, choose, join, take, zipf_weights
from graphlead.world.words import words, words_by_country

_LEGAL = (
    (("GmbH", 0.6), ("GmbH & Co. KG", 0.16), ("AG", 0.08), ("e.K.", 0.08), ("UG (haftungsbeschränkt)", 0.08)),
    (("SARL", 0.55), ("SAS", 0.3), ("SA", 0.15)),
    (("B.V.", 0.85), ("N.V.", 0.05), ("V.O.F.", 0.1)),
    (("Sp. z o.o.", 0.8), ("S.A.", 0.12), ("Sp. j.", 0.08)),
    (("GmbH", 0.8), ("AG", 0.1), ("KG", 0.1)),
    (("(Pty) Ltd", 0.75), ("CC", 0.25)),
)
LEGAL_FORMS = sorted({form for forms in _LEGAL for form, _ in forms}, key=len, reverse=True)

_PATTERNS = np.array([0.36, 0.12, 0.22, 0.1, 0.12, 0.08])
_FAMILY_TRADE, _TWO_FAMILIES, _BRAND_TRADE, _CITY_TRADE, _BRAND, _FULL_NAME = range(len(_PATTERNS))


def families(country: Ints, rng: np.random.Generator) -> pa.Array:
    """A family name per row, typical of the row's country; some are far more common than others."""
    parts = []
    for kind in ("family_starts", "family_ends"):
        lists = words_by_country(kind)
        parts.append(_drawn(lists, [zipf_weights(len(own), 0.6) for own in lists], country, rng))
    return join(parts, "")


def double_names(country: Ints, share: float, rng: np.random.Generator) -> pa.Array:
    """Family names, this share of them two joined by a hyphen."""
    second = blank(families(country, rng), rng.random(len(country)) >= share)
    return join([families(country, rng), second], "-")


def brands(count: int, rng: np.random.Generator) -> pa.Array:
    """Invented words of three or more syllables."""
    start, middle, more, end = (
        any_of(words(f"brand_{kind}"), count, rng) for kind in ("starts", "middles", "middles", "ends")
    )
    return join([start, middle, blank(more, rng.random(count) < 0.5), end], "")


def person_names(country: Ints, rng: np.random.Generator) -> pa.Array:
    """A first and a family name per row."""
    return join([any_of(words("first_names"), len(country), rng), families(country, rng)])


def legal_forms(country: Ints, rng: np.random.Generator) -> pa.Array:
    """A legal form of the row's country per row."""
    lists = [[form for form, _ in forms] for forms in _LEGAL]
    return _drawn(lists, [np.array([weight for _, weight in forms]) for forms in _LEGAL], country, rng)


def company_names(
    firms: Firms, section: Ints, city: pa.Array, legal: pa.Array, rng: np.random.Generator
) -> tuple[pa.Array, pa.Array]:
    """Names with their legal form, and the stem (family or brand) for websites.

    A company has the stem of its group's head; the names within a group differ by trade, a further word, and often
    the city.
    """
    n, owned = len(firms), firms.parent >= 0
    pattern = choose(rng, _PATTERNS, n)[firms.head]
    family = double_names(firms.country, 0.12, rng).take(pa.array(firms.head))
    brand = brands(n, rng).take(pa.array(firms.head))
    trades = [sector.trades.split() for sector in SECTIONS]
    trade = _drawn(trades, [np.ones(len(own)) for own in trades], section, rng)

    def only(column: pa.Array, *patterns: int) -> pa.Array:
        return pc.if_else(pa.array(np.isin(pattern, patterns)), column, pa.scalar(None, pa.string()))

    second = pc.binary_join_element_wise("&", families(firms.country, rng), " ")
    name = join([
        only(any_of(words("first_names"), n, rng), _FULL_NAME),
        only(family, _FAMILY_TRADE, _TWO_FAMILIES, _FULL_NAME),
        only(second, _TWO_FAMILIES),
        only(brand, _BRAND_TRADE, _BRAND),
        blank(trade, ~owned & ~np.isin(pattern, (_FAMILY_TRADE, _BRAND_TRADE, _CITY_TRADE))),
        blank(any_of(words("qualifiers"), n, rng), rng.random(n) > 0.25 + 0.35 * owned),
        blank(city, (pattern != _CITY_TRADE) & ~(owned & (rng.random(n) < 0.35))),
        legal,
    ])  # fmt: skip
    stem = pc.if_else(pa.array(np.isin(pattern, (_BRAND_TRADE, _BRAND))), brand, family)
    return name, stem


def _drawn(
    lists: Sequence[Sequence[str]], weights: Sequence[Weights], kind: Ints, rng: np.random.Generator
) -> pa.Array:
    """A word per row, drawn by weight from the list with the index ``kind``."""
    starts = np.cumsum([0] + [len(own) for own in lists])
    index = np.empty(len(kind), np.int32)
    for i, weight in enumerate(weights):
        mine = np.flatnonzero(kind == i)
        index[mine] = starts[i] + choose(rng, weight, len(mine))
    return take([word for own in lists for word in own], index)
