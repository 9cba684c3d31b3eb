"""Held-out scores on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from graphlead.core.errors import RunFolderError
from graphlead.evaluate.files import load_held_out, save_held_out, saved_among
from graphlead.evaluate.heldout import HeldOut


def split(name: str) -> HeldOut:
    return HeldOut(
        split=name,
        fold=np.array([0, 1, 0, 1], np.int8),
        held_out=np.array([True, True, False, False]),
        scores={"gnn": np.array([0.1, 0.2, 0.3, 0.4], np.float32)},
        company=np.array([3, 5, 7, 9], np.int32),
        weight=np.array([1, 1, 1, 12.5], np.float32),
        segments={"gnn": pa.array(["north", None, "south", "north"]), "company": pa.array(list("abcd"))},
    )


def test_splits_come_back_whole_and_the_one_closest_to_the_list_first(tmp_path: Path) -> None:
    for name in ("time", "groups"):
        save_held_out(split(name), tmp_path)
    saved = saved_among(tmp_path, ("groups", "random", "time"))
    loaded = load_held_out(tmp_path, saved)
    assert [each.split for each in loaded] == ["groups", "time"]
    for each in loaded:
        wanted = split(each.split)
        np.testing.assert_array_equal(each.fold, wanted.fold)
        np.testing.assert_array_equal(each.held_out, wanted.held_out)
        np.testing.assert_array_equal(each.weight, wanted.weight)
        assert {name: values.tolist() for name, values in each.scores.items()} == {
            name: values.tolist() for name, values in wanted.scores.items()
        }
        assert each.companies.tolist() == [3, 5, 7, 9]
        assert each.segments == wanted.segments


def test_promise_8_a_split_that_is_missing_is_named(tmp_path: Path) -> None:
    save_held_out(split("random"), tmp_path)
    with pytest.raises(RunFolderError, match=r"time\.parquet: this part of the run is missing"):
        load_held_out(tmp_path, ("random", "time"))
