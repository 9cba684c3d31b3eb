"""The starter configuration, which comes back as the same settings."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from graphlead.cli.starter import template
from graphlead.core.register import Column, Role
from graphlead.core.settings import Settings, help_of


def write(folder: Path, text: str) -> Path:
    path = folder / "graphlead.toml"
    path.write_text(text, "utf-8")
    return path


COLUMNS = (
    Column(name="company_id", role=Role.ID, reason="its name; 10 different values in 10 rows"),
    Column(name="Firma", role=Role.NAME, reason="its name", distinct=10),
    Column(
        name="wz", role=Role.INDUSTRY, reason="its name says NACE", scheme="NACE", missing=0.25, distinct=4
    ),
)


def test_the_starter_file_loads_as_the_defaults(tmp_path: Path) -> None:
    text = template(COLUMNS, {"companies": Path("c.csv"), "clients": Path("l.csv"), "links": None})
    assert Settings.load(write(tmp_path, text), {}) == Settings(
        companies=tmp_path / "c.csv", clients=tmp_path / "l.csv", out=tmp_path / "out"
    )


def test_the_starter_file_shows_how_every_column_was_understood_and_helps_with_every_key() -> None:
    text = template(COLUMNS, {"companies": Path("c.csv")})
    assert '# "wz"    = "industry:NACE"' in text
    assert "# its name says NACE; 25% missing; 4 different" in text
    assert "found by its name; 10 different values" in text
    assert all(help_of(each.name) in text for each in fields(Settings))
    assert '# clients = "clients.csv"' in text


def test_every_line_of_the_starter_file_can_be_switched_on(tmp_path: Path) -> None:
    text = template(COLUMNS, {"companies": Path("c.csv")})
    advised = [line.removeprefix("# ") for line in text.splitlines() if " = " in line or line == "[columns]"]
    settings = Settings.load(write(tmp_path, "\n".join(line for line in advised if "`" not in line)), {})
    assert settings.columns == {"Firma": "name", "wz": "industry:NACE"}
    assert (settings.exclude, settings.expect, settings.prior) == (("region",), 50, 0.02)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_column_name_survives_the_starter_file(name: str) -> None:
    text = template([Column(name=name, role=Role.TEXT, reason="free\ntext")], {"companies": Path(name)})
    switched_on = text.partition("[columns]\n")[2].removeprefix("# ")
    assert tomllib.loads(f"[columns]\n{switched_on}") == {"columns": {name: "text"}}
    assert tomllib.loads(text)["companies"] == Path(name).as_posix()
