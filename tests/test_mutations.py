"""Damaged inputs of every kind: each ends in a result, or in one line that says what is wrong, where, and what to do.

Forty of the 300 mutations run always, the others at night, as of the 120 that are given to convert and churn six do;
MUTATIONS=7 in the environment draws others.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

import pandas as pd
import planted_sales as planted
import pytest
from mutations import damage

from graphlead.cli import app as cli
from graphlead.core.errors import SettingsError
from graphlead.stores.mapping import RegisterMapping

SEED, CASES, ALWAYS = int(os.environ.get("MUTATIONS", "0")), 300, 40
SALES_CASES, SALES_ALWAYS = 120, 6
DATA = Path(__file__).parents[1] / "data"
COLUMNS = ["company_id", "name", "country", "city", "postcode", "nace", "employees", "founded", "exporter"]
COMPANIES = 60

FOUND = ["-o", "found.csv"]
LISTS = ["--clients", "clients.csv", "--out", "out"]
RUN = [*LISTS, "--rankers", "pagerank"]
INIT, MATCH = ["init", "-o", "new.toml", "--companies"], ["match", "clients.csv", *FOUND, "--companies"]
LIST = ["match", "--companies", "companies.parquet", *FOUND]
PROFILE = ["profile", "--companies", "companies.csv", *LISTS]
IMPORT = ["import", "--out", "out"]
VERBS: dict[str, list[list[str]]] = {
    "companies.csv": [INIT, MATCH],
    "companies.parquet": [INIT, MATCH],
    "companies.csv.gz": [INIT],
    "clients.csv": [[*LIST, "--review", "r.csv"]],
    "clients.parquet": [LIST],
    "links.csv": [[*PROFILE, "--links"]],
    "links.parquet": [[*PROFILE, "--links"]],
    "review.csv": [[*LIST, "clients.csv", "--reviewed"]],
    "graphlead.toml": [["match", "clients.csv", *FOUND, "--config"]],
    "mapping.toml": [],
    "bods.json": [[*IMPORT, "bods"]],
    "bods.json.gz": [[*IMPORT, "bods"]],
    "lei.csv": [[*IMPORT, "gleif", "relations.csv"]],
    "lei.csv.zip": [[*IMPORT, "gleif"]],
    "relations.csv": [[*IMPORT, "gleif", "lei.csv"]],
    "uk.csv": [[*IMPORT, "companies-house", "psc.json"]],
    "psc.json": [[*IMPORT, "companies-house", "uk.csv"]],
    "leads.csv": [["init", "-o", "new.toml", "--leads"]],
    "orders.csv": [["init", "-o", "new.toml", "--events"]],
}
AT_NIGHT: dict[str, list[list[str]]] = {
    "companies.csv": [["run", *RUN, "--companies"], ["profile", *LISTS, "--companies"]],
    "companies.parquet": [["run", *RUN, "--companies"], ["profile", *LISTS, "--companies"]],
    "links.csv": [["run", "--companies", "companies.csv", *RUN, "--links"]],
    "links.parquet": [["run", "--companies", "companies.csv", *RUN, "--links"]],
    "review.csv": [["run", "--companies", "companies.csv", *RUN, "--reviewed"]],
    "graphlead.toml": [["run", "--rankers", "pagerank", "--config"]],
}
"""What takes seconds a case, asked beside VERBS in the mutations of a night."""
CONVERT, CHURN = ["convert", "--out", "out"], ["churn", "--out", "out", "--within", "60"]
SALES: dict[str, list[str]] = {
    "leads.csv": [*CONVERT, "--leads"],
    "orders.csv": [*CHURN, "--events"],
    "sales.toml": ["convert", "--config"],
    "open.csv": [*CONVERT, "--leads", "leads.csv", "--open"],
    "tickets.csv": [*CHURN, "--events", "orders.csv", "--events"],
    "deals.csv": [*CONVERT, "--leads", "dated.csv", "--within", "30", "--deals"],
    "dated.csv": [*CONVERT, "--within", "30", "--deals", "deals.csv", "--leads"],
    "customers.csv": ["churn", "--out", "out", "--customers"],
    "leads.parquet": [*CONVERT, "--leads"],
    "orders.parquet": [*CHURN, "--events"],
}
"""The files of the sales verbs, and the verb that reads each, which takes seconds where it trains."""


def entity(record: str) -> dict[str, object]:
    details = {"entityType": {"type": "registeredEntity"}, "name": f"Firm {record}", "foundingDate": "2001-02-03",
               "jurisdiction": {"name": "Germany", "code": "DE"},
               "addresses": [{"type": "registered", "address": "Weg 1", "postCode": "12345"}]}  # fmt: skip
    return {
        "recordId": record,
        "recordType": "entity",
        "statementDate": "2024-01-01",
        "recordDetails": details,
    }


def interest(record: str, owner: str, owned: str) -> dict[str, object]:
    share = {
        "type": "shareholding",
        "directOrIndirect": "direct",
        "share": {"exact": 60},
        "startDate": "2020-01-01",
    }
    details = {"interestedParty": owner, "subject": owned, "interests": [share]}
    return {
        "recordId": record,
        "recordType": "relationship",
        "statementDate": "2024-01-01",
        "recordDetails": details,
    }


def controller(number: str) -> dict[str, object]:
    data = {"kind": "individual-person-with-significant-control", "name": "Ann Lee", "notified_on": "2016-04-06",
            "natures_of_control": ["ownership-of-shares-25-to-50-percent"], "date_of_birth": {"month": 5, "year": 1970},
            "name_elements": {"forename": "Ann", "surname": "Lee"}}  # fmt: skip
    return {"company_number": number, "data": data}


def lines(*records: dict[str, object]) -> str:
    return "\n".join(map(json.dumps, records))


SALES_TOML = """leads = "leads.csv"
open = "open.csv"
out = "out"
keep = ["employees"]
cost = 40
gain = 1200.5
as_of = 2026-05-01

