"""Registers without an id column: ids from the rows' own content, and links by name."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from graphlead.core.errors import InputError
from graphlead.core.noise import Noise
from graphlead.core.register import Register, Role
from graphlead.ingest import ingest

ROWS = [
    ("1", "Elm Works Ltd", "Ulm", "12"),
    ("2", "Oak, Sons & Co", "Bonn", "7"),
    ("3", "Twin GmbH", "Bonn", "30"),
    ("4", "Twin GmbH", "Bonn", "50"),
    ("5", "Ash Ltd", "Köln", "9"),
    ("6", "Elm Works Ltd", "Bonn", "3"),
    ("7", "Ash Ltd", "Köln", "9"),
]


def table(rows: list[tuple[str, str, str, str]] = ROWS) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["Sr. No.", "name", "city", "employees"])


def read(folder: Path, companies: pd.DataFrame, links: pd.DataFrame | None = None) -> tuple[Register, Noise]:
    folder.mkdir()
    companies.to_csv(folder / "companies.csv", index=False)
    if links is not None:
        links.to_csv(folder / "links.csv", index=False)
    return ingest(folder / "companies.csv", None if links is None else folder / "links.csv", folder)


def ids(register: Register) -> dict[tuple[str, str, float], str]:
    rows = register.read("company_id", "name", "city", "employees").to_pylist()
    return {(row["name"], row["city"], row["employees"]): row["company_id"] for row in rows}


def test_ids_are_made_from_name_and_place_and_it_is_reported(tmp_path: Path) -> None:
    register, noise = read(tmp_path / "a", table())
    column = register.column("company_id")
    assert (column.role, column.reason) == (Role.ID, "the file has no ids: made from name, city")
    assert register.column("Sr. No.").role is Role.IDENTIFIER
    made = ids(register)
    assert len(made) == len(set(made.values())) == register.n_companies == 6
    first, second = made["Twin GmbH", "Bonn", 30.0], made["Twin GmbH", "Bonn", 50.0]
    assert {first, second} == {min(first, second), min(first, second) + "-2"}
    assert made["Elm Works Ltd", "Ulm", 12.0][:16] != made["Elm Works Ltd", "Bonn", 3.0][:16]
    findings = {finding.check: finding for finding in noise.findings}
    assert findings["made ids"].count == 6
    assert findings["made ids"].examples == (
        "1 companies have the name and place of another: a number follows",
    )
    # The two rows of Ash differ in the number that counts the rows alone.
    assert findings["duplicate ids"].count == 1


def test_shuffled_rows_and_next_months_file_keep_the_ids(tmp_path: Path) -> None:
    first, _ = read(tmp_path / "first", table())
    shuffled, _ = read(tmp_path / "shuffled", table().sample(frac=1, random_state=3))
    newer = table([("1", "New SA", "Paris", "5"), ("2", "ELM WORKS LTD.", "Ulm", "14"), *ROWS[1:]])
    newer["Sr. No."] = [str(i + 1) for i in range(len(newer))]
    later, _ = read(tmp_path / "later", newer)
    assert ids(shuffled) == ids(first)
    again = ids(later)
    assert again["ELM WORKS LTD.", "Ulm", 14.0] == ids(first)["Elm Works Ltd", "Ulm", 12.0]
    assert again["Oak, Sons & Co", "Bonn", 7.0] == ids(first)["Oak, Sons & Co", "Bonn", 7.0]


def test_rows_without_a_name_have_no_id_and_a_blank_id_column_is_replaced(tmp_path: Path) -> None:
    companies = table([*ROWS, ("8", "", "Ulm", "4")]).assign(company_id="")
    register, noise = read(tmp_path / "a", companies)
    assert register.n_companies == 6
    assert register.column("company_id").reason == "the file has no ids: made from name, city"
    assert register.column("company_id_3").role is Role.IGNORED
    missing = next(finding for finding in noise.findings if finding.check == "missing ids")
    assert (missing.count, missing.examples) == (1, ("row 8: no name to make an id from",))


def test_a_revenue_that_differs_in_every_row_is_no_id(tmp_path: Path) -> None:
    companies = table().drop(columns="Sr. No.").assign(revenue=[f"{1000 + 17 * i}" for i in range(len(ROWS))])
    register, _ = read(tmp_path / "a", companies)
    assert register.column("revenue").role is Role.NUMBER
    assert register.column("company_id").reason == "the file has no ids: made from name, city"


def test_links_by_name_find_their_companies(tmp_path: Path) -> None:
    links = pd.DataFrame(
        [("Elm Holding", "oak sons & co"), ("Oak, Sons & Co", "Ash Ltd"), ("Ash Ltd", "Twin GmbH")],
        columns=["parent", "subsidiary"],
    )
    register, noise = read(tmp_path / "a", table(), links)
    made = ids(register)
    found = register.read_links().to_pylist()
    assert [(link["source_type"], link["source_id"], link["target_id"]) for link in found] == [
        ("holder", "Elm Holding", made["Oak, Sons & Co", "Bonn", 7.0]),
        ("company", made["Oak, Sons & Co", "Bonn", 7.0], made["Ash Ltd", "Köln", 9.0]),
    ]
    shared = next(finding for finding in noise.findings if finding.check == "shared names")
    assert (shared.count, shared.examples) == (1, ("row 3: Twin GmbH is the name of 2 companies",))


def test_links_by_the_numbers_of_the_rows_are_refused(tmp_path: Path) -> None:
    links = pd.DataFrame([("1", "2"), ("3", "4")], columns=["source_id", "target_id"])
    with pytest.raises(InputError, match="no link points to a company of the register") as refused:
        read(tmp_path / "a", table(), links)
    assert refused.value.where.endswith("links.csv, columns source_id, target_id")
    assert "the register's column name" in refused.value.remedy
