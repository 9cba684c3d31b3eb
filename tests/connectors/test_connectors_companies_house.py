"""UK Companies House company data and PSC snapshot, by hand in the documented layout."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from graphlead.connectors.companies_house import read_companies_house
from graphlead.connectors.tables import Imported
from graphlead.ingest import ingest

HEADER = (
    "CompanyName", " CompanyNumber", "RegAddress.CareOf", "RegAddress.POBox", "RegAddress.AddressLine1",
    " RegAddress.AddressLine2", "RegAddress.PostTown", "RegAddress.County", "RegAddress.Country",
    "RegAddress.PostCode", "CompanyCategory", "CompanyStatus", "CountryOfOrigin", "DissolutionDate",
    "IncorporationDate", "SICCode.SicText_1", "SICCode.SicText_2", "SICCode.SicText_3", "SICCode.SicText_4",
    " PreviousName_1.CONDATE", " PreviousName_1.CompanyName",
)  # fmt: skip
SOFTWARE = "62012 - Business and domestic software development"


def company(
    number: str, name: str, country: str = "ENGLAND", dissolved: str = "", sic: str = SOFTWARE
) -> list[str]:
    return [name, number, "", "", "1 HIGH STREET", "SOHO", "LONDON", "", country, "W1 1AA", "Private Limited Company",
            "Active", "United Kingdom", dissolved, "13/04/2015", sic, "", "", "", "01/02/2016",
            f"OLD {name}"]  # fmt: skip


COMPANIES = (
    company("00000042", "ALPHA LIMITED"),
    company("SC000777", 'BETA "B" LTD', "SCOTLAND", sic="None Supplied"),
    company("00000099", "GAMMA LIMITED", "", sic="70100 - Activities of head offices"),
    company("00000007", "GONE LIMITED", dissolved="01/02/2020"),
)
INDIVIDUAL = "individual-person-with-significant-control"
CORPORATE = "corporate-entity-person-with-significant-control"


def psc(number: str, kind: str, name: str | None, *natures: str, **more: Any) -> dict[str, Any]:
    count = more.pop("count", 0)
    data = {"kind": kind, "name": name, "natures_of_control": list(natures), "notified_on": "2016-04-06", "etag": "e",
            "links": {"self": f"/company/{number}/persons-with-significant-control/{kind}/{count}"},
            **more}  # fmt: skip
    return {
        "company_number": number,
        "data": {key: value for key, value in data.items() if value is not None},
    }


def ann(number: str, *natures: str, title: str = "Ms", month: int = 5, **more: Any) -> dict[str, Any]:
    return psc(
        number, INDIVIDUAL, f"{title} Ann Lee", *natures,
        name_elements={"title": title, "forename": "Ann", "surname": "Lee"},
        date_of_birth={"month": month, "year": 1970}, **more,
    )  # fmt: skip


def firm(
    number: str, name: str, registered: str | None, country: str | None, *natures: str
) -> dict[str, Any]:
    stated = {"registration_number": registered, "country_registered": country, "legal_form": "Limited"}
    identification = {key: value for key, value in stated.items() if value is not None}
    return psc(number, CORPORATE, name, *(natures or ("ownership-of-shares-75-to-100-percent",)),
               identification=identification)  # fmt: skip


def run(tmp_path: Path, *lines: dict[str, Any]) -> Imported:
    basic, snapshot = tmp_path / "BasicCompanyData.csv", tmp_path / "psc.txt"
    with basic.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([HEADER, *COMPANIES])
    snapshot.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return read_companies_house([snapshot, basic] if lines else [basic], tmp_path / "out")


def rows(path: Path, *names: str) -> list[tuple[Any, ...]]:
    return list(
        zip(*pq.read_table(path, columns=list(names)).select(names).to_pydict().values(), strict=True)
    )


def test_company_data_becomes_companies(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert rows(done.companies, "company_id", "name", "country", "city", "sic_1", "previous_name") == [
        ("00000042", "ALPHA LIMITED", "GB", "LONDON", "62012", "OLD ALPHA LIMITED"),
        ("SC000777", 'BETA "B" LTD', "GB", "LONDON", None, 'OLD BETA "B" LTD'),
        ("00000099", "GAMMA LIMITED", "GB", "LONDON", "70100", "OLD GAMMA LIMITED"),
    ]
    assert {str(day) for (day,) in rows(done.companies, "incorporated")} == {"2015-04-13"}
    assert rows(done.companies, "address")[0] == ("1 HIGH STREET, SOHO",)
    assert done.reasons == (("company dissolved", 1),)
    assert done.n_links == 0


def test_the_register_understands_the_companies(tmp_path: Path) -> None:
    done = run(tmp_path, ann("00000042", "ownership-of-shares-25-to-50-percent"))
    (tmp_path / "work").mkdir()
    register, _ = ingest(done.companies, done.links, tmp_path / "work")
    assert register.ids().to_pylist() == ["00000042", "00000099", "SC000777"]
    assert str(register.column("sic_1").role) == "industry"
    assert register.column("sic_1").scheme == "SIC"
    (link,) = register.read_links().to_pylist()
    assert (link["kind"], link["share_low"], link["share_high"]) == ("holds", 0.25, 0.5)
    assert (link["source_type"], link["source_name"], str(link["date"])) == (
        "person",
        "Ms Ann Lee",
        "2016-04-06",
    )


NATURES = (
    ("ownership-of-shares-25-to-50-percent", "shareholding", "25-50%"),
    ("ownership-of-shares-50-to-75-percent-as-trust", "shareholding", "50-75%"),
    ("ownership-of-shares-75-to-100-percent-as-firm", "shareholding", "75-100%"),
    ("ownership-of-shares-more-than-25-percent-registered-overseas-entity", "shareholding", "25-100%"),
    ("voting-rights-50-to-75-percent-limited-liability-partnership", "voting_rights", "50-75%"),
    ("right-to-share-surplus-assets-75-to-100-percent-limited-liability-partnership", "rights_to_surplus_assets",
     "75-100%"),
    ("part-right-to-share-surplus-assets-25-to-50-percent-as-firm", "rights_to_surplus_assets", "25-50%"),
    ("right-to-appoint-and-remove-directors", "appointment_of_board", None),
    ("right-to-appoint-and-remove-person", "appointment_of_board", None),
    ("significant-influence-or-control-as-trust", "significant_influence_or_control", None),
    ("something-new", "something_new", None),
)  # fmt: skip


def test_each_nature_of_control_is_a_link_of_its_kind_and_band(tmp_path: Path) -> None:
    done = run(
        tmp_path, *(firm("00000042", "Beta B Ltd", "sc777", "Scotland", nature) for nature, _, _ in NATURES)
    )
    assert rows(done.links, "stated", "kind", "share") == list(NATURES)
    assert set(rows(done.links, "source_id", "source_type")) == {("SC000777", "company")}
    (tmp_path / "work").mkdir()
    register, _ = ingest(done.companies, done.links, tmp_path / "work")
    assert register.n_links == len({(kind, share) for _, kind, share in NATURES})
    assert set(register.read_links()["source_type"].to_pylist()) == {"company"}


def test_a_line_without_natures_is_a_link_of_unknown_interest(tmp_path: Path) -> None:
    done = run(tmp_path, ann("00000042"))
    assert rows(done.links, "kind", "share") == [("unknown_interest", None)]


OWNERS = (
    ("Alpha Limited", "42", "England", "00000042"),
    ("Alpha Limited", " 0000 0042 ", "United Kingdom (England)", "00000042"),
    ("Another Name", "00000042", "England And Wales", "00000042"),
    ("ALPHA LTD.", "42", None, "00000042"),
    ("Another Name", "42", None, None),
    ("Alpha Limited", "42", "Jersey", None),
    ("Alpha Limited", "42", "British Virgin Islands", None),
    ("Alpha Limited", "42", "New South Wales", None),
    ("Beta B Ltd", "SC 777", "UK", "SC000777"),
    ("Alpha Limited", "12345", "England", None),
    ("Alpha Limited", None, "England", None),
)


def test_corporate_owners_are_found_by_number_and_country(tmp_path: Path) -> None:
    done = run(tmp_path, *(firm("00000099", name, number, country) for name, number, country, _ in OWNERS))
    found = rows(done.links, "source_name", "source_id", "source_type")
    assert [(name, source if sort == "company" else None) for name, source, sort in found] == [
        (name, owner) for name, _, _, owner in OWNERS
    ]
    holders = [source for _, source, sort in found if sort == "holder"]
    assert len(set(holders)) == len(holders) == 6
    assert all(source.startswith("holder:") for source in holders)


def test_one_person_is_one_owner_of_several_companies(tmp_path: Path) -> None:
    shares = "ownership-of-shares-25-to-50-percent"
    done = run(
        tmp_path,
        ann("00000042", shares, "voting-rights-25-to-50-percent"),
        ann("00000099", shares, title="Dr"),
        ann("SC000777", shares, month=6),
        psc("SC000777", INDIVIDUAL, "Ann Lee", shares, count=1),
        psc("SC000777", INDIVIDUAL, "Ann Lee", shares, count=2),
    )
    sources = [source for (source,) in rows(done.links, "source_id")]
    assert sources[0] == sources[1] == sources[2]
    assert len(set(sources)) == 4
    assert all(source.startswith("person:") for source in sources)


def test_lines_that_name_nobody_in_control_are_set_aside_and_stay_with_the_company(tmp_path: Path) -> None:
    nobody = "no-individual-or-entity-with-signficant-control"
    done = run(
        tmp_path,
        ann("00000042", "voting-rights-25-to-50-percent", ceased_on="2018-05-14"),
        psc("00000042", "persons-with-significant-control-statement", None, statement=nobody),
        psc(
            "00000099",
            "persons-with-significant-control-statement",
            None,
            statement="x",
            ceased_on="2019-01-01",
        ),
        psc("SC000777", "super-secure-person-with-significant-control", None),
        psc(
            "SC000777",
            "legal-person-person-with-significant-control",
            "The Crown",
            "voting-rights-75-to-100-percent",
        ),
        {
            "data": {
                "kind": "totals#persons-of-significant-control-snapshot",
                "persons_of_significant_control_count": 5,
            }
        },
    )
    assert rows(done.links, "source_type", "source_name", "kind") == [
        ("holder", "The Crown", "voting_rights")
    ]
    assert dict(done.reasons) == {
        "statement that names no person": 2,
        "protected person": 1,
        "ceased": 1,
        "no person": 1,
        "company dissolved": 1,
    }
    assert rows(done.companies, "company_id", "unspecified_owner") == [
        ("00000042", nobody),
        ("SC000777", "super-secure-person-with-significant-control"),
        ("00000099", None),
    ]


def test_links_follow_the_order_of_the_files(tmp_path: Path) -> None:
    run(tmp_path)
    parts = [tmp_path / "part1.txt", tmp_path / "part2.txt.gz"]
    numbers = [number for number in ("00000099", "00000042", "SC000777") for _ in range(50)]
    lines = [
        json.dumps(ann(number, "voting-rights-25-to-50-percent", month=i)) + "\n"
        for i, number in enumerate(numbers)
    ]
    parts[0].write_text("".join(lines[:75]), "utf-8")
    with gzip.open(parts[1], "wt", encoding="utf-8") as file:
        file.writelines(lines[75:])
    done = read_companies_house([*parts, tmp_path / "BasicCompanyData.csv"], tmp_path / "again")
    assert [target for (target,) in rows(done.links, "target_id")] == numbers
