"""Whatever the delimiter, encoding, quoting and line ends, the strings that were written come back."""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphlead.core.errors import InputError
from graphlead.ingest import read_list
from graphlead.ingest.delimited import read_delimited

WESTERN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789äöüßéèáñåøÄÖÜÉ &.,;|\t\"'-/()\n"
CELL = st.text(alphabet=WESTERN, max_size=25)
ANY_CELL = st.text(
    alphabet=st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufeff\u2028\u2029\x85"),
    max_size=25,
)


def tables(cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=12)
    )


def written(rows: list[list[str]], delimiter: str, quoting: int, line_end: str) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line_end)
    writer.writerow([f"column {i}" for i in range(len(rows[0]))])
    writer.writerows(rows)
    return text.getvalue()


def expected(rows: list[list[str]]) -> list[list[str | None]]:
    return [[cell or None for cell in row] for row in rows]


def cells_of(frame: pd.DataFrame) -> list[list[str | None]]:
    return [[None if pd.isna(cell) else cell for cell in row] for row in frame.to_numpy()]


def read_back(content: bytes) -> pd.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        path.write_bytes(content)
        return read_list(path)


@settings(max_examples=60, deadline=None)
@given(
    rows=tables(ANY_CELL),
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    zipped=st.booleans(),
)
def test_unicode_files_come_back(
    *, rows: list[list[str]], delimiter: str, quoting: int, line_end: str, encoding: str, zipped: bool
) -> None:
    content = written(rows, delimiter, quoting, line_end).encode(encoding)
    frame = read_back(gzip.compress(content) if zipped else content)
    assert cells_of(frame) == expected(rows)


@settings(max_examples=40, deadline=None)
@given(rows=tables(CELL), delimiter=st.sampled_from(",;\t|"), encoding=st.sampled_from(["cp1252", "latin-1"]))
def test_western_files_come_back(rows: list[list[str]], delimiter: str, encoding: str) -> None:
    # A page of ordinary words surrounds the random cells, as it would in a real list.
    rows = [["Müller Söhne"] * len(rows[0]), *rows, ["Société Générale"] * len(rows[0])]
    frame = read_back(written(rows, delimiter, csv.QUOTE_ALL, "\r\n").encode(encoding))
    assert cells_of(frame) == expected(rows)


def test_a_single_column_with_commas_stays_one_column(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text("name\nAcme, Inc\nMüller; Söhne\n", encoding="utf-8")
    assert list(read_list(path)["name"]) == ["Acme, Inc", "Müller; Söhne"]


def test_lists_keep_na_zeros_and_blanks(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('\ufeff name ;plz;country\n"Acme ";01067;NA\nB;;"null"\n', encoding="utf-8")
    frame = read_list(path)
    assert list(frame.columns) == ["name", "plz", "country"]
    assert cells_of(frame) == [["Acme ", "01067", "NA"], ["B", None, "null"]]
    assert all(isinstance(kind, pd.StringDtype) for kind in frame.dtypes)


def test_lists_read_parquet_as_strings(tmp_path: Path) -> None:
    path = tmp_path / "list [2024].parquet"
    frame = pd.DataFrame(
        {"code": [7.0, None], "won": pd.to_datetime(["2024-02-03", None]), "name": ["", "NA"]}
    )
    frame.to_parquet(path)
    assert cells_of(read_list(path)) == [["7", "2024-02-03", None], [None, None, "NA"]]


def test_a_list_with_a_ragged_row_is_refused_with_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,city\nA,Bonn\nAcme, Inc,Berlin\nC,Ulm\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 2.*3 fields where the header has 2"):
        read_list(path)


def test_row_numbers_count_the_rows_that_were_rejected(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    path = tmp_path / "rows.csv"
    lines = [f"{i},x" if i not in (3, 4, 7) else f"{i},x,y" for i in range(1, 11)]
    path.write_text("a,b\n" + "\n".join(lines) + "\n", encoding="utf-8")
    found = read_delimited(path, tmp_path)
    assert [bad.row for bad in found.rejected] == [3, 4, 7]
    table = pq.read_table(found.parquet)
    assert table["row"].to_pylist() == [int(a) for a in table["c0"].to_pylist()] == [1, 2, 5, 6, 8, 9, 10]


def test_rows_longer_than_a_block_are_read(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b\n1," + "x" * 5_000_000 + "\n2,y\n", encoding="utf-8")
    assert read_delimited(path, tmp_path).rows == 2


def test_damaged_utf8_is_read_with_the_damage_counted(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    good = "\n".join(f"Müller {i},Köln" for i in range(40))
    path.write_bytes(b"name,city\n" + good.encode() + b"\nSoci\xe9t\xe9,Paris\n")
    found = read_delimited(path, tmp_path)
    assert (found.encoding, found.damaged) == ("utf-8", 2)


@pytest.mark.parametrize(
    ("text", "codec"),
    [("Завод имени Кирова, Москва, улица Ленина", "cp1251"), ("Łódź Spółka Żywiec Kraków święto", "cp1250")],
)
def test_other_scripts_are_distinguished_from_western(tmp_path: Path, text: str, codec: str) -> None:
    path = tmp_path / "east.csv"
    path.write_bytes(("name;id\n" + "\n".join(f"{text};{i}" for i in range(20))).encode(codec))
    assert set(read_list(path)["name"]) == {text}


def test_excel_may_announce_the_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("sep=;\nid;name\n1;A, B, C\n", encoding="utf-8")
    assert cells_of(read_list(path)) == [["1", "A, B, C"]]
