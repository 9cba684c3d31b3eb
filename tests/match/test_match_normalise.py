from __future__ import annotations

import random
import unicodedata

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.engines.duckdb import run
from graphlead.match.normalise import install, normalise

WORD = st.text("abcdefghijklmnopqrstuvwxyzäöüéèçñåø", min_size=3, max_size=9).map(lambda word: word + "q")
NAME = st.lists(WORD, min_size=1, max_size=5).map(" ".join)
FORM = st.sampled_from(
    [
        "Inc.",
        "L.L.C.",
        "GmbH & Co. KG",
        "S.A.",
        "S.à r.l.",
        "Ltd",
        "B.V.",
        "Oy",
        "A/S",
        "S.p.A.",
        "Pty. Ltd.",
        "PLC",
        "K.K.",
        "Sp. z o.o.",
        "Limited Liability Company",
        "AB",
        "N.V.",
    ]
)


def forms(name: str) -> dict[str, str]:
    return normalise([name]).to_pylist()[0]


@settings(max_examples=8, deadline=None)
@given(st.lists(NAME, min_size=1, max_size=30))
def test_normal_forms_are_fixed_points(names: list[str]) -> None:
    once = normalise(names)
    again = normalise([value for form in ("text", "core", "key") for value in once[form].to_pylist()])
    texts, cores, keys = (again.slice(part * len(names), len(names)) for part in range(3))
    assert texts.equals(once)
    assert cores["core"].equals(once["core"])
    assert keys["key"].equals(once["key"])


@settings(max_examples=15, deadline=None)
@given(st.lists(NAME, min_size=1, max_size=10), FORM, st.randoms(use_true_random=False))
def test_case_accents_punctuation_legal_form_and_word_order_do_not_matter(
    names: list[str], form: str, draw: random.Random
) -> None:
    variants = [variant for name in names for variant in typed_otherwise(name, form, draw)]
    keys = normalise(variants)["key"].to_pylist()
    assert keys == [key for key in normalise(names)["key"].to_pylist() for _ in range(7)]


def typed_otherwise(name: str, form: str, draw: random.Random) -> list[str]:
    """Seven ways to write a name."""
    plain = unicodedata.normalize("NFKD", name.replace("ø", "o"))
    without = "".join(letter for letter in plain if not unicodedata.combining(letter))
    shuffled = " ".join(draw.sample(name.split(), len(name.split())))
    return [name.upper(), without, name.replace(" ", ", "), f"{name} {form}", f"{name}, {form.upper()}",
            shuffled, f"  ({name}) "]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("M & P Landscaping, Inc.", "M and P Landscapes LLC"),
        ("T.J.'s Lawn Svcs", "TJs Lawn Service"),
        ("Ivy Hill Nursery Co., Inc.", "Ivy Hill Nursery Company"),
        ("Mount Hood Mfg. Intl.", "Mt. Hood Manufacturing International"),
        ("Müller Gebr. GmbH & Co. KG", "MULLER BROS"),
        ("Kindergan Landscaping L L C", "Kindergan Landscaping LLC"),
        ("The Gallivan Corporation", "Gallivan Corp."),
        ("Doctor&#39;s &quot;Lake&quot; Inc", "DOCTORS LAKE"),
        ("Løvås Brød A/S", "Lovas Brod"),
        ("株式会社トヨタ", "トヨタ"),
        ("Allianz X S.A.", "Allianz X Société anonyme"),
        ("Fund I L.P.", "Fund I LP"),
        ("Nordlicht Aktiengesellschaft", "Nordlicht AG"),
        ("Wind UG (haftungsbeschränkt)", "Wind UG"),
        ("Sonne Korlátolt Felelősségű Társaság", "Sonne Kft."),
        ("UAB Vėjas", "Vėjas, uždaroji akcinė bendrovė"),
        ("Osaühing Tuul", "Tuul OÜ"),
        ("Vento društvo s ograničenom odgovornošću", "Vento d.o.o."),
        ("Общество с ограниченной ответственностью Ветер", "ООО Ветер"),
        ("Aria S.r.l. in liquidazione", "Aria SRL"),
        ("Wind Spółka z ograniczoną odpowiedzialnością sp. k.", "Wind Sp. z o.o. spółka komandytowa"),
        ("Brise S.à r.l.", "Brise Société à responsabilité limitée"),
        ("Acme Limited Pension Scheme", "Acme Ltd Pension Scheme"),
        ("M.P.Landscaping", "MP Landscaping"),
    ],
)
def test_the_same_name_written_differently_has_one_key(one: str, other: str) -> None:
    assert forms(one)["key"] == forms(other)["key"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Fund I L.P.", "Fund II L.P."), ("Limited Brands Inc", "Brands Inc"),
     ("Egret 1 Ltd", "Egret 2 Ltd"), ("X North Ltd", "X South Ltd"), ("Acme Holdings Ltd", "Acme Ltd"),
     ("Sabre SA Trading", "Sabre Trading")],
)  # fmt: skip
def test_sister_companies_keep_their_own_key(one: str, other: str) -> None:
    assert forms(one)["key"] != forms(other)["key"]


def test_a_name_of_nothing_but_legal_forms_stays() -> None:
    assert forms("Limited Ltd.")["core"] == "limited ltd"
    assert forms("")["key"] == ""


def test_alternative_names_are_read_beside_the_whole() -> None:
    with duckdb.connect() as connection:
        install(connection)
        for typed, parts in (
            ("EFH, Inc/Cutty Sark Motel", ["efh inc cutty sark motel", "efh inc", "cutty sark motel"]),
            ("R.E.M. LLC DBA Roanoke", ["rem llc roanoke", "rem llc", "roanoke"]),
            ("Peel t/a Lemon", ["peel lemon", "peel", "lemon"]),
            ("New Co (formerly Old Co)", ["new co old co", "new co", "old co"]),
            ("Dbaker Formerlyne", ["dbaker formerlyne"]),
        ):
            query = "SELECT list_transform(match_parts(name_lower($s)), lambda p: match_text(p))"
            found = run(connection, query, {"s": typed})
            assert found == [(parts,)]
