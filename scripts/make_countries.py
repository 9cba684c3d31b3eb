"""Write graphlead/common/words/countries.tsv: the names of countries in every language of the Unicode CLDR.

    .venv/bin/python scripts/make_countries.py    (with babel 2.18.0, which carries the CLDR)

One line per country or territory: its ISO 3166 codes of two and three letters, and its names in the form of
common.words.texts, parted by "|". A name that several territories have goes to the one that most languages mean by it,
English deciding before all; on a tie nobody has it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path

import pyarrow as pa
from babel import Locale, localedata
from babel.core import get_global

from graphlead.common.words.texts import plain

OUT = Path(__file__).parents[1] / "graphlead/common/words/countries.tsv"

COMPLETE = 240
"""Territories that a language must name: those with fewer name their neighbours alone."""

BEYOND_ISO = {"AC", "CP", "CQ", "DG", "EA", "IC", "TA", "EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}
"""Codes of the CLDR that are no country of ISO 3166-1; Kosovo's, XK, is kept."""

GONE = {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR"}

SHORTEST = 3
"""Letters of the shortest name: two are a code."""

ENGLISH = 1000
"""Languages that the English name counts for: more than there are."""


def alpha3() -> dict[str, str]:
    """The ISO code of three letters of each code of two, without those of states that are no more."""
    return {
        two[0]: three
        for three, two in get_global("territory_aliases").items()
        if len(two) == 1 and re.fullmatch("[A-Z]{3}", three) and three not in GONE
    }


def named() -> dict[str, Counter[str]]:
    """For each name in normal form, how many languages mean which territory by it."""
    pairs = [
        (identifier, code, name)
        for identifier in localedata.locale_identifiers()
        if len(table := Locale.parse(identifier).territories) >= COMPLETE
        for code, name in table.items()
        if re.fullmatch("[A-Z]{2}", code) and code not in BEYOND_ISO
    ]
    texts = plain(pa.array([name for _, _, name in pairs])).to_pylist()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for (identifier, code, _), text in zip(pairs, texts, strict=True):
        if len(text) >= SHORTEST or not text.isascii():
            found[text][code] += ENGLISH if identifier == "en" else 1
    return found


def main() -> None:
    names: dict[str, list[str]] = defaultdict(list)
    for name, codes in sorted(named().items()):
        (code, most), *others = codes.most_common(2)
        if not others or others[0][1] < most:
            names[code].append(name)
    three = alpha3()
    lines = [f"{code}\t{three.get(code, '')}\t{'|'.join(names[code])}\n" for code in sorted(names)]
    OUT.write_text("".join(lines), encoding="utf-8")
    print(f"{len(lines)} territories, {sum(map(len, names.values())):,} names, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
