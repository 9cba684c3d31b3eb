"""A source held in memory as codes and distinct values, against what SQL and pandas say of the same file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from graphlead.core.noise import Noise
from graphlead.engines.duckdb import Db, open_db, run, table
from graphlead.engines.names import install
from graphlead.ingest import held as holding
from graphlead.ingest import ingest, twins
from graphlead.ingest.held import Held, Values, hold, values_of
from graphlead.ingest.open_file import open_source
from graphlead.ingest.written import write_columns

FRAME = pd.DataFrame({
    "company_id": ["b", " a", "c\u00a0", "a", None, "  "],
    "size": [3, 1, 3, None, 2, 1],
    "open": [True, None, False, True, True, None],
    "since": pd.to_datetime(["2001-02-03", None, "2001-02-03", "1999-01-01", None, None]),
})  # fmt: skip


@pytest.fixture
def db() -> Iterator[Db]:
    with open_db() as opened:
        yield opened


def held_of(db: Db, frame: pd.DataFrame, folder: Path) -> Held:
    folder.mkdir(exist_ok=True)
    frame.to_parquet(folder / "in.parquet", index=False)
    return hold(db, open_source(db, folder / "in.parquet", "given", folder), folder).register(db)


def test_the_view_in_memory_is_that_of_the_file(db: Db, tmp_path: Path) -> None:
    held = held_of(db, FRAME, tmp_path / "x")
    query = "SELECT row, {} FROM {} ORDER BY row"
    columns = ", ".join(held.columns)
    assert run(db, query.format(columns, held.view)) == run(db, query.format(columns, "given"))
    assert held.rows_of(np.array([2, 3]), raw=True)["c0"].to_pylist() == [" a", "c\u00a0"]
    assert held.rows_of(np.array([2, 6]))["c0"].to_pylist() == ["a", None]


def test_the_cells_say_how_many_rows_have_each_value(db: Db, tmp_path: Path) -> None:
    held = held_of(db, FRAME, tmp_path / "x")
    for column in held.columns:
        counted = (
            f"SELECT {column}, count(*) AS n FROM given WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        assert run(db, f"SELECT * FROM {held.cells(column)} ORDER BY 1") == run(db, counted)
        one = f"SELECT count({column}), count(DISTINCT {column}) FROM given"
        assert [held.filled_and_distinct(db, column)] == run(db, one)


def test_columns_beyond_the_budget_are_mapped_and_the_same(
    db: Db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = held_of(db, FRAME, tmp_path / "x")
    first = run(db, f"SELECT * FROM {whole.view}")
    whole.release(db)
    run(db, "DROP VIEW given; DROP VIEW given_raw; DROP VIEW given_file")
    monkeypatch.setattr(holding, "share_of_budget", lambda *_: 0)
    parked = held_of(db, FRAME, tmp_path / "y")
    assert run(db, f"SELECT * FROM {parked.view}") == first
    assert len(list((tmp_path / "y").glob("given_c0*"))) == 4


def test_a_sample_has_the_same_rows_in_whatever_order(db: Db, tmp_path: Path) -> None:
    frame = pd.DataFrame({"company_id": [f"C{i}" for i in range(4000)], "tier": ["a", "b"] * 2000})
    samples = []
    for name, rows in (("x", frame), ("y", frame.sample(frac=1, random_state=3))):
        held = held_of(db, rows, tmp_path / name)
        found = table(db, f"SELECT c0 FROM {held.sample(db, 10)}")["c0"].to_pylist()
        samples.append(sorted(found))
        run(db, "DROP VIEW given; DROP VIEW given_raw; DROP VIEW given_file")
    assert samples[0] == samples[1]
    # Of 4,000 rows one in ten, within four standard deviations of a binomial number.
    assert abs(len(samples[0]) - 400) < 4 * np.sqrt(400 * 0.9)


def test_values_replaced_become_one_where_they_are_equal() -> None:
    values = values_of(pa.chunked_array([["x", "y", None, "z", "x"]]))
    through = values.through(pa.array(["s", "t", "s"]))
    assert through.spread(through.distinct).to_pylist() == ["s", "t", None, "s", "s"]
    assert through.times.tolist() == [3, 1]
    through = values.through(pa.array([None, "t", "s"]))
    assert through.spread(through.distinct).to_pylist() == [None, "t", None, "s", None]
    assert values.through(values.distinct) is values


def test_columns_are_written_as_they_are_whether_coded_or_plain(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    few = values_of(pa.chunked_array([["a", None, "b"] * 1000]))
    many = values_of(pa.chunked_array([[f"t{i}" for i in range(3000)]]))
    numbers = pa.array(rng.normal(size=3000))
    order = rng.permutation(3000)[:2500]
    columns: dict[str, Values | pa.Array] = {"few": few, "many": many, "number": numbers}
    write_columns(columns, order, tmp_path / "out.parquet")
    read = pq.read_table(tmp_path / "out.parquet")
    assert read.schema.types == [pa.string(), pa.string(), pa.float64()]
    for name, column in columns.items():
        plain = column.spread(column.distinct) if isinstance(column, Values) else column
        assert read[name].to_pylist() == [plain[int(i)].as_py() for i in order]


def noise_of(folder: Path, links: pd.DataFrame) -> Noise:
    folder.mkdir()
    companies = pd.DataFrame({
        "company_id": [f"C{i}" for i in range(6)], "name": [f"Firm {i}" for i in range(6)], "country": ["AT", "DE"] * 3,
    })  # fmt: skip
    companies.to_csv(folder / "companies.csv", index=False)
    links.to_csv(folder / "links.csv", index=False)
    return ingest(folder / "companies.csv", folder / "links.csv", folder)[1]


def test_links_in_any_order_and_number_of_copies_are_the_same_links(tmp_path: Path) -> None:
    rows = [
        ("C1", "B", "C2", "owns", "60", "2001-02-03"), ("C1", "A", "C2", "owns", "60", "2001-02-03"),
        ("C1", "A", "C2", "owns", "60", ""), ("C1", "A", "C2", "owns", "", ""), ("C1", "A", "C2", "owns", "50", ""),
        ("C2", "", "C1", "supplies", "", ""), ("H", "Holder", "C2", "owns", "70", ""), ("", "Jane", "C3", "", "", ""),
    ]  # fmt: skip
    columns = ["source_id", "source_name", "target_id", "kind", "share", "date"]
    links = pd.DataFrame(rows, columns=columns)
    first = noise_of(tmp_path / "x", links)
    noise_of(tmp_path / "y", pd.concat([links, links]).sample(frac=1, random_state=2))
    read = [pq.read_table(tmp_path / name / "links.parquet") for name in "xy"]
    assert read[0].equals(read[1])
    found = read[0].select(["source_id", "target_id", "share_low", "source_name"]).to_pylist()
    assert [tuple(each.values()) for each in found] == [
        ("C1", "C2", 0.5, "A"), ("C1", "C2", 0.6, "A"), ("C1", "C2", 0.6, "A"), ("C1", "C2", None, "A"),
        ("C2", "C1", None, None), ("H", "C2", 0.7, "Holder"), ("Jane", "C3", None, "Jane"),
    ]  # fmt: skip
    counts = {finding.check: finding.count for finding in first.findings}
    assert (counts["duplicate links"], counts["holders"], counts["sums of shares"]) == (1, 2, 1)


def test_names_without_legal_forms_are_those_of_the_macros(db: Db) -> None:
    names = [
        "Müller & Söhne GmbH", "A.B. Foods Ltd.", "J P Morgan S.A.", "The Old Co", "GmbH", "!!!", "Ltd Service B.V.",
        "Straße und Ø AG & Co. KG", "株式会社日立", "x" * 300 + " GmbH", "Fund X S.A.", "Mazczyk Sp. j.", "it's & co",
    ]  # fmt: skip
    values = values_of(pa.chunked_array([[*names, None]]))
    install(db)
    cores = twins._cores(db, values)
    expected = twins._one_by_one(db, pa.array(names)).to_pylist()
    assert cores.spread(cores.distinct).to_pylist() == [*expected, None]
    assert expected[0] == "muller sohne"
    assert expected[5] is None
