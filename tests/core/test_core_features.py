"""Levels, sources and features by the titles that readers see, and on disk."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sources import GROUP, HELD, OWNED, link, numbers, same, words

from graphlead.core.errors import CarrierError
from graphlead.core.features import Cut, Feature, Incidence, Kind, Level, Source, Statistic

NACE = Level(column="nace", cut=Cut.CODE, length=2)
AREA = Level(column="zip", cut=Cut.AREA, within=("country",))
BAND = Level(column="staff", cut=Cut.BANDS, edges=(1.0, 5.0))
NAME, TWO, FIRST, LAST = (Level(column="name", cut=Cut.NAME, length=words) for words in (0, 2, 1, -1))
(STAFF,) = numbers("staff")


def test_levels_are_named_after_their_column_and_cut() -> None:
    whole = Level(column="nace", cut=Cut.CODE)
    assert [level.title() for level in (NACE, whole, AREA, BAND, Level(column="city"))] == [
        "nace (2 digits)", "nace", "zip area", "staff band", "city",
    ]  # fmt: skip
    assert [level.title() for level in (NAME, TWO, FIRST, LAST)] == [
        "name", "first 2 words of name", "first word of name", "last word of name",
    ]  # fmt: skip


@pytest.mark.parametrize("level", [NACE, AREA, BAND, LAST, Level(column="city")])
def test_levels_come_back_from_json(level: Level) -> None:
    written = json.loads(json.dumps(level.to_json()))
    assert Level.from_json(written) == level
    assert written["cut"] == level.cut.value


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (same(NACE, "city"), "same nace (2 digits) and city"),
        (same(LAST, "city"), "same last word of name and city"),
        (link("same_address"), "linked by same_address"),
        (words("about"), "words of about"),
        (OWNED, "linked by owns"),
        (GROUP, "same ownership group"),
        (HELD, "shared holder or person"),
        (Source(kind=Kind.WALK), "walk from the clients"),
    ],
)
def test_a_relation_is_named_after_its_source(source: Source, title: str) -> None:
    assert source.title() == title
    assert Feature(source, Statistic.LIFT).title() == title


@pytest.mark.parametrize(
    ("feature", "title"),
    [
        (STAFF, "staff"),
        (Feature(same("nace"), Statistic.DIGITS), "nace as a number"),
        (Feature(same(AREA), Statistic.COMMONNESS), "how common zip area is"),
        (Feature(Source(kind=Kind.WORDS), Statistic.LENGTH), "length of the name"),
        (Feature(OWNED, Statistic.COUNT), "count: linked by owns"),
        (Feature(GROUP, Statistic.NEIGHBOURS, STAFF), "staff, mean of same ownership group"),
        (Feature(words(), Statistic.STRONGEST), "words of name: strongest"),
        (Feature(same("{odd}"), Statistic.DIGITS), "{odd} as a number"),
    ],
)
def test_a_feature_is_named_after_its_source_and_statistic(feature: Feature, title: str) -> None:
    assert feature.title() == title


def test_only_the_mean_over_neighbours_is_of_another_feature() -> None:
    with pytest.raises(CarrierError, match="another feature for NEIGHBOURS alone"):
        Feature(OWNED, Statistic.COUNT, STAFF)
    with pytest.raises(CarrierError, match="another feature for NEIGHBOURS alone"):
        Feature(OWNED, Statistic.NEIGHBOURS)


def test_an_incidence_has_as_many_terms_as_groups() -> None:
    with pytest.raises(CarrierError, match="a term for each group of words of name"):
        Incidence(words(), sp.csr_matrix(np.zeros((2, 3), np.float32)), pa.array(["one"]))