[columns]
lead_source = "source"

[[action]]
do = "Call"
when = { employees = ">= 250", lead_source = ["Web"] }
"""
MAPPING = """[companies]
label = "Firm"
id = "number"
columns = {title = "name"}

[[owners]]
label = "Human"
id = "passport"
type = "person"

[[links]]
type = "HOLDS"
share = "percent"
"""
CONFIG = """companies = "companies.csv"
clients = "clients.csv"
links = "links.csv"
out = "out"
exclude = ["founded"]
seed = 3
top = 20
prior = 0.05
folds = 4

[columns]
employees = "number"
nace = "industry:NACE"
"""


def sales_tables() -> dict[str, pd.DataFrame]:
    """Leads, customers and events, as few as anything is learned from."""
    known, opened = planted.leads()
    orders, tickets = planted.orders(), planted.tickets()
    few, day = known.iloc[:100], pd.Timestamp("2025-01-01")
    dated = few[["lead_id", "lead_source", "employees"]].assign(created_date=pd.date_range(day, periods=100))
    won = dated.iloc[::3]
    return {
        "leads": few,
        "open": opened,
        "customers": few.drop(columns=["close_value", "stage"]).assign(
            tenure=range(1, 101), churned=few["stage"].map({"Won": "no", "Lost": "yes"})
        ),
        "dated": dated,
        "deals": pd.DataFrame(
            {"lead_id": won["lead_id"], "won_date": won["created_date"] + pd.Timedelta(days=9)}
        ),
        "orders": orders[orders["customer_id"] < "C20"],
        "tickets": tickets[tickets["customer_id"] < "C20"],
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small valid file of every kind; do not write into it."""
    folder = tmp_path_factory.mktemp("sample")
    companies = pd.read_csv(DATA / "companies.csv", dtype=str)[COLUMNS].head(COMPANIES)
    links = pd.read_csv(DATA / "links.csv", dtype=str)
    links = links[links["target_id"].isin(companies["company_id"])]
    clients = companies.iloc[::3][["name", "city"]].assign(won_on="2023-04-05")
    for name, frame in (("companies", companies), ("links", links), ("clients", clients)):
        frame.to_csv(folder / f"{name}.csv", index=False)
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    review = clients.iloc[[0, 1, 1]].assign(
        line=["1", "2", "2"],
        candidate_rank=["1", "1", "2"],
        candidate_id=companies["company_id"].iloc[[0, 3, 4]].to_numpy(),
        accept=["yes", "no", ""],
    )
    review.to_csv(folder / "review.csv", index=False)
    for name, frame in sales_tables().items():
        frame.to_csv(folder / f"{name}.csv", index=False)
        frame.to_parquet(folder / f"{name}.parquet", index=False)
    texts = {
        "graphlead.toml": CONFIG,
        "sales.toml": SALES_TOML,
        "mapping.toml": MAPPING,
        "bods.json": lines(*map(entity, "abcd"), interest("r", "a", "b"), interest("s", "b", "c")),
        "lei.csv": "LEI,Entity.LegalName,Entity.EntityStatus,Entity.LegalAddress.Country\nA1,Firm A,ACTIVE,DE\n"
        "B2,Firm B,ACTIVE,FR\nC3,Firm C,INACTIVE,FR\n",
        "relations.csv": "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
        "Relationship.RelationshipStatus\nA1,B2,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE\n",
        "uk.csv": 'CompanyName, CompanyNumber,RegAddress.PostTown,IncorporationDate\n"Alpha, Ltd",00000042,LEEDS,'
        "13/04/2015\nBeta Ltd,SC000777,YORK,\n",
        "psc.json": lines(controller("00000042"), controller("SC000777")),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    for name in ("companies.csv", "bods.json"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    with zipfile.ZipFile(folder / "lei.csv.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(folder / "lei.csv", "lei.csv")
    return folder


@pytest.fixture
def called(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[list[str]], tuple[int, str]]:
    """Calls the command line in a copy of the sample; returns its exit code and what it wrote to stderr."""
    shutil.copytree(sample, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAPHLEAD_DEBUG", raising=False)

    def call(arguments: list[str]) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["graphlead", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert isinstance(end.value.code, int)
        return end.value.code, capsys.readouterr().err

    return call


Called = Callable[[list[str]], tuple[int, str]]


@pytest.mark.parametrize("name", VERBS)
def test_promise_9_every_kind_of_file_is_read_as_long_as_it_is_whole(called: Called, name: str) -> None:
    for verb in VERBS[name]:
        code, err = called([*verb, name])
        assert code == 0, err


@pytest.mark.parametrize(
    "name", [*list(SALES)[:2], *(pytest.param(each, marks=pytest.mark.nightly) for each in list(SALES)[2:])]
)
def test_promise_9_every_table_of_a_sales_verb_is_read_as_long_as_it_is_whole(
    called: Called, name: str
) -> None:
    code, err = called([*SALES[name], name])
    assert code == 0, err


@pytest.mark.parametrize(
    "case", [pytest.param(i, marks=[pytest.mark.nightly] * (i >= ALWAYS)) for i in range(CASES)]
)
def test_promise_9_a_damaged_file_ends_in_a_result_or_in_one_line(called: Called, case: int) -> None:
    random = Random(f"{SEED}-{case}")  # noqa: S311
    name = list(VERBS)[case % len(VERBS)]
    damage(random, Path(name))
    if name == "mapping.toml":
        read_mapping(Path(name))
        return
    verbs = VERBS[name] + (AT_NIGHT.get(name, []) if case >= ALWAYS else [])
    check(called, [*random.choice(verbs), name])


@pytest.mark.parametrize(
    "case", [pytest.param(i, marks=[pytest.mark.nightly] * (i >= SALES_ALWAYS)) for i in range(SALES_CASES)]
)
def test_promise_9_a_damaged_table_of_a_sales_verb_ends_in_a_result_or_in_one_line(
    called: Called, case: int
) -> None:
    random = Random(f"sales {SEED}-{case}")  # noqa: S311
    name = list(SALES)[case % len(SALES)]
    damage(random, Path(name))
    check(called, [*SALES[name], name])


def check(called: Called, arguments: list[str]) -> None:
    """A command on a damaged file ends with 0, or with 2 and one line, and leaves the file as it is."""
    path = Path(arguments[-1])
    before = path.read_bytes()
    code, err = called(arguments)
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert "Traceback" not in err
    assert (code, len(errors)) in ((0, 0), (2, 1)), err
    assert path.read_bytes() == before


def read_mapping(path: Path) -> None:
    """Read a mapping, which is read before a database is asked: it is understood or refused with a remedy."""
    try:
        RegisterMapping.from_toml(path)
    except SettingsError as refused:
        assert refused.where
        assert refused.remedy
