"""Files that no program should have written: what is refused names the row or the column, what can be borne is told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.errors import InputError
from graphlead.core.register import Role
from graphlead.ingest import delimited, ingest, read_list, understand

TABLE = pd.DataFrame(
    {
        "company_id": [f"C{i}" for i in range(60)],
        "name": [f"Firm {i} {'ABCDEF'[i % 6]}" for i in range(60)],
        "employees": [str(i * i) for i in range(60)],
    }
)


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_list(path)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("odd", ["1e39", "-1e300", "9" * 60, "1e308"])
def test_promise_9_a_number_beyond_all_size_is_made_missing(tmp_path: Path, odd: str) -> None:
    table = TABLE.copy()
    table.loc[3, "employees"] = odd
    table.to_csv(tmp_path / "c.csv", index=False)
    register, noise = ingest(tmp_path / "c.csv", None, tmp_path)
    assert register.column("employees").role is Role.NUMBER
    assert register.read("employees").column(0).null_count == 1
    (found,) = [finding for finding in noise.findings if finding.check == "not finite"]
    assert (found.column, found.count) == ("employees", 1)
    assert odd[:60] in found.examples[0]


@pytest.mark.parametrize("rows", [3, 5_000])
@pytest.mark.parametrize("quote", ["", '"'])
def test_promise_9_a_row_that_is_too_long_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: int, quote: str
) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 14)
    monkeypatch.setattr(delimited, "LONGEST_ROW", 1 << 20)
    text = (
        "id,name\n"
        + "".join(f"{i},x\n" for i in range(rows))
        + f"{rows},{quote}{'y' * (1 << 22)}{quote}\n1,z\n"
    )
    (tmp_path / "c.csv").write_text(text)
    error = refused(tmp_path / "c.csv")
    assert error.where == f"{tmp_path / 'c.csv'}, row {rows + 1}"
    assert error.problem == f"row {rows + 1} is longer than 1 MiB."


def test_promise_9_a_row_that_is_only_long_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 1 << 14)
    (tmp_path / "c.csv").write_text(f"id,name\n1,{'y' * 10**6}\n2,z\n")
    assert read_list(tmp_path / "c.csv")["name"].str.len().tolist() == [10**6, 1]


def test_promise_9_a_first_line_that_is_no_header_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graphlead.ingest.head.LONGEST_HEADER", 1 << 19)
    (tmp_path / "c.csv").write_text("id," + "x" * (1 << 20) + "\n1,2\n")
    assert refused(tmp_path / "c.csv").problem == "the first line is longer than 524,288 characters."


def test_promise_9_a_header_longer_than_the_head_of_a_file_is_read(tmp_path: Path) -> None:
    names = [f"{'n' * 600}{i}" for i in range(900)]
    (tmp_path / "c.csv").write_text(",".join(names) + "\n" + ",".join(map(str, range(900))) + "\n")
    assert list(read_list(tmp_path / "c.csv")) == names


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_promise_9_more_columns_than_are_understood_are_refused_before_they_are_read(
    tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"c.{form}"
    if form == "csv":
        path.write_text(",".join(f"n{i}" for i in range(6_000)) + "\n" + "1," * 5_999 + "1\n")
    else:
        pq.write_table(pa.table({f"n{i}": [1] for i in range(6_000)}), path)
    error = refused(path)
    assert error.problem == "there are 6,000 columns; at most 1,000 are read."
    assert "its id and its name" in error.remedy


@pytest.mark.parametrize("line", [1, 2, 40_000])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("codec", ["utf-8", "cp1252", "utf-16"])
def test_promise_9_a_zero_byte_is_refused_wherever_it_stands(
    tmp_path: Path, line: int, packed: bool, codec: str
) -> None:
    lines = ["id,name", *(f"{i},Möbel {i}" for i in range(40_000))]
    lines[line - 1] += "\0"
    content = "\n".join(lines).encode(codec)
    path = tmp_path / "c.csv"
    path.write_bytes(gzip.compress(content) if packed else content)
    error = refused(path)
    assert error.where == f"{path}, line {line}"
    assert "it holds a zero byte" in error.problem


def damaged(path: Path, column: int) -> Path:
    """A Parquet file with the first page of a column destroyed."""
    pq.write_table(pa.Table.from_pandas(TABLE), path, compression="zstd", use_dictionary=False)
    start = pq.read_metadata(path).row_group(0).column(column).data_page_offset
    content = bytearray(path.read_bytes())
    content[start + 40 : start + 60] = b"\xff" * 20
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("column", [0, 1, 2])
def test_promise_9_a_damaged_parquet_page_is_named_by_its_column(tmp_path: Path, column: int) -> None:
    path = damaged(tmp_path / "c.parquet", column)
    for read in (read_list, understand, lambda path: ingest(path, None, tmp_path / "work")):
        (tmp_path / "work").mkdir(exist_ok=True)
        with pytest.raises(InputError) as caught:
            read(path)
        assert caught.value.where == f"{path}, column {TABLE.columns[column]}"
        assert "the Parquet file cannot be read" in caught.value.problem
        assert "write it or fetch it again" in caught.value.remedy


def test_promise_9_a_damaged_page_of_the_links_is_named(tmp_path: Path) -> None:
    TABLE.to_csv(tmp_path / "c.csv", index=False)
    links = damaged(tmp_path / "links.parquet", 1)
    with pytest.raises(InputError) as caught:
        ingest(tmp_path / "c.csv", links, tmp_path)
    assert str(links) in caught.value.where


def test_promise_9_a_column_of_the_name_that_row_numbers_have_is_read_or_refused(tmp_path: Path) -> None:
    table = TABLE.rename(columns={"employees": "File_Row_Number"})
    table.to_csv(tmp_path / "c.csv", index=False)
    register, _ = ingest(tmp_path / "c.csv", None, tmp_path)
    assert register.column("File_Row_Number_2").role is Role.NUMBER
    table.to_parquet(tmp_path / "c.parquet", index=False)
    assert refused(tmp_path / "c.parquet").remedy == "Call it something else."
