"""Customers and deals pulled from customer systems: every page once, whatever happens, and files a run reads."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import crm_servers as servers
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_crm_push import FAST, environment, in_a_child

from graphlead.connectors.crm import pull as pulling
from graphlead.connectors.crm import salesforce
from graphlead.connectors.crm.faults import ConnectorError
from graphlead.core.errors import GraphleadError, RunFolderError
from graphlead.pipeline.crm.pull import pull_customers

HANDLERS = {"salesforce": servers.SalesforceHandler, "hubspot": servers.HubSpotHandler}


def account(name: str, i: int) -> dict[str, Any]:
    if name == "salesforce":
        return {
            "Id": f"A{i:05d}",
            "_id": f"A{i:05d}",
            "Name": f"=Works {i}",
            "BillingCity": "Ulm",
            "Website": f"w{i}.de",
        }
    return {"_id": f"A{i:05d}", "name": f"=Works {i}", "city": "Ulm", "domain": f"w{i}.de"}


def deal(name: str, i: int, of: str | None, result: str, day: str, amount: float = 10) -> dict[str, Any]:
    won, closed = result == "won", result != "open"
    if name == "salesforce":
        return {"Id": f"D{i:05d}", "_id": f"D{i:05d}", "AccountId": of, "Name": f"Deal {i}", "StageName": result,
                "Amount": amount, "CreatedDate": "2026-01-01T10:00:00.000+0000", "CloseDate": day, "IsClosed": closed,
                "IsWon": won}  # fmt: skip
    return {"_id": f"D{i:05d}", "_company": of, "dealname": f"Deal {i}", "dealstage": result, "amount": str(amount),
            "createdate": "2026-01-01T10:00:00.000Z", "closedate": f"{day}T00:00:00Z",
            "hs_is_closed": str(closed).lower(), "hs_is_closed_won": str(won).lower()}  # fmt: skip


KINDS = {"salesforce": ("Account", "Contact", "Opportunity"), "hubspot": ("companies", "contacts", "deals")}


def filled(name: str, accounts: int, deals: list[dict[str, Any]]) -> servers.Fake:
    kinds = KINDS[name]
    fake = servers.Fake()
    fake.records[kinds[0]] = {f"A{i:05d}": account(name, i) for i in range(accounts)}
    person = (
        {"Name": "Eva Ohm", "AccountId": "A00000"}
        if name == "salesforce"
        else {"firstname": "Eva", "lastname": "Ohm", "_company": "A00000"}
    )
    fake.records[kinds[1]] = {"P": {"_id": "P00001", "Id": "P00001", **person}}
    fake.records[kinds[2]] = {each["_id"]: each for each in deals}
    return fake


@pytest.fixture(params=list(HANDLERS))
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setattr(salesforce, "PAGE", 100)
    yield request.param


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype="string", encoding="utf-8-sig")


def test_the_files_hold_who_was_won_lost_and_is_open(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals = [
        deal(name, 0, "A00000", "won", "2026-03-02", 50),
        deal(name, 1, "A00000", "won", "2026-02-01", 70),
        deal(name, 2, "A00001", "lost", "2026-02-03"),
        deal(name, 3, "A00001", "open", "2026-09-03"),
        deal(name, 4, None, "open", "2026-09-03"),
    ]
    with servers.serving(HANDLERS[name], filled(name, 3, deals)) as fake:
        environment(monkeypatch, name, fake)
        pulled = pull_customers(name, tmp_path / "data", FAST)
    out = tmp_path / "data"
    assert sorted(path.name for path in out.iterdir()) == sorted(f"{table}.csv" for table in pulling.TABLES)
    clients = read(out / "clients.csv")
    assert clients[["account_id", "name", "city", "website", "won_date"]].to_numpy().tolist() == [
        ["A00000", "'=Works 0", "Ulm", "w0.de", "2026-02-01"]
    ]
    outcomes = read(out / "outcomes.csv")
    assert sorted(zip(outcomes["account_id"], outcomes["outcome"], outcomes["date"], strict=True)) == [
        ("A00000", "won", "2026-02-01"), ("A00000", "won", "2026-03-02"), ("A00001", "lost", "2026-02-03"),
    ]  # fmt: skip
    assert list(read(out / "suppress.csv")["account_id"]) == ["A00001"]
    events = read(out / "events.csv")
    assert events.to_numpy().tolist() == [["A00000", "2026-02-01", "70"], ["A00000", "2026-03-02", "50"]]
    every = read(out / "deals.csv").set_index("deal_id")
    assert every["outcome"].fillna("").tolist() == ["won", "won", "lost", "", ""]
    assert every["close_date"].fillna("").tolist() == ["2026-03-02", "2026-02-01", "2026-02-03", "", ""]
    assert every.loc["D00000", "created_date"] == "2026-01-01"
    assert read(out / "contacts.csv")[["account", "name"]].to_numpy().tolist() == [["A00000", "Eva Ohm"]]
    assert (pulled.rows["accounts"], pulled.homeless) == (3, 1)


@pytest.mark.parametrize("fault", [fault for fault in servers.FAULTS if fault != "slow"])
def test_every_page_is_read_once_past_each_fault(
    name: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(HANDLERS[name], filled(name, 250, [])) as fake:
        environment(monkeypatch, name, fake)
        fake.reading = [None, fault, fault, None, fault]
        pulled = pull_customers(name, tmp_path, FAST)
    assert pulled.rows["accounts"] == 250
    assert read(tmp_path / "accounts.csv")["id"].is_unique


def test_a_pull_that_is_killed_is_taken_up_where_it_was(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(HANDLERS[name], filled(name, 450, [])) as fake:
        environment(monkeypatch, name, fake)
        seen = 0

        class Asked(list[str]):
            def append(self, path: str) -> None:
                nonlocal seen
                seen += 1
                if seen == 4:
                    os.kill(child, signal.SIGKILL)

        fake.asked = Asked()
        child = in_a_child(lambda: pull_customers(name, tmp_path, FAST))
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        assert not (tmp_path / "accounts.csv").exists()
        pages = tmp_path / f".pull-{name}" / "accounts.jsonl"
        assert len(pages.read_text().splitlines()) == 4
        with pages.open("a") as file:
            file.write('{"after": "A00299", "rec')
        seen = 10
        pull_customers(name, tmp_path, FAST)
    # Two of five pages of accounts were left, and a page each of contacts and deals.
    assert seen == 14
    assert read(tmp_path / "accounts.csv")["id"].tolist() == [f"A{i:05d}" for i in range(450)]
    assert not pages.exists()


def test_pages_of_another_day_are_read_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(HANDLERS[name], filled(name, 150, [])) as fake:
        environment(monkeypatch, name, fake)
        fake.reading = [None, *["cut"] * 6]
        with pytest.raises(ConnectorError, match="gives no answer"):
            pull_customers(name, tmp_path, FAST)
        fake.records[KINDS[name][0]]["A00000"] |= {"Name": "New", "name": "New"}
        later = pulling.time.time() + timedelta(hours=25).total_seconds()
        monkeypatch.setattr(pulling.time, "time", lambda: later)
        pull_customers(name, tmp_path, FAST)
    assert read(tmp_path / "accounts.csv")["name"][0] == "New"


def test_two_pulls_into_a_folder_at_once_are_one(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(HANDLERS[name], filled(name, 5, [])) as fake:
        environment(monkeypatch, name, fake)

        def second(_: float, __: float, ___: str = "") -> None:
            pull_customers(name, tmp_path, FAST)

        with pytest.raises(RunFolderError, match="pulls into this folder"):
            pull_customers(name, tmp_path, FAST, second)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(data=st.data(), name=st.sampled_from(sorted(HANDLERS)))
def test_whatever_happens_all_is_read_in_the_end(
    data: st.DataObject, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    quick = st.sampled_from([None, *(fault for fault in servers.FAULTS if fault != "slow")])
    count = data.draw(st.integers(0, 320))
    results = data.draw(st.lists(st.sampled_from(["won", "lost", "open"]), max_size=40))
    deals = [
        deal(name, i, f"A{i:05d}" if i < count else None, each, "2026-03-01")
        for i, each in enumerate(results)
    ]
    out = tmp_path_factory.mktemp("out")
    with (
        servers.serving(HANDLERS[name], filled(name, count, deals)) as fake,
        pytest.MonkeyPatch.context() as patch,
    ):
        environment(patch, name, fake)
        patch.setattr(salesforce, "PAGE", 100)
        for _ in range(30):
            fake.reading = data.draw(st.lists(quick, max_size=8))
            try:
                pulled = pull_customers(name, out, FAST)
                break
            except GraphleadError:
                continue
    assert pulled.rows["accounts"] == count
    assert pulled.rows["deals"] == len(results)
    assert read(out / "deals.csv")["outcome"].fillna("open").tolist() == results
    assert pulled.rows["outcomes"] == sum(each != "open" for each in results[:count])


def test_clients_and_outcomes_are_what_a_run_reads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graphlead.match.outcomes import outcome_column, results_of

    deals = [deal(name, 0, "A00000", "won", "2026-02-01"), deal(name, 1, "A00001", "lost", "2026-02-01")]
    with servers.serving(HANDLERS[name], filled(name, 3, deals)) as fake:
        environment(monkeypatch, name, fake)
        pull_customers(name, tmp_path, FAST)
    outcomes = read(tmp_path / "outcomes.csv")
    assert outcome_column(outcomes, "outcomes.csv") == "outcome"
    assert results_of(outcomes["outcome"]).tolist() == ["won", "lost"]
