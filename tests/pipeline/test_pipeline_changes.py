"""A newer register, a status column and made ids, through whole runs of the sample."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from graphlead.common.console import Console
from graphlead.core.errors import InputError
from graphlead.core.graph import relation_title
from graphlead.core.settings import Settings
from graphlead.pipeline import discover as story
from graphlead.pipeline.changes import UNUSED, Gone
from graphlead.pipeline.discover import explain_lead, report_run, score_again
from graphlead.pipeline.finished import FinishedRun
from graphlead.pipeline.lost import above_chance, share_lost
from graphlead.pipeline.result import Result
from graphlead.report.summary import summary_text

DATA = Path(__file__).parents[2] / "data"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


def first_run(folder: Path, companies: pd.DataFrame, links: pd.DataFrame | None = None) -> Result:
    folder.mkdir(exist_ok=True)
    companies.to_csv(folder / "companies.csv", index=False)
    if links is not None:
        links.to_csv(folder / "links.csv", index=False)
    settings = Settings(
        companies=folder / "companies.csv", links=None if links is None else folder / "links.csv",
        clients=DATA / "clients.csv", out=folder / "out", rankers=("pagerank",),
    )  # fmt: skip
    return story.discover(settings, Console(quiet=True))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with links, to score newer registers with."""
    return first_run(tmp_path_factory.mktemp("first"), table("companies"), table("links")).folder


Score = Callable[..., tuple[Result, str]]


