"""Names of countries that are known, in six languages, and words of registers that are taken for countries.

    python scripts/bench/countries.py [FILE.parquet:COLUMN ...]    (with pycountry, whose translations are Debian's)

Where rigour is installed (it needs ICU), its table is asked for the same names.

The names are those of the iso-codes package, made independently of the table under test. The columns are of cities and
regions, where a country's name is right only by chance.
"""

from __future__ import annotations

import gettext
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pycountry

try:
    from rigour.territories import lookup_territory
except ImportError:
    lookup_territory = None

from graphlead.common.words.countries import country_codes

LANGUAGES = ("en", "de", "fr", "es", "it", "nl")


def translated(language: str, attribute: str) -> dict[str, str]:
    """The name of each country in a language, by its code; without those that have no such name."""
    translate = gettext.translation(
        "iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=language == "en"
    ).gettext
    return {country.alpha_2.lower(): translate(getattr(country, attribute)) for country in pycountry.countries
            if hasattr(country, attribute)}  # fmt: skip


def known(names: dict[str, str]) -> tuple[int, int, list[str]]:
    """How many names are known for their country, how many for another, and the unknown and the wrong ones."""
    found = country_codes(pa.array(names.values(), pa.string())).to_pylist()
    right = [code == given for code, given in zip(names, found, strict=True)]
    wrong = [given is not None and code != given for code, given in zip(names, found, strict=True)]
    missed = [
        f"{name} ({given})"
        for name, given, good in zip(names.values(), found, right, strict=True)
        if not good
    ]
    return sum(right), sum(wrong), missed


def _knows(name: str, code: str) -> bool:
    found = lookup_territory(name)
    return found is not None and found.code == code


def main() -> None:
    for attribute in ("name", "common_name", "official_name"):
        for language in LANGUAGES:
            names = translated(language, attribute)
            right, wrong, missed = known(names)
            print(
                f"{attribute} {language}: {right} of {len(names)} known, {wrong} as another country; not: {missed[:12]}"
            )
            if lookup_territory is not None:
                print(f"  rigour: {sum(_knows(name, code) for code, name in names.items())}")
    for argument in sys.argv[1:]:
        path, _, column = argument.rpartition(":")
        counts = pc.value_counts(pq.read_table(path, columns=[column])[column].drop_null())
        values = counts.field("values")
        found = country_codes(values)
        taken = counts.filter(found.is_valid())
        shown = [f"{row['values']} ({row['counts']})" for row in taken.to_pylist()]
        rows = pc.sum(taken.field("counts")).as_py()
        print(f"{argument}: {len(taken)} of {len(values)} values, {rows} rows: {shown[:60]}")


if __name__ == "__main__":
    main()
