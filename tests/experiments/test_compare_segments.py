"""Two runs of `segment` compared: who moved between segments, sizes, and how far they agree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from planted_segments import orders
from sklearn.metrics import adjusted_rand_score
from tiny import command

import graphlead
from graphlead.experiments.compare.segments import segments_changed, segments_summary


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A run, and later customers by its segments: some gone, some new."""
    folder = tmp_path_factory.mktemp("segments")
    table = orders()
    graphlead.segment(events=table, quiet=True, out=folder / "old")
    customer = next(name for name in table if "customer" in name.lower())
    known = sorted(table[customer].unique())
    later = pd.concat(
        [table[table[customer] != known[0]], table[table[customer] == known[1]].assign(**{customer: "N1"})]
    )
    later.to_csv(folder / "later.csv", index=False)
    code = command("segment", "--run", folder / "old", "--events", folder / "later.csv", "--out", folder / "new",
                   "--quiet")  # fmt: skip
    assert code == 0
    return folder / "old", folder / "new"


def test_who_moved_came_and_left_is_named(runs: tuple[Path, Path], tmp_path: Path) -> None:
    assert command("compare", *runs, "--out", tmp_path / "out", "--quiet") == 0
    table = pd.read_parquet(tmp_path / "out" / "moved.parquet")
    assert list(table) == ["id", "change", "old_rank", "new_rank", "why"]
    old, new = (pd.read_parquet(run / "segments.parquet").set_index("customer")["segment"] for run in runs)
    both = old.index.intersection(new.index)
    other = set(both[old[both] != new[both]])
    change = table.set_index("id")["change"]
    assert change["N1"] == "entered"
    assert set(change.index[change == "left"]) == set(old.index) - set(new.index)
    assert set(change.index[change.isin(["up", "down"])]) == other
    content = json.loads((tmp_path / "out" / "compare.json").read_text())
    found = content["segments"]
    assert found["assigned"]
    assert found["same"] == pytest.approx(1 - len(other) / len(both))
    assert found["agreement"] == pytest.approx(adjusted_rand_score(old[both], new[both]))
    assert {
        each["segment"]: each["old"] for each in found["sizes"] if each["old"]
    } == old.value_counts().to_dict()
    assert "segment" in {each["column"] for each in content["drift"]}
    assert content["scores"] == []
    page = (tmp_path / "out" / "report.html").read_text()
    assert "Customers by segment" in page
    assert "adjusted Rand index" in page


def test_the_same_run_is_quiet(runs: tuple[Path, Path]) -> None:
    found = graphlead.compare(runs[0], runs[0], quiet=True)
    assert not found.alarm
    assert found.moved is not None
    assert len(found.moved) == 0
    assert found.segments is not None
    assert (found.segments["same"], found.segments["agreement"]) == (1, 1)
    assert found.offers is None


@dataclass
class Fixed:
    """A side of given segments and values; ``worth`` as in the run."""

    segments: dict[str, tuple[str, float]]
    worth: dict[str, float | None]
    run = SimpleNamespace(settings=SimpleNamespace(run=None))

    @property
    def scored(self) -> pd.DataFrame:
        rows = [(each, name, value) for each, (name, value) in self.segments.items()]
        table = pd.DataFrame(rows, columns=["id", "segment", "monetary"])
        return table.assign(recency=float("nan"), frequency=1.0, rank=table["monetary"].rank(ascending=False))


def test_up_is_towards_segments_of_higher_value() -> None:
    worth: dict[str, float | None] = {"Big": 90.0, "Small": 5.0, "Odd": None}
    old = Fixed(
        {"a": ("Small", 5), "b": ("Big", 80), "c": ("Big", 70), "d": ("Odd", 1), "e": ("Big", 90)}, worth
    )
    new = Fixed(
        {"a": ("Big", 95), "b": ("Small", 2), "c": ("Big", 70), "d": ("Big", 1), "f": ("Big", 3)}, worth
    )
    table = segments_changed(old, new).set_index("id")  # type: ignore[arg-type]
    assert table["change"].to_dict() == {"f": "entered", "e": "left", "a": "up", "b": "down", "d": "changed"}
    assert table.loc["a", ["old_rank", "new_rank"]].tolist() == [4, 1]
    assert table.loc["a", "why"] == "Small -> Big; value 5 -> 95"
    assert table.loc["e", "why"] == "not among the customers any more; before: Big"
    found = segments_summary(old, new)  # type: ignore[arg-type]
    assert (found["customers"], found["same"], found["assigned"]) == (4, 0.25, False)
    assert {"segment": "Small", "old": 1, "new": 1} in found["sizes"]
    assert {"from": "Big", "to": "Small", "customers": 1} in found["flows"]
