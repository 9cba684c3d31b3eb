"""Lists pushed into customer systems through their own client libraries, past every fault of a server."""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import crm_servers as servers
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphlead.common.files import write_json
from graphlead.common.spreadsheets import write_csv
from graphlead.connectors.crm.faults import ConnectorError
from graphlead.connectors.crm.patience import Patience, seconds_of
from graphlead.connectors.crm.plan import Deed
from graphlead.core.errors import GraphleadError, InputError, SettingsError
from graphlead.core.exchange import PushSettings
from graphlead.pipeline.crm.push import Pushed, push

FAST = Patience(seconds=5.0, sleep=lambda _: None)
HASTY = Patience(seconds=1.0, sleep=lambda _: None)
SHORT = Patience(seconds=5.0, tries=3, sleep=lambda _: None)
SYSTEMS = {
    "salesforce": (
        servers.SalesforceHandler,
        servers.salesforce,
        "Lead",
        "Graphlead_Id__c",
        "Graphlead_Score__c",
    ),
    "hubspot": (servers.HubSpotHandler, servers.hubspot, "companies", "graphlead_id", "graphlead_score"),
}


def made_run(folder: Path, scores: dict[str, float]) -> Path:
    """The folder of a finished `graphlead run` with these leads."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = list(scores)
    write_csv(
        folder / "leads.csv",
        pd.DataFrame({
            "rank": range(1, len(ids) + 1),
            "company_id": ids,
            "name": [f"Works {name}" for name in ids],
            "score": list(scores.values()),
            "fit": "Strong",
            "reason_1": [f"same town & trade as O'Hara <{name}>" for name in ids],
            "reason_2": None,
            "reason_3": None,
            "city": "Ulm",
        }),
    )  # fmt: skip
    write_json(folder / "metrics.json", {"verdict": "The graph helps <@here>."})
    manifest = {"graphlead": "0", "finished": "2026-05-01T08:00:00+00:00", "settings": {}, "files": {}}
    write_json(folder / "manifest.json", manifest)
    return folder


def leads(count: int, score: float = 0.5) -> dict[str, float]:
    return {f"C{i:04d}": score for i in range(count)}


class World:
    """A customer system, a run, and pushes of it."""

    def __init__(self, name: str, tmp_path: Path, fake: servers.Fake) -> None:
        self.name, self.fake, self.folder = name, fake, tmp_path / "run"
        _, _, self.kind, self.key, self.score = SYSTEMS[name]

    def push(self, scores: dict[str, float] | None = None, **options: Any) -> Pushed:
        if scores is not None:
            made_run(self.folder, scores)
        patience = options.pop("patience", FAST)
        settings = PushSettings(run=self.folder, target=self.name, **{"send": True, **options})
        return push(settings, patience)

    def held(self) -> dict[str, float]:
        """The scores that the server holds, by id."""
        records = self.fake.records.get(self.kind, {})
        return {name: float(record[self.score]) / 100 for name, record in records.items()}

    def rejected(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "pushed" / self.name / "rejected.csv", encoding="utf-8-sig")


def environment(monkeypatch: pytest.MonkeyPatch, name: str, fake: servers.Fake) -> None:
    for proxy in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(proxy, raising=False)
    monkeypatch.setenv(f"{name.upper()}_URL", fake.url)
    monkeypatch.setenv(f"{name.upper()}_TOKEN", servers.SECRET)


@pytest.fixture(params=list(SYSTEMS))
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    handler, fake, *_ = SYSTEMS[request.param]
    with servers.serving(handler, fake()) as serving:
        environment(monkeypatch, request.param, serving)
        yield World(request.param, tmp_path, serving)


OF_WHOLE_BATCHES = pytest.mark.parametrize("world", ["hubspot"], indirect=True)
"""Salesforce takes the rows of a batch one by one."""


def test_a_dry_run_writes_nothing_and_counts_what_a_push_would_do(world: World) -> None:
    world.fake.write(world.kind, world.key, {world.key: "C0001", world.score: 1})
    dry = world.push(leads(3), send=False)
    assert [row.deed for row in dry.rows] == [Deed.CREATE, Deed.CHANGE, Deed.CREATE]
    assert world.fake.writes == []
    assert not (world.folder / "pushed").exists()
    done = world.push()
    assert done.outcome
    assert (done.outcome.created, done.outcome.changed) == (2, 1)
    assert world.held() == leads(3)


def test_only_what_differs_from_the_last_push_is_sent(world: World) -> None:
    world.push(leads(250))
    sent = len(world.fake.writes)
    again = world.push()
    assert len(world.fake.writes) == sent
    assert again.count(Deed.LEAVE) == 250
    changed = world.push({**leads(249), "C0007": 0.75, "NEW": 0.25})
    assert changed.outcome
    assert (changed.outcome.created, changed.outcome.changed, changed.gone) == (1, 1, 1)
    assert sum(world.fake.writes[sent:]) == 2
    assert world.held()["C0007"] == 0.75


def test_a_change_by_hand_of_a_record_already_sent_is_left_alone(world: World) -> None:
    world.push(leads(2))
    world.fake.records[world.kind]["C0000"]["City"] = "by hand"
    world.push({**leads(2), "C0000": 0.1})
    assert world.fake.records[world.kind]["C0000"]["City"] == "by hand"


def test_without_a_state_the_server_is_asked_what_it_has(world: World, tmp_path: Path) -> None:
    world.push(leads(30))
    writes = len(world.fake.writes)
    fresh = world.push(state=tmp_path / "elsewhere")
    assert fresh.count(Deed.LEAVE) == 30
    assert len(world.fake.writes) == writes
    assert (tmp_path / "elsewhere" / world.name / "sent.sqlite").is_file()


def test_new_fields_are_written_into_new_records_alone(world: World) -> None:
    world.push(leads(1))
    name = "Company" if world.name == "salesforce" else "name"
    assert world.fake.records[world.kind]["C0000"][name] == "Works C0000"
    world.fake.records[world.kind]["C0000"][name] = "Works Ltd"
    world.push(leads(1, 0.9))
    assert world.fake.records[world.kind]["C0000"][name] == "Works Ltd"


def test_rejected_rows_are_in_a_file_with_the_reason_and_are_tried_again(world: World) -> None:
    world.fake.rejects = {"C0001", "C0120"}
    done = world.push(leads(150))
    assert done.outcome
    assert done.outcome.created == 148
    table = world.rejected()
    assert list(table["id"]) == ["C0001", "C0120"]
    assert list(table["row"]) == [2, 121]
    assert table["reason"].str.contains("not like this").all()
    world.fake.rejects = set()
    assert world.push().rejected is None
    assert world.held() == leads(150)
    assert not (world.folder / "pushed" / world.name / "rejected.csv").exists()


@OF_WHOLE_BATCHES
def test_a_batch_that_is_refused_for_one_row_is_written_but_for_that_row(world: World) -> None:
    world.fake.rejects = {"BAD!"}
    done = world.push({**leads(50), "BAD!": 0.5})
    assert done.outcome
    assert done.outcome.created == 50
    assert [row.id for row, _ in done.outcome.rejected] == ["BAD!"]


@OF_WHOLE_BATCHES
def test_a_server_that_refuses_every_record_is_not_asked_for_all_of_them(world: World) -> None:
    names = {f"{i:03d}!": 0.5 for i in range(300)}
    world.fake.rejects = set(names)
    with pytest.raises(ConnectorError, match=r"refuses every record: property values were not valid"):
        world.push(names)
    assert len(world.fake.writes) < 40


@pytest.mark.parametrize("fault", [fault for fault in servers.FAULTS if fault != "slow"])
def test_each_fault_is_got_over_without_a_duplicate_or_a_loss(world: World, fault: str) -> None:
    world.fake.faults = [None, fault, fault, None]
    world.fake.reading = ["busy", "broken", None, "cut"]
    done = world.push(leads(250))
    assert done.outcome
    assert (done.outcome.created, done.outcome.rejected) == (250, [])
    assert world.held() == leads(250)
    assert world.fake.made == 250


def test_a_batch_that_timed_out_is_asked_for_before_it_is_sent_again(world: World) -> None:
    world.fake.faults = ["slow"]
    done = world.push(leads(5), patience=HASTY)
    assert done.outcome
    assert done.outcome.created == 5
    assert world.fake.writes == [5]
    assert world.fake.made == 5


def test_a_server_that_stays_silent_is_given_up_and_what_was_sent_is_kept(world: World) -> None:
    world.fake.faults = [None, *["cut"] * 20]
    with pytest.raises(ConnectorError, match="gives no answer"):
        world.push(leads(250))
    world.fake.faults = []
    before = len(world.held())
    assert 0 < before < 250
    done = world.push()
    assert done.outcome
    assert done.outcome.created == 250 - before
    assert world.held() == leads(250)


def test_a_server_that_asks_for_a_long_wait_is_not_waited_for(world: World) -> None:
    world.fake.faults, world.fake.retry_after = ["busy"], "3600"
    with pytest.raises(ConnectorError, match=r"asks to wait 3,600 seconds\. Run the same command after that"):
        world.push(leads(5))


def test_waits_are_those_the_server_names_else_twice_as_long_each_time(world: World) -> None:
    waits: list[float] = []
    world.fake.faults, world.fake.retry_after = ["busy", "down"], "7"
    world.push(leads(1), patience=Patience(sleep=waits.append))
    world.fake.faults, world.fake.retry_after = ["busy"] * 3, ""
    world.push(leads(1, 0.9), patience=Patience(sleep=waits.append))
    assert waits == [7, 7, 1, 2, 4]
    assert seconds_of("Wed, 21 Oct 2015 07:28:00 GMT") < 0  # type: ignore[operator]
    assert seconds_of("soon") is None


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_push_that_is_killed_is_taken_up_by_the_next(world: World, when: str) -> None:
    made_run(world.folder, leads(450))
    deaths = 0

    def kill(number: int) -> None:
        nonlocal deaths
        if number == 2 + deaths and deaths < 2:
            deaths += 1
            world.fake.faults = ["committed_cut" if when == "after" else "cut"]
            os.kill(child, signal.SIGKILL)

    world.fake.before_write = kill
    ends = []
    for _ in range(3):
        child = in_a_child(world.push)
        ends.append(os.waitpid(child, 0)[1])
    world.fake.faults = []
    assert signal.SIGKILL in ends
    done = world.push()
    assert done.outcome
    assert done.outcome.rejected == []
    assert world.held() == leads(450)
    assert world.fake.made == 450


def test_a_change_that_nobody_heard_of_is_taken_back_with_the_list(world: World) -> None:
    world.push(leads(3))
    world.fake.faults = ["committed_cut", *["cut"] * 20]
    world.fake.reading = [None, None, *["cut"] * 30]  # what it has and what it holds, then nothing
    with pytest.raises(ConnectorError, match="gives no answer"):
        world.push(leads(3, 0.9))
    world.fake.faults, world.fake.reading = [], []
    assert world.held() == leads(3, 0.9)
    world.push(leads(3))
    assert world.held() == leads(3)


def in_a_child(call: Callable[[], object]) -> int:
    """A process forked from this one that makes a call; returns its id."""
    child = os.fork()
    if not child:
        try:
            call()
        finally:
            os._exit(0)
    return child


@settings(max_examples=8, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(SYSTEMS)))
def test_whatever_happens_the_server_holds_the_list_in_the_end(
    seed: int, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    chance = random.Random(seed)  # noqa: S311, faults are no secret
    quick = [None, None, *(fault for fault in servers.FAULTS if fault != "slow")]
    handler, made, *_ = SYSTEMS[name]
    scores = {f"C{i:04d}": chance.choice([0.1, 0.5, 0.9]) for i in range(chance.randint(1, 420))}
    rejects = set(chance.choices(sorted(scores), k=chance.randint(0, 4)))
    with servers.serving(handler, made()) as fake, pytest.MonkeyPatch.context() as patch:
        environment(patch, name, fake)
        world = World(name, tmp_path_factory.mktemp("world"), fake)
        fake.rejects = rejects
        for _ in range(3):
            some = {key: chance.choice([value, 0.3]) for key, value in list(scores.items())[:30]}
            fake.faults = chance.choices(quick, k=chance.randint(0, 9))
            fake.reading = chance.choices(quick, k=chance.randint(0, 5))
            until_done(world, {**scores, **some}, SHORT)
        fake.faults, fake.reading = [], []
        world.push(scores)
        assert world.held() == {key: value for key, value in scores.items() if key not in rejects}
        assert fake.made == len(scores) - len(rejects)
        assert (set(world.rejected()["id"]) if rejects else set()) == rejects


def until_done(world: World, scores: dict[str, float], patience: Patience) -> None:
    """Push until the server gives no more trouble, as a scheduler does."""
    for _ in range(20):
        try:
            world.push(scores, patience=patience)
            return
        except GraphleadError:
            continue
    raise AssertionError


def test_two_pushes_of_a_list_at_once_are_one(world: World) -> None:
    made_run(world.folder, leads(5))
    problems: list[str] = []

    def second(_: int) -> None:
        try:
            push(PushSettings(run=world.folder, target=world.name, send=True), FAST)
        except GraphleadError as error:
            problems.append(error.problem)

    world.fake.before_write = second
    world.push()
    assert len(problems) == 1
    assert "pushes this list" in problems[0]


def test_a_field_that_the_server_has_not_is_one_error_before_anything_is_sent(world: World) -> None:
    del world.fake.kinds[world.kind][world.score]
    with pytest.raises(SettingsError) as caught:
        world.push(leads(2))
    assert world.score in str(caught.value)
    assert "umber" in str(caught.value)
    assert "Make them there" in caught.value.remedy
    assert world.fake.writes == []


def test_a_key_that_is_not_unique_is_refused(world: World) -> None:
    world.fake.kinds[world.kind][world.key] |= {"externalId": False, "hasUniqueValue": False}
    with pytest.raises(SettingsError, match="records would be made twice"):
        world.push(leads(2))
    assert world.fake.writes == []


def test_an_unknown_kind_of_records_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('object = "Lad"\n')
    with pytest.raises(SettingsError, match="shows no object 'Lad'"):
        world.push(leads(2), mapping=tmp_path / "map.toml")


def test_a_mapping_file_says_what_goes_where(world: World, tmp_path: Path) -> None:
    field, fixed = ("City", "Website") if world.name == "salesforce" else ("city", "website")
    (tmp_path / "map.toml").write_text(
        f'create = true\n[fields]\n{field} = "fit"\n{fixed} = {{ value = "w" }}\n'
        + ('[new]\nCompany = "name"\nLastName = "name"\n' if world.name == "salesforce" else "[new]\n")
    )
    world.push(leads(1), mapping=tmp_path / "map.toml")
    record = world.fake.records[world.kind]["C0000"]
    assert (record[field], record[fixed], world.score in record) == ("Strong", "w", False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[fields]\nCity = "citty"\n', r"there is no column 'citty'\. Did you mean 'city'\?"),
        ('objekt = "Lead"\n', r"there is no key 'objekt'\. Did you mean 'object'\?"),
        ("[fields]\nCity = 3\n", r"fields, City: this is no column"),
        ('create = "yes"\n', "create is no bool"),
        ("[fields\n", "this is not TOML"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    made_run(tmp_path / "run", leads(1))
    (tmp_path / "map.toml").write_text(text)
    with pytest.raises(SettingsError, match=expected):
        push(PushSettings(run=tmp_path / "run", target="salesforce", mapping=tmp_path / "map.toml"), FAST)


def test_records_that_are_not_made_are_rejected(world: World, tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text("create = false\n")
    world.fake.write(world.kind, world.key, {world.key: "C0000"})
    done = world.push(leads(2), mapping=tmp_path / "map.toml")
    assert done.outcome
    assert (done.outcome.created, done.outcome.changed) == (0, 1)
    assert list(world.rejected()["code"]) == ["not there"]
    assert world.fake.made == 1


def test_required_fields_of_new_records_are_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with servers.serving(servers.SalesforceHandler, servers.salesforce()) as fake:
        environment(monkeypatch, "salesforce", fake)
        (tmp_path / "map.toml").write_text('[new]\nCompany = "name"\n')
        world = World("salesforce", tmp_path, fake)
        with pytest.raises(SettingsError, match="a new Lead needs LastName"):
            world.push(leads(1), mapping=tmp_path / "map.toml")
        assert fake.writes == []


def test_ids_have_to_be_there_once(tmp_path: Path) -> None:
    run = made_run(tmp_path / "run", leads(2))
    table = pd.read_csv(run / "leads.csv", encoding="utf-8-sig")
    write_csv(run / "leads.csv", pd.concat([table, table]))
    with pytest.raises(InputError, match="'C0000' is there twice"):
        push(PushSettings(run=run, target="hubspot"), FAST)


def test_rows_that_a_person_removed_from_the_list_are_not_pushed(world: World) -> None:
    made_run(world.folder, leads(3))
    table = pd.read_csv(world.folder / "leads.csv", encoding="utf-8-sig")
    write_csv(world.folder / "leads.csv", table.iloc[1:])
    world.push()
    assert sorted(world.held()) == ["C0001", "C0002"]


def test_a_damaged_state_is_named(world: World) -> None:
    world.push(leads(1))
    (world.folder / "pushed" / world.name / "sent.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(GraphleadError, match=r"sent\.sqlite: this part of the run is damaged"):
        world.push()


def test_json_of_the_state_has_no_secret(world: World) -> None:
    world.push(leads(1))
    kept = (world.folder / "pushed" / world.name / "sent.sqlite").read_bytes()
    assert servers.SECRET.encode() not in kept
    assert json.dumps(str(world.push())).count(servers.SECRET) == 0
