"""Pushes and pulls from Python: what they return, what they write, and the errors of the command line."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import added_parts
import crm_servers as servers
import pandas as pd
import pytest
from test_crm_pull import deal, filled
from test_crm_push import SYSTEMS, environment, leads, made_run
from test_crm_secrets import call
from tiny import tiny_run

import graphlead
from graphlead.connectors.crm.patience import Patience
from graphlead.core.errors import GraphleadError, RunFolderError, SettingsError
from graphlead.pipeline.crm.lists import REASONS
from graphlead.stores import registry

Serve = Callable[..., servers.Fake]
HANDLERS = {**{name: each[0] for name, each in SYSTEMS.items()}, "slack": servers.SlackHandler}


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts the server of a customer system, at the address in the environment."""
    quick = {**Patience.__init__.__kwdefaults__, "sleep": lambda _: None}
    monkeypatch.setattr(Patience.__init__, "__kwdefaults__", quick)
    with ExitStack() as running:

        def start(name: str, fake: servers.Fake) -> servers.Fake:
            serving = running.enter_context(servers.serving(HANDLERS[name], fake))
            environment(monkeypatch, name, serving)
            monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{serving.url}/services/{servers.HOOK}")
            return serving

        yield start


def opened(folder: Path, scores: dict[str, float]) -> graphlead.OpenRun:
    run = graphlead.open_run(made_run(folder, scores))
    assert isinstance(run, graphlead.OpenRun)
    return run


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_a_push_shows_what_it_would_do_then_does_it_and_then_has_nothing_to_do(
    name: str, serve: Serve, tmp_path: Path
) -> None:
    _, made, kind, key, score = SYSTEMS[name]
    fake, run = serve(name, made()), opened(tmp_path / "run", leads(3))
    fake.write(kind, key, {key: "C0001", score: 1})
    dry = run.push(name)
    assert (dry.sent, dry.new, dry.changed, dry.unchanged, dry.rejected, dry.gone) == (False, 2, 1, 0, 0, 0)
    assert dry.records is not None
    assert dry.records["id"].tolist() == ["C0000", "C0001", "C0002"]
    assert dry.records["deed"].tolist() == ["created", "changed", "created"]
    assert dry.records[score].tolist() == [50, 50, 50]
    assert fake.writes == []
    assert repr(dry) == (
        f"<graphlead push to {name}: 2 new; 1 changed; 0 unchanged; 0 rejected; nothing was sent>"
    )
    done = run.push(name, send=True)
    assert (done.sent, done.counts) == (True, {"new": 2, "changed": 1, "unchanged": 0, "rejected": 0})
    assert {float(each[score]) for each in fake.records[kind].values()} == {50}
    again = run.push(name, send=True, state=None)
    assert (again.counts, again.rejected_file) == (
        {"new": 0, "changed": 0, "unchanged": 3, "rejected": 0},
        None,
    )
    assert "3</text>" in again._repr_html_()


def test_what_the_server_does_not_take_is_counted_and_in_a_file(serve: Serve, tmp_path: Path) -> None:
    fake, run = serve("salesforce", servers.salesforce()), opened(tmp_path / "run", leads(3))
    fake.rejects = {"C0001"}
    done = run.push("salesforce", send=True, state=str(tmp_path / "kept"), timeout=5)
    assert (done.new, done.rejected) == (2, 1)
    assert done.rejected_file == tmp_path / "kept/salesforce/rejected.csv"
    assert pd.read_csv(done.rejected_file)["id"].tolist() == ["C0001"]
    assert done.records is not None
    assert done.records["deed"].tolist() == ["created", "rejected", "created"]
    assert str(done.rejected_file) in done._repr_html_()


def test_a_mapping_says_which_fields_are_written(serve: Serve, tmp_path: Path) -> None:
    serve("hubspot", servers.hubspot())
    mapping = tmp_path / "fields.toml"
    mapping.write_text('[fields]\ngraphlead_fit = "fit"\n')
    records = opened(tmp_path / "run", leads(1)).push("hubspot", mapping=mapping).records
    assert records is not None
    assert records.to_dict("records") == [{"id": "C0000", "deed": "created", "graphlead_fit": "Strong"}]


