"""Records of one company: planted repetitions are found, sisters and namesakes are not, bad input does no harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.arrays import Ints, Longs
from graphlead.core.register import Column, Register, Role
from graphlead.core.same import Same
from graphlead.engines.duckdb import open_db
from graphlead.match import normalise
from graphlead.match.same import build
from graphlead.match.same.block import BLOCK, ends_of, find_pairs
from graphlead.match.same.build import find_same
from graphlead.match.same.clusters import clusters
from graphlead.match.same.files import load_same, save_same
from graphlead.match.same.places import read_places
from graphlead.match.same.score import Agreement, compare
from graphlead.match.same.words import Names, read_names

ROLES = {
    "name": Role.NAME, "city": Role.CITY, "region": Role.REGION, "postcode": Role.POSTCODE, "address": Role.ADDRESS,
    "vat": Role.IDENTIFIER, "phone": Role.CONTACT,
}  # fmt: skip
Columns = Mapping[str, Sequence[str | None]]


def words(count: int) -> list[str]:
    """Words of nine letters, drawn so that no typing error joins two."""
    draw = np.random.default_rng(0)
    found = ["".join(draw.choice(list("abcdefghijklmnopqrstuvwxyz"), 9)) for _ in range(count)]
    assert len({word[:7] for word in found}) == count
    return found


def register_of(folder: Path, columns: Columns, links: Sequence[tuple[int, int, str]] = ()) -> Register:
    n = len(next(iter(columns.values()), ()))
    table = {"company_id": [f"c{i}" for i in range(n)], **columns}
    pq.write_table(
        pa.table({name: pa.array(values, pa.string()) for name, values in table.items()}),
        folder / "c.parquet",
    )
    ends = {
        name: pa.array([link[i] for link in links], pa.int32()) for i, name in enumerate(("source", "target"))
    }
    pq.write_table(
        pa.table({"kind": pa.array([link[2] for link in links], pa.string()), **ends}), folder / "l.parquet"
    )
    roles = {"company_id": Role.ID, **ROLES}
    return Register(
        companies=folder / "c.parquet",
        links=folder / "l.parquet",
        columns=tuple(Column(name=name, role=roles[name]) for name in table),
        n_companies=n,
        n_links=len(links),
    )


def among_others(
    folder: Path, rows: Sequence[tuple[str | None, ...]], fields: Sequence[str], **kinds: str
) -> Same:
    """The records of these rows before 400 others at as many places; kinds: links, as "0-1": their kind."""
    strange = words(800)
    others = [
        [f"{strange[2 * i]} {strange[2 * i + 1]}", f"town{i}", "XX", f"{90000 + i}", None, None, None]
        for i in range(400)
    ]
    given = [[dict(zip(fields, row, strict=True)).get(name) for name in ROLES] for row in rows]
    columns = {name: [row[k] for row in [*given, *others]] for k, name in enumerate(ROLES)}
    links = [(*map(int, ends.removeprefix("l").split("_")), kind) for ends, kind in kinds.items()]
    return find_same(register_of(folder, columns, links))


def companies(same: Same, count: int) -> list[int]:
    assert (same.cluster[count:] == np.arange(count, len(same.cluster))).all()  # the others are all different
    return same.cluster[:count].tolist()


SPELLINGS = [
    ("Fennessy Home Service Inc", "FENNESSY HOME SERVICES, INC."),  # legal form, plural
    ("Quillan Grounds Management LLC", "Quillan Grounds Managment"),  # a letter missing
    (
        "Tamsworth Landscaping & Lawn Care",
        "Tamsworth Landsacping and Lawncare",
    ),  # letters swapped, words joined
    ("Van Kooten Ag Service", "VANKOOTEN AG SERVICE"),
    ("Douglas Wexlerby", "Doug Wexlerby"),  # cut short
    ("Daniel J. Orrindale Farms", "DANIEL ORRINDALE FARMS"),
    ("Ketteridge Ranches/Steve Ketteridge", "KETTERIDGE RANCHES #02330"),
    ("Huncolby Inc. dba Turf Master", "Huncolby Inc"),
]


@pytest.mark.parametrize(("one", "two"), SPELLINGS)
def test_spellings_of_one_name_at_one_place_are_one_company(tmp_path: Path, one: str, two: str) -> None:
    same = among_others(
        tmp_path, [(one, "Denver", "CO"), (two, "DENVER", "Colorado")], ("name", "city", "region")
    )
    assert companies(same, 2) == [0, 0]
    assert same.pairs.shared.to_pylist()[0].endswith("same city")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Denver Landscaping", "Denver Lawn Care"),  # the place is all they share
        ("Wexlerby Roofing", "Ketteridge Roofing"),  # a trade
        ("Brandywine F & F Landscaping", "E & F Landscaping"),
        ("Amber's Blueberry Farm", "Double A Blueberry Farm"),  # an initial is no name
        ("Texas Roofing", "East Texas Paving"),
        ("Charles Orrindale", "Charles Wexlerby"),
    ],
)
def test_different_companies_at_one_place_stay_apart(tmp_path: Path, one: str, two: str) -> None:
    common = ["Roofing", "Landscaping", "Lawn Care", "Blueberry Farm", "Paving", "Charles"] * 60
    trades = [
        (f"{word} {trade}", "Elsewhere", "CO") for word, trade in zip(words(1160)[800:], common, strict=True)
    ]
    rows = [(one, "Denver", "CO"), (two, "Denver", "CO"), *trades]
    assert companies(among_others(tmp_path, rows, ("name", "city", "region")), len(rows)) == list(
        range(len(rows))
    )


def test_the_same_name_elsewhere_is_another_company(tmp_path: Path) -> None:
    rows = [
        ("Dunlin Marine", "Portland", "OR"),
        ("Dunlin Marine", "Portland", "ME"),
        ("Dunlin Marine", None, None),
    ]
    assert companies(among_others(tmp_path, rows, ("name", "city", "region")), 3) == [0, 1, 2]


@pytest.mark.parametrize(
    ("field", "one", "two", "place"),
    [
        ("postcode", "28657", "28657-1234", "postcode"),
        ("address", "12 High St.", "12 HIGH ST", "address"),
        ("vat", "DE 111 222", "DE111222", "identifier"),
        ("phone", "+49 30 1234567", "030/1234567", "contact"),
        ("phone", "www.dunlin.example", "info@dunlin.example", "contact"),
    ],
)
def test_any_of_the_places_will_do_and_is_named(
    tmp_path: Path, field: str, one: str, two: str, place: str
) -> None:
    same = among_others(tmp_path, [("Dunlin Marine", one), ("Dunlin Marine Ltd", two)], ("name", field))
    assert companies(same, 2) == [0, 0]
    assert same.pairs.shared.to_pylist() == [f"same name but for spelling, same {place}"]
    assert same.pairs.sure.tolist() == [True]


def test_a_link_of_an_address_joins_and_another_link_does_not(tmp_path: Path) -> None:
    rows = [("Dunlin Marine",), ("Dunlin Marine Ltd",), ("Ketteridge Ranch",), ("Ketteridge Ranches",)]
    same = among_others(tmp_path, rows, ("name",), l0_1="same_address", l2_3="supplier")
    assert companies(same, 4) == [0, 0, 2, 3]
    assert same.pairs.shared.to_pylist() == ["same name but for spelling, same address"]


def test_what_is_known_of_both_and_differs_counts_against_them(tmp_path: Path) -> None:
    rows = [("Wexlerby", "Denver", "1 A St", "303 1234567"), ("Wexlerby", "Denver", "9 B St", "303 7654321"),
            ("Orrindale", "Salem", None, None), ("Orrindale", "Salem", "9 B St", "303 9999999")]  # fmt: skip
    assert companies(among_others(tmp_path, rows, ("name", "city", "address", "phone")), 4) == [0, 1, 2, 2]


def test_one_name_within_the_other_is_probable(tmp_path: Path) -> None:
    rows = [("Ketteridge Hollow", "Denver"), ("Wexlerby Orrindale Ketteridge Hollow Quillan", "Denver")]
    same = among_others(tmp_path, rows, ("name", "city"))
    assert companies(same, 2) == [0, 0]
    assert same.pairs.sure.tolist() == [False]
    assert same.pairs.shared.to_pylist() == ["one name contains the other, same city"]


def test_a_word_at_home_at_a_place_relates_its_companies(tmp_path: Path) -> None:
    names = ("Munie Greencare Professionals", "The Munie Lawn Brigade", "Sill Wexlerby")
    rows = [*((name, "Ft Sill") for name in names), ("Munie Orrindale", "Salem")]
    same = among_others(tmp_path, rows, ("name", "city"))
    assert companies(same, 4) == [0, 1, 2, 3]
    client, group = same.related.to(np.array([0], np.int32), len(same.cluster))
    assert client[:4].tolist() == [0, 0, -1, -1]
    assert same.related.shared.take(pa.array(group[1:2])).to_pylist() == ["shares 'munie' and Ft Sill"]


def test_a_star_keeps_chains_from_drifting() -> None:
    """1 is paired with 0, 2 and 3; 4 only with 3, 5 with 4, 7 with 6."""
    left, right = np.array([0, 1, 1, 3, 4, 6], np.int32), np.array([1, 2, 3, 4, 5, 7], np.int32)
    assert clusters(left, right, 9).tolist() == [0, 0, 0, 0, 4, 4, 6, 6, 8]


def test_large_blocks_are_cut_and_equal_names_still_meet(tmp_path: Path) -> None:
    """Of 3,000 companies with one rare word in one town the pairs stay linear, and the repetitions are among them."""
    strange = words(3000)
    names = [
        *(f"Ketteridge {word}" for word in strange),
        "Ketteridge " + strange[7],
        "Ketteridge " + strange[2990],
    ]
    register = register_of(tmp_path, {"name": names, "city": ["Denver"] * len(names)})
    with open_db() as db:
        normalise.install(db)
        places = read_places(db, register)
        pairs = ends_of(find_pairs(read_names(register, places.city_names), places), register.n_companies)
    assert len(pairs) < BLOCK * len(names)
    assert {(7, 3000), (2990, 3001)} <= set(map(tuple, pairs.tolist()))


def test_codes_too_large_to_be_sorted_with_their_rows_pair_the_same_records(tmp_path: Path) -> None:
    strange = words(400)
    names = [f"{strange[i % 75]} {strange[i]}" for i in range(400)] + strange[:150]
    register = register_of(tmp_path, {"name": names, "city": ["Denver", "Boulder"] * 275})
    with open_db() as db:
        normalise.install(db)
        places = read_places(db, register)
    known = read_names(register, places.city_names)
    scaled = [replace(each, codes=each.codes * 2**30) for each in places.places]
    pairs = find_pairs(known, places)
    assert len(pairs) > 300
    largest = np.where(known.prefix == known.prefix.max(), 2**31 - 2, known.prefix).astype(np.int32)
    large = find_pairs(replace(known, prefix=largest), replace(places, places=tuple(scaled)))
    assert large.tolist() == pairs.tolist()


def test_no_pair_is_passed_over_that_would_be_one_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names of common and rare words, misspelt, cut short, and written together, at crowded places."""
    draw, strange = np.random.default_rng(1), words(300)

    def written(word: str) -> str:
        at = int(draw.integers(len(word)))
        return str(
            draw.choice([word, word, word, word[:at] + "q" + word[at + 1 :], word[:1], word[: at + 3]])
        )

    names, places = [], []
    for _ in range(600):
        own = [strange[int(300 * draw.random() ** 3)] for _ in range(int(draw.integers(1, 5)))]
        for _ in range(int(draw.integers(1, 5))):
            names.append(str(draw.choice([" ", " ", ""])).join(map(written, own)))
            places.append(f"{80_000 + int(draw.integers(0, 10))}")
    columns = {"name": names, "city": ["Denver"] * len(names), "postcode": places}
    register = register_of(tmp_path, columns)
    compared: list[int] = []

    def counting(names: Names, left: Longs, right: Longs, city_words: Ints) -> Agreement:
        compared.append(len(left))
        return compare(names, left, right, city_words)

    monkeypatch.setattr(build, "compare", counting)
    found = find_same(register)
    monkeypatch.setattr(build, "most_information", lambda _, n: np.full(n, np.inf))
    every = find_same(register)
    assert compared[0] < compared[1]
    assert len(found.pairs.left) > 50
    assert found.pairs.left.tolist() == every.pairs.left.tolist()
    assert found.pairs.right.tolist() == every.pairs.right.tolist()


