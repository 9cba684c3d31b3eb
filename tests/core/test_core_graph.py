"""The kinds of links and the keys of places, written and read in one place."""

from __future__ import annotations

import pyarrow as pa
import pytest

from graphlead.core.graph import (
    LinkKind,
    PlaceKey,
    place_chains,
    place_keys,
    place_levels,
    place_names,
    relation_title,
)


def test_relations_of_links_are_known_by_their_prefix() -> None:
    assert LinkKind("same_address").relation == "linked:same_address"
    assert LinkKind.of("linked:same_address") == LinkKind("same_address")
    assert [LinkKind(name).shared for name in ("same_address", "same_phone_no", "director", "as_same_as")] == [
        "address", "phone no", "", "",
    ]  # fmt: skip
    assert LinkKind.of("linked:linked:x") == LinkKind("linked:x")
    assert [LinkKind.of(relation) for relation in ("owns", "in_industry", "linked")] == [None] * 3


@pytest.mark.parametrize(
    ("relation", "title"),
    [("owns", "owns"), ("in_industry", "in industry"), ("linked:same_address", "same address")],
)
def test_relations_as_readers_see_them(relation: str, title: str) -> None:
    assert relation_title(relation) == title


def test_keys_of_places_are_built_and_read_alike() -> None:
    chains = place_chains(pa.array(["US|CA", None]), pa.array(["FRESNO", "BONN"]))
    keys = place_keys("city", chains)
    assert keys.to_pylist() == ["city|US|CA|FRESNO", "city||BONN"]
    assert place_levels(keys).to_pylist() == ["city", "city"]
    assert place_names(keys).to_pylist() == ["FRESNO", "BONN"]
    assert PlaceKey.parse(keys[0].as_py()) == PlaceKey("city", ("US", "CA", "FRESNO"))


@pytest.mark.parametrize(
    ("key", "title"),
    [("country|US", "US"), ("region|US|CA", "CA, US"), ("city|US|CA|FRESNO", "FRESNO, CA"), ("city|GB||BATH", "BATH"),
     ("postcode|US|937", "postcodes 937...")],
)  # fmt: skip
def test_places_as_readers_see_them(key: str, title: str) -> None:
    assert PlaceKey.parse(key).title() == title
