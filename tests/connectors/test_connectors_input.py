"""Files that cannot be used: what is wrong, where, and what to do; and nothing half written."""

from __future__ import annotations

import gzip
import json
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import pytest

from graphlead.connectors.bods import read_bods
from graphlead.connectors.companies_house import read_companies_house
from graphlead.connectors.gleif import read_gleif
from graphlead.connectors.registry import CONNECTORS, reader
from graphlead.connectors.tables import Imported
from graphlead.core.contracts import silent
from graphlead.core.errors import InputError, RunFolderError

Reader = Callable[[Sequence[Path], Path], Imported]
READERS = {name: partial(reader(name), progress=silent) for name in CONNECTORS}
ENTITY = {"recordId": "a", "recordType": "entity", "statementDate": "2024-01-01",
          "recordDetails": {"entityType": {"type": "registeredEntity"}, "name": "A"}}  # fmt: skip
LINE = json.dumps(ENTITY) + "\n"
SAMPLES = {
    "bods": LINE,
    "old bods": '[{"statementID": "x", "statementType": "ownershipOrControlStatement"}]',
    "lei": "LEI,Entity.LegalName\n5299000000000000X001,A\n",
    "rr": "Relationship.StartNode.NodeID,Relationship.EndNode.NodeID,Relationship.RelationshipType,"
          "Relationship.RelationshipStatus\nA,B,IS_DIRECTLY_CONSOLIDATED_BY,ACTIVE\n",
    "exceptions": "LEI,Exception.Category,Exception.Reason.1\nA,DIRECT,NON_CONSOLIDATING\n",
    "company data": '"CompanyName"," CompanyNumber"\n"A","00000001"\n',
    "psc": '{"company_number":"00000001","data":{"kind":"totals#x"}}\n',
    "json": '{"a": 1}\n',
    "csv": "a,b\n1,2\n",
}  # fmt: skip


def write(tmp_path: Path, sample: str, name: str = "file.txt") -> Path:
    path = tmp_path / name
    path.write_text(SAMPLES.get(sample, sample), "utf-8")
    return path


def refused(reader: Reader, path: Path | list[Path], out: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        reader(path if isinstance(path, list) else [path], out)
    assert caught.value.remedy
    assert not out.exists() or list(out.iterdir()) == []
    return caught.value


@pytest.mark.parametrize(
    ("importer", "sample", "message"),
    [
        ("bods", "lei", "Use graphlead import gleif"),
        ("bods", "psc", "Use graphlead import companies-house"),
        ("bods", "old bods", "Convert it to BODS 0.4"),
        ("bods", "json", "JSON of no standard known here"),
        ("gleif", "company data", "Use graphlead import companies-house"),
        ("gleif", "exceptions", "Leave it out"),
        ("gleif", "csv", "a file of no standard known here"),
        ("gleif", "rr", "there are no GLEIF level 1 records"),
        ("companies-house", "bods", "Use graphlead import bods"),
        ("companies-house", "psc", "there are no Companies House company data"),
    ],
)
def test_a_file_of_another_standard_is_recognised_by_its_content(
    tmp_path: Path, importer: str, sample: str, message: str
) -> None:
    path = write(tmp_path, sample)
    error = refused(READERS[importer], path, tmp_path / "out")
    assert message in str(error)
    assert str(path) in error.where


@pytest.mark.parametrize(
    ("importer", "content", "column"),
    [
        ("gleif", "LEI,Entity.EntityStatus\nA,ACTIVE\n", "Entity.LegalName"),
        ("gleif", "Entity.LegalName\nA\n", "LEI"),
        ("companies-house", "CompanyNumber,RegAddress.PostTown\n1,LEEDS\n", "CompanyName"),
    ],
)
def test_a_missing_column_is_named(tmp_path: Path, importer: str, content: str, column: str) -> None:
    error = refused(READERS[importer], write(tmp_path, content), tmp_path / "out")
    assert f"the column {column}," in error.problem


def test_a_relationship_file_without_its_columns_is_named(tmp_path: Path) -> None:
    relations = write(
        tmp_path, "Relationship.StartNode.NodeID,Relationship.RelationshipType\nA,B\n", "rr.csv"
    )
    error = refused(read_gleif, [write(tmp_path, "lei"), relations], tmp_path / "out")
    assert "Relationship.EndNode.NodeID" in error.problem
    assert "rr.csv" in error.where


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (LINE * 4 + '{"recordId": "b", "recordType": }\n' + LINE, "line 5"),
        (LINE * 2 + "not json\n", "line 3"),
        (LINE + '{"recordId": "b", "recordType": "entity", "recordDetails": "text"}\n', "line 2"),
        (LINE + '{"recordId": "b", "recordDetails": {"interests": "none"}}\n', "line 2"),
        ("[" + LINE + "," + LINE[:30], "record"),
    ],
)
def test_broken_json_names_the_line(tmp_path: Path, content: str, place: str) -> None:
    error = refused(read_bods, write(tmp_path, content, "s.json"), tmp_path / "out")
    assert "s.json" in error.where
    assert place in error.where
    assert "scratch" not in str(error)
    assert "auto_detect" not in str(error)


