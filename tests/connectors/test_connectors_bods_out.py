"""A register as BODS 0.4: statements of the documented form that read back to the same links."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphlead.connectors.bods import read_bods
from graphlead.connectors.bods_out import write_bods
from graphlead.core.register import Register
from graphlead.ingest import ingest

DAY = date(2025, 3, 4)
COMPANIES = """company_id,name,country,city,postcode,address,founded,lei
01,Alpha "A" GmbH,AT,Linz,4020,Hauptplatz 1,1999-12-31,529900T8BM49AURSDO55
02,Beta\\Söhne,DE,,,,2001-02-03,
03,Gamma,XX land,,,,,
"""
LINKS = """source_id,target_id,kind,share,date,source_name,source_type
01,02,owns,60%,2020-01-02,,
01,02,supplies,,,,
02,03,subsidiary,,,,
h1,02,holds,25-50%,,Trust no. 1,
p1,03,director,,2021-05-06,Ann Lee,person
p1,03,voting_rights,12.5%,,Ann Lee,person
02,01,same_address,,,,
"""
PARTS = ("source_id", "target_id", "kind", "share_low", "share_high", "date", "source_name", "source_type")


def register_of(folder: Path, companies: str, links: str) -> Register:
    folder.mkdir(parents=True)
    (folder / "c.csv").write_text(companies, "utf-8")
    (folder / "l.csv").write_text(links, "utf-8")
    work = folder / "work"
    work.mkdir()
    return ingest(folder / "c.csv", folder / "l.csv", work)[0]


def read_back(folder: Path, path: Path) -> Register:
    done = read_bods([path], folder / "in")
    assert done.n_set_aside == 0
    work = folder / "again"
    work.mkdir()
    return ingest(done.companies, done.links, work)[0]


def link_rows(register: Register) -> list[tuple[Any, ...]]:
    table = register.read_links().select(PARTS).to_pydict()
    return sorted(zip(*table.values(), strict=True), key=str)


def written(folder: Path, register: Register) -> list[dict[str, Any]]:
    count = write_bods(register, folder / "out.jsonl", day=DAY)
    statements = [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]
    assert len(statements) == count
    return statements


def test_out_and_in_again_gives_the_same_links_and_companies(tmp_path: Path) -> None:
    register = register_of(tmp_path / "register", COMPANIES, LINKS)
    written(tmp_path, register)
    again = read_back(tmp_path, tmp_path / "out.jsonl")
    expected = [tuple(row) for row in link_rows(register)]
    names = dict(register.read("company_id", "name").to_pandas().itertuples(index=False))
    filled = [(*row[:6], names.get(row[0], row[6]), row[7]) for row in expected]
    assert link_rows(again) == sorted(filled, key=str)
    assert again.ids().to_pylist() == register.ids().to_pylist()
    for column in ("name", "country", "postcode", "founded", "lei"):
        assert again.read(column).column(0).to_pylist() == register.read(column).column(0).to_pylist()


def test_statements_have_the_form_of_the_standard(tmp_path: Path) -> None:
    statements = written(tmp_path, register_of(tmp_path / "register", COMPANIES, LINKS))
    assert [each["recordType"] for each in statements] == ["entity"] * 4 + ["person"] + ["relationship"] * 5
    assert len({each["statementId"] for each in statements}) == len(statements)
    spoken_of: set[str] = set()
    for each in statements:
        assert 32 <= len(each["statementId"]) <= 64
        assert each["statementDate"] == "2025-03-04"
        assert each["publicationDetails"]["bodsVersion"] == "0.4"
        assert each["recordStatus"] == "new"
        assert each["recordDetails"]["isComponent"] is False
        assert "null" not in json.dumps(each)
        details = each["recordDetails"]
        if each["recordType"] == "relationship":
            assert {details["subject"], details["interestedParty"]} <= spoken_of
            assert details["interests"]
        spoken_of.add(each["recordId"])


def test_a_pair_is_one_relationship_with_an_interest_for_each_link(tmp_path: Path) -> None:
    statements = written(tmp_path, register_of(tmp_path / "register", COMPANIES, LINKS))
    details = [each["recordDetails"] for each in statements if each["recordType"] == "relationship"]
    found = {(each["interestedParty"], each["subject"]): each["interests"] for each in details}
    assert found["01", "02"] == [
        {"type": "shareholding", "directOrIndirect": "unknown", "details": "kind: owns", "share": {"exact": 60.0},
         "startDate": "2020-01-02"},
        {"type": "otherInfluenceOrControl", "directOrIndirect": "unknown", "details": "kind: supplies"},
    ]  # fmt: skip
    assert found["h1", "02"] == [
        {"type": "shareholding", "directOrIndirect": "unknown", "share": {"minimum": 25.0, "maximum": 50.0}}
    ]
    assert [each["type"] for each in found["p1", "03"]] == ["otherInfluenceOrControl", "votingRights"]
    assert statements[0]["recordDetails"] == {
        "isComponent": False,
        "entityType": {"type": "registeredEntity"},
        "name": 'Alpha "A" GmbH',
        "foundingDate": "1999-12-31",
        "addresses": [{"type": "registered", "address": "Hauptplatz 1, Linz", "postCode": "4020",
                       "country": {"name": "AT", "code": "AT"}}],
        "identifiers": [{"id": "529900T8BM49AURSDO55", "scheme": "XI-LEI"}],
    }  # fmt: skip
    assert statements[2]["recordDetails"]["addresses"] == [
        {"type": "registered", "country": {"name": "XX land"}}
    ]


KINDS = (
    "owns",
    "holds",
    "parent",
    "director",
    "supplies",
    "board_member",
    "significant_influence_or_control",
)
SHARES = st.one_of(
    st.just(""),
    st.integers(0, 100).map(lambda x: f"{x}%"),
    st.tuples(st.integers(1, 49), st.integers(50, 99)).map(lambda x: f"{x[0]}-{x[1]}%"),
)
ROWS = st.lists(
    st.tuples(st.sampled_from(["01", "02", "03", "h1", "h2"]), st.sampled_from(["01", "02", "03"]),
              st.sampled_from(KINDS), SHARES), min_size=1, max_size=20,
)  # fmt: skip


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=ROWS)
def test_any_links_survive_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("trip")
    lines = [f"{source},{target},{kind},{share}" for source, target, kind, share in drawn]
    register = register_of(
        folder / "register", COMPANIES, "source_id,target_id,kind,share\n" + "\n".join(lines) + "\n"
    )
    written(folder, register)
    again = read_back(folder, folder / "out.jsonl")
    persons = {
        source for source, *_, sort in ((row[0], row[7]) for row in link_rows(register)) if sort == "person"
    }

    def parts(each: Register) -> list[tuple[Any, ...]]:
        return sorted(
            (
                (row[0], row[1], row[2], *(None if x is None else round(x, 9) for x in row[3:5]))
                for row in link_rows(each)
            ),
            key=str,
        )

    assert parts(again) == parts(register)
    assert {row[0] for row in link_rows(again) if row[7] == "person"} == persons
