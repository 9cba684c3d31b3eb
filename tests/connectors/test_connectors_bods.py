"""BODS 0.4: the published fixtures, and statements made by hand in the documented layout for what they lack."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import bods_fixtures
import pyarrow.parquet as pq
import pytest

from graphlead.connectors.bods import read_bods
from graphlead.connectors.tables import Imported
from graphlead.core.register import Register
from graphlead.ingest import ingest

Statement = dict[str, Any]


def statement(
    record: str, kind: str, day: str = "2024-05-01", status: str = "new", **details: Any
) -> Statement:
    return {
        "statementId": f"{record}-{day}-{status}".ljust(32, "0"),
        "declarationSubject": record,
        "statementDate": day,
        "recordId": record,
        "recordType": kind,
        "recordStatus": status,
        "recordDetails": {"isComponent": False, **details},
    }


def entity(record: str, sort: str = "registeredEntity", **more: Any) -> Statement:
    return statement(record, "entity", **({"entityType": {"type": sort}, "name": record.upper()} | more))


def person(record: str, **more: Any) -> Statement:
    return statement(
        record, "person", **({"personType": "knownPerson", "names": [{"fullName": f"Ms {record}"}]} | more)
    )


def relationship(record: str, party: Any, subject: Any, *interests: Statement, **more: Any) -> Statement:
    return statement(
        record, "relationship", interestedParty=party, subject=subject, interests=list(interests), **more
    )


def holding(way: str = "direct", *, sort: str = "shareholding", **more: Any) -> Statement:
    share = {
        k: v
        for k, v in more.items()
        if k in ("exact", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
    }
    rest = {k: v for k, v in more.items() if k not in share}
    return {"type": sort, "directOrIndirect": way, **({"share": share} if share else {}), **rest}


def imported(tmp_path: Path, *statements: Statement) -> Imported:
    path = tmp_path / "statements.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in statements), "utf-8")
    return read_bods([path], tmp_path / "out")


def registered(tmp_path: Path, done: Imported) -> Register:
    work = tmp_path / "work"
    work.mkdir()
    return ingest(done.companies, done.links, work)[0]


def rows(path: Path, *names: str) -> list[tuple[Any, ...]]:
    return list(
        zip(*pq.read_table(path, columns=list(names)).select(names).to_pydict().values(), strict=True)
    )


def links(done: Imported) -> list[tuple[Any, ...]]:
    return rows(done.links, "source_id", "target_id", "kind", "share")


def fixture(tmp_path: Path, name: str) -> Imported:
    path = tmp_path / "fixture.json"
    path.write_text(json.dumps(bods_fixtures.load(name).statements), "utf-8")
    return read_bods([path], tmp_path / "out")


def test_every_statement_of_every_published_fixture_is_accounted_for(tmp_path: Path) -> None:
    assert len(bods_fixtures.list_cases()) >= 3
    for i, name in enumerate(bods_fixtures.list_cases()):
        (tmp_path / str(i)).mkdir()
        done = fixture(tmp_path / str(i), name)
        case = bods_fixtures.load(name)
        entities = {each["recordId"] for each in case.by_record_type("entity")}
        assert {company for (company,) in rows(done.companies, "company_id")} == entities
        named = [
            (each["recordDetails"]["interestedParty"], each["recordDetails"]["subject"])
            for each in case.by_record_type("relationship")
            for _ in each["recordDetails"].get("interests", [None])
            if isinstance(each["recordDetails"]["interestedParty"], str)
        ]
        assert [(source, target) for source, target, _, _ in links(done)] == named
        assert done.n_set_aside == sum(
            isinstance(each["recordDetails"]["interestedParty"], dict)
            for each in case.by_record_type("relationship")
        )


def test_direct_ownership_arrives_in_a_register(tmp_path: Path) -> None:
    register = registered(tmp_path, fixture(tmp_path, "core/01-direct-ownership"))
    found = register.read_links().select(
        ["source_id", "kind", "share_low", "share_high", "source_type", "source_name"]
    )
    assert found.to_pylist() == [
        {"source_id": "rec-jane-smith-1975", "kind": kind, "share_low": 0.75, "share_high": 0.75,
         "source_type": "person", "source_name": "Jane Smith"}
        for kind in ("holds", "voting_rights")
    ]  # fmt: skip
    assert register.read("name", "country", "registration_number").to_pylist() == [
        {"name": "Acme Holdings Ltd", "country": "GB", "registration_number": "10000001"}
    ]


def test_circular_ownership_keeps_both_sides(tmp_path: Path) -> None:
    register = registered(tmp_path, fixture(tmp_path, "edge-cases/10-circular-ownership"))
    assert register.read_links().select(["source", "target", "share_low"]).to_pylist() == [
        {"source": 0, "target": 1, "share_low": 1.0},
        {"source": 1, "target": 0, "share_low": 1.0},
    ]


def test_the_reason_of_an_unspecified_party_stays_with_the_company(tmp_path: Path) -> None:
    done = fixture(tmp_path, "edge-cases/11-anonymous-person")
    reason = "subjectUnableToConfirmOrIdentifyBeneficialOwner"
    assert rows(done.companies, "unspecified_owner") == [(reason,)]
    assert done.reasons == (("interested party not specified", 1),)
    assert rows(done.set_aside, "record", "detail") == [("rec-rel-opaque-no-ubo", reason)]
    assert registered(tmp_path, done).n_links == 0


SHARES: tuple[tuple[Statement, str | None, float | None, float | None], ...] = (
    ({"exact": 12.5}, "12.5%", 0.125, 0.125),
    ({"exact": 0}, "0%", 0, 0),
    ({"exact": 0.00001}, "0.000010000000%", 1e-7, 1e-7),
    ({"exact": 100}, "100%", 1, 1),
    ({"minimum": 25, "maximum": 50}, "25-50%", 0.25, 0.5),
    ({"exclusiveMinimum": 25, "exclusiveMaximum": 50}, "25-50%", 0.25, 0.5),
    ({"exclusiveMinimum": 75}, "75-100%", 0.75, 1),
    ({"maximum": 5}, "0-5%", 0, 0.05),
    ({"minimum": 0, "maximum": 100}, None, None, None),
    ({}, None, None, None),
)


def test_shares_keep_their_bounds_all_the_way_into_the_register(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        entity("c"),
        *(relationship(f"r{i}", f"owner {i}", "c", holding(**share)) for i, (share, *_) in enumerate(SHARES)),
    )
    assert [share for (share,) in rows(done.links, "share")] == [text for _, text, _, _ in SHARES]
    found = registered(tmp_path, done).read_links().select(["share_low", "share_high"]).to_pydict()
    assert found["share_low"] == pytest.approx([low for *_, low, _ in SHARES])
    assert found["share_high"] == pytest.approx([high for *_, high in SHARES])


def test_small_shares_stay_small_when_no_share_passes_one(tmp_path: Path) -> None:
    done = imported(tmp_path, entity("a"), entity("b"), relationship("r", "a", "b", holding(exact=0.5)))
    assert registered(tmp_path, done).read_links()["share_low"].to_pylist() == [pytest.approx(0.005)]


def test_every_interest_of_a_statement_is_a_link_of_its_own_kind(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        entity("c"),
        person("p"),
        relationship(
            "r",
            "p",
            "c",
            holding(exact=30, startDate="2019-02-03"),
            holding(sort="votingRights", minimum=50, maximum=75),
            holding(sort="appointmentOfBoard"),
            holding(sort="otherInfluenceOrControl"),
            holding(sort="boardChair"),
            holding(sort="controlByLegalFramework"),
            holding("indirect", exact=10),
        ),
        relationship("nothing", "p", "c"),
    )
    assert sorted(rows(done.links, "kind", "share")) == [
        ("appointment_of_board", None),
        ("board_chair", None),
        ("indirect_shareholding", "10%"),
        ("legal_framework_control", None),
        ("shareholding", "30%"),
        ("significant_influence_or_control", None),
        ("unknown_interest", None),
        ("voting_rights", "50-75%"),
    ]
    register = registered(tmp_path, done)
    assert register.n_links == 8
    assert set(register.read_links()["source_type"].to_pylist()) == {"person"}
    dates = dict(register.read_links().select(["kind", "date"]).to_pandas().itertuples(index=False))
    assert str(dates["holds"]) == "2019-02-03"


def test_a_way_through_component_records_is_not_counted_twice(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        *(entity(name) for name in "abc"),
        relationship("ab", "a", "b", holding(exact=80), isComponent=True),
        relationship("bc", "b", "c", holding(exact=60), isComponent=True),
        relationship(
            "ac",
            "a",
            "c",
            holding("indirect", exact=48),
            holding(exact=5),
            componentRecords=["b", "ab", "bc"],
        ),
    )
    assert links(done) == [
        ("a", "b", "shareholding", "80%"),
        ("b", "c", "shareholding", "60%"),
        ("a", "c", "shareholding", "5%"),
    ]
    assert done.reasons == (("indirect interest, covered by its component records", 1),)
    assert rows(done.set_aside, "record", "detail") == [("ac", "a shareholding 48% of c")]


def test_components_that_leave_a_gap_do_not_replace_the_whole(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        *(entity(name) for name in "abc"),
        relationship("ab", "a", "b", holding(exact=80), isComponent=True),
        relationship("ac", "a", "c", holding("indirect", exact=48), componentRecords=["ab", "lost"]),
    )
    assert links(done) == [("a", "b", "shareholding", "80%"), ("a", "c", "indirect_shareholding", "48%")]
    assert done.n_set_aside == 0


def test_the_newest_statement_of_a_record_counts_wherever_it_stands(tmp_path: Path) -> None:
    newer = relationship("r", "a", "b", holding(exact=40)) | {
        "statementDate": "2024-06-01",
        "recordStatus": "updated",
    }
    closed = relationship("gone", "b", "a", holding(exact=9)) | {
        "statementDate": "2024-06-02",
        "recordStatus": "closed",
    }
    done = imported(
        tmp_path,
        newer,
        entity("a"),
        entity("b"),
        relationship("r", "a", "b", holding(exact=10)),
        relationship("gone", "b", "a", holding(exact=9)),
        closed,
    )
    assert links(done) == [("a", "b", "shareholding", "40%")]
    assert done.reasons == (("relationship superseded by a newer statement", 2), ("relationship closed", 1))


def test_of_two_statements_of_a_day_the_later_in_the_files_counts(tmp_path: Path) -> None:
    first, second = tmp_path / "z.jsonl", tmp_path / "a.json.gz"
    first.write_text(
        "\n".join(map(json.dumps, [entity("a"), entity("b"), relationship("r", "a", "b", holding(exact=1))]))
    )
    with gzip.open(second, "wt", encoding="utf-8") as file:
        json.dump([relationship("r", "a", "b", holding(exact=2))], file)
    assert links(read_bods([first, second], tmp_path / "out")) == [("a", "b", "shareholding", "2%")]
    assert links(read_bods([second, first], tmp_path / "out")) == [("a", "b", "shareholding", "1%")]


def test_ended_interests_and_dissolved_entities_are_set_aside_by_the_day_of_the_data(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        entity("a"),
        entity("b"),
        entity("old", dissolutionDate="2020-01-01"),
        entity("later", dissolutionDate="2030-01-01"),
        relationship(
            "r", "a", "b", holding(exact=10, endDate="2024-05-01"), holding(exact=20, endDate="2024-05-02")
        ),
    )
    assert links(done) == [("a", "b", "shareholding", "20%")]
    assert [company for (company,) in rows(done.companies, "company_id")] == ["a", "b", "later"]
    assert done.reasons == (("entity dissolved", 1), ("interest ended", 1))


def test_owners_that_are_no_registered_entities_are_holders_unless_they_are_owned(tmp_path: Path) -> None:
    done = imported(
        tmp_path,
        entity("firm"),
        entity("trust", "arrangement"),
        entity("state", "state"),
        entity("idle", "unknownEntity"),
        person("settlor", names=[{"givenName": "Ann", "familyName": "Lee"}]),
        person("nobody"),
        relationship("r1", "trust", "firm", holding(exact=60)),
        relationship("r2", "settlor", "trust", holding(sort="settlor")),
        relationship("r3", "state", "firm", holding(exact=40)),
        relationship("r4", "elsewhere", "firm", holding()),
        relationship("r5", "firm", {"reason": "unknown"}, holding()),
    )
    assert [company for (company,) in rows(done.companies, "company_id")] == ["firm", "trust"]
    found = (
        registered(tmp_path, done)
        .read_links()
        .select(["source_id", "source_type", "source_name"])
        .to_pydict()
    )
    assert list(zip(*found.values(), strict=True)) == [
        ("elsewhere", "holder", None),
        ("settlor", "person", "Ann Lee"),
        ("state", "holder", "STATE"),
        ("trust", "company", "TRUST"),
    ]
    assert dict(done.reasons) == {
        "entity that no link names": 1,
        "person that no link names": 1,
        "subject not specified": 1,
    }


def test_places_and_identifiers_of_an_entity(tmp_path: Path) -> None:
    seat = {"type": "registered", "address": "1 High Street, Leeds", "postCode": "LS1 4AP",
            "country": {"code": "GB", "name": "United Kingdom"}}  # fmt: skip
    done = imported(
        tmp_path,
        entity(
            "a",
            addresses=[{"type": "business", "address": "elsewhere"}, seat],
            jurisdiction={"code": "US-DE", "name": "Delaware"},
            identifiers=[
                {"scheme": "XI-LEI", "id": "5493001KJTIIGC8Y1R12"},
                {"scheme": "US-DE", "id": "007"},
            ],
            foundingDate="2001-09-08",
            publicListing={"hasPublicListing": True},
        ),
    )
    (company,) = pq.read_table(done.companies).to_pylist()
    assert {name: value for name, value in company.items() if value is not None} == {
        "company_id": "a", "name": "A", "country": "GB", "postcode": "LS1 4AP", "address": "1 High Street, Leeds",
        "jurisdiction": "US-DE", "entity_type": "registeredEntity", "founded": company["founded"],
        "lei": "5493001KJTIIGC8Y1R12", "registration_number": "007", "registration_scheme": "US-DE", "listed": True,
    }  # fmt: skip
    assert str(company["founded"]) == "2001-09-08"
