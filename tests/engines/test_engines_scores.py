"""A run applied by an engine gives the scores of one machine bit by bit, and both engines the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from spark_engine import spark_master
from tiny import command

import graphlead
from graphlead.core.errors import SettingsError
from graphlead.engines.parquet import table_of
from graphlead.pipeline.distributed import score as distributed
from graphlead.runs import need

__all__ = ["spark_master"]

N = 240
EXACT = [
    "company_id",
    "score",
    "rank",
    "rank_all",
    "pagerank",
    "tabular",
    "tabular_graph",
    "gnn",
    "record_of",
]


def write_inputs(folder: Path) -> dict[str, Path]:
    """Companies with several trades in a cell, a town written in two ways, links of five kinds, dated clients, and
    leads that were rejected.
    """
    draw = np.random.default_rng(7)
    ids = np.array([f"C{i:03}" for i in range(N)])
    towns = draw.choice(["Ulm", "ULM ", "Bonn", "Kiel", "Trier"], N)
    trades = draw.choice(["food", "steel", "wood", "glass", "paper", "soap"], (N, 2))
    names = [f"{draw.choice(['Alder', 'Birch', 'Cedar', 'Elm', 'Fir'])} {draw.choice(['Works', 'Foods', 'Steel'])}"
             f" {draw.choice(['North', 'South', 'East', 'West'])} {i % 97} {draw.choice(['GmbH', 'AG'])}"
             for i in range(N)]  # fmt: skip
    companies = pd.DataFrame({
        "company_id": ids,
        "name": names,
        "country": draw.choice(["DE", "AT"], N),
        "city": towns,
        "postcode": [f"{town:02}{draw.integers(0, 3)}00" for town in draw.integers(10, 20, N)],
        "trades": [f"{one}; {two}" if one != two else one for one, two in trades],
        "employees": np.where(draw.random(N) < 0.1, np.nan, draw.integers(1, 900, N)),
        "founded": pd.to_datetime("1990-01-01") + pd.to_timedelta(draw.integers(0, 9000, N), "D"),
        "company": draw.choice(["red", "green", "blue"], N),
        "exports": draw.choice(["yes", "no"], N),
    })  # fmt: skip
    ends = draw.integers(0, N, (160, 2))
    outside = [f"H{i % 17}" for i in range(60)]
    links = pd.DataFrame({
        "source_id": [*ids[ends[:, 0]], *outside],
        "target_id": [*ids[ends[:, 1]], *ids[draw.integers(0, N, 60)]],
        "kind": [
            *np.resize(["owns", "same_address", "subsidiary_of", "supplies"], 160),
            *np.resize(["director", "owns"], 60),
        ],
        "share": [*np.resize([60, np.nan, np.nan, np.nan], 160), *np.resize([np.nan, 20], 60)],
        "source_type": [*["company"] * 160, *np.resize(["person", "holder"], 60)],
    })  # fmt: skip
    bought = np.flatnonzero((trades[:, 0] == "food") & (draw.random(N) < 0.7) | (draw.random(N) < 0.06))
    clients = pd.DataFrame({"company_id": ids[bought]})
    clients["since"] = [f"20{10 + i % 15}-03-0{1 + i % 9}" for i in range(len(bought))]
    others = np.setdiff1d(np.arange(N), bought)
    outcomes = pd.DataFrame({"company_id": ids[others[::12]], "outcome": "not a fit"})
    tables = {"companies": companies, "links": links, "clients": clients, "outcomes": outcomes}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return {name: folder / f"{name}.csv" for name in tables}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    graphlead.discover(**write_inputs(folder), out=folder / "run", folds=3, top=40, quiet=True)
    return folder / "run"


@pytest.fixture(scope="module")
def again(trained: Path) -> Path:
    """The run applied to the register without its first companies, as one machine does it."""
    folder = trained.parent
    newer = folder / "newer.csv"
    pd.read_csv(folder / "companies.csv", dtype=str).iloc[20:].to_csv(newer, index=False)
    done = command(
        "score", "--run", trained, "--companies", newer, "--links", folder / "links.csv", "--out", folder / "again",
        "--top", 40, "-q",
    )  # fmt: skip
    assert done == 0
    return folder / "again"


def by_engine(trained: Path, register: Path, out: Path, *options: str) -> int:
    files = ("--companies", register / "companies.parquet", "--links", register / "links.parquet")
    return command("score", "--run", trained, *files, "--out", out, "--top", 40, "-q", *options)


@contextmanager
def kept(patch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """Keep the tables of an engine in a folder."""

    @contextmanager
    def scratch(parent: Path) -> Iterator[Path]:
        folder.mkdir()
        yield folder

    patch.setattr(distributed, "scratch", scratch)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def local(trained: Path, again: Path) -> Path:
    """The same register scored by DuckDB, with its tables beside it."""
    with pytest.MonkeyPatch.context() as patch, kept(patch, trained.parent / "local-tables"):
        assert by_engine(trained, again / "register", trained.parent / "local", "--engine", "duckdb") == 0
    return trained.parent / "local"


@pytest.fixture(scope="module")
def spark(trained: Path, again: Path, spark_master: str) -> Path:
    """The same by Spark."""
    options = ("--engine", "spark", "--master", spark_master)
    with pytest.MonkeyPatch.context() as patch, kept(patch, trained.parent / "spark-tables"):
        assert by_engine(trained, again / "register", trained.parent / "spark", *options) == 0
    return trained.parent / "spark"


def assert_same(one: Path, other: Path) -> None:
    left, right = (pq.read_table(folder / "scores.parquet").to_pandas() for folder in (one, other))
    assert list(left) == list(right)
    pd.testing.assert_frame_equal(left[EXACT], right[EXACT], check_exact=True)
    leads, others = (pd.read_csv(folder / "leads.csv", dtype=str) for folder in (one, other))
    pd.testing.assert_frame_equal(leads[[name for name in leads if name in others]], others)


def test_duckdb_gives_the_scores_of_one_machine(again: Path, local: Path) -> None:
    assert_same(again, local)


def test_a_register_larger_than_memory_is_scored_by_duckdb(
    trained: Path,
    again: Path,
    local: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = trained.parent
    newer, links = folder / "newer.csv", ("--links", folder / "links.csv")
    files = ("--run", trained, "--companies", newer, "--top", 40)
    monkeypatch.setattr(need, "PER_COMPANY", 2**40)
    out = folder / "by-itself"
    assert command("score", *files, *links, "--out", out) == 0
    assert f"{newer} takes about " in (said := capsys.readouterr().err)
    assert "--engine duckdb scores it from disk, without reasons, report and store." in said
    assert_same(local, out)

    assert command("score", *files, "--out", folder / "no-links") == 2
    assert "Give links, for an engine to score it from disk, or go on by --force." in capsys.readouterr().err
    with pytest.raises(SettingsError, match="GiB are there"):
        graphlead.open_run(trained).score(newer, out=folder / "no-room")
    assert command("score", *files, *links, "--out", out, "--force", "-q") == 0
    assert_same(again, out)
    assert (out / "report.html").exists()
    assert command("score", *files, *links, "--out", out, "-q") == 0
    assert not (out / "report.html").exists()


def test_a_register_that_fits_into_memory_is_scored_there(trained: Path) -> None:
    companies = trained.parent / "companies.csv"
    assert need.memory_needed(trained, companies) == need.BASE + need.PER_COMPANY * N
    assert not need.beyond_memory(trained, companies, 2**30)
    assert not need.memory_needed(trained, trained / "register" / "companies.parquet")


def test_spark_gives_the_scores_of_one_machine(again: Path, spark: Path) -> None:
    assert_same(again, spark)


def test_every_table_is_the_same_on_both_engines(local: Path, spark: Path) -> None:
    folders = [folder.with_name(f"{folder.name}-tables") for folder in (local, spark)]
    names = sorted(
        path.name for path in folders[0].iterdir() if path.is_dir() and any(path.glob("*.parquet"))
    )
    assert {"memberships", "labels", "structure", "visits", "entries", "scored"} <= set(names)
    for name in names:
        one, other = (in_order(table_of(folder / name)) for folder in folders)
        assert one.equals(other), name


def in_order(table: pa.Table) -> pd.DataFrame:
    """The rows of a table in the order of all their values, lists as tuples."""
    frame = table.to_pandas()
    for name, kind in zip(table.column_names, table.schema.types, strict=True):
        if pa.types.is_list(kind):
            frame[name] = [tuple(np.nan_to_num(each, nan=-9e9)) for each in frame[name]]
    return frame.sort_values(list(frame)).reset_index(drop=True)


def test_a_folder_of_files_is_one_register(trained: Path, again: Path, local: Path) -> None:
    table = pq.read_table(again / "register" / "companies.parquet")
    parts = trained.parent / "parts"
    parts.mkdir()
    for nth, start in enumerate(range(0, len(table), 50)):
        pq.write_table(table.slice(start, 50), parts / f"part-{nth:03}.parquet")
    links = again / "register" / "links.parquet"
    done = command(
        "score", "--run", trained, "--companies", parts, "--links", links, "--out", trained.parent / "from-parts",
        "--top", 40, "-q", "--engine", "duckdb",
    )  # fmt: skip
    assert done == 0
    assert_same(local, trained.parent / "from-parts")


def test_a_newer_client_list_counts_as_on_one_machine(trained: Path, again: Path) -> None:
    folder = trained.parent
    lines = pd.read_csv(folder / "companies.csv", dtype=str).iloc[25:200:9][["name", "city"]]
    lines.assign(since="2024-05-06").to_csv(folder / "newer-clients.csv", index=False)
    newer = ("--clients", folder / "newer-clients.csv")
    inputs = ("--companies", folder / "newer.csv", "--links", folder / "links.csv")
    assert (
        command("score", "--run", trained, *inputs, *newer, "--out", folder / "won", "--top", 40, "-q") == 0
    )
    assert by_engine(trained, again / "register", folder / "won-by", *newer, "--engine", "duckdb") == 0
    assert_same(folder / "won", folder / "won-by")
    one, other = (pd.read_csv(folder / out / "clients.csv", dtype=str) for out in ("won", "won-by"))
    pd.testing.assert_frame_equal(one, other)
    assert (one["outcome"] == "matched").sum() > 5


def test_a_list_is_found_as_on_one_machine(trained: Path, again: Path, spark_master: str) -> None:
    folder = trained.parent
    lines = pd.read_csv(folder / "companies.csv", dtype=str).iloc[15:200:4][["name", "city"]]
    lines["name"] = [name.replace("e", "", 1) if i % 2 else name for i, name in enumerate(lines["name"])]
    lines.to_csv(folder / "typed.csv", index=False)
    register = ("--companies", again / "register" / "companies.parquet")
    files = {}
    for name, options in {
        "one": (),
        "duckdb": ("--run", trained, "--engine", "duckdb"),
        "spark": ("--run", trained, "--engine", "spark", "--master", spark_master),
    }.items():
        files[name] = folder / f"found-{name}.csv", folder / f"review-{name}.csv"
        done = command(
            "match", folder / "typed.csv", *register, "-o", files[name][0], "--review", files[name][1], "-q",
            *options,
        )  # fmt: skip
        assert done == 0
    for name in ("duckdb", "spark"):
        for one, other in zip(files["one"], files[name], strict=True):
            assert one.read_bytes() == other.read_bytes()
    assert not pd.read_csv(files["one"][1]).empty


def test_python_has_what_the_command_line_has(trained: Path, again: Path, local: Path) -> None:
    run = graphlead.open_run(trained)
    assert isinstance(run, graphlead.OpenRun)
    engine = run.by_engine("duckdb")
    companies, links = (again / "register" / f"{name}.parquet" for name in ("companies", "links"))
    made = engine.score(companies, links, top=40)
    pd.testing.assert_frame_equal(made.scores, pd.read_parquet(local / "scores.parquet"))
    assert made.leads["company_id"].tolist() == pd.read_csv(local / "leads.csv")["company_id"].tolist()
    assert "whitespace.csv" in {path.name for path in made.folder.iterdir()}
    assert len(made.whitespace) == len(pd.read_csv(local / "whitespace.csv"))
    lines = pd.DataFrame({"name": run.register["name"].iloc[30:60], "city": run.register["city"].iloc[30:60]})
    pd.testing.assert_frame_equal(
        engine.match(lines, companies).table, graphlead.match(lines, companies=companies).table
    )
    with pytest.raises(graphlead.SettingsError, match="spark needs the address of a master"):
        run.by_engine("spark")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--engine", "duckdb"), "run is missing"),
        (("--run", "trained"), "--run does not go with a match without --engine"),
    ],
)
def test_a_match_by_an_engine_needs_a_run(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], problem: str
) -> None:
    given = [trained if option == "trained" else option for option in options]
    companies = trained / "register" / "companies.parquet"
    done = command(
        "match", trained.parent / "clients.csv", "--companies", companies, "-o", tmp_path / "x.csv", *given
    )
    assert done == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--engine", "spork"), "there is no engine 'spork'"),
        (("--engine", "spark"), "spark needs the address of a master"),
        (("--engine", "duckdb", "--master", "local[2]"), "duckdb has no master"),
        (("--engine", "duckdb", "--force"), "--force does not go with --engine"),
    ],
)
def test_what_cannot_be_is_refused(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], problem: str
) -> None:
    assert by_engine(trained, trained / "register", tmp_path / "out", *options) == 2
    assert problem in capsys.readouterr().err


def test_other_files_are_cleaned_before(trained: Path, again: Path) -> None:
    folder = trained.parent
    done = command(
        "score", "--run", trained, "--companies", folder / "newer.csv", "--links", folder / "links.csv", "--out",
        folder / "from-csv", "--top", 40, "-q", "--engine", "duckdb",
    )  # fmt: skip
    assert done == 0
    assert_same(again, folder / "from-csv")


def test_a_register_with_other_columns_is_refused(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = trained / "register"
    table = pq.read_table(register / "companies.parquet")
    (tmp_path / "parts").mkdir()
    (tmp_path / "links.parquet").write_bytes((register / "links.parquet").read_bytes())
    at = table.schema.get_field_index("employees")
    text = table.set_column(at, "employees", table["employees"].cast(pa.string()))
    pq.write_table(text, tmp_path / "parts" / "companies.parquet")
    pq.write_table(table.drop_columns("employees"), tmp_path / "companies.parquet")
    for companies, problem in {
        "parts": "the column is string",
        "companies.parquet": "the column is missing",
    }.items():
        done = command(
            "score", "--run", trained, "--companies", tmp_path / companies, "--links", tmp_path / "links.parquet",
            "--out", tmp_path / "out", "-q", "--engine", "duckdb",
        )  # fmt: skip
        assert done == 2
        assert f"column employees: {problem}" in capsys.readouterr().err


def test_what_it_writes_is_no_whole_run(local: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert {"leads.csv", "whitespace.csv", "scores.parquet"} <= {path.name for path in local.iterdir()}
    assert not {"report.html", "evidence.json", "model"} & {path.name for path in local.iterdir()}
    assert command("explain", "C100", "--run", local) == 2
    assert "Give the run that was applied, or score without --engine." in capsys.readouterr().err
