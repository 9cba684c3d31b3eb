"""Legal forms, stopwords, countries and towns by their words."""

from __future__ import annotations

import pyarrow as pa
import pytest

from graphlead.common.words import forms
from graphlead.common.words.countries import country_codes
from graphlead.common.words.places import region_keys, town_keys
from graphlead.common.words.stopwords import STOPWORDS
from graphlead.common.words.texts import plain


def countries(*values: str | None) -> list[str | None]:
    return country_codes(pa.array(values, pa.string())).to_pylist()


def towns(*values: str | None) -> list[str | None]:
    return town_keys(pa.array(values, pa.string())).to_pylist()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("de", "Germany|Deutschland|Allemagne|Alemania|Germania|Duitsland|Niemcy|Tyskland|Saksa|ドイツ|DE|deu|BRD"
               "|Federal Republic of Germany"),
        ("gb", "United Kingdom|UK|U.K.|GBR|Vereinigtes Königreich|Royaume-Uni|Reino Unido|Regno Unito|Great Britain"),
        ("us", "USA|U.S.A.|US|United States|États-Unis|Vereinigte Staaten|Estados Unidos|United States of America"),
        ("nl", "Netherlands|The Netherlands|the Netherlands (Kingdom of the)|Holland|Niederlande|Pays-Bas|Nederland"),
        ("no", "Norway|Kingdom of Norway|Norway, Kingdom of|Norge|Norwegen|Norvège|Königreich Norwegen"),
        ("cd", "Democratic Republic of the Congo|Congo, The Democratic Republic of the|DR Congo"),
        ("cg", "Congo|Republic of the Congo"),
        ("kp", "North Korea|Korea, Democratic People's Republic of|Democratic People's Republic of Korea"),
        ("kr", "South Korea|Korea, Republic of|Republic of Korea"),
        ("tw", "Taiwan|Republic of China|Taiwan, Province of China"),
        ("cn", "China|People's Republic of China"),
        ("ci", "Côte d'Ivoire|COTE D’IVOIRE|Ivory Coast|Elfenbeinküste"),
        ("se", "Sweden|Sverige|Schweden|Suède|Suecia|Svezia|Zweden|Szwecja"),
        ("gr", "Ελλάδα|Greece|Griechenland"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_names_and_codes(code: str, names: str) -> None:
    given = names.split("|")
    assert dict(zip(given, countries(*given), strict=True)) == dict.fromkeys(given, code)


def test_what_is_no_country_is_none() -> None:
    words = (
        "Bavaria",
        "England",
        "Fresno",
        "del Mar",
        "unknown",
        "Kingdom of",
        "the",
        "",
        None,
        "123",
        "Gmbh",
        "EMEA",
    )
    assert countries(*words) == [None] * len(words)


def test_spellings_and_names_of_a_town_have_one_key() -> None:
    for names in (
        ("St. Louis", "Saint Louis", "ST LOUIS", "st  louis", "St.Louis"),
        ("Ft Worth", "Fort Worth", "FORTWORTH"),
        ("Mt. Airy", "Mount Airy"),
        ("N. Charleston", "North Charleston"),
        ("Egg Harbor Twp", "Egg Harbor Township"),
        ("München", "Muenchen", "MUNCHEN", "Munich"),
        ("Köln", "Koeln", "Cologne"),
        ("Bengaluru", "Bangalore"),
        ("Frankfurt/Main", "Frankfurt a. M.", "Frankfurt am Main", "Frankfurt"),
        ("København", "Copenhagen"),
        ("Łódź", "Lodz"),
        ("Lyon Cedex 03", "LYON"),
        ("'s-Gravenhage", "Den Haag", "The Hague"),
    ):
        assert len(set(towns(*names))) == 1, names


def test_letters_written_as_two_are_one_where_the_register_has_the_letter() -> None:
    with_it, without_it = towns("Görlitz", "Goerlitz"), towns("Goerlitz", "Gorlitz")
    assert with_it[0] == with_it[1]
    assert without_it[0] != without_it[1]


def test_other_towns_have_keys_of_their_own() -> None:
    names = (
        "East Hampton",
        "West Hampton",
        "Hampton",
        "Frankfurt (Oder)",
        "Saint Paul",
        "Sainte Paule",
        "東京",
        "京都",
    )
    assert len(set(towns(*names))) == len(names)
    assert towns("...", "", None) == ["", "", None]


def test_states_are_known_by_name_and_code() -> None:
    found = region_keys(
        pa.array(["California", "CA", "ca", "New York", "NY", "Bayern", None, "NE", "Nebraska"])
    )
    assert found.to_pylist() == ["ca", "ca", "ca", "ny", "ny", "bayern", None, "ne", "ne"]


def test_texts_are_plain() -> None:
    found = plain(pa.array(["  Düsseldorf-Süd ", "Ærø", "O'Neill & Sons", "Łódź", "東京 (都)", None]))
    assert found.to_pylist() == ["dusseldorf sud", "aero", "oneill sons", "lodz", "東京 都", None]


def test_no_legal_form_is_listed_twice_or_out_of_form() -> None:
    listed = (*forms.CLEAR, *forms.TRAILING)
    assert len(set(listed)) == len(listed)
    assert [form for form in listed if form != " ".join(form.lower().split())] == []
    assert {"gmbh", "sarl", "ltd", "limited"} <= forms.FORM_WORDS


def test_words_that_carry_no_meaning() -> None:
    words = ("the", "und", "bakery", "von", "holding")
    assert [word for word in words if word not in STOPWORDS] == ["bakery", "holding"]