@pytest.fixture
def score(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Score:
    def call(
        companies: pd.DataFrame,
        links: pd.DataFrame | None,
        clients: Path | None = None,
        *,
        force: bool = False,
    ) -> tuple[Result, str]:
        companies.to_csv(tmp_path / "newer.csv", index=False)
        if links is not None:
            links.to_csv(tmp_path / "newer_links.csv", index=False)
        given = None if links is None else tmp_path / "newer_links.csv"
        result = score_again(
            trained,
            tmp_path / "newer.csv",
            given,
            tmp_path / "newer",
            Console(),
            clients=clients,
            top=20,
            force=force,
        )
        return result, capsys.readouterr().err

    return call


def test_the_same_register_has_no_changes(score: Score) -> None:
    result, said = score(table("companies"), table("links"))
    assert json.loads((result.folder / "changes.json").read_text("utf-8")) == {"changes": [], "lost": 0.0}
    assert "warning" not in said


def test_every_change_is_a_warning_and_a_note(score: Score, trained: Path) -> None:
    companies, links = table("companies").drop_duplicates("company_id"), table("links")
    clients = pd.read_csv(trained / "clients.csv", dtype=str)
    lost = clients.loc[clients["outcome"] == "matched", "company_id"].iloc[:2].tolist()
    newer = companies[~companies["company_id"].isin(lost)].drop(columns="exporter")
    newer["employees"] = pd.to_numeric(newer["employees"], errors="coerce") * 50
    newer["legal_form"] = np.where(np.arange(len(newer)) % 5 == 0, "Cooperative", newer["legal_form"])
    newer["sales_channel"] = np.where(np.arange(len(newer)) % 2 == 0, "", newer["sales_channel"])
    kind = links["kind"].value_counts().index[0]
    result, said = score(newer, links[links["kind"] != kind])
    notes = json.loads((result.folder / "metrics.json").read_text("utf-8"))["notes"]
    for pattern in (
        r"The newer register lacks exporter: the models take it for missing everywhere\.",
        rf"The newer links have no {kind.replace('_', ' ')}: the models take every company to have none\.",
        rf"2 of \d+ earlier clients are not in the newer register: ({'|'.join(lost)}), ",
        r"The median of employees is [\d,.]+, earlier [\d,.]+\.",
        r"\d+% of the companies have a legal_form that no company had: Cooperative\.",
        r"sales_channel is empty for \d+% of the companies, earlier for \d+%\.",
    ):
        assert [note for note in notes if re.match(pattern, note)], (pattern, notes)
        assert re.search(rf"warning: {pattern}", said.replace("\n", " "))
    assert "The newer register lacks exporter" in (result.folder / "report.html").read_text("utf-8")
    report_run(result.folder, Console(quiet=True))
    assert "The newer register lacks exporter" in (result.folder / "report.html").read_text("utf-8")


def test_with_everything_gone_nothing_beyond_chance_is_found(trained: Path) -> None:
    run = FinishedRun(trained)
    columns = tuple(column.name for column in run.register.columns if column.role not in UNUSED)
    links = tuple(relation_title(relation) for _, relation, _ in run.graph.edges)
    assert share_lost(run, Gone(columns, links)) == pytest.approx(1, abs=1e-6)
    assert share_lost(run, Gone((), ())) == 0
    assert 0 < share_lost(run, Gone(columns, ())) < 1


def test_what_is_found_is_what_the_evaluation_of_the_run_says(trained: Path) -> None:
    run = FinishedRun(trained)
    metrics = json.loads((trained / "metrics.json").read_text("utf-8"))["metrics"]
    said = {
        row["ranker"]: row["value"]
        for row in metrics
        if row["split"] == "random" and row["metric"] == "ap" and row["ranker"] in ("pagerank", "random")
    }
    found = above_chance(run, run.register, run.graph)
    assert found == pytest.approx(said["pagerank"] - said["random"], abs=1e-9)


def test_promise_7_past_half_of_what_the_models_find_is_refused(
    score: Score, trained: Path, tmp_path: Path
) -> None:
    companies = table("companies")[["company_id", "name", "employees"]]
    with pytest.raises(
        InputError, match=r"newer\.csv: with .*nace.* and the links .*, which are not there any more"
    ):
        score(companies, None)
    assert not (tmp_path / "newer" / "scores.parquet").exists()
    result, said = score(companies, None, force=True)
    saved = json.loads((result.folder / "changes.json").read_text("utf-8"))
    assert saved["lost"] > 0.5
    assert f"{saved['lost']:.0%} of what the models find beyond chance is gone" in said.replace("\n", " ")


def test_other_ids_are_noticed(score: Score) -> None:
    companies = table("companies")
    companies["company_id"] = "new-" + companies["company_id"]
    _, said = score(companies, table("links"), DATA / "clients.csv")
    assert "Only 0% of the earlier companies are in the newer register: see that its ids" in said.replace(
        "\n", " "
    )


def test_ended_companies_are_no_leads_but_can_be_clients(tmp_path: Path) -> None:
    companies = table("companies").drop_duplicates("company_id").reset_index(drop=True)
    clients = first_run(tmp_path / "before", companies)
    known = pd.read_csv(clients.folder / "clients.csv", dtype=str)
    client = known.loc[known["outcome"] == "matched", "company_id"].iloc[0]
    best = clients.leads["company_id"].iloc[:5].tolist()
    status = np.where(companies["company_id"].isin([*best, client]), "Dissolved", "Active")
    result = first_run(tmp_path / "after", companies.assign(company_status=status))
    scored = pq.read_table(result.folder / "scores.parquet")["company_id"].to_pylist()
    assert not set(best) & set(scored)
    assert (result.summary["dead"], result.summary["companies"]) == (5, len(companies))
    assert "5 companies no more, by their status, and kept off the list" in summary_text(result.summary)
    assert json.loads((result.folder / "metrics.json").read_text("utf-8"))["dead"] == 5
    assert "company_status: companies that are no more" in (result.folder / "noise.txt").read_text("utf-8")
    assert "Companies that are no more" in (result.folder / "report.html").read_text("utf-8")
    again = pd.read_csv(result.folder / "clients.csv", dtype=str)
    assert (again["company_id"] == client).sum() == (known["company_id"] == client).sum() > 0
    with pytest.raises(InputError, match=r"is no more, by the register \(company_status: Dissolved\)"):
        explain_lead(result.folder, best[0], Console(quiet=True))


def test_a_register_without_ids_can_be_scored_again_in_another_order(tmp_path: Path) -> None:
    companies = table("companies").drop_duplicates("company_id").drop(columns="company_id")
    first = first_run(tmp_path / "first", companies)
    companies.sample(frac=1, random_state=2).to_csv(tmp_path / "newer.csv", index=False)
    newer = score_again(
        first.folder,
        tmp_path / "newer.csv",
        None,
        tmp_path / "newer",
        Console(quiet=True),
        clients=None,
        top=20,
    )
    assert set(newer.scores["company_id"]) == set(first.scores["company_id"])
    assert json.loads((newer.folder / "changes.json").read_text("utf-8")) == {"changes": [], "lost": 0.0}
    assert "made ids" in (first.folder / "noise.txt").read_text("utf-8")