@pytest.mark.parametrize(
    "columns",
    [
        {"name": ["Dunlin Marine"] * 5},  # no place
        {"city": ["Denver"] * 5, "phone": ["1234567"] * 5},  # no name
        {"name": [None, "", "...", "Inc.", "&"], "city": ["Denver"] * 5},
        {"name": ["Dunlin Marine"] * 5, "city": [None] * 5},
        {"region": ["CO"] * 5, "name": ["Dunlin Marine"] * 5},  # a region is no place
        {"name": [], "city": []},
    ],
)
def test_without_names_or_places_every_record_is_a_company(tmp_path: Path, columns: Columns) -> None:
    same = find_same(register_of(tmp_path, columns))
    assert same.cluster.tolist() == list(range(len(next(iter(columns.values())))))
    assert same.repeated() == 0


def test_a_name_that_all_have_says_nothing_and_one_that_many_have_does(tmp_path: Path) -> None:
    everybody = find_same(register_of(tmp_path, {"name": ["Dunlin"] * 50, "city": ["Denver"] * 50}))
    assert everybody.repeated() == 0
    many = among_others(tmp_path, [("Dunlin Marine", "Denver")] * 100, ("name", "city"))
    assert companies(many, 100) == [0] * 100


def test_records_ruled_out_are_companies_of_their_own(tmp_path: Path) -> None:
    same = among_others(tmp_path, [("Dunlin Marine", "Denver")] * 4, ("name", "city"))
    without = same.without(np.array([0, 2], np.int32))
    assert companies(without, 4) == [0, 1, 2, 1]
    assert not np.isin([0, 2], [without.pairs.left, without.pairs.right]).any()
    assert not np.isin([0, 2], without.related.company).any()


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    rows = [
        ("Dunlin Marine", "Denver"),
        ("Dunlin Marine Co", "Denver"),
        ("Dunlin Wexlerby Quillan", "Denver"),
    ]
    same = among_others(tmp_path, rows, ("name", "city"))
    save_same(same, tmp_path)
    again = load_same(tmp_path)
    assert again.cluster.tolist() == same.cluster.tolist()
    for one, two in ((again.pairs, same.pairs), (again.related, same.related)):
        assert {name: values.tolist() for name, values in vars(one).items()} == {
            name: values.tolist() for name, values in vars(two).items()
        }
