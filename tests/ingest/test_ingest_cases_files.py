"""Cases written to a folder and read back exactly."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_leads import leads, written

from graphlead.core.cases import Cases
from graphlead.core.errors import RunFolderError
from graphlead.ingest.cases.files import COLUMNS, FEATURES, ROWS, load_cases, save_cases
from graphlead.ingest.cases.tables import read_cases
from graphlead.ingest.cases.understood import TableOptions


def cases_of(folder: Path) -> Cases:
    table = leads().assign(note=None, **{"a, b": np.nan})
    table.loc[:3, ["lead_source", "amount"]] = None
    table.loc[:250, "note"] = "asked for a\nquote"
    return read_cases(written(folder, table), options=TableOptions(as_of=date(2024, 12, 1))).cases


def assert_equal(one: Cases, other: Cases) -> None:
    for each in fields(Cases):
        first, second = getattr(one, each.name), getattr(other, each.name)
        if isinstance(first, pd.DataFrame):
            pd.testing.assert_frame_equal(first, second)
        elif isinstance(first, np.ndarray):
            assert first.dtype == second.dtype
            np.testing.assert_array_equal(first, second)
        else:
            assert first == second


def test_cases_come_back_as_they_were(tmp_path: Path) -> None:
    cases = cases_of(tmp_path)
    undated = replace(
        cases, day=np.full(len(cases), "NaT", "datetime64[D]"), value=None, duration=cases.value
    )
    for name, each in (
        ("dated", cases),
        ("undated", undated),
        ("bare", cases.without({c.source for c in cases.columns})),
    ):
        save_cases(each, tmp_path / name)
        assert_equal(each, load_cases(tmp_path / name))


@pytest.mark.parametrize("name", [ROWS, FEATURES, COLUMNS])
def test_a_damaged_or_missing_file_is_named(tmp_path: Path, name: str) -> None:
    save_cases(cases_of(tmp_path), tmp_path / "cases")
    path = tmp_path / "cases" / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(RunFolderError, match=f"{name}: this part of the run is damaged"):
        load_cases(tmp_path / "cases")
    path.unlink()
    with pytest.raises(RunFolderError, match=f"{name}: this part of the run is missing"):
        load_cases(tmp_path / "cases")
