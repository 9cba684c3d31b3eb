"""The starter configuration of convert and churn, which comes back as the same run."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd
import planted_sales as planted
import pytest
from tiny import command

from graphlead.cli.init import TAKEN
from graphlead.cli.starter_sales import OTHERS, sales_template
from graphlead.core.arrays import Json
from graphlead.core.sales import SalesGiven, SalesSettings, help_of
from graphlead.pipeline.sales.understand import UnderstoodColumn, understand

Init = Callable[..., Path]


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Init:
    """Writes a configuration into a folder beside that of the tables, the working folder."""
    tables = tmp_path / "tables"
    tables.mkdir()
    monkeypatch.chdir(tables)
    planted.write_leads(tables)
    planted.orders().to_csv("orders.csv", index=False)
    planted.tickets().to_csv("tickets.csv", index=False)
    deals().to_csv("deals.csv", index=False)
    dated().to_csv("dated.csv", index=False)

    def call(*arguments: object) -> Path:
        assert command("init", *arguments, "-o", tmp_path / "sales.toml", "-q", "--force") == 0
        return tmp_path / "sales.toml"

    return call


def dated() -> pd.DataFrame:
    """Leads with the day on which each came."""
    days = pd.Timestamp("2025-01-01") + pd.to_timedelta(range(planted.LEADS), unit="D")
    return planted.leads()[0][["lead_id", "lead_source", "employees"]].assign(created_date=days)


def deals() -> pd.DataFrame:
    won = dated()[::3]
    return pd.DataFrame({"lead_id": won["lead_id"], "signed": won["created_date"] + pd.Timedelta(days=20)})


CASES = {
    "convert": ("--leads", "leads.csv"),
    "convert of two tables": ("--leads", "leads.csv", "--open", "open.csv", "--outcome", "stage"),
    "convert with deals": ("--leads", "dated.csv", "--deals", "deals.csv"),
    "churn": ("--events", "orders.csv", "--events", "tickets.csv"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_file_is_that_run_and_understands_the_same_with_every_column_switched_on(
    init: Init, case: str
) -> None:
    verb, given = case.partition(" ")[0], CASES[case]
    pairs = list(zip(given[::2], given[1::2], strict=True))
    options: dict[str, Any] = {flag.removeprefix("--"): value for flag, value in pairs} | {"out": "../out"}
    if "events" in options:
        options["events"] = tuple(value for _, value in pairs)
    wanted = SalesSettings.load(verb, None, SalesGiven(**options))
    path = init(*given)
    found = SalesSettings.load(verb, path, {})
    assert found.columns == {table: {} for table in found.columns}
    assert comparable(found) == comparable(wanted)
    path.write_text("\n".join(map(switched_on, path.read_text("utf-8").splitlines())), "utf-8")
    settings = SalesSettings.load(verb, path, {})
    assert settings.columns != found.columns
    assert words(understand(settings)) == words(understand(wanted))


def comparable(settings: SalesSettings) -> Json:
    """The settings with the files that their paths lead to."""
    files = {key: path and path.resolve() for key, path in settings.inputs().items()}
    return {
        **settings.to_json(),
        **files,
        "events": len(settings.events),
        "columns": {},
        "out": settings.out.resolve(),
    }


def switched_on(line: str) -> str:
    return line.removeprefix("# ") if line.startswith('# "') else line


def words(columns: list[UnderstoodColumn]) -> list[tuple[str, str, str]]:
    return [(each.table, each.name, each.word) for each in columns]


def test_what_was_understood_stands_beside_each_column(init: Init) -> None:
    text = init("--leads", "dated.csv", "--deals", "deals.csv").read_text("utf-8")
    assert '# "lead_source"  = "source"            # 3 different values' in text
    assert '[columns."deals"]\n# "lead_id" = "id"                # it joins the leads' in text
    assert '# "signed"  = "date"' in text


@pytest.mark.parametrize("verb", ["convert", "churn"])
def test_every_setting_of_the_verb_is_there_with_its_help(verb: str, tmp_path: Path) -> None:
    column = UnderstoodColumn(table="", name="a", word="number", because="numbers")
    table = "leads" if verb == "convert" else "customers"
    text = sales_template(verb, [column], {"out": Path("out"), table: Path("t.csv")})
    for each in fields(SalesSettings):
        if each.name != "verb" and each.name not in OTHERS[verb]:
            assert f"# {help_of(each.name)}" in text
    (tmp_path / "on.toml").write_text(
        "\n".join(
            line.removeprefix("# ")
            for line in text.splitlines()
            if "`" not in line
            and (" = " in line or line.startswith(("[", "# [[")))
            and not line.startswith(("# customers", "# run"))
        ),
        "utf-8",
    )
    settings = SalesSettings.load(verb, tmp_path / "on.toml", {"events": ()})
    assert settings.cost == 40
    assert settings.columns == {"a": "number"}
    assert settings.action[0]["do"] == "Call the managing director"
    assert settings.threshold == {"convert": 0.8, "churn": 0.7}[verb]


@pytest.mark.parametrize("name", ['a"b', "\x7f", "[x]", "é\u202e", "a\nb", "#"])
def test_any_name_of_a_column_or_a_table_survives(name: str) -> None:
    column = UnderstoodColumn(table=name, name=name, word="number", because="free\ntext")
    text = sales_template("churn", [column], {"out": Path("out")})
    head, table, columns = text.partition("\n[columns.")
    name_of_table, line, *_ = columns.splitlines()
    found = tomllib.loads(head + table + name_of_table + "\n" + line.removeprefix("# "))
    assert found["columns"] == {name: {name: "number"}}


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ((), "init: companies is missing. Give --companies, or --leads, --customers or --events"),
        (("--leads", "leads.csv", "--events", "orders.csv"), "--events: events is no setting of `graphlead convert`"),
        (("--leads", "leads.csv", "--clients", "leads.csv"), "--clients: clients is no setting of `graphlead convert`"),
        (("--companies", "leads.csv", "--deals", "deals.csv"), "--deals: deals is no setting of `graphlead run`"),
        (("--leads", "open.csv"), "there is no column with an outcome"),
        (("--leads", "none.csv"), "none.csv: the file cannot be read"),
        (("--leads", "leads.csv", "-o", "leads.csv", "--force"), "would replace an input"),
        (("--leads", "leads.csv", "-o", "open.csv"), "the file exists already"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_in_one_line(
    init: Init, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], part: str
) -> None:
    assert command("init", *given) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert part in line


def test_the_columns_are_in_the_answer_too(init: Init, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("init", "--leads", "leads.csv", "-o", "x.toml", "--json", "-q") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["config"] == "x.toml"
    assert found["columns"]["stage"] == "outcome"
    assert set(TAKEN["convert"]) >= {"leads", "deals"}
