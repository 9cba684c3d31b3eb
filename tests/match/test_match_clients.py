from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from graphlead.core.clients import Match
from graphlead.core.errors import InputError
from graphlead.core.register import Register
from graphlead.match import match_clients


def matched(register: Register, **columns: list[str | None]) -> Match:
    return match_clients(pd.DataFrame(columns, dtype="string"), register)


def outcome(match: Match) -> list[tuple[str, str | None]]:
    ids = [None if pd.isna(value) else str(value) for value in match.table["company_id"]]
    return list(zip(match.table["outcome"], ids, strict=True))


@pytest.mark.parametrize(
    ("name", "city", "company"),
    [
        ("ALDER AND SONS LANDSCAPING", "Springfield", "001"),
        ("Alder & Sons Landscapng Inc", "springfield", "001"),
        ("Bramble Foods", "Koln", "002"),
        ("Rockwell Paving", "Dayton", "009"),
        ("Finchley Concrete Company", "Dayton", "009"),
        ("Grebe Software", "Lyon", "010"),
        ("Ibis Mfg Intl", "Akron", "013"),
        ("Jackdaw Lawn Care", "Tulsa", "014"),
        ("Freight, Kestrel", "Dallas", "015"),
    ],
)
def test_a_name_as_people_type_it_is_matched(register: Register, name: str, city: str, company: str) -> None:
    match = matched(register, name=[name], city=[city])
    assert outcome(match) == [("matched", company)]
    assert 0.9 <= match.table["probability"][0] <= 1


def test_sister_companies_are_kept_apart(register: Register) -> None:
    names = [
        "Corvid Analytics",
        "Corvid Analytics North",
        "Egret Holdings No 1",
        "Egret Holdings (No. 2) Limited",
    ]
    match = matched(register, name=names, city=["Leeds", "Leeds", "York", "York"])
    assert outcome(match) == [("matched", "003"), ("matched", "004"), ("matched", "007"), ("matched", "008")]


def test_a_sister_that_is_not_in_the_register_is_not_matched(register: Register) -> None:
    match = matched(
        register, name=["Corvid Analytics South Ltd", "Egret Holdings No. 3 Ltd"], city=["Leeds", "York"]
    )
    assert [result for result, _ in outcome(match)].count("matched") == 0


def test_strangers_are_unmatched(register: Register) -> None:
    match = matched(register, name=["Zebra Quartz Mining", "Services Company"], city=["Leeds", "Dallas"])
    assert outcome(match) == [("unmatched", None), ("unmatched", None)]


def test_a_name_in_two_places_is_put_up_for_review(register: Register) -> None:
    match = matched(register, name=["Dunlin Marine Services LLC"])
    assert outcome(match) == [("review", None)]
    assert list(match.review["candidate_id"]) == ["005", "006"]
    assert list(match.review["candidate_region"]) == ["OR", "ME"]
    assert list(match.review["probability"]) == pytest.approx([0.5, 0.5], abs=0.03)
    assert (match.review["accept"] == "").all()


def test_the_place_decides_between_namesakes(register: Register) -> None:
    match = matched(register, name=["Dunlin Marine Services"] * 2, state=["Maine", "or"])
    assert outcome(match) == [("matched", "006"), ("matched", "005")]


def test_a_company_listed_twice_is_matched_to_its_first_entry(register: Register) -> None:
    assert outcome(matched(register, name=["Heronsgate Brewing"], city=["Durham"])) == [("matched", "011")]


def test_ids_without_their_leading_zeros_and_with_country_codes_match(register: Register) -> None:
    assert outcome(matched(register, company_id=["1", "002", "15.0", "99"])) == [
        ("matched", "001"), ("matched", "002"), ("matched", "015"), ("unmatched", None)]  # fmt: skip
    assert outcome(matched(register, vat=["222222222", "GB 333 333 333"])) == [
        ("matched", "002"),
        ("matched", "003"),
    ]


def test_names_are_used_where_the_id_is_missing(register: Register) -> None:
    match = matched(register, id=["002", None], name=["Bramble Foods", "Kestrel Freight"])
    assert outcome(match) == [("matched", "002"), ("matched", "015")]
    assert match.table["evidence"][0] == "company_id identical"


def test_running_numbers_that_happen_to_be_ids_are_not_believed(register: Register) -> None:
    names = ["Kestrel Freight", "Grebe Software", "Bramble Foods GmbH"]
    match = matched(register, nr=["1", "3", "4"], name=names)
    assert outcome(match) == [("matched", "015"), ("matched", "010"), ("matched", "002")]


def test_a_mail_address_identifies_the_company(register: Register) -> None:
    match = matched(register, name=["Alder Group"], email=["jane@alder.example"])
    assert match.review["candidate_id"].tolist() == ["001"] or outcome(match) == [("matched", "001")]


def test_lines_keep_their_order_and_columns(register: Register) -> None:
    clients = pd.DataFrame(
        {"evidence": ["mine", None, "x", "y"], "name": ["Kestrel Freight", None, "Kestrel Freight", "Nobody Inc"],
         "company_id": ["a", "", "b", "c"]},
        dtype="string",
    )  # fmt: skip
    table = match_clients(clients, register).table
    assert list(table) == ["input_evidence", "name", "input_company_id", "company_id", "matched_name", "probability",
                           "outcome", "evidence"]  # fmt: skip
    assert table["input_evidence"].tolist()[0] == "mine"
    assert table["company_id"].fillna("").tolist() == ["015", "", "015", ""]
    assert table["matched_name"].fillna("").tolist() == ["Kestrel Freight", "", "Kestrel Freight", ""]


