"""Dirt planted in a register: all of it found, nothing else, and nothing dropped silently."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.compute as pc
import pytest

from graphlead.core.errors import InputError, RunFolderError
from graphlead.core.noise import Finding, Noise
from graphlead.core.register import Register, Role
from graphlead.ingest import ingest, load_noise, load_register
from graphlead.ingest.outliers import find_outliers

N = 200


def clean_frame() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "company_id": [f"C{i:03d}" for i in range(N)],
            "name": [f"Firm {i}" for i in range(N)],
            "country": rng.choice(["NA", "DE"], N),
            "city": rng.choice(["Ulm", "Bonn"], N),
            "employees": rng.lognormal(3, 1, N).round().astype(int).astype(str),
            "founded": [f"{1950 + i % 60}-0{1 + i % 9}-11" for i in range(N)],
            "tier": rng.choice(["gold", "silver"], N),
        }
    )


def run(tmp_path: Path, frame: pd.DataFrame) -> tuple[Register, Noise]:
    frame.to_csv(tmp_path / "in.csv", index=False)
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return ingest(tmp_path / "in.csv", None, work)


def findings(noise: Noise, *but: str) -> dict[str, Finding]:
    return {finding.check: finding for finding in noise.findings if finding.check not in but}


def set_aside(noise: Noise) -> list[tuple[str, int, str]]:
    table = pd.read_parquet(noise.set_aside)
    return list(zip(table["table"], table["row"], table["reason"], strict=True))


def test_a_clean_register_has_no_findings(tmp_path: Path) -> None:
    register, noise = run(tmp_path, clean_frame())
    assert findings(noise, "outliers") == {}
    assert noise.n_set_aside == len(set_aside(noise)) == 0
    assert register.n_companies == N
    assert register.ids().to_pylist() == list(clean_frame()["company_id"])
    assert register.n_links == 0
    assert register.read_links().column_names == [
        "source_id", "target_id", "kind", "share_low", "share_high", "date", "source_name", "source_type", "source",
        "target",
    ]  # fmt: skip


def test_namibia_stays(tmp_path: Path) -> None:
    register, _ = run(tmp_path, clean_frame())
    assert register.read("country")["country"].to_pylist() == list(clean_frame()["country"])


def test_repeated_and_missing_ids_are_set_aside(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[10] = frame.loc[4]
    frame.loc[20, "company_id"] = "C005"
    frame.loc[20, "tier"] = None
    frame.loc[30, "company_id"] = None
    register, noise = run(tmp_path, frame)
    found = findings(noise, "outliers")
    assert {check: (f.count, f.action) for check, f in found.items()} == {
        "duplicate rows": (1, "set aside"),
        "duplicate ids": (1, "set aside"),
        "missing ids": (1, "set aside"),
    }
    assert found["duplicate ids"].examples == ("row 21: C005, the id of row 6 with other values",)
    assert set_aside(noise) == [
        ("companies", 11, "the same row as row 5"),
        ("companies", 21, "the id of row 6 with other values"),
        ("companies", 31, "no company id"),
    ]
    record = json.loads(pd.read_parquet(noise.set_aside)["record"][1])
    assert (record["company_id"], record["name"]) == ("C005", "Firm 20")
    kept = frame.drop([10, 20, 30])["company_id"]
    assert register.ids().to_pylist() == list(kept)


def test_shuffled_rows_make_the_same_register(tmp_path: Path) -> None:
    """Of rows with the same id the fullest stays, of equally full ones always the same."""
    frame = clean_frame()
    frame.loc[20, "company_id"] = frame.loc[40, "company_id"] = "C005"
    frame.loc[20, "tier"] = frame.loc[5, "tier"] = None
    frame.loc[41, ["company_id", "name"]] = ["C007", "Other"]
    register, noise = run(tmp_path, frame)
    first = register.read()
    assert first.num_rows == N - 3
    assert first.filter(pc.equal(first["company_id"], "C005"))["name"].to_pylist() == ["Firm 40"]
    reasons = {reason.partition(" of row ")[2] for table, row, reason in set_aside(noise)}
    for seed in range(3):
        shuffled, _ = run(tmp_path, frame.sample(frac=1, random_state=seed))
        assert shuffled.read().equals(first)
    assert reasons >= {"41 with other values"}


def test_values_that_cannot_be_are_made_missing(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[3, "founded"] = "2011-02-31"
    frame.loc[4, "founded"] = "9999-12-31"
    frame.loc[5, "employees"] = "many"
    frame.loc[6, "employees"] = "nan"
    frame.loc[7, "employees"] = "inf"
    frame.loc[8, "tier"] = "n/a"
    frame.loc[9, "tier"] = "NA"
    register, noise = run(tmp_path, frame)
    found = findings(noise, "outliers")
    assert {check: (f.count, f.column, f.action) for check, f in found.items()} == {
        "broken dates": (2, "founded", "made missing"),
        "broken numbers": (1, "employees", "made missing"),
        "not finite": (2, "employees", "made missing"),
        "placeholder values": (2, "tier", "made missing"),
    }
    assert found["broken dates"].examples == ("row 4: 2011-02-31", "row 5: 9999-12-31")
    assert [(row, reason) for _, row, reason in set_aside(noise)] == [
        (4, 'founded: "2011-02-31" is no date; made missing'),
        (5, 'founded: "9999-12-31" is no date; made missing'),
        (6, 'employees: "many" is no number; made missing'),
    ]
    table = register.read()
    assert [i for i, day in enumerate(table["founded"].to_pylist()) if day is None] == [3, 4]
    assert [i for i, size in enumerate(table["employees"].to_pylist()) if size is None] == [5, 6, 7]
    assert [i for i, tier in enumerate(table["tier"].to_pylist()) if tier is None] == [8, 9]
    assert register.column("tier").missing == pytest.approx(2 / N)


def test_twins_under_different_ids_are_reported_and_kept(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[[50, 60], ["name", "city", "country"]] = [
        ["Müller & Co. GmbH", "Ulm", "DE"],
        ["MULLER", "Ulm", "DE"],
    ]
    frame.loc[70, ["name", "city", "country"]] = ["Muller", "Bonn", "DE"]
    register, noise = run(tmp_path, frame)
    found = findings(noise, "outliers")
    assert found["same name and place"].count == 2
    assert found["same name and place"].examples == ("Müller & Co. GmbH: 2 companies (C050, C060)",)
    assert register.n_companies == N


def test_useless_columns_are_ignored_and_reported(tmp_path: Path) -> None:
    frame = clean_frame()
    frame["origin"] = "crm"
    frame["note"] = None
    frame.loc[0, "note"] = None
    register, noise = run(tmp_path, frame)
    found = findings(noise, "outliers")
    assert (found["constant column"].column, found["near-empty column"].column) == ("origin", "note")
    assert {c.name for c in register.columns if c.role is Role.IGNORED} == {"origin", "note"}


def test_a_name_of_5000_characters_is_kept_and_reported(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[2, "name"] = "x y" * 1667
    register, noise = run(tmp_path, frame)
    assert findings(noise)["long names"].count == 1
    assert register.read("name")["name"][2].as_py() == "x y" * 1667


def test_rows_that_cannot_be_split_are_set_aside(tmp_path: Path) -> None:
    lines = clean_frame().to_csv(index=False).splitlines()
    lines[8] += ",too,many"
    (tmp_path / "in.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    register, noise = ingest(tmp_path / "in.csv", None, tmp_path)
    assert register.n_companies == N - 1
    assert set_aside(noise) == [("companies", 8, "9 fields where the header has 7")]
    assert findings(noise)["unreadable rows"].examples == ("row 8: 9 fields where the header has 7",)


def planted_numbers() -> npt.NDArray[np.float32]:
    rng = np.random.default_rng(5)
    values = np.stack([rng.lognormal(3, 1, 2000), rng.normal(50, 5, 2000), rng.lognormal(8, 1, 2000)], axis=1)
    values[100] = [1e9, 50, 3000]
    values[200] = [20, -900, 3000]
    values[300, 0] = np.nan
    return values.astype(np.float32)


def test_planted_outliers_are_found_with_the_column_that_stands_out() -> None:
    found = find_outliers(planted_numbers(), seed=0)
    assert {int(row): int(column) for row, column in zip(found.rows, found.columns, strict=True)} == {
        100: 0,
        200: 1,
    }


def test_outliers_are_the_same_for_the_same_seed() -> None:
    first, second = find_outliers(planted_numbers(), seed=7), find_outliers(planted_numbers(), seed=7)
    assert first.rows.tolist() == second.rows.tolist()


def test_outliers_are_reported_by_id(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[77, "employees"] = "1000000000000"
    _, noise = run(tmp_path, frame)
    assert findings(noise)["outliers"].examples[0] == "C077: employees 1e+12"


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    frame = clean_frame()
    frame.loc[3, "founded"] = "soon"
    register, noise = run(tmp_path, frame)
    work = tmp_path / "work"
    assert (load_register(work), load_noise(work)) == (register, noise)
    names = {path.name for path in work.iterdir()}
    assert names == {"companies.parquet", "links.parquet", "set_aside.parquet", "columns.json", "noise.json"}
    moved = work.rename(tmp_path / "final")
    assert load_register(moved).read().equals(pd_table(moved))
    with pytest.raises(RunFolderError, match="this part of the run is missing"):
        load_register(work)


def pd_table(work: Path) -> object:
    import pyarrow.parquet as pq

    return pq.read_table(work / "companies.parquet")


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    register, _ = run(tmp_path, clean_frame())
    first = register.companies.read_bytes()
    register, _ = run(tmp_path, clean_frame())
    assert register.companies.read_bytes() == first


def test_progress_is_reported(tmp_path: Path) -> None:
    clean_frame().to_csv(tmp_path / "in.csv", index=False)
    reported: list[tuple[float, float]] = []
    ingest(
        tmp_path / "in.csv",
        None,
        tmp_path,
        progress=lambda done, total, note="": reported.append((done, total)),
    )
    assert reported == sorted(reported)
    assert reported[-1][0] == reported[-1][1]


ERRORS = {
    "empty": ("", "the file is empty"),
    "blank": ("\n \n", "the file is empty"),
    "header only": ("company_id,name\n", "only a header"),
    "wrong delimiter": ("company_id:name\n1:A\n1:B\n", "Only one column was found"),
    "no header": ("4711,Acme,2.5\n4712,Bolt,3.5\n", "looks like values, not column names"),
    "no id": ("town,city\nA,Ulm\nA,Ulm\n", "no column can serve as the company id"),
    "blank ids": ("company_id,city\n,A\n,B\n", "id"),
    "unclosed quote": (
        'company_id,name\n1,A\n2,"B\n' + "".join(f"{i},N\n" for i in range(3, 40)),
        "opened in row 2",
    ),
    "mostly ragged": ("company_id,name\n1,A,x\n2,B,x\n3,C\n", "most rows cannot be read: row 1 has 3 fields"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_bad_files_are_refused_with_a_reason(tmp_path: Path, case: str) -> None:
    content, message = ERRORS[case]
    path = tmp_path / "companies.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message) as refused:
        ingest(path, None, tmp_path)
    assert "companies.csv" in refused.value.where
    assert refused.value.remedy
    assert [left.name for left in tmp_path.iterdir()] == ["companies.csv"]


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path: Path) -> None:
    clean_frame().to_csv(tmp_path / "in.csv", index=False)
    with pytest.raises(RunFolderError, match="cannot be written to"):
        ingest(tmp_path / "in.csv", None, tmp_path / "in.csv" / "nowhere")


def test_bad_paths_are_refused_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "companies.csv").write_text("company_id\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no such file.*Did you mean companies.csv"):
        ingest(tmp_path / "companie.csv", None, tmp_path)
    with pytest.raises(InputError, match="this is a folder"):
        ingest(tmp_path, None, tmp_path)
    fake = tmp_path / "companies.parquet"
    fake.write_text("company_id\n1\n", encoding="utf-8")
    with pytest.raises(InputError, match="the name ends like a Parquet file's"):
        ingest(fake, None, tmp_path)
    fake.write_bytes(b"PAR1 cut off")
    with pytest.raises(InputError, match="cannot be read"):
        ingest(fake, None, tmp_path)
    (tmp_path / "book.xlsx").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(InputError, match=r"workbook cannot be read.*save it as .xlsx or CSV"):
        ingest(tmp_path / "book.xlsx", None, tmp_path)
    (tmp_path / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00\x00")
    with pytest.raises(InputError, match="cannot be unpacked"):
        ingest(tmp_path / "cut.csv.gz", None, tmp_path)
    (tmp_path / "noise.csv").write_bytes(bytes(range(256)) * 4)
    with pytest.raises(InputError, match="not a text file"):
        ingest(tmp_path / "noise.csv", None, tmp_path)
