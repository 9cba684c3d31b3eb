"""Sales runs in the graph of a discovery run: what each verb adds, what it replaces, and what outlives a rebuild."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from graphlead.common.spreadsheets import write_csv
from graphlead.core.errors import RunFolderError, SettingsError
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.sales_graph import SalesFolder, push_sales
from graphlead.pipeline.store import build_own, open_own
from graphlead.runs import publication
from graphlead.runs.layout import RunFolder
from graphlead.stores.library.queries import run_query
from graphlead.stores.registry import OWN

Files = Mapping[str, pd.DataFrame | dict[str, object]]


def finished(folder: Path, verb: str, files: Files, **settings: object) -> Path:
    """The folder of a finished run of a verb that wrote these files."""
    made = folder / f"made {verb}"
    made.mkdir(parents=True)
    for name, content in files.items():
        if isinstance(content, dict):
            (made / name).write_text(json.dumps(content), "utf-8")
        elif name.endswith(".csv"):
            write_csv(made / name, content)
        else:
            content.to_parquet(made / name)
    out = RunFolder(folder / verb)
    manifest = {"graphlead": "0", "verb": verb, "finished": "2026-03-02T10:00:00+00:00", "settings": settings}
    publication.prepare(out, {path.name: path for path in made.iterdir()}, manifest)
    publication.complete(out)
    return out.path


def scored(ids: list[str], probabilities: list[float], **more: object) -> pd.DataFrame:
    return pd.DataFrame({
        "id": ids, "probability": probabilities, "rank": range(1, len(ids) + 1), "recommended_intervention": "Call",
        "reason_1": "late", "value": 10.0, "value_at_risk": [10 * each for each in probabilities], **more,
    })  # fmt: skip


@pytest.fixture
def home(whole: Path, tmp_path: Path) -> Path:
    """A finished discovery run that a test may write into."""
    shutil.copytree(whole, tmp_path / "home", symlinks=True)
    return tmp_path / "home"


def asked(home: Path, name: str, **given: object) -> list[tuple[object, ...]]:
    with open_own(FinishedRun(home)) as store:
        return list(run_query(store, name, given).rows)


def ids_of(home: Path) -> list[str]:
    return [str(each) for each in FinishedRun(home).whole_register.ids().to_pylist()]


def test_customers_at_risk_are_found_by_their_companies(home: Path, tmp_path: Path) -> None:
    first, second = ids_of(home)[:2]
    table = scored(["u1", second, "u3"], [0.9, 0.8, 0.7], company_id=[first, None, None])
    run = finished(tmp_path, "churn", {"customers_scored.parquet": table}, run=str(home))
    assert push_sales(run, OWN) == str(home)
    rows = asked(home, "customers-at-risk", least=0.1)
    assert [(row[0], row[1], row[5]) for row in rows] == [
        ("u1", 0.9, first), (second, 0.8, second), ("u3", 0.7, None)]  # fmt: skip


def test_a_later_run_replaces_the_earlier_one_and_outlives_a_rebuilt_store(
    home: Path, tmp_path: Path
) -> None:
    for name, ids in (("old", ["u1", "u2"]), ("new", ["u2", "u3"])):
        run = finished(tmp_path / name, "churn", {"customers_scored.parquet": scored(ids, [0.9, 0.6])})
        for _ in range(2):
            push_sales(run, OWN, home)
    build_own(FinishedRun(home))
    assert [row[:2] for row in asked(home, "customers-at-risk")] == [("u2", 0.9), ("u3", 0.6)]


def test_offers_prospects_and_segments_stand_side_by_side(home: Path, tmp_path: Path) -> None:
    company = ids_of(home)[0]
    offers = pd.DataFrame({"customer": ["u1", "u1"], "item": ["nails", "tape"], "score": [0.5, 0.4], "rank": [1, 2],
                           "kind": "together", "why": "bought with glue"})  # fmt: skip
    wanted = pd.DataFrame({"id": ["u2", company], "score": [0.9, 0.8], "rank": [1, 2],
                           "known": ["customer", "non-customer"], "why": "near a buyer"})  # fmt: skip
    parts = pd.DataFrame({"customer": ["u1"], "segment": ["Champions"], "recency": [3], "frequency": [9],
                          "monetary": [50.0], "value_class": ["A"]})  # fmt: skip
    about = {"segments": [{"segment": "Champions", "size": 1, "value": 50.0, "offer": "First access"}]}
    for run in (
        finished(tmp_path / "1", "recommend", {"recommendations.parquet": offers}, product=None),
        finished(tmp_path / "2", "recommend", {"recommendations.parquet": offers, "prospects.parquet": wanted},
                 product="saw"),
        finished(tmp_path / "3", "segment", {"segments.parquet": parts, "segments.json": about}),
    ):  # fmt: skip
        push_sales(run, OWN, home)
    assert [row[:4] for row in asked(home, "prospects-of-product", item="saw")] == [
        (1, 0.9, "customer", "u2"), (2, 0.8, "company", company)]  # fmt: skip
    assert [row[3] for row in asked(home, "prospects-of-product", item="tape")] == ["u1"]
    with open_own(FinishedRun(home)) as store:
        found = store.query(
            "MATCH (u)-[m:IN_SEGMENT]->(s:Segment) RETURN u.customer_id, s.segment, s.offer, s.value"
        )
        assert found.rows == (("u1", "Champions", "First access", 50.0),)


def test_the_arms_of_a_list_of_companies_and_what_moved_are_of_companies(home: Path, tmp_path: Path) -> None:
    first, second = ids_of(home)[:2]
    dealt = pd.DataFrame({"id": [first, second], "arm": ["treat", "holdout"], "company_id": [first, second]})
    arms = [{"arm": "treat", "outcome": "won", "n": 10, "rate": 0.3, "lift": 0.1, "low": -0.1, "high": 0.3,
             "p_value": 0.3}]  # fmt: skip
    moves = pd.DataFrame({"id": [first], "change": ["up"], "old_rank": [9], "new_rank": [1], "why": "grew"})
    for run in (
        finished(
            tmp_path / "1", "experiment", {"assignment.csv": dealt, "experiment.json": {}}, list="a/leads.csv"
        ),
        finished(tmp_path / "2", "experiment", {"experiment.json": {"arms": arms}}, file="b/results.csv"),
        finished(tmp_path / "3", "compare", {"moved.parquet": moves, "compare.json": {"kind": "run"}}),
    ):
        push_sales(run, OWN, home)
    assert [row[:5] for row in asked(home, "experiment-arms")] == [
        ("leads.csv", "holdout", 1, None, None), ("leads.csv", "treat", 1, None, None),
        ("results.csv", "treat", 0, "won", 10)]  # fmt: skip
    assert asked(home, "what-moved") == [("up", first, asked(home, "what-moved")[0][2], 9, 1, "grew")]


def test_a_run_without_anything_for_a_graph_and_one_without_a_graph_are_refused(
    home: Path, converted: Path, tmp_path: Path
) -> None:
    with pytest.raises(RunFolderError, match="convert` adds nothing to a graph"):
        push_sales(converted, OWN, home)
    run = finished(tmp_path, "churn", {"customers_scored.parquet": scored(["u1"], [0.9])})
    with pytest.raises(SettingsError, match="not clear which graph takes this run"):
        push_sales(run, OWN)
    with pytest.raises(RunFolderError, match="graphlead churn"):
        push_sales(run, OWN, run)


def test_the_same_run_has_the_same_name_wherever_it_lies(tmp_path: Path) -> None:
    run = finished(tmp_path, "churn", {"customers_scored.parquet": scored(["u1"], [0.9])})
    shutil.copytree(run, tmp_path / "copy")
    assert SalesFolder(run).run_id == SalesFolder(tmp_path / "copy").run_id
    assert SalesFolder(run).run_id.startswith("churn 2026-03-02")
