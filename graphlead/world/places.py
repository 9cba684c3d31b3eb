"""Countries, regions, cities and postcodes of a generated world; populations follow a power law."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graphlead.core.arrays import Ints
from graphlead.world.sampling import Weights, choose, join, take, zipf_weights
from graphlead.world.words import words_by_country

_SHARES = np.array([0.34, 0.22, 0.16, 0.14, 0.09, 0.05])
_POSTCODE_DIGITS = (5, 5, 4, 5, 4, 5)


@dataclass(frozen=True, kw_only=True)
class Places:
    """All cities of a world, one entry per city: ``region`` counts through all countries, ``weight`` sums to 1.

    ``first_postcode`` and ``postcodes``: first and number of the city's postcodes.
    """

    name: pa.Array
    country: Ints
    region: Ints
    region_names: pa.Array
    region_country: Ints
    weight: Weights
    first_postcode: Ints
    postcodes: Ints

    def home_regions(self, count: int) -> Ints:
        """The most populous regions of the first country, where the seller is."""
        people = np.bincount(self.region, self.weight, len(self.region_names))
        people[self.region_country != 0] = -1
        most: Ints = np.argsort(-people, kind="stable")[:count].astype(np.int32)
        return most


def make_places(companies: int, rng: np.random.Generator) -> Places:
    """Draw the cities: their number grows with the square root of the number of companies."""
    all_regions = words_by_country("regions")
    total = int(np.clip(1.6 * np.sqrt(companies), 40, 8000))
    parts = [_country(index, max(4, round(total * share)), rng) for index, share in enumerate(_SHARES)]
    offsets = np.cumsum([0] + [len(regions) for regions in all_regions])
    weights = [share * weight for share, (_, _, weight) in zip(_SHARES, parts, strict=True)]
    weight = np.concatenate(weights)
    country = np.concatenate([np.full(len(names), i, np.int32) for i, (names, _, _) in enumerate(parts)])
    postcodes = np.maximum(1, (weight * companies / 25).astype(np.int32)).clip(max=400).astype(np.int32)
    return Places(
        name=pa.concat_arrays([names for names, _, _ in parts]),
        country=country,
        region=np.concatenate([r + offsets[i] for i, (_, r, _) in enumerate(parts)]).astype(np.int32),
        region_names=pa.array([name for regions in all_regions for name in regions]),
        region_country=np.repeat(np.arange(len(all_regions)), [len(r) for r in all_regions]).astype(np.int32),
        weight=weight,
        first_postcode=_first_postcodes(country, postcodes),
        postcodes=postcodes,
    )


def _country(index: int, cities: int, rng: np.random.Generator) -> tuple[pa.Array, Ints, Weights]:
    starts, ends, tails = (words_by_country(f"city_{part}")[index] for part in ("starts", "ends", "tails"))
    plain = len(starts) * len(ends)
    cities = min(cities, plain * len(tails))
    # Names without a suffix come first, for the large cities.
    order = np.concatenate([t * plain + rng.permutation(plain) for t in range(len(tails))])[:cities]
    tail, rest = np.divmod(order, plain)
    start, end = np.divmod(rest, len(ends))
    names = join([take(starts, start), take(ends, end), take(tails, tail)], "")
    regions = choose(rng, zipf_weights(len(words_by_country("regions")[index]), 0.5), cities)
    return names, regions, zipf_weights(cities, 1.0)


def _first_postcodes(country: Ints, postcodes: Ints) -> Ints:
    """First postcodes: consecutive ranges within a country, spread over all its digits."""
    first = np.empty(len(country), np.int32)
    for index, digits in enumerate(_POSTCODE_DIGITS):
        mine = country == index
        starts = np.cumsum(postcodes[mine]) - postcodes[mine]
        stretch = max(1, (10**digits - 400) // int(postcodes[mine].sum() + 1))
        first[mine] = 10 ** (digits - 3) + starts * stretch
    return np.asarray(first % np.array([10**d for d in _POSTCODE_DIGITS])[country], np.int32)


def postcodes_of(places: Places, city: Ints, rng: np.random.Generator) -> pa.Array:
    """A postcode per company, as text in its country's form; low numbers have leading zeros."""
    number = places.first_postcode[city] + (rng.random(len(city)) * places.postcodes[city]).astype(np.int32)
    digits = np.array(_POSTCODE_DIGITS, np.int32)[places.country[city]]
    return padded(number, digits)


def padded(number: Ints, digits: Ints) -> pa.Array:
    """Numbers as text with leading zeros, ``digits`` wide."""
    text = pc.utf8_lpad(pa.array(number).cast(pa.string()), 5, "0")
    return pc.if_else(pa.array(digits == 5), text, pc.utf8_slice_codeunits(text, 1))
