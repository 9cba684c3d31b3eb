"""Bad input through the whole command: what is refused says where and what to do, what can be borne is reported."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graphlead import discover
from graphlead.cli import app as cli
from graphlead.core.errors import InputError, RunFolderError
from graphlead.pipeline.result import Result

DATA = Path(__file__).parents[2] / "data"
Run = Callable[..., Result]


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"{name}.csv", dtype=str, keep_default_na=False)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """A quick run into tmp_path / "out", with a table or a text in the place of a file of the sample."""

    def call(out: Path = tmp_path / "out", **replaced: pd.DataFrame | str) -> Result:
        files: dict[str, Any] = {"companies": DATA / "companies.csv", "clients": DATA / "clients.csv"}
        for name, content in replaced.items():
            files[name] = tmp_path / f"{name}.csv"
            if isinstance(content, str):
                files[name].write_text(content, "utf-8")
            else:
                content.to_csv(files[name], index=False)
        return discover(**files, out=out, rankers=("pagerank",))

    return call


def noise(result: Result) -> str:
    return (result.folder / "noise.txt").read_text("utf-8")


def refused(run: Run, **replaced: pd.DataFrame | str) -> str:
    with pytest.raises(InputError) as caught:
        run(**replaced)
    assert caught.value.exit_code == 2
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("name", ["companies", "clients"])
def test_an_empty_file_is_named_and_nothing_is_published(run: Run, tmp_path: Path, name: str) -> None:
    message = refused(run, **{name: ""})
    assert message == f"{tmp_path / name}.csv: the file is empty. Give a file with a header and rows."
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_the_command_line_says_the_same_and_exits_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "companies.csv"
    empty.touch()
    arguments = ["run", "--companies", empty, "--clients", DATA / "clients.csv", "--out", tmp_path / "out"]
    monkeypatch.setattr(sys, "argv", ["graphlead", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert f"error: {empty}: the file is empty. Give a file with" in capsys.readouterr().err


def test_a_missing_id_column_is_named_with_the_columns_there_are(run: Run, tmp_path: Path) -> None:
    message = refused(run, companies=table("companies").drop(columns=["company_id", "name"]))
    assert message.startswith(f"{tmp_path / 'companies.csv'}, columns country, region,")
    assert "no column can serve as the company id, and none holds names to make one from. Name the" in message


def test_links_by_ids_that_the_register_lacks_are_refused(run: Run, tmp_path: Path) -> None:
    message = refused(run, companies=table("companies").drop(columns="company_id"), links=table("links"))
    assert message.startswith(f"{tmp_path / 'links.csv'}, columns source_id,")
    assert "no link points to a company of the register: the register has no ids" in message
    assert "Write the companies' names as in the register's column name, or add its ids" in message


def test_duplicate_ids_are_set_aside_with_their_rows(run: Run) -> None:
    companies = table("companies")
    other = companies.head(3).assign(
        name="Another Name Ltd", **dict.fromkeys(("employees", "nace", "city"), "")
    )
    result = run(companies=pd.concat([companies, other]))
    assert result.summary["companies"] == companies["company_id"].nunique()
    for row, company in enumerate(other["company_id"], len(companies) + 1):
        assert re.search(rf"row {row}: .*{company}", noise(result))
    assert not result.leads["name"].eq("Another Name Ltd").any()


def test_no_client_found_names_the_list_and_how_to_look_into_it(run: Run, tmp_path: Path) -> None:
    message = refused(run, clients=pd.DataFrame({"name": ["Qqqqq Xyzzy", "Wwwww Plugh"]}))
    assert message.startswith(f"{tmp_path / 'clients.csv'}: none of the 2 lines of the client list was found")
    assert "`graphlead match`" in message


def test_too_few_clients_to_learn_from(run: Run, tmp_path: Path) -> None:
    message = refused(run, clients=table("companies")[["company_id"]].head(2))
    assert message.startswith(f"{tmp_path / 'clients.csv'}: only 2 clients were found in the register")


def test_fewer_than_twenty_clients_warn_and_go_on(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(clients=table("companies")[["company_id"]].head(12))
    assert "warning: only 12 clients were found" in capsys.readouterr().err
    assert len(result.scores) == result.summary["companies"] - 12


def test_an_empty_list_of_past_clients_suppresses_nobody(run: Run) -> None:
    result = run(suppress="company_id\n")
    assert result.summary["suppressed"] == 0


def test_nobody_left_to_score(run: Run, tmp_path: Path) -> None:
    companies = table("companies").head(60)
    message = refused(run, companies=companies, clients=companies[["company_id"]])
    assert message.startswith(f"{tmp_path / 'companies.csv'}: every company of the register is a client")
    assert "nobody is left to score" in message


def test_links_to_unknown_ids_are_reported_and_the_others_used(run: Run) -> None:
    links = table("links")
    links.loc[:9, "target_id"] = [f"ZZ{i}" for i in range(10)]
    result = run(links=links)
    findings = [line for line in noise(result).splitlines() if line.startswith("unknown")]
    assert any("links to ids that are not in the register [set aside]" in line for line in findings)
    assert "ZZ0" in noise(result)
    assert 2000 < result.summary["links"] < len(links) - 10


def test_nan_and_infinities_are_made_missing(run: Run) -> None:
    companies = table("companies")
    companies.loc[:2, "employees"] = ["NaN", "inf", "1e400"]
    companies.loc[3:4, "revenue_keur"] = ["-inf", "Infinity"]
    result = run(companies=companies)
    for column in ("employees", "revenue_keur"):
        assert f"not finite (companies, column {column})" in noise(result)
    assert result.scores["score"].between(0, 1).all()


def test_a_name_of_five_thousand_letters_is_scored_and_reported(run: Run) -> None:
    companies = table("companies")
    companies.loc[5, "name"] = "X" * 5000
    result = run(companies=companies)
    assert "long names (companies, column name)" in noise(result)
    assert companies.loc[5, "company_id"] in set(result.scores["company_id"])


def test_a_wrong_delimiter_is_reported_with_those_that_work(run: Run, tmp_path: Path) -> None:
    text = (DATA / "companies.csv").read_text("utf-8").replace(",", "~")
    message = refused(run, companies=text)
    assert message.startswith(f"{tmp_path / 'companies.csv'}, header row")
    assert "The delimiter seems to be '~': use comma, semicolon, tab or pipe." in message


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunFolderError) as caught:
        run(out=tmp_path / "file" / "out")
    assert caught.value.exit_code == 2
    assert str(tmp_path / "file") in str(caught.value)
    assert "cannot be written" in str(caught.value)
    assert "Name a folder on a disk where you may write" in str(caught.value)


def test_a_full_disk_keeps_what_was_finished(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("graphlead.pipeline.train.save_models", full)
        with pytest.raises(RunFolderError) as caught:
            run()
    assert caught.value.exit_code == 2
    assert "the disk is full" in str(caught.value)
    assert "Free some space and run the same command again" in str(caught.value)
    assert not list((tmp_path / "out" / ".work").glob("*.part"))
    run()
    assert reused(tmp_path / "out") == {"register", "match", "same", "leaks", "graph", "profile"}


def reused(folder: Path) -> set[str]:
    manifest = pd.read_json(folder / "manifest.json", typ="series")
    return {stage["stage"] for stage in manifest["stages"] if stage["reused"]}


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".work" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_killed_in_training_the_last_results_stay_and_the_same_command_finishes(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run()
    before = contents(out)
    config = tmp_path / "graphlead.toml"
    config.write_text(
        f'companies = "{DATA / "companies.csv"}"\nclients = "{DATA / "clients.csv"}"\nout = "{out}"\n'
        'rankers = ["pagerank", "tabular"]\nseed = 1\nfolds = 3\n',
        "utf-8",
    )
    command = [
        sys.executable,
        "-c",
        "from graphlead.cli.app import main; main()",
        "run",
        "--config",
        config,
        "-q",
    ]
    killed = subprocess.Popen(command)
    deadline = time.monotonic() + 60
    while not list((out / ".work").glob("model-*.part")) and time.monotonic() < deadline:
        assert killed.poll() is None
        time.sleep(0.005)
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    assert contents(out) == before
    result = discover(config, quiet=True)
    assert reused(out) >= {"register", "match", "graph"}
    assert "model" not in reused(out)
    assert "tabular" in result.scores
    assert not list((out / ".work").glob("*.part"))
    assert contents(out).keys() > {"leads.csv", "manifest.json"}
