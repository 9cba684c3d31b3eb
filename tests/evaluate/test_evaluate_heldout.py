"""What results are broken down by reads as people know it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from graphlead.core.register import Column, Register, Role
from graphlead.evaluate.heldout import segments_of


def test_segments_are_places_and_industries_with_their_titles(tmp_path: Path) -> None:
    table = {
        "company_id": ["a", "b", "c"], "region": ["TX", None, "NJ"], "naics": ["561730", "no code", None],
    }  # fmt: skip
    pq.write_table(pa.table(table), tmp_path / "companies.parquet")
    register = Register(
        companies=tmp_path / "companies.parquet",
        links=tmp_path / "links.parquet",
        columns=(
            Column(name="company_id", role=Role.ID),
            Column(name="region", role=Role.REGION),
            Column(name="naics", role=Role.INDUSTRY, scheme="NAICS"),
        ),
        n_companies=3,
        n_links=0,
    )
    found = segments_of(register, np.array([2, 0, 1], np.int32))
    assert found["region"].to_pylist() == ["NJ", "TX", None]
    assert found["naics"].to_pylist() == [None, "561730 Landscaping Services", "no code"]
