"""The sales verbs from Python: tables as DataFrames, results that hold their own folder."""

from __future__ import annotations

import gc
from pathlib import Path

import pandas as pd
import planted_sales as planted
import pytest

import graphlead
from graphlead.api import OpenSales
from graphlead.core.errors import InputError, SettingsError


def test_a_run_is_opened_with_its_tables(converted: Path) -> None:
    run = graphlead.open_run(converted)
    assert isinstance(run, OpenSales)
    assert run.folder == converted
    assert len(run.scored) == planted.OPEN
    assert run.leaks[0]["column"] == "close_value"
    assert run.metrics["known"] == planted.LEADS
    assert run.above(0.8)["id"].tolist() == run.scored.loc[run.scored["probability"] >= 0.8, "id"].tolist()
    assert 0 < len(run.above(0.8)) < planted.OPEN


def test_a_data_frame_is_scored_into_a_folder_that_lives_as_long_as_the_result(converted: Path) -> None:
    run = graphlead.open_run(converted)
    assert isinstance(run, OpenSales)
    result = run.score(planted.leads()[1])
    folder = result.folder
    assert result.scored.equals(run.scored)
    assert (folder / "report.html").is_file()
    del result
    gc.collect()
    assert not folder.exists()


def test_convert_takes_data_frames_and_refuses_what_the_command_refuses(tmp_path: Path) -> None:
    known, opened = planted.leads()
    with pytest.raises(InputError, match="comes 2 times"):
        graphlead.convert(pd.concat([known, known[:1]]), open=opened, out=tmp_path / "out", quiet=True)
    with pytest.raises(SettingsError, match=r"no setting 'treshold'\. Did you mean 'threshold'\?"):
        graphlead.convert(known, treshold=0.5, quiet=True)
    with pytest.raises(SettingsError, match="customers is missing"):
        graphlead.churn(quiet=True)
    with pytest.raises(InputError, match=r"leads: the table cannot be written as Parquet"):
        graphlead.convert(known.assign(mixed=[1, "a"] * (planted.LEADS // 2)), quiet=True)
