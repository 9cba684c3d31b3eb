"""Workbooks for people: read back by another library, and looked at in their XML."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from graphlead.common.workbook_cells import link_of
from graphlead.common.workbooks import MOST_ROWS, Made, Sheet, as_numbers, write_workbook

MADE = Made(inputs=["companies.csv"], day=date(2026, 3, 5), version="1.2")
TABLE = pd.DataFrame({
    "rank": [1, 2],
    "company_id": pd.Series(["007", "008"], dtype="string"),
    "score": [0.25, 0.125],
    "fit": ["Strong", "Weak"],
    "won": ["2024-03-05", None],
    "website": ["example.com/a?b=1", "https://x.org"],
    "email": ["a@b.de", None],
    "formula": ["=1+1", "@SUM(A1)"],
    "remark": ["a" * 80, "b\x01c"],
    "where": ["Hauptstr. 1, Köln", None],
    "accept": ["", ""],
})  # fmt: skip
SHEET_1 = "xl/worksheets/sheet1.xml"
SHEET = Sheet(
    name="Leads", table=TABLE, kinds={"score": "percent", "fit": "grade", "where": "map"},
    choices={"accept": ("yes", "no")}, meanings={"rank": "The place."}, frozen=2,
)  # fmt: skip


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "leads.xlsx"
    write_workbook(path, [SHEET], MADE.notes("Leads to call", ["No promise."]))
    return path


def xml(path: Path, member: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(member).decode()


def test_cells_come_back_as_they_are(book: Path) -> None:
    rows = CalamineWorkbook.from_path(book).get_sheet_by_name("Leads").to_python()
    assert rows[0] == list(TABLE)
    assert rows[1][:5] == [1.0, "007", 0.25, "Strong", date(2024, 3, 5)]
    assert rows[1][5:8] == ["example.com/a?b=1", "a@b.de", "=1+1"]
    assert rows[2][4] == rows[2][6] == rows[1][10] == ""
    assert rows[2][7] == "@SUM(A1)"


def test_nothing_is_a_formula_and_no_text_became_a_number(book: Path) -> None:
    sheet = xml(book, SHEET_1)
    assert "<f>" not in sheet
    assert re.search(r'<c r="B2" s="\d+" t="s">', sheet)


def test_the_sheet_is_made_for_reading(book: Path) -> None:
    sheet, styles = xml(book, SHEET_1), xml(book, "xl/styles.xml")
    assert '<pane xSplit="2" ySplit="1"' in sheet
    assert '<autoFilter ref="A1:K3"/>' in sheet
    assert '<dataValidation type="list"' in sheet and "yes,no" in sheet and 'sqref="K2:K3"' in sheet
    assert sheet.count("<cfRule") == 3
    assert 'formatCode="0.0%"' in styles and 'numFmtId="14"' in styles
    assert 'wrapText="1"' in styles and 'numFmtId="49"' in styles
    widths = [float(each) for each in re.findall(r'<col [^>]*width="([\d.]+)"', sheet)]
    assert max(widths) < 62


def test_rows_are_as_high_as_the_texts_in_them(tmp_path: Path) -> None:
    texts = ["short", "word " * 22, "one line\n" * 3 + "word " * 11, "word " * 4000]
    table = pd.DataFrame({"id": range(4), "why": texts})
    write_workbook(
        tmp_path / "made.xlsx", [Sheet(name="Why", table=table)], MADE.notes("Why", ["So that " * 20])
    )
    rows = re.findall(
        r'<row r="(\d+)"[^>]*?(?: ht="([\d.]+)" customHeight="1")?>', xml(tmp_path / "made.xlsx", SHEET_1)
    )
    assert dict(rows[1:]) == {"2": "", "3": "30", "4": "60", "5": "405"}
    notes = xml(tmp_path / "made.xlsx", "xl/worksheets/sheet2.xml")
    assert re.findall(r'ht="([\d.]+)" customHeight', notes) == ["30"]


def test_links_lead_to_what_the_cells_say(book: Path) -> None:
    links = xml(book, "xl/worksheets/_rels/sheet1.xml.rels")
    targets = re.findall(r'Target="([^"]+)"', links)
    assert sorted(targets) == [
        "https://example.com/a?b=1", "https://www.openstreetmap.org/search?query=Hauptstr.%201%2C%20K%C3%B6ln",
        "https://x.org", "mailto:a@b.de",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "Node.js is good", "file:///etc", "a b.de", "b2c", "=x.de", ""]
)
def test_what_is_no_address_is_no_link(text: str) -> None:
    assert link_of(text) == ""


def test_notes_say_what_was_made_when_and_what_columns_mean(book: Path) -> None:
    notes = CalamineWorkbook.from_path(book).get_sheet_by_name("Notes").to_python()
    facts = {str(row[0]): str(row[1]) for row in notes}
    assert facts["Made of"] == "companies.csv"
    assert facts["Made on"] == "2026-03-05"
    assert facts["graphlead"] == "1.2"
    assert facts["rank"] == "The place."
    assert facts["website"].startswith("Your own column")
    assert any("No promise." in row for row in notes)


def test_the_same_tables_give_the_same_bytes_and_the_day_is_that_of_the_run(
    book: Path, tmp_path: Path
) -> None:
    write_workbook(tmp_path / "again.xlsx", [SHEET], MADE.notes("Leads to call", ["No promise."]))
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()
    assert "2026-03-05T00:00:00Z" in xml(book, "docProps/core.xml")
    assert [path.name for path in tmp_path.iterdir()] == ["again.xlsx"]


def test_a_long_list_is_cut_and_the_notes_name_the_whole_one(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": range(MOST_ROWS + 1)})
    path = tmp_path / "long.xlsx"
    write_workbook(path, [Sheet(name="All", table=table, whole="all.parquet")], MADE.notes("All", ()))
    read = CalamineWorkbook.from_path(path)
    assert read.get_sheet_by_name("All").height == MOST_ROWS + 1
    assert any(
        "20,001; all of them are in all.parquet." in str(row[1])
        for row in read.get_sheet_by_name("Notes").to_python()
    )


def test_an_empty_list_has_its_header(tmp_path: Path) -> None:
    path = tmp_path / "empty.xlsx"
    write_workbook(
        path, [Sheet(name="Leads", table=TABLE.iloc[:0], kinds=SHEET.kinds)], MADE.notes("None", ())
    )
    assert CalamineWorkbook.from_path(path).get_sheet_by_name("Leads").to_python() == [list(TABLE)]


def test_plain_numbers_of_an_export_become_numbers_and_codes_stay_text() -> None:
    table = pd.DataFrame(
        {
            "n": ["12", "", "7"],
            "x": ["1.5", "2", None],
            "code": ["00123", "12", "7"],
            "other": ["1", "2", "3"],
        }
    )
    changed = as_numbers(table, ["n", "x", "code", "missing"])
    assert changed["n"].tolist() == [12, pd.NA, 7]
    assert changed["x"].tolist()[:2] == [1.5, 2.0]
    assert changed["code"].tolist() == ["00123", "12", "7"]
    assert changed["other"].tolist() == ["1", "2", "3"]
