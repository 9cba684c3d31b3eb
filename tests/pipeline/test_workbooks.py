"""Workbooks from end to end: a register and lists from Excel, leads and reviews back to it, and answers read again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from tiny import QUICK, command, write_inputs
from workbooks import xlsx

import graphlead
from graphlead.common.spreadsheets import restored
from graphlead.common.workbooks import Made
from graphlead.ingest import read_list
from graphlead.pipeline.finished import FinishedRun
from graphlead.report.workbooks.leads import MOST_WHITE_SPACE, write_leads
from graphlead.runs.layout import RunFolder

REGISTER = [
    ["company_id", "name", "city", "batch_token", "vat_id"],
    *([f"{at:03}", f"{word} Works", city, 1000 + 7919 * at % 9973, f"DE{at:09}"] for at, (word, city) in enumerate(
        [(word, city) for word in ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel") for city in ("Ulm", "Bonn")]
    )),
]  # fmt: skip
CLIENTS = [
    ["Client list", None],
    [],
    ["name", "since"],
    ["Alder Works", "2024-03-05"],
    ["Cedar Works", "2024-03-06"],
]


def in_workbooks(folder: Path) -> dict[str, Path]:
    """The inputs of the tiny run as sheets of workbooks."""
    paths = write_inputs(folder)
    tables = {name: pd.read_csv(path, dtype=str) for name, path in paths.items()}
    book = xlsx(
        folder / "book.xlsx",
        {name: [list(table), *table.to_numpy().tolist()] for name, table in tables.items()},
    )
    return {name: book.with_name(f"book.xlsx:{name}") for name in paths}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("excel")
    graphlead.discover(**in_workbooks(folder), out=folder / "run", **QUICK)
    return RunFolder(folder / "run")


def test_the_leads_in_excel_are_those_of_the_csv_and_have_an_outcome_to_fill_in(run: RunFolder) -> None:
    csv = restored(pd.read_csv(run.leads, dtype=str))
    book = read_list(run.workbook(run.leads))
    assert list(csv) == [name for name in book if name not in ("map", "outcome")]
    assert book["company_id"].tolist() == csv["company_id"].tolist()
    assert book["fit"].tolist() == csv["fit"].tolist()
    assert book["score"].astype(float).tolist() == pytest.approx(csv["score"].astype(float).tolist())
    assert book["outcome"].isna().all()
    assert CalamineWorkbook.from_path(run.workbook(run.leads)).sheet_names == [
        "Leads",
        "White space",
        "Duplicates",
        "Notes",
    ]


def test_a_long_white_space_is_cut_and_the_notes_name_the_file_with_all_of_it(
    run: RunFolder, tmp_path: Path
) -> None:
    companies = FinishedRun(run.path).register
    long = pd.DataFrame({"rank": range(MOST_WHITE_SPACE + 1), "company_id": "000", "name": "Alder Works"})
    files = ("leads.csv", "whitespace.csv", "duplicates.csv")
    made = Made(inputs=("register.csv",), day=date(2026, 1, 2), version="1")
    write_leads(tmp_path / "leads.xlsx", long[:1], long, long[:0], companies, made, (), files)
    book = CalamineWorkbook.from_path(tmp_path / "leads.xlsx")
    assert book.get_sheet_by_name("White space").height == MOST_WHITE_SPACE + 1
    notes = [cell for row in book.get_sheet_by_name("Notes").to_python() for cell in row]
    assert "The first 2,000 of 2,001; all of them are in whitespace.csv." in notes


def test_what_came_back_in_the_workbook_of_the_leads_is_read(run: RunFolder, tmp_path: Path) -> None:
    leads = read_list(run.workbook(run.leads)).astype(object)
    leads.loc[0, "outcome"], leads.loc[1, "outcome"] = "won", "lost"
    rows = [[None if pd.isna(cell) else cell for cell in row] for row in leads.to_numpy()]
    back = xlsx(tmp_path / "back.xlsx", {"Leads": [list(leads), *rows]})
    from graphlead.match.outcomes import match_outcomes

    found = match_outcomes(read_list(back), FinishedRun(run.path).register, str(back))
    assert found.match.table["company_id"].tolist()[:2] == leads["company_id"].tolist()[:2]
    assert found.match.table["result"].tolist()[:3] == ["won", "lost", "open"]


def test_answers_in_a_workbook_are_used_like_those_in_a_csv(tmp_path: Path) -> None:
    register = xlsx(tmp_path / "register.xlsx", {"All": REGISTER})
    clients = xlsx(tmp_path / "clients.xlsx", {"Clients": CLIENTS})
    review, matched = tmp_path / "review.xlsx", tmp_path / "matched.xlsx"
    given = ("match", clients, "--companies", register, "-o", matched, "--quiet")
    assert command(*given, "--review", review) == 0
    table = read_list(review)
    of_first = table["line"] == "1"
    assert {"000", "001"} <= {*table.loc[of_first, "candidate_id"]}
    assert table["since"].tolist()[0] == "2024-03-05"
    assert table["accept"].isna().all()
    table.loc[of_first & (table["candidate_id"] == "001"), "accept"] = "yes"
    rows = [[None if pd.isna(cell) else cell for cell in row] for row in table.astype(object).to_numpy()]
    answered = xlsx(tmp_path / "answered.xlsx", {"Review": [list(table), *rows]})
    assert command(*given, "--reviewed", answered) == 0
    found = read_list(matched)
    assert found["company_id"].tolist()[0] == "001"
    assert found["outcome"].tolist() == ["matched", "review"]


def test_a_wrong_answer_is_named_by_file_sheet_and_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = xlsx(tmp_path / "register.xlsx", {"All": REGISTER})
    clients = xlsx(tmp_path / "clients.xlsx", {"Clients": CLIENTS})
    rows = [["Answers"], [], ["line", "candidate_id", "accept"], [1, "000", "no"], [], [1, "001", "perhaps"]]
    answered = xlsx(tmp_path / "answered.xlsx", {"Review": rows})
    given = ("match", clients, "--companies", register, "-o", tmp_path / "m.csv", "--quiet")
    assert command(*given, "--reviewed", answered) == 2
    assert f"{answered}:Review, row 6: accept is 'perhaps'. Write yes, no, or nothing." in " ".join(
        capsys.readouterr().err.split()
    )


def test_another_sheet_of_the_same_file_is_another_input(tmp_path: Path) -> None:
    from graphlead.runs.manifest import hash_inputs

    book = xlsx(tmp_path / "b.xlsx", {"A": [["id"], ["1"]], "B": [["id"], ["2"]]})
    hashes = hash_inputs({name: book.with_name(f"b.xlsx:{name}") for name in ("A", "B")} | {"C": book})
    assert len({each["sha256"] for each in hashes.values()}) == 3


def test_an_output_never_replaces_the_workbook_that_is_read(tmp_path: Path) -> None:
    register = xlsx(tmp_path / "register.xlsx", {"All": REGISTER})
    clients = xlsx(tmp_path / "clients.xlsx", {"Clients": CLIENTS})
    sheet = clients.with_name("clients.xlsx:Clients")
    assert command("match", sheet, "--companies", register, "-o", clients, "--quiet") == 2
    assert read_list(clients)["name"].tolist() == ["Alder Works", "Cedar Works"]
