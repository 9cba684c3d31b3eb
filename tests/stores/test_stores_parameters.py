"""Parameters are checked by name and type before any store sees them."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pytest

from graphlead.stores.faults import QueryError
from graphlead.stores.library.parameters import checked, names_in


@pytest.mark.parametrize(
    ("cypher", "names"),
    [
        ("MATCH (c {a: $one}) WHERE c.b = $two_2 OR c.c = $one RETURN c", {"one", "two_2"}),
        ("RETURN '$no', \"$no\", `$no` // $no\n, $yes /* $no \n $no */", {"yes"}),
        (r"RETURN 'it\'s $no' + $yes", {"yes"}),
        ("RETURN $`odd name`", {"odd name"}),
        ("RETURN 1", set()),
    ],
)
def test_parameters_are_found_where_they_are_and_nowhere_else(cypher: str, names: set[str]) -> None:
    assert names_in(cypher) == names


def test_missing_and_unknown_names_are_reported_with_those_there_are() -> None:
    with pytest.raises(QueryError, match=r"needs a value for \$b\. Its parameters are: \$a, \$b\."):
        checked("RETURN $a, $b", {"a": 1})
    with pytest.raises(QueryError, match=r"no parameter \$c\. Its parameters are: \$a, \$b\."):
        checked("RETURN $a, $b", {"a": 1, "b": 2, "c": 3})
    with pytest.raises(QueryError, match=r"Its parameters are: none\."):
        checked("RETURN 1", {"c": 3})


@pytest.mark.parametrize(
    ("type_", "fits", "fails"),
    [
        ("string", ["", "a"], [1, ["a"], True]),
        ("integer", [0, -3], [1.0, "1", True]),
        ("float", [0.5, 2], ["0.5", False]),
        ("boolean", [True, False], [1, "true"]),
        ("date", [date(2020, 1, 1)], [datetime(2020, 1, 1), "2020-01-01"]),
        ("list<string>", [[], ["a"], ("a", "b")], ["a", [1], ["a", 2]]),
    ],
)
def test_types_are_held_to_what_is_declared(type_: str, fits: list[object], fails: list[object]) -> None:
    for value in [*fits, None]:
        assert set(checked("RETURN $x", {"x": value}, {"x": type_})) == {"x"}
    for value in fails:
        with pytest.raises(QueryError, match=r"\$x has to be of type"):
            checked("RETURN $x", {"x": value}, {"x": type_})


def test_values_of_numpy_become_values_of_python() -> None:
    given_ = {"a": np.int32(3), "b": np.float64(0.5), "c": np.array([1, 2]), "d": {"e": (np.bool_(True),)}}
    values = checked("RETURN $a, $b, $c, $d", given_)
    assert values == {"a": 3, "b": 0.5, "c": [1, 2], "d": {"e": [True]}}
    assert [type(values[name]) for name in "ab"] == [int, float]


def test_what_no_store_understands_is_refused() -> None:
    with pytest.raises(QueryError, match=r"\$x is a set, which no store understands"):
        checked("RETURN $x", {"x": {1}})