def test_a_broken_line_in_an_archive_names_the_member_and_the_line(tmp_path: Path) -> None:
    packed = tmp_path / "psc.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("psc.txt", SAMPLES["psc"] + '{"company_number"\n')
    error = refused(read_companies_house, [write(tmp_path, "company data"), packed], tmp_path / "out")
    assert error.where == f"{packed}, psc.txt, line 2"
    assert str(tmp_path / "out") not in str(error)


def test_a_csv_line_of_another_width_is_named(tmp_path: Path) -> None:
    error = refused(read_gleif, write(tmp_path, SAMPLES["lei"] + "B\n", "lei.csv"), tmp_path / "out")
    assert "lei.csv, line 3" in error.where


def test_damaged_archives(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(SAMPLES["bods"].encode() * 5000)[:60])
    assert "unpacked" in refused(read_bods, cut, tmp_path / "out").problem
    broken = tmp_path / "broken.zip"
    broken.write_bytes(b"PK\x03\x04 and nothing more")
    assert "unpacked" in refused(read_bods, broken, tmp_path / "out").problem


@pytest.mark.parametrize("what", ["missing", "folder", "empty"])
def test_what_is_no_file_to_read(tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    if what == "folder":
        path.mkdir()
    if what == "empty":
        path.touch()
    assert str(path) in refused(read_bods, path, tmp_path / "out").where


def test_no_file_at_all(tmp_path: Path) -> None:
    assert "no companies" in refused(read_bods, [], tmp_path / "out").problem


def test_when_nothing_is_left_the_error_lists_what_was_set_aside(tmp_path: Path) -> None:
    closed = json.dumps(ENTITY | {"recordStatus": "closed"})
    error = refused(read_bods, write(tmp_path, closed), tmp_path / "out")
    assert "entity closed" in error.remedy


def test_a_failed_import_leaves_the_last_good_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = read_bods([write(tmp_path, LINE)], out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(before) == {"companies.parquet", "links.parquet", "set_aside.parquet"}
    with pytest.raises(InputError):
        read_bods([write(tmp_path, LINE + "{broken")], out)
    with pytest.raises(InputError):
        read_bods([write(tmp_path, json.dumps(ENTITY | {"recordStatus": "closed"}))], out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert done.companies == out / "companies.parquet"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(RunFolderError) as caught:
        read_bods([write(tmp_path, LINE)], tmp_path / "taken" / "out")
    assert caught.value.remedy


def test_paths_with_wildcards_and_quotes_are_taken_literally(tmp_path: Path) -> None:
    folder = tmp_path / "it's [1] *"
    folder.mkdir()
    done = read_bods([write(folder, LINE, "a?.json")], folder / "out")
    assert done.n_companies == 1


def test_progress_is_reported_to_its_end(tmp_path: Path) -> None:
    reported: list[tuple[float, float]] = []

    def progress(done: float, total: float, note: str = "") -> None:
        assert note
        reported.append((done, total))

    read_bods([write(tmp_path, LINE), write(tmp_path, LINE, "b.json")], tmp_path / "out", progress)
    assert reported == sorted(reported)
    assert {total for _, total in reported} == {5}
