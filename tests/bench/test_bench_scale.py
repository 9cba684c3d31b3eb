"""The tables of growth: medians, the exponent between the two largest sizes, and peers beside the runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scale_bench.plot import plot
from scale_bench.table import exponent, tables

from graphlead.common.files import write_json


def measured(companies: int, seconds: float) -> dict[str, Any]:
    match, model, heldout = (
        {"stage": name, "seconds": seconds * share, "processor_s": seconds, "peak_mb": peak, "bytes": 10**9}
        for name, share, peak in (("match", 0.5, 700), ("model", 0.25, 400), ("heldout", 0.15, 500))
    )
    return {
        "companies": companies, "memory": None, "seconds": seconds, "processor_s": 2 * seconds, "peak_mb": 900,
        "copy_gb_s": 8.0, "stages": [match, model, heldout], "found": {"average_precision": 0.25, "found@1%": 0.5},
    }  # fmt: skip


def test_time_that_grows_tenfold_with_the_register_has_the_exponent_1() -> None:
    assert exponent([100, 1000, 10_000], [7.0, 2.0, 20.0]) == "1.00"
    assert exponent([100], [7.0]) == ""


def test_medians_of_runs_stand_beside_a_peer(tmp_path: Path) -> None:
    (tmp_path / "measured").mkdir()
    for run, seconds in enumerate((10.0, 30.0, 20.0)):
        write_json(tmp_path / f"measured/1000-{run}.json", measured(1000, seconds))
    write_json(tmp_path / "measured/10000-0.json", measured(10_000, 200.0))
    peer = {
        "companies": 1000,
        "peer": "splink",
        "seconds": 40.0,
        "peak_mb": 1,
        "right": 9,
        "right_ours": 10,
        "lines": 11,
    }
    write_json(tmp_path / "measured/1000-splink.json", peer)
    ranks = {"companies": 1000, "peer": "sage", "seconds": 40.0, "peak_mb": 1}
    found = {"found": {"average_precision": 0.125, "found@1%": 0.25}}
    write_json(tmp_path / "measured/1000-sage.json", ranks | found)
    text = tables(tmp_path)
    assert "| 1,000 | all | 3 | 20 | 40 | 900 | 0.250 | 0.500 |" in text
    assert "| match | 10.0 s, 700 MiB | 100.0 s, 700 MiB | 1.00 |" in text
    assert "| match | 100.0 | 200.0 | 1,000 | 1,600 |" in text
    assert "| 1,000 | splink | 40.0 | 2.00 |  | 1 |  |  | 9 of 11; ours 10 |" in text
    assert (
        "| 1,000 | graphlead, models and ranking alone | 8.0 | 0.40 | 1.0 | 500 | 0.250 | 0.500 |  |" in text
    )
    assert "| 1,000 | sage | 40.0 | 2.00 | 5.0 | 1 | 0.125 | 0.250 |  |" in text
    plot(tmp_path)
    assert (tmp_path / "scale.png").read_bytes().startswith(b"\x89PNG")
