"""The command line of customer systems: nothing it writes has a secret, each error is a line with a remedy."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import crm_servers as servers
import pandas as pd
import pytest
from test_crm_push import environment, leads, made_run

from graphlead.cli import app
from graphlead.common.console import Console
from graphlead.connectors.crm import patience, slack, system
from graphlead.connectors.crm.registry import SYSTEMS

HANDLERS = {
    "salesforce": (servers.SalesforceHandler, servers.salesforce),
    "hubspot": (servers.HubSpotHandler, servers.hubspot),
    "slack": (servers.SlackHandler, servers.Fake),
}
SECRETS = (servers.SECRET, servers.HOOK)


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(patience.Patience.__init__, "__kwdefaults__", {
        **patience.Patience.__init__.__kwdefaults__, "sleep": lambda _: None,
    })  # fmt: skip
    yield
    Console.log_json = False


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["graphlead", *arguments])
    with pytest.raises(SystemExit) as end:
        app.main()
    assert isinstance(end.value.code, int)
    return end.value.code


def opened(name: str, fake: servers.Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, name, fake)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{fake.url}/services/{servers.HOOK}")


@pytest.mark.parametrize("options", [(), ("--log-json",), ("--send", "--json"), ("--send", "--debug")])
@pytest.mark.parametrize("trouble", ["none", "rejects", "token", "cut", "garbage", "broken", "fields"])
@pytest.mark.parametrize("name", list(HANDLERS))
def test_no_output_has_a_secret(
    name: str,
    trouble: str,
    options: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    handler, made = HANDLERS[name]
    run = made_run(tmp_path / "run", leads(3))
    if "--debug" in options:
        monkeypatch.setenv("GRAPHLEAD_DEBUG", "1")
    first = [option for option in options if option == "--log-json"]
    last = [option for option in options if option in ("--json", "--send")]
    with servers.serving(handler, made()) as fake:
        opened(name, fake, monkeypatch)
        fake.echo = True
        if trouble == "rejects":
            fake.rejects = {"C0001"}
        elif trouble == "token":
            monkeypatch.setattr(servers, "SECRET", "another")
        elif trouble == "fields":
            fake.kinds = {}
        elif trouble != "none":
            fake.faults, fake.reading = [trouble] * 50, [None, *[trouble] * 50]
        call(monkeypatch, *first, "push", name, str(run), *last)
    shown = capfd.readouterr()
    texts = [
        shown.out,
        shown.err,
        *(path.read_bytes().decode("utf-8", "replace") for path in run.rglob("*") if path.is_file()),
    ]
    for text in texts:
        assert not any(secret in text for secret in (*SECRETS, "s3cret-00D5g000004"))
    if trouble == "rejects" and "--send" in options and name != "slack":
        assert "***" in (run / "pushed" / name / "rejected.csv").read_text("utf-8")


@pytest.mark.parametrize(
    ("variable", "value", "fault"),
    [
        ("SALESFORCE_URL", "https://anna:s3cret-00D5g000004@x.com", "has a user name or a password in it"),
        ("SALESFORCE_URL", "http://s3cret-00D5g000004.com", "is not encrypted"),
        ("SALESFORCE_URL", "ftp://s3cret-00D5g000004", "is no address that begins with https://"),
        ("SALESFORCE_URL", "https://x.com/?t=s3cret-00D5g000004", "has more in it than an address"),
        ("SALESFORCE_TOKEN", "s3cret-00D5g000004\nX-Other: 1", "has spaces or letters that no token has"),
        ("SALESFORCE_TOKEN", "", "SALESFORCE_TOKEN is not set"),
    ],
)
def test_an_address_or_a_token_that_cannot_be_is_not_shown(
    variable: str,
    value: str,
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = made_run(tmp_path / "run", leads(1))
    monkeypatch.setenv("SALESFORCE_URL", "https://example.com")
    monkeypatch.setenv("SALESFORCE_TOKEN", servers.SECRET)
    monkeypatch.setenv(variable, value)
    assert call(monkeypatch, "push", "salesforce", str(run), "--send") == 2
    shown = capfd.readouterr()
    assert fault in shown.err
    assert "s3cret" not in shown.out + shown.err


def test_a_dry_run_needs_no_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HUBSPOT_TOKEN", raising=False)
    run = made_run(tmp_path / "run", leads(2))
    assert call(monkeypatch, "push", "hubspot", str(run)) == 0
    text = capfd.readouterr().out
    assert "2 would be created, 0 would be changed, 0 would be left alone" in text
    assert "graphlead_score = score" in text
    assert "Not compared with the server" in text
    assert "Nothing was written; --send writes." in text
    assert call(monkeypatch, "push", "hubspot", str(run), "--json") == 0
    content = json.loads(capfd.readouterr().out)
    assert (content["created"], content["sent"], content["compared"]) == (2, False, False)
    assert content["samples"][0]["fields"]["graphlead_score"] == 50


def test_rejected_records_make_the_exit_code_1_and_the_next_push_0(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = made_run(tmp_path / "run", leads(3))
    with servers.serving(servers.SalesforceHandler, servers.salesforce()) as fake:
        opened("salesforce", fake, monkeypatch)
        fake.rejects = {"C0001"}
        assert call(monkeypatch, "push", "salesforce", str(run), "--send", "--json") == 1
        shown = capfd.readouterr()
        assert json.loads(shown.out)["rejected"] == 1
        error = json.loads(shown.err.splitlines()[-1])
        assert error["problem"] == "Salesforce did not take 1 record."
        assert error["where"].endswith("rejected.csv")
        fake.rejects = set()
        assert call(monkeypatch, "push", "salesforce", str(run), "--send") == 0
        assert "1 created, 0 changed, 2 left alone, 0 rejected." in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (
            ("push", "salesfroce", "RUN"),
            "target: there is no target 'salesfroce'. Did you mean 'salesforce'?",
        ),
        (("pull", "slack", "--out", "o"), "there is no source 'slack'"),
        (
            ("push", "neo4j", "RUN", "--send"),
            "push: --send does not go with neo4j. Leave it out: it is for customer systems.",
        ),
        (
            ("push", "hubspot", "RUN", "--into", "d"),
            "--into does not go with hubspot. Leave it out: it is for graph databases.",
        ),
        (
            ("push", "hubspot", "RUN", "--again"),
            "--again does not go with hubspot. Leave it out: it is for slack.",
        ),
        (
            ("push", "slack", "RUN", "--all"),
            "--all does not go with slack. Leave it out: it is for salesforce and hubspot.",
        ),
        (
            ("pull", "hubspot", "--out", "o", "--mapping", "m"),
            "--mapping does not go with hubspot. Leave it out: it is for graph",
        ),
        (("push", "hubspot", "RUN", "--all"), "--all: the list of a `graphlead run` is whole already."),
    ],
)
def test_options_of_one_target_are_refused_for_another(
    arguments: tuple[str, ...],
    fault: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    run = made_run(tmp_path / "run", leads(1))
    monkeypatch.chdir(tmp_path)
    assert call(monkeypatch, *(str(run) if each == "RUN" else each for each in arguments)) == 2
    assert fault in capfd.readouterr().err


@pytest.mark.parametrize("name", list(SYSTEMS))
def test_without_the_extra_the_error_says_how_to_install_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    missing = {"salesforce": "simple_salesforce", "hubspot": "hubspot", "slack": "slack_sdk"}[name]
    real = system.import_module

    def absent(module: str) -> object:
        if module.partition(".")[0] == missing:
            raise ModuleNotFoundError(name=missing)
        return real(module)

    monkeypatch.setattr(system, "import_module", absent)
    monkeypatch.setenv(f"{name.upper()}_URL", "https://example.com")
    monkeypatch.setenv(f"{name.upper()}_TOKEN", servers.SECRET)
    monkeypatch.setenv("SLACK_WEBHOOK_URL", f"https://example.com/services/{servers.HOOK}")
    run = made_run(tmp_path / "run", leads(1))
    assert call(monkeypatch, "push", name, str(run), "--send") == 2
    assert (
        f"{missing} is not installed. Install the extra: pip install 'graphlead[crm]'."
        in capfd.readouterr().err
    )


def test_slack_takes_a_digest_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = made_run(tmp_path / "run", leads(12))
    with servers.serving(servers.SlackHandler, servers.Fake()) as fake:
        opened("slack", fake, monkeypatch)
        assert call(monkeypatch, "push", "slack", str(run)) == 0
        shown = json.loads(capfd.readouterr().out)
        assert fake.posted == []
        fake.faults = ["busy", "busy"]
        assert call(monkeypatch, "push", "slack", str(run), "--send") == 0
        assert fake.posted == [shown]
        assert call(monkeypatch, "push", "slack", str(run), "--send") == 0
        assert len(fake.posted) == 1
        assert call(monkeypatch, "push", "slack", str(run), "--send", "--again") == 0
        assert len(fake.posted) == 2
    texts = [block.get("text", block.get("elements", [{}])[0]) for block in shown["blocks"]]
    assert len(texts) == 13
    assert texts[1]["text"] == "The graph helps &lt;@here&gt;."
    assert texts[2]["text"] == "*1. Works C0000 (50 %)*\nsame town &amp; trade as O'Hara &lt;C0000&gt;"
    assert str(run / "report.html") in texts[-1]["text"]


@pytest.mark.parametrize("fault", ["committed_cut", "committed_broken", "cut"])
def test_a_message_that_slack_may_have_is_not_posted_again_by_itself(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    run = made_run(tmp_path / "run", leads(2))
    with servers.serving(servers.SlackHandler, servers.Fake()) as fake:
        opened("slack", fake, monkeypatch)
        fake.faults = [fault]
        assert call(monkeypatch, "push", "slack", str(run), "--send") == 1
        assert "it is not known whether Slack posted the message" in capfd.readouterr().err
        count = len(fake.posted)
        assert call(monkeypatch, "push", "slack", str(run), "--send") == 2
        assert "`--again` posts it once more" in capfd.readouterr().err
        assert len(fake.posted) == count
        assert call(monkeypatch, "push", "slack", str(run), "--send", "--again") == 0
        assert len(fake.posted) == count + 1


def test_a_message_fits_into_slacks_limits_whatever_its_texts_are() -> None:
    long = "<&>*" * 3000
    message = slack.message(
        slack.Digest(title=long, verdict=long, lines=[(long, long)] * 10, link=f"https://x.org/{long}")
    )
    assert len(message["blocks"]) <= 50
    for block in message["blocks"]:
        part = block.get("text") or block["elements"][0]
        assert len(part["text"]) <= (150 if block["type"] == "header" else 3000)
        assert block["type"] == "header" or "<&" not in part["text"]
    linked = slack.message(slack.Digest(title="t", verdict="", lines=[], link="https://x.org/a|b>c"))
    assert linked["blocks"][-1]["elements"][0]["text"] == "<https://x.org/a%7Cb&gt;c|The whole list>"


def test_lists_of_every_verb_that_has_one_are_read(tmp_path: Path) -> None:
    from graphlead.pipeline.crm.lists import list_of

    run = made_run(tmp_path / "run", {"1": 0.5})
    manifest = json.loads((run / "manifest.json").read_text())

    def of(verb: str) -> None:
        (run / "manifest.json").write_text(
            json.dumps({**manifest, "verb": verb, "settings": {"as_of": "2026-05-01"}})
        )

    reasons = {f"reason_{i}": ["a", "b", ""] for i in (1, 2, 3)}
    scored = {"id": ["7", "8", "9"], "probability": [0.9, 0.8, 0.123456], "rank": [1, 2, 3], **reasons}
    pd.DataFrame({**scored, "recommended_action": "Call"}).to_parquet(run / "leads_scored.parquet")
    pd.DataFrame({**scored, "recommended_intervention": "Visit"}).to_parquet(run / "customers_scored.parquet")
    listed = pd.DataFrame({"n": [1, 2], "score": ["x", "y"], "lead": ["8", "7"], "reason_1": ["b", "a"]})
    listed.to_csv(run / "high_priority_leads_2026-05-01.csv", index=False)
    listed.head(0).to_csv(run / "at_risk_customers_2026-05-01.csv", index=False)
    held = {"heldout": {"auc": 0.8, "lift_20": 2.5}, "listed": 2}
    (run / "metrics.json").write_text(json.dumps(held))
    of("convert")
    rows = list_of(run).rows
    assert list(rows["id"]) == ["8", "7"]
    assert list(rows["score"]) == [80, 90]
    assert list(rows["input_score"]) == ["x", "y"]
    assert list(rows["reasons"]) == ["b; b; b", "a; a; a"]
    assert list(list_of(run, every=True).rows["score"]) == [90, 80, 12.35]
    of("churn")
    assert len(list_of(run).rows) == 0
    assert list(list_of(run, every=True).rows["action"]) == ["Visit"] * 3
    offers = {
        "customer": ["a"] * 4 + ["b"],
        "item": list("vwxyz"),
        "rank": [4, 3, 2, 1, 1],
        "why": ["", "p", "q", None, "r"],
    }
    pd.DataFrame(offers).to_parquet(run / "recommendations.parquet")
    of("recommend")
    assert list(list_of(run).rows["offers"]) == ["y; x; w", "z"]
    pd.DataFrame({"customer": ["a"], "segment": ["Champions"]}).to_parquet(run / "segments.parquet")
    of("segment")
    assert dict(list_of(run).rows.iloc[0]) == {"id": "a", "segment": "Champions"}


def test_ids_of_salesforce_itself_find_their_records() -> None:
    from graphlead.connectors.crm.usual import SALESFORCE

    own = SALESFORCE.mapping("convert", ["id", "score"], {"00Q5g00000AbCdE", "00Q5g00000AbCdEEAA"})
    assert (own.kind, own.key, own.create) == ("Lead", "Id", False)
    others = SALESFORCE.mapping("churn", ["id", "score"], {"K1"})
    assert (others.kind, others.key, others.create) == ("Account", "Graphlead_Id__c", False)
