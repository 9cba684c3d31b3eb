"""GLEIF golden copy CSV, by hand in the documented layout."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from graphlead.connectors.gleif import KINDS, read_gleif
from graphlead.graph.ownership import kinds
from graphlead.ingest import ingest

LEIS = {
    name: f"5299000000000000{i:04}"
    for i, name in enumerate(["top", "middle", "child", "fund", "gone", "twin"])
}
ENTITY = (
    "LEI", "Entity.LegalName", "Entity.LegalName.xmllang", "Entity.LegalAddress.FirstAddressLine",
    "Entity.LegalAddress.City", "Entity.LegalAddress.Region", "Entity.LegalAddress.Country",
    "Entity.LegalAddress.PostalCode", "Entity.LegalJurisdiction", "Entity.EntityCategory", "Entity.EntityStatus",
    "Entity.EntityCreationDate", "Registration.InitialRegistrationDate", "Registration.RegistrationStatus",
)  # fmt: skip
RELATION = (
    "Relationship.StartNode.NodeID", "Relationship.StartNode.NodeIDType", "Relationship.EndNode.NodeID",
    "Relationship.EndNode.NodeIDType", "Relationship.RelationshipType", "Relationship.RelationshipStatus",
    "Relationship.Period.1.startDate", "Relationship.Period.1.endDate", "Relationship.Period.1.periodType",
    "Relationship.Period.2.startDate", "Relationship.Period.2.endDate", "Relationship.Period.2.periodType",
    "Relationship.Quantifiers.1.MeasurementMethod", "Relationship.Quantifiers.1.QuantifierAmount",
    "Relationship.Quantifiers.1.QuantifierUnits", "Registration.RegistrationStatus",
)  # fmt: skip


def entity(name: str, status: str = "ACTIVE", registration: str = "ISSUED") -> list[str]:
    return [LEIS[name], f'The "{name}",\nLtd', "en", "1 Road, Flat 2", "Wien", "AT-9", "AT", "0100", "AT", "GENERAL",
            status, "2001-02-03T00:00:00.000Z", "2014-05-06T00:00:00+01:00", registration]  # fmt: skip


def relation(
    start: str, end: str, sort: str, status: str = "ACTIVE", amount: str = "", units: str = ""
) -> list[str]:
    return [LEIS.get(start, start), "LEI", LEIS.get(end, end), "LEI", sort, status, "2017-01-01T00:00:00Z", "",
            "ACCOUNTING_PERIOD", "2012-11-10T00:00:00Z", "", "RELATIONSHIP_PERIOD", "ACCOUNTING_CONSOLIDATION",
            amount, units, "PUBLISHED"]  # fmt: skip


def write(path: Path, header: tuple[str, ...], *lines: list[str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([header, *lines])
    return path


DIRECT, ULTIMATE = "IS_DIRECTLY_CONSOLIDATED_BY", "IS_ULTIMATELY_CONSOLIDATED_BY"


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    entities = [entity(name) for name in ("top", "middle", "child", "fund")]
    return [
        write(
            tmp_path / "rr.csv",
            RELATION,
            relation("child", "middle", DIRECT, amount="1.00", units="PERCENTAGE"),
            relation("middle", "top", DIRECT, amount="66.60", units="PERCENTAGE"),
            relation("child", "top", ULTIMATE, amount="66.60", units="PERCENTAGE"),
            relation("fund", "top", "IS_FUND-MANAGED_BY"),
            relation("child", "gone", DIRECT, "INACTIVE"),
            relation("fund", "529900OUTSIDE0000000", DIRECT),
        ),
        write(
            tmp_path / "lei2.csv",
            ENTITY,
            *entities,
            entity("gone", "INACTIVE"),
            entity("twin", registration="DUPLICATE"),
        ),
    ]


def rows(path: Path, *names: str) -> list[tuple[Any, ...]]:
    return list(
        zip(*pq.read_table(path, columns=list(names)).select(names).to_pydict().values(), strict=True)
    )


def test_levels_one_and_two_become_a_register(files: list[Path], tmp_path: Path) -> None:
    done = read_gleif(files, tmp_path / "out")
    (tmp_path / "work").mkdir()
    register, noise = ingest(done.companies, done.links, tmp_path / "work")
    assert register.read("company_id", "name", "city", "postcode").to_pylist()[0] == {
        "company_id": LEIS["top"], "name": 'The "top",\nLtd', "city": "Wien", "postcode": "0100",
    }  # fmt: skip
    names = {lei: name for name, lei in LEIS.items()}
    found = [
        (names.get(source, "outside"), names[target], kind, low, kind_of)
        for source, target, kind, low, kind_of in rows(
            register.links, "source_id", "target_id", "kind", "share_low", "source_type"
        )
    ]
    assert sorted(found, key=lambda link: link[:3]) == [
        ("middle", "child", "controls", 1.0, "company"),
        ("outside", "fund", "controls", None, "holder"),
        ("top", "child", "ultimate_parent", None, "company"),
        ("top", "fund", "fund_manager", None, "company"),
        ("top", "middle", "controls", pytest.approx(0.666), "company"),
    ]
    assert {str(day) for (day,) in rows(register.links, "date")} == {"2012-11-10"}
    assert not [finding for finding in noise.findings if finding.action == "set aside"]


def test_what_no_longer_holds_is_set_aside_with_its_reason(files: list[Path], tmp_path: Path) -> None:
    done = read_gleif(files, tmp_path / "out")
    assert rows(done.set_aside, "file", "record", "reason") == [
        ("lei2.csv", LEIS["twin"], "LEI record duplicate"),
        ("lei2.csv", LEIS["gone"], "entity inactive"),
        ("rr.csv", LEIS["child"], "relationship inactive"),
    ]
    assert (done.n_companies, done.n_links, done.n_set_aside) == (4, 5, 3)


def test_level_one_alone_gives_companies_without_links(files: list[Path], tmp_path: Path) -> None:
    done = read_gleif(files[1:], tmp_path / "out")
    (tmp_path / "work").mkdir()
    register, _ = ingest(done.companies, done.links, tmp_path / "work")
    assert (register.n_companies, register.n_links) == (4, 0)


def test_published_archives_give_the_same_as_their_files(files: list[Path], tmp_path: Path) -> None:
    packed = tmp_path / "golden-copy.csv.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, f"20250101/{path.name}")
    plain, unpacked = read_gleif(files, tmp_path / "a"), read_gleif([packed], tmp_path / "b")
    for one, other in ((plain.companies, unpacked.companies), (plain.links, unpacked.links)):
        assert pq.read_table(one).equals(pq.read_table(other))
    assert {path.name for path in (tmp_path / "b").iterdir()} == {
        "companies.parquet",
        "links.parquet",
        "set_aside.parquet",
    }


@pytest.mark.parametrize("kind", ["parent", "ultimate_parent", "branch"])
def test_consolidation_is_ownership_from_the_parent_downwards(kind: str) -> None:
    assert kind in KINDS.values()
    ownership = kinds.ownership_kind(kind)
    assert ownership is not None
    assert not ownership.reverse
    assert ownership.claim >= kinds.Claim.ULTIMATE