def test_slack_gets_a_digest_once(serve: Serve, tmp_path: Path) -> None:
    fake, run = serve("slack", servers.Fake()), opened(tmp_path / "run", leads(2))
    dry = run.push("slack", link="https://example.com/report")
    assert (dry.sent, dry.new, fake.posted) == (False, None, [])
    assert "https://example.com/report" in str(dry.message)
    posts = [run.push("slack", send=True, link="https://example.com/report", again=again).sent
             for again in (False, False, True)]  # fmt: skip
    assert posts == [True, False, True]
    assert fake.posted == [dry.message] * 2
    assert "2 companies to call" in dry._repr_html_()


@pytest.mark.parametrize(
    ("target", "options", "flags", "problem"),
    [
        ("hubspto", {}, (), "target: there is no target 'hubspto'. Did you mean 'hubspot'?"),
        ("neo4j", {"send": True}, ("--send",), "--send does not go with neo4j. Leave it out: it is for customer"),
        ("hubspot", {"into": "d"}, ("--into", "d"), "--into does not go with hubspot. Leave it out: it is for graph"),
        ("hubspot", {"link": "l"}, ("--link", "l"), "--link does not go with hubspot. Leave it out: it is for slack."),
        ("slack", {"every": True}, ("--all",), "--all does not go with slack."),
        ("embedded", {}, (), "a `graphlead run` has a graph of its own."),
    ],
)  # fmt: skip
def test_errors_are_those_of_the_command_line(
    target: str,
    options: dict[str, Any],
    flags: tuple[str, ...],
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = opened(tmp_path / "run", leads(1))
    with pytest.raises(GraphleadError) as raised:
        run.push(target, **options)
    assert problem in str(raised.value)
    assert call(monkeypatch, "push", target, str(run.folder), *flags) == 2
    assert capfd.readouterr().err == f"error: {raised.value}\n"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"timeout": 0}, "--timeout: timeout is 0. It has to be a number of seconds, 0.1 or more."),
        ({"send": "no"}, "--send: send is no. It has to be true or false."),
        ({"sent": True}, "there is no setting 'sent'. Did you mean 'send'?"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], problem: str, tmp_path: Path) -> None:
    run = opened(tmp_path / "run", leads(1))
    with pytest.raises(SettingsError) as raised:
        run.push("hubspot", **options)
    assert problem in str(raised.value)
    with pytest.raises(TypeError, match="run"):
        run.push("hubspot", run=tmp_path)  # type: ignore[call-arg]


def test_a_run_goes_into_a_graph_and_an_experiment_beside_it_and_the_register_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf = registry.Entry("added_parts:Shelf", "the shelf", "beside the runs")
    monkeypatch.setitem(registry.STORES, "shelf", shelf)
    monkeypatch.setattr(added_parts.Shelf, "PLACE", tmp_path)
    home = graphlead.open_run(tiny_run(tmp_path))
    loaded = home.push("shelf")
    assert (loaded.graph, loaded.sent, loaded.counts, loaded.records) == ("shelf", True, {}, None)
    assert repr(loaded) == "<graphlead push to shelf: sent>"
    pulled = graphlead.pull("shelf", quiet=True)
    assert pulled.rows == {"companies": 60, "links": 10}
    assert pulled.table("companies")["company_id"].sort_values().iloc[0] == "C000"
    assert pulled.deals_without_account is None
    customers = pd.DataFrame({"id": [f"u{i}" for i in range(40)]})
    experiment = graphlead.assign_experiment(customers, id="id")
    added = experiment.push("embedded", into=home.folder)
    assert (added.graph, added.sent) == (str(home.folder), True)
    with graphlead.open_graph(home.folder) as graph:
        arms = graph.to_pandas("MATCH (:Customer)-[r:IN_ARM]->(:Arm) RETURN count(r) AS n")
    assert arms["n"].tolist() == [40]
    with pytest.raises(RunFolderError, match="experiment` has no list for a customer system"):
        experiment.push("hubspot")