def test_blank_lines_are_unmatched_with_that_evidence(register: Register) -> None:
    match = matched(register, name=["Kestrel Freight", " "], city=["Dallas", None])
    assert outcome(match) == [("matched", "015"), ("unmatched", None)]
    assert match.table["evidence"][1] == "empty line"


def test_evidence_names_what_agrees_and_what_does_not(register: Register) -> None:
    match = matched(
        register, name=["Bramble Foods", "Bramble Foods"], city=["Köln", "Leeds"], state=["NW", "NW"]
    )
    assert match.table["evidence"][0] == "name identical; city identical; region identical"
    assert "city differs" in match.table["evidence"][1]


def test_a_name_of_five_thousand_characters_is_just_a_name(register: Register) -> None:
    match = matched(register, name=["x" * 5000, "Kestrel Freight " * 300, "Kestrel Freight"])
    assert outcome(match)[0] == ("unmatched", None)
    assert outcome(match)[2] == ("matched", "015")


def test_progress_ends_at_its_total(register: Register) -> None:
    reported: list[tuple[float, float]] = []
    clients = pd.DataFrame({"name": ["Kestrel Freight"]}, dtype="string")
    match_clients(clients, register, progress=lambda done, total, note="": reported.append((done, total)))
    assert reported == sorted(reported)
    assert reported[-1][0] == reported[-1][1]


def test_a_register_without_names_matches_by_id_alone(
    make_register: Callable[[pd.DataFrame], Register],
) -> None:
    register = make_register(pd.DataFrame({"company_id": ["a1", "b2"]}))
    assert outcome(matched(register, anything=["B-2", "a1"])) == [("matched", "b2"), ("matched", "a1")]


def review_of(register: Register) -> tuple[pd.DataFrame, pd.DataFrame]:
    clients = pd.DataFrame({"name": ["Kestrel Freight", "Dunlin Marine Services"]}, dtype="string")
    return clients, match_clients(clients, register).review


@pytest.mark.parametrize("yes", ["yes", "Y", " x ", "1", "TRUE"])
def test_an_accepted_candidate_is_matched(register: Register, yes: str) -> None:
    clients, review = review_of(register)
    review.loc[1, "accept"] = yes
    match = match_clients(clients, register, reviewed=review)
    assert outcome(match) == [("matched", "015"), ("matched", "006")]
    assert match.table["evidence"][1] == "chosen in review"
    assert match.table["probability"][1] == 1
    assert match.review.empty


def test_a_review_file_written_and_read_again_still_decides(register: Register, tmp_path: Path) -> None:
    clients, review = review_of(register)
    review.loc[0, "accept"] = "yes"
    path = tmp_path / "review.csv"
    review.to_csv(path, index=False)
    again = pd.read_csv(path, dtype="string", keep_default_na=False)
    assert outcome(match_clients(clients, register, reviewed=again))[1] == ("matched", "005")


@pytest.mark.parametrize(
    ("listed", "written"), [("2019-05-01", "2019-05-01 00:00:00"), ("2019-05-01 00:00:00", "2019-05-01")]
)
def test_a_day_that_a_program_writes_with_its_midnight_is_that_day(
    register: Register, listed: str, written: str
) -> None:
    lines = {"name": ["Kestrel Freight", "Dunlin Marine Services"], "won": ["2020-01-01", listed]}
    clients = pd.DataFrame(lines, dtype="string")
    review = match_clients(clients, register).review.astype("string")
    review.loc[0, ["won", "accept"]] = [written, "yes"]
    assert outcome(match_clients(clients, register, reviewed=review))[1] == ("matched", "005")


def test_a_candidate_ruled_out_leaves_the_others(register: Register) -> None:
    clients, review = review_of(register)
    review.loc[0, "accept"] = "no"
    assert outcome(match_clients(clients, register, reviewed=review))[1] == ("matched", "006")
    review["accept"] = "no"
    assert outcome(match_clients(clients, register, reviewed=review))[1] == ("unmatched", None)


@pytest.mark.parametrize(
    ("row", "column", "value", "problem"),
    [
        (0, "accept", "perhaps", "accept is 'perhaps'"),
        (0, "line", "9", "line '9' is not in the list"),
        (0, "candidate_id", "zzz", "'zzz' is not in the register"),
        (0, "name", "Somebody Else", "'Somebody Else' here"),
        (1, "accept", "yes", "two companies are accepted for line 2"),
    ],
)
def test_a_review_table_that_does_not_fit_is_refused(
    register: Register, row: int, column: str, value: str, problem: str
) -> None:
    clients, review = review_of(register)
    review = review.astype("string")
    review.loc[0, "accept"] = "yes"
    review.loc[row, column] = value
    with pytest.raises(InputError, match=problem) as caught:
        match_clients(clients, register, reviewed=review)
    assert f"row {row + 1}" in caught.value.where


def test_a_review_table_without_its_columns_is_refused(register: Register) -> None:
    clients, review = review_of(register)
    with pytest.raises(InputError, match="'accept' is missing"):
        match_clients(clients, register, reviewed=review.drop(columns="accept"))
