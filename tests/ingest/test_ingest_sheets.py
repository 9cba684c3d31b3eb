"""Workbooks as people keep them: what a CSV of the same table gives, a workbook gives too."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from workbooks import compound, ods, xls, xlsx
from xlsxwriter.worksheet import Worksheet

from graphlead.core.errors import InputError
from graphlead.core.paths import file_of, sheet_of, with_sheet
from graphlead.core.register import Role
from graphlead.engines.duckdb import open_db
from graphlead.ingest import ingest, read_list
from graphlead.ingest.cases.understood import TableOptions
from graphlead.ingest.cases.wide import is_wide, read_wide
from graphlead.ingest.open_file import Source, open_source
from graphlead.ingest.sheets.cells import Kinds, plain

CLIENTS = [
    ["id", "name", "won", "postcode", "size"],
    ["007", "Müller & Söhne", date(2024, 3, 5), "01067", 12345],
    ["008", "Sawmill Ltd", date(2024, 3, 6), "80331", 2],
]


def read(path: Path) -> list[list[str | None]]:
    frame = read_list(path)
    return [list(frame), *([None if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy())]


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_list(path)
    assert caught.value.remedy
    return caught.value


def opened(path: Path, folder: Path) -> Source:
    with open_db(folder) as db:
        return open_source(db, path, "t", folder)


EXPECTED = [
    ["id", "name", "won", "postcode", "size"],
    ["007", "Müller & Söhne", "2024-03-05", "01067", "12345"],
    ["008", "Sawmill Ltd", "2024-03-06", "80331", "2"],
]


def test_codes_stay_text_dates_are_dates_and_numbers_have_no_tail(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "c.xlsx", {"Clients": CLIENTS})
    assert read(path) == EXPECTED
    assert opened(path, tmp_path).families == ("text", "text", "date", "text", "whole")


def test_opendocument_and_excel_97_are_read_alike(tmp_path: Path) -> None:
    assert read(ods(tmp_path / "c.ods", {"Clients": CLIENTS})) == EXPECTED
    assert read(xls(tmp_path / "c.xls", "Clients", CLIENTS)) == EXPECTED


def test_the_content_decides_whatever_the_name(tmp_path: Path) -> None:
    assert read(xlsx(tmp_path / "export.dat", {"Clients": CLIENTS})) == EXPECTED
    path = xlsx(tmp_path / "c.xlsx", {"Clients": CLIENTS})
    assert read(path.rename(tmp_path / "c.xls")) == EXPECTED
    (tmp_path / "text.xls").write_text("id\tname\n007\tSawmill\n", "utf-8")
    assert read(tmp_path / "text.xls") == [["id", "name"], ["007", "Sawmill"]]


def test_cells_of_several_kinds_in_a_column_are_texts(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["id", "won", "amount", "open"], [12345.0, date(2024, 3, 5), 1234.5, True],
        ["SC01", "06.03.2024", "1.999,50", "no"],
        ["SC02", datetime(2024, 3, 7, 10, 30), 7, None],
    ]  # fmt: skip
    assert read(xlsx(tmp_path / "c.xlsx", {"A": rows}))[1:] == [
        ["12345", "2024-03-05", "1234,5", "true"], ["SC01", "06.03.2024", "1.999,50", "no"],
        ["SC02", "2024-03-07 10:30:00", "7", None],
    ]  # fmt: skip


def test_times_of_day_are_kept_for_events(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "e.xlsx", {"A": [["at"], [datetime(2024, 3, 5, 10, 30)], [date(2024, 3, 6)]]})
    with open_db(tmp_path) as db:
        open_source(db, path, "t", tmp_path)
        assert db.execute("SELECT row, c0 FROM t").fetchall() == [
            (2, datetime(2024, 3, 5, 10, 30)), (3, datetime(2024, 3, 6)),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345.0, "12345"),
        (0.1 + 0.2, "0.3"),
        (-5.0, "-5"),
        (True, "true"),
        (1e20, "1e+20"),
        (datetime(2024, 1, 2), "2024-01-02"),
        (None, ""),
    ],
)
def test_a_cell_as_text(value: object, text: str) -> None:
    assert plain(value) == text


def test_titles_and_empty_rows_and_columns_are_passed_over_and_rows_keep_their_numbers(
    tmp_path: Path,
) -> None:
    rows = [
        [None, "Clients of the year", None, date(2024, 1, 1)], [], [None, "name", None, "city"], [],
        [None, "Sawmill", None, "Ulm"], [None, "  "], [None, "Tannery", None, None],
    ]  # fmt: skip
    path = xlsx(tmp_path / "c.xlsx", {"A": rows})
    assert read(path) == [["name", "city"], ["Sawmill", "Ulm"], ["Tannery", None]]
    with open_db(tmp_path) as db:
        open_source(db, path, "t", tmp_path)
        assert [row for (row,) in db.execute("SELECT row FROM t ORDER BY row").fetchall()] == [5, 7]


def test_a_title_with_as_many_cells_as_fit_is_told_from_the_header_by_the_gap(tmp_path: Path) -> None:
    rows = [["Clients", "2024", "final"], [], ["id", "name", "city", "size"], ["1", "Sawmill", "Ulm", 3]]
    assert read(xlsx(tmp_path / "c.xlsx", {"A": rows}))[0] == ["id", "name", "city", "size"]


def test_a_column_without_a_name_has_that_of_the_sheet(tmp_path: Path) -> None:
    rows = [["id", "name", None], ["1", "Sawmill", "x"]]
    assert read(xlsx(tmp_path / "c.xlsx", {"A": rows}))[0] == ["id", "name", "column C"]


def test_merged_cells_of_a_header_name_the_columns_below(tmp_path: Path) -> None:
    def merge(sheets: dict[str, Worksheet]) -> None:
        sheet = sheets["A"]
        sheet.merge_range("A1:F1", "All of our clients")
        sheet.merge_range("A2:A3", "name")
        sheet.merge_range("B2:C2", "Seat")
        sheet.merge_range("D2:E2", "Branch")
        sheet.merge_range("F2:F3", "size")

    rows = [[], [], [None, "city", "street", "city", "phone"], ["Sawmill", "Ulm", "A 1", "Bonn", "1", 3]]
    found = read(xlsx(tmp_path / "c.xlsx", {"A": rows}, merge))
    assert found == [
        ["name", "Seat city", "street", "Branch city", "phone", "size"],
        ["Sawmill", "Ulm", "A 1", "Bonn", "1", "3"],
    ]


def test_a_merged_cell_is_the_value_of_all_rows_that_it_covers(tmp_path: Path) -> None:
    def merge(sheets: dict[str, Worksheet]) -> None:
        sheets["A"].merge_range("B2:B3", "Ulm")

    rows = [["name", "city"], ["Sawmill"], ["Tannery"], ["Mill", "Bonn"]]
    found = read(xlsx(tmp_path / "c.xlsx", {"A": rows}, merge))
    assert found[1:] == [["Sawmill", "Ulm"], ["Tannery", "Ulm"], ["Mill", "Bonn"]]


def test_formulas_count_by_their_values_and_errors_are_missing_and_counted(tmp_path: Path) -> None:
    def formulas(sheets: dict[str, Worksheet]) -> None:
        sheets["A"].write_formula("B2", "=1+1", None, 2)
        sheets["A"].write_formula("B3", "=NA()", None, "#N/A")
        sheets["A"].write_formula("C3", "=1/0", None, "#DIV/0!")

    path = xlsx(tmp_path / "c.xlsx", {"A": [["id", "n", "m"], ["1", None, 1], ["2"]]}, formulas)
    assert read(path)[1:] == [["1", "2", "1"], ["2", None, None]]
    source = opened(path, tmp_path)
    assert (source.errors, source.first_error) == (2, "B3")
    assert source.remarks() == [
        "2 cells of c.xlsx:A hold an error such as #N/A, the first one in B3: taken as missing."
    ]


def test_the_first_visible_sheet_with_cells_is_read_and_another_by_its_name(tmp_path: Path) -> None:
    def hide(sheets: dict[str, Worksheet]) -> None:
        sheets["Empty"].activate()
        sheets["Secret"].hide()

    sheets = {
        "Secret": [["id"], ["s"]],
        "Empty": [],
        "Clients": [["id"], ["c"]],
        "Past ones": [["id"], ["p"]],
    }
    path = xlsx(tmp_path / "c.xlsx", sheets, hide)
    assert read(path) == [["id"], ["c"]]
    assert read(with_sheet(path, "past ones")) == [["id"], ["p"]]
    assert read(with_sheet(path, "Secret")) == [["id"], ["s"]]
    source = opened(path, tmp_path)
    assert source.path == with_sheet(path, "Clients")
    assert source.remarks() == ["c.xlsx:Clients was read; the workbook has further sheets: Empty, Past ones."]


def test_a_path_names_a_file_and_perhaps_a_sheet() -> None:
    path = Path("a/b.XLSX:Past ones")
    assert (file_of(path), sheet_of(path)) == (Path("a/b.XLSX"), "Past ones")
    assert (file_of(Path("a:b.csv")), sheet_of(Path("a:b.csv"))) == (Path("a:b.csv"), "")
    assert with_sheet(path, "x") == Path("a/b.XLSX:x")


ERRORS = {
    "no sheet": ("c.xlsx:Cleints", "there is no sheet 'Cleints'", "Did you mean Clients?"),
    "no cells": ("c.xlsx:Empty", "the sheet 'Empty' has no cells", "c.xlsx:Clients"),
    "hidden": ("hidden.xlsx", "no sheet that is not hidden has any cells", "hidden.xlsx:Secret"),
    "nothing": ("nothing.xlsx", "no sheet that is not hidden has any cells", "header and rows"),
    "csv": ("c.csv:A", "there is no such file", "Check"),
    "text": ("text.xlsx:A", "this is no workbook, so it has no sheet 'A'", "Give text.xlsx alone"),
    "archive": ("archive.xlsx", "this is an archive without a workbook in it", "Unpack"),
    "cut": ("cut.xlsx", "the workbook cannot be read", "cut off"),
    "locked": ("locked.xlsx", "protected by a password", "remove the password"),
    "locked 97": ("locked.xls", "protected by a password", "remove the password"),
    "page": ("page.xls", "this is a web page", "save it as .xlsx"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_read_says_so_in_one_line_with_a_remedy(tmp_path: Path, case: str) -> None:
    good = xlsx(tmp_path / "c.xlsx", {"Clients": CLIENTS, "Empty": []})
    xlsx(tmp_path / "hidden.xlsx", {"Empty": [], "Secret": CLIENTS}, lambda sheets: sheets["Secret"].hide())
    xlsx(tmp_path / "nothing.xlsx", {"A": []})
    (tmp_path / "text.xlsx").write_text("id,name\n1,a\n", "utf-8")
    (tmp_path / "cut.xlsx").write_bytes(good.read_bytes()[:2000])
    (tmp_path / "locked.xlsx").write_bytes(compound({"EncryptedPackage": b"x", "EncryptionInfo": b"y"}))
    xls(tmp_path / "locked.xls", "A", CLIENTS, locked=True)
    (tmp_path / "page.xls").write_text("<html><table><tr><td>id</td></tr></table></html>", "utf-8")
    with zipfile.ZipFile(tmp_path / "archive.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    path, problem, remedy = ERRORS[case]
    error = refused(tmp_path / path)
    assert problem in error.problem
    assert remedy in error.remedy
    assert str(file_of(tmp_path / path)) in error.where
    assert "\n" not in str(error)


def test_a_damaged_workbook_is_refused_and_never_a_crash(tmp_path: Path) -> None:
    good = xlsx(tmp_path / "c.xlsx", {"Clients": CLIENTS}).read_bytes()
    old = xls(tmp_path / "c.xls", "A", CLIENTS).read_bytes()
    draw = random.Random(3)  # noqa: S311
    for at in range(40):
        content = bytearray(good if at % 2 else old)
        for _ in range(8):
            content[draw.randrange(8, len(content))] = draw.randrange(256)
        path = tmp_path / f"bad{at}.xlsx"
        path.write_bytes(content)
        try:
            read_list(path)
        except InputError as error:
            assert error.remedy


def test_errors_of_a_register_name_file_sheet_row_and_column(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Companies"], [], ["company_id", "name", "size"]]
    rows += [[f"C{i:03}", f"Firm {i} {'ABCD'[i % 4]}", i * i] for i in range(60)]
    rows += [["C005", "Twice", 7], [None, "Nobody", 8]]
    path = xlsx(tmp_path / "c.xlsx", {"Companies": rows})
    register, noise = ingest(path, None, tmp_path)
    assert register.n_companies == 60
    assert any("row 65" in str(each.examples) for each in noise.findings)
    assert any("row 64" in str(each.examples) for each in noise.findings)


def table_of(seed: int) -> tuple[list[str], list[list[object]]]:
    """A table of columns of one kind each, with gaps; whatever is drawn is written alike in CSV and by Excel."""
    draw = random.Random(seed)  # noqa: S311
    kinds: dict[str, Callable[[], object]] = {
        "text": lambda: draw.choice(
            ["Ulm", "Bonn", "007", "1e5", "=x", "a,b;c", 'q"q', "ä ö", "N/A", "12.5.2020"]
        ),
        "whole": lambda: draw.randint(-1000, 10**6),
        "number": lambda: round(draw.uniform(-1e6, 1e6), 2),
        "day": lambda: date(1990, 1, 1) + timedelta(days=draw.randint(0, 15_000)),
        "flag": lambda: draw.random() < 0.5,
        "mixed": lambda: draw.choice(["x1", 12, 1.5, date(2020, 1, 2), True]),
    }
    chosen = [draw.choice(sorted(kinds)) for _ in range(draw.randint(1, 6))]
    gaps = [draw.choice([0, 0.1, 0.6]) for _ in chosen]
    rows = [
        [
            f"C{at:03}",
            f"Firm {at}",
            *(None if draw.random() < gap else kinds[kind]() for kind, gap in zip(chosen, gaps, strict=True)),
        ]
        for at in range(draw.randint(12, 60))
    ]
    return ["company_id", "name", *(f"{kind} {at}" for at, kind in enumerate(chosen))], rows


def in_csv(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    texts = [
        [None if cell is None else plain(float(cell) if type(cell) is int else cell) for cell in row]
        for row in rows
    ]
    pd.DataFrame(texts).to_csv(path, index=False, header=list(header), encoding="utf-8")
    return path


@pytest.mark.parametrize("seed", range(30))
def test_a_workbook_and_a_csv_of_one_table_have_the_same_cells(seed: int, tmp_path: Path) -> None:
    header, rows = table_of(seed)
    assert read(xlsx(tmp_path / "c.xlsx", {"A": [header, *rows]})) == read(
        in_csv(tmp_path / "c.csv", header, rows)
    )


@pytest.mark.parametrize("seed", range(6))
def test_a_workbook_and_a_csv_of_one_table_give_one_register(seed: int, tmp_path: Path) -> None:
    header, rows = table_of(seed)
    one, other = (tmp_path / name for name in ("one", "other"))
    one.mkdir()
    other.mkdir()
    first = ingest(xlsx(one / "c.xlsx", {"A": [header, *rows]}), None, one)[0]
    second = ingest(in_csv(other / "c.csv", header, rows), None, other)[0]
    assert [(each.name, each.role) for each in first.columns] == [
        (each.name, each.role) for each in second.columns
    ]
    used = [each.name for each in first.columns if each.role is not Role.IGNORED]
    assert first.read(*used).to_pydict() == second.read(*used).to_pydict()


def test_a_sheet_with_more_columns_than_are_understood_is_read_as_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [["customer_id", *(f"item {at}" for at in range(1100))]]
    rows += [[f"K{row}", *([row % 2] * 1100)] for row in range(30)]
    path = xlsx(tmp_path / "w.xlsx", {"A": rows})
    assert is_wide(path)
    found = read_wide(path, TableOptions(table="customers"))
    assert found.cases.features.shape == (30, 1100)
    assert found.cases.ids[3] == "K3"


def test_the_role_of_a_code_is_not_that_of_a_number(tmp_path: Path) -> None:
    rows = [
        ["company_id", "name", "postcode"],
        *([f"C{at:03}", f"Firm {at}", f"0{1000 + at * 37}"] for at in range(40)),
    ]
    register, _ = ingest(xlsx(tmp_path / "c.xlsx", {"A": rows}), None, tmp_path)
    assert register.column("postcode").role is Role.POSTCODE
    assert register.read("postcode").column(0)[0].as_py() == "01000"


def test_numbers_among_texts_are_written_as_the_texts_are() -> None:
    kinds = Kinds()
    kinds.look([1.5, "2.5", "1,234.50"])
    assert kinds.decimal == "."
    kinds.look(["1,5", "2.000,75", "7,1"])
    assert kinds.decimal == ","