@pytest.mark.parametrize("verb", ["convert", "churn", "recommend", "segment"])
def test_the_list_of_every_verb_is_pushed(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN", raising=False)
    folder = made_run(tmp_path / "run", leads(1))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest |= {"verb": verb, "settings": {"as_of": "2026-05-01"}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "metrics.json").write_text(json.dumps({"heldout": {"auc": 0.8, "lift_20": 2.5}, "listed": 1}))
    scored = {"id": ["7", "8"], "probability": [0.9, 0.8], "rank": [1, 2], **dict.fromkeys(REASONS, "late")}
    tables = {
        "leads_scored": {**scored, "recommended_action": "Call"},
        "customers_scored": {**scored, "recommended_intervention": "Call"},
        "recommendations": {"customer": ["7", "8"], "item": "nails", "rank": 1, "why": ""},
        "segments": {"customer": ["7", "8"], "segment": "Champions"},
    }
    for name, content in tables.items():
        pd.DataFrame(content).to_parquet(folder / f"{name}.parquet")
    run: Any = graphlead.open_run(folder)
    records = run.push("hubspot", **({"every": True} if verb in ("convert", "churn") else {})).records
    assert records["id"].tolist() == ["7", "8"]
    assert {"recommend": "nails", "segment": "Champions"}.get(verb, "Call") in records.iloc[0].tolist()


def test_a_comparison_goes_into_no_customer_system(tmp_path: Path) -> None:
    for name, size in (("old", 7), ("new", 5)):
        rows = "".join(f"{i},{i % size}\n" for i in range(100))
        (tmp_path / f"{name}.csv").write_text(f"id,size\n{rows}")
    found = graphlead.compare(tmp_path / "old.csv", tmp_path / "new.csv", quiet=True)
    with pytest.raises(RunFolderError, match="compare` has no list for a customer system"):
        found.push("hubspot")


def test_an_experiment_of_which_nothing_was_written_cannot_be_pushed() -> None:
    results = pd.DataFrame({"arm": ["a", "b"] * 20, "won": ["yes", "no"] * 20})
    found = graphlead.read_experiment(results, outcome="won", arm="arm", control="b")
    with pytest.raises(GraphleadError, match="nothing was written, so there is no run to push"):
        found.push("neo4j")


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_a_pull_has_tables_in_a_folder_that_lives_as_long_as_it(
    name: str, serve: Serve, tmp_path: Path
) -> None:
    deals = [
        deal(name, 0, "A00000", "won", "2026-02-01", 70),
        deal(name, 1, "A00001", "lost", "2026-02-03"),
        deal(name, 2, None, "open", "2026-09-03"),
    ]
    serve(name, filled(name, 3, deals))
    pulled = graphlead.pull(name, quiet=True)
    assert (pulled.rows["clients"], pulled.rows["accounts"], pulled.deals_without_account) == (1, 3, 1)
    assert {table: len(pulled.table(table)) for table in pulled.files} == pulled.rows
    clients, events = pulled.table("clients"), pulled.table("events")
    assert clients[["account_id", "name", "won_date"]].to_numpy().tolist() == [
        ["A00000", "=Works 0", "2026-02-01"]
    ]
    assert events.to_dict("records") == [{"customer_id": "A00000", "date": "2026-02-01", "amount": 70}]
    assert "1 clients" in repr(pulled)
    assert "accounts" in pulled._repr_html_()
    with pytest.raises(SettingsError, match=r"no table 'client'\. Did you mean 'clients'\?"):
        pulled.table("client")
    folder = pulled.folder
    del pulled
    gc.collect()
    assert not folder.exists()
    kept = graphlead.pull(name, tmp_path / "crm", timeout=5, quiet=True)
    assert kept.files["clients"] == tmp_path / "crm/clients.csv"
    assert kept.files["clients"].is_file()


@pytest.mark.parametrize(
    ("source", "options", "problem"),
    [
        ("slack", {}, "source: there is no source 'slack'."),
        (
            "hubspot",
            {"mapping": "m.toml"},
            "pull: --mapping does not go with hubspot. Leave it out: it is for graph",
        ),
        (
            "neo4j",
            {"timeout": 3},
            "pull: --timeout does not go with neo4j. Leave it out: it is for customer systems.",
        ),
        ("hubspot", {"timeout": float("nan")}, "--timeout: timeout is NaN. It has to be a number of seconds"),
    ],
)
def test_a_pull_refuses_what_the_command_refuses(source: str, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as raised:
        graphlead.pull(source, quiet=True, **options)
    assert problem in str(raised.value)
