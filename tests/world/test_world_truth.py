"""Rankings against a known truth, worked out by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from graphlead.common.files import write_parquet
from graphlead.core.errors import InputError
from graphlead.world.truth import AP, against_truth, truth_text

RANK = np.arange(100, 0, -1)
"""The ranks of 100 companies; the buyers are those ranked 1, 5, 6 and 100."""
IDS = [f"{i:03}" for i in range(100)]


def truth_of_100() -> pd.DataFrame:
    """The 100 companies, and a client, a past client and a copy of the first buyer, which are no candidates."""
    buys = np.isin(RANK, [1, 5, 6, 100])
    return pd.DataFrame({
        "company_id": [*IDS, "client", "past", "copy"],
        "role": [*np.where(buys, "won_later", "other"), "client", "past_client", "other"],
        "affinity": [*np.where(buys, 1.0, 0.0), 9, 9, 9],
        "reachable": 0.5,
        "duplicate_of": [*[None] * 102, IDS[-1]],
    })  # fmt: skip


def written(truth: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        truth.to_csv(path, index=False)
    else:
        write_parquet(path, truth)
    return path


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_rankings_against_the_truth(tmp_path: Path, suffix: str) -> None:
    path = written(truth_of_100()[::-1], tmp_path / f"truth.{suffix}")
    scores = pd.DataFrame({"company_id": IDS, "rank": RANK, "rank_all": RANK, "score": 0.1, "gnn": RANK})
    found = against_truth(scores, path)
    assert (found.companies, found.buyers) == (100, 4)
    assert list(found.rankings) == ["list", "gnn", "affinity", "reachable"]
    precision = {name: pytest.approx(ranking[AP]) for name, ranking in found.rankings.items()}
    backwards = (1 / 1 + 2 / 95 + 3 / 96 + 4 / 100) / 4
    assert precision == {
        "list": (1 / 1 + 2 / 5 + 3 / 6 + 4 / 100) / 4, "gnn": backwards, "affinity": 1, "reachable": 0.04,
    }  # fmt: skip
    ours = found.rankings["list"]
    assert [ours[f"found@{share}%"] for share in (1, 5, 10)] == [0.25, 0.5, 0.75]


def test_a_company_without_a_score_comes_last(tmp_path: Path) -> None:
    path = written(truth_of_100(), tmp_path / "truth.csv")
    first_missing = pd.DataFrame({"company_id": IDS, "rank_all": RANK}).iloc[:-1]
    found = against_truth(first_missing, path)
    assert (found.companies, found.buyers) == (100, 4)
    assert found.rankings["list"][AP] == pytest.approx((1 / 4 + 2 / 5 + 3 / 99 + 4 / 100) / 4)


def test_the_text_gives_what_can_be_reached_and_the_planted_bias(tmp_path: Path) -> None:
    path = written(truth_of_100(), tmp_path / "truth.csv")
    text = truth_text(against_truth(pd.DataFrame({"company_id": IDS, "rank_all": RANK}), path), 2.5)
    assert "50% of them are in the top 5 % of the list, 10.0 times as many as by chance" in text
    assert "could reach 1.00 from the attributes alone, and 0.04 with the clients" in text
    assert "is planted: buyers there were put on it 2.5 times as readily" in text


def test_a_truth_of_other_companies_is_refused(tmp_path: Path) -> None:
    path = written(truth_of_100(), tmp_path / "truth.csv")
    with pytest.raises(InputError, match="no scored company"):
        against_truth(pd.DataFrame({"company_id": ["b"], "rank_all": [1]}), path)


def test_a_truth_without_what_is_reachable_is_refused(tmp_path: Path) -> None:
    path = written(truth_of_100().drop(columns="reachable"), tmp_path / "truth.csv")
    with pytest.raises(InputError, match="no column reachable"):
        against_truth(pd.DataFrame({"company_id": IDS, "rank_all": RANK}), path)
