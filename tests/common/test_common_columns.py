"""Columns are coded once, kept within their share of memory, and read anew when their file changes."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.common import columns
from graphlead.common.columns import coded
from graphlead.core.arrays import NONE
from graphlead.core.register import Column, Register, Role


def register_of(folder: Path, cities: Sequence[str | None]) -> Register:
    ids = [f"c{i}" for i in range(len(cities))]
    pq.write_table(
        pa.table({"company_id": ids, "city": cities, "again": cities}), folder / "companies.parquet"
    )
    understood = (
        Column(name="company_id", role=Role.ID),
        Column(name="city", role=Role.CITY),
        Column(name="again", role=Role.CATEGORY),
    )
    return Register(
        companies=folder / "companies.parquet",
        links=folder / "links.parquet",
        columns=understood,
        n_companies=len(cities),
        n_links=0,
    )


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each column is read, beginning with nothing kept."""
    counted: Counter[str] = Counter()
    read = Register.read

    def counting(self: Register, *names: str) -> pa.Table:
        counted.update(names)
        return read(self, *names)

    monkeypatch.setattr(Register, "read", counting)
    columns._kept.clear()
    yield counted
    columns._kept.clear()


def test_codes_and_values_of_a_column(tmp_path: Path) -> None:
    found = coded(register_of(tmp_path, ["Rome", None, "Bonn", "Rome", "ROME"]), "city")
    assert found.codes.tolist() == [0, NONE, 1, 0, 2]
    assert found.codes.dtype == np.int32
    assert found.values.to_pylist() == ["Rome", "Bonn", "ROME"]
    assert found.take(np.array([4, 1], np.int32)).to_pylist() == ["ROME", None]
    codes, first = found.groups(pa.array(["r", None, "r"]))
    assert (codes.tolist(), first.to_pylist()) == ([0, NONE, NONE, 0, 0], [0])
    numbers = found.numbers(np.array([1.5, 2.5, 3.5]))
    np.testing.assert_array_equal(numbers, [1.5, np.nan, 2.5, 1.5, 3.5])


def test_a_column_is_read_once_by_whichever_register_object(tmp_path: Path, reads: Counter[str]) -> None:
    register = register_of(tmp_path, ["Rome", "Bonn"])
    first = coded(register, "city")
    assert coded(register.without(frozenset({"again"})), "city") is first
    assert reads == {"city": 1}


def test_threads_that_ask_for_a_column_at_once_have_it_read_once(tmp_path: Path, reads: Counter[str]) -> None:
    register = register_of(tmp_path, ["Rome", "Bonn"] * 5_000)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: coded(register, "city"), range(8)))
    assert all(each is found[0] for each in found)
    assert reads == {"city": 1}


def test_a_file_written_anew_is_read_anew(tmp_path: Path, reads: Counter[str]) -> None:
    before = coded(register_of(tmp_path, ["Rome", "Bonn"]), "city")
    newer = register_of(tmp_path, ["Bonn", "Rome"])
    os.utime(newer.companies, ns=(1, 1))
    assert before.values.to_pylist() == ["Rome", "Bonn"]
    assert coded(newer, "city").values.to_pylist() == ["Bonn", "Rome"]
    assert reads == {"city": 2}


def test_columns_past_their_share_of_memory_are_forgotten_the_oldest_first(
    tmp_path: Path, reads: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    register = register_of(tmp_path, ["Rome", "Bonn"] * 500)
    size = coded(register, "city").nbytes
    monkeypatch.setattr(columns, "budget", lambda: int(1.5 * size / columns.SHARE))
    for name in ("again", "again", "city", "again"):
        coded(register, name)
    assert reads == {"city": 2, "again": 2}
    monkeypatch.setattr(columns, "budget", lambda: 0)
    assert coded(register, "city").values.to_pylist() == ["Rome", "Bonn"]
