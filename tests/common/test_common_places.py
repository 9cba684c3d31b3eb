"""Places in one spelling, the same for all who read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.common.places import placed
from graphlead.core.features import Level
from graphlead.core.register import Column, Register, Role
from graphlead.explain.facts import Facts
from graphlead.features.levels import encode
from graphlead.graph.places import places
from graphlead.profile.groups import read_columns

ROLES = {
    "city": Role.CITY,
    "region": Role.REGION,
    "country": Role.COUNTRY,
    "postcode": Role.POSTCODE,
    "kind": Role.CATEGORY,
}


def register(folder: Path, **columns: Sequence[str | None]) -> Register:
    n = len(next(iter(columns.values())))
    table = {"company_id": [str(i) for i in range(n)], **columns}
    path = folder / "companies.parquet"
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in table.items()}), path)
    roles = (
        Column(name="company_id", role=Role.ID),
        *(Column(name=name, role=ROLES[name]) for name in columns),
    )
    return Register(companies=path, links=path, columns=roles, n_companies=n, n_links=0)


def spelled(found: Register, name: str = "city") -> list[str | None]:
    column = placed(found, name)
    return column.spread(column.values, np.arange(found.n_companies, dtype=np.int32)).to_pylist()


def test_a_town_is_written_as_most_companies_there_write_it(tmp_path: Path) -> None:
    found = register(
        tmp_path, city=["Bangalore", "BENGALURU", "Bengaluru", "Bengaluru", None, "Ft. Worth", "Fort Worth"]
    )
    assert spelled(found) == ["Bengaluru"] * 4 + [None] + [spelled(found)[5]] * 2
    assert spelled(found)[5] in ("Ft. Worth", "Fort Worth")


def test_towns_count_within_their_region_and_country(tmp_path: Path) -> None:
    found = register(
        tmp_path,
        city=["Rome", "Rome", "Rome", "Roma", "Roma", "Rome"],
        region=["GA", "Georgia", "GA", "TX", "TX", "Lazio"],
        country=["US", "USA", "United States", "US", "US", "Italy"],
    )
    assert spelled(found) == ["Rome", "Rome", "Rome", "Roma", "Roma", "Rome"]
    assert spelled(found, "region") == ["GA", "GA", "GA", "TX", "TX", "Lazio"]
    assert spelled(found, "country") == ["US", "US", "US", "US", "US", "Italy"]


def test_a_slip_becomes_the_town_of_its_postcode(tmp_path: Path) -> None:
    found = register(
        tmp_path,
        city=["Springfield"] * 4 + ["Sprngfield", "SPRINGFEILD", "Sprngfield", "Shelbyville"],
        postcode=["62701"] * 3 + ["62702", "62701", "62702", "99999", "62701"],
    )
    assert spelled(found) == ["Springfield"] * 6 + ["Sprngfield", "Shelbyville"]


@pytest.mark.parametrize(
    "towns",
    [("Newton", "Newtown", 3, 2), ("East Falmouth", "East Yarmouth", 9, 1), ("Ware", "Wade", 9, 1),
     ("District 1", "District 2", 9, 1), ("Hampton", "Lampton", 9, 1), ("Hampton", "Southampton", 9, 1)],
)  # fmt: skip
def test_several_towns_of_a_postcode_stay_apart(tmp_path: Path, towns: tuple[str, str, int, int]) -> None:
    one, other, many, few = towns
    city = [one] * many + [other] * few
    assert spelled(register(tmp_path, city=city, postcode=["01234"] * len(city))) == city


def test_a_postcode_of_every_place_merges_none_of_them(tmp_path: Path) -> None:
    city = [f"{start}{end}" for start in "BCDFGHKLMN" for end in ("anville", "orpeside", "ulverton")] * 2
    assert spelled(register(tmp_path, city=city, postcode=["00000"] * len(city))) == city


def test_missing_and_empty_places_are_missing(tmp_path: Path) -> None:
    found = register(tmp_path, city=["...", None, "Ulm"], postcode=[None, "89073", "89073"])
    assert spelled(found) == [None, None, "Ulm"]
    assert placed(found, "city").values.to_pylist() == ["Ulm"]


def test_a_column_without_places_has_none(tmp_path: Path) -> None:
    assert spelled(register(tmp_path, city=[None, None], postcode=["1", None])) == [None, None]
    assert placed(register(tmp_path, city=[]), "city").codes.tolist() == []


def test_other_columns_are_as_they_are(tmp_path: Path) -> None:
    found = register(tmp_path, kind=["Munich", "München", None], postcode=["N1 9GU", "N19GU", None])
    assert spelled(found, "kind") == ["Munich", "München", None]
    assert spelled(found, "postcode") == ["N1 9GU", "N19GU", None]


def test_all_rooms_put_the_same_companies_together(tmp_path: Path) -> None:
    found = register(
        tmp_path,
        city=["Munich", "München", "MÜNCHEN", "München", "Münchn", "Köln"],
        country=["Germany", "DE", "Deutschland", "DE", "DEU", "DE"],
        postcode=["80331", "80331", "80331", "80331", "80331", "50667"],
    )
    same = [0] * 5 + [1]
    tree = places(found)
    cities = {key.as_py() for key in tree.keys if key.as_py().startswith("city|")}
    assert len(cities) == 2
    assert {key.as_py() for key in tree.keys if key.as_py().startswith("country|")} == {"country|DE"}
    encoded = encode(Level(column="city", within=("country",)), found)
    codes, count = encoded.code, encoded.count
    assert (codes.tolist(), count) == (same, 2)
    read = {part.column.name: part.groupings[0] for part in read_columns(found, {"city", "country"})}
    assert read["city"].codes.tolist() == same
    assert read["country"].names.to_pylist() == ["DE"]
    facts = Facts(found, np.arange(6, dtype=np.int32))
    assert [facts.text("city", i) for i in range(6)] == [
        read["city"].names.to_pylist()[code] for code in same
    ]
