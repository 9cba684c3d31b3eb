"""What is filled into the pages comes from the code, and nothing is loaded from elsewhere."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hooks
import pytest
import typer
from mkdocs.exceptions import PluginError

import graphlead
from graphlead import api
from graphlead.cli.app import app
from graphlead.core.settings import Settings


def test_the_page_of_commands_has_every_option() -> None:
    page = hooks.on_page_markdown("before\n\n<!-- commands -->\n\nafter")

    def shown(path: str, command: Any) -> None:
        assert f"# {path}\n" in page
        for each in command.params:
            if each.param_type_name == "option":
                assert all(f"`{name}`" in page for name in each.opts)
        for name, deeper in getattr(command, "commands", {}).items():
            shown(f"{path} {name}", deeper)

    shown("graphlead", typer.main.get_command(app))
    assert page.startswith("before\n") and page.endswith("\nafter")


def test_a_page_of_settings_has_every_setting() -> None:
    page = hooks.on_page_markdown("<!-- settings: run -->")
    for each in fields(Settings):
        row = next(line for line in page.splitlines() if line.startswith(f"| `{each.name}` |"))
        assert each.metadata["help"] in row
    assert "| `top` | `500` |" in page
    assert "| `companies` | required |" in page
    assert "\n| `customers` |" not in page and "\n| `customers` |" in hooks.on_page_markdown(
        "<!-- settings: sales -->"
    )


def test_the_page_of_python_has_all_that_is_public() -> None:
    page = hooks.on_page_markdown((hooks.ROOT / "docs/pages/reference/python.md").read_text(encoding="utf-8"))
    shown = {line.removeprefix("::: ") for line in page.splitlines() if line.startswith("::: ")}
    for name in graphlead.__all__:
        found = getattr(graphlead, name)
        if callable(found):
            assert {f"graphlead.{name}", f"{found.__module__}.{name}"} & shown
    for name in api.__all__:
        found = getattr(api, name)
        assert not isinstance(found, type) or f"{found.__module__}.{name}" in shown
    assert {"graphlead.core.errors.InputError", "graphlead.core.errors.SettingsError"} <= shown


def test_a_file_is_shown_as_it_is() -> None:
    text = (hooks.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert hooks.on_page_markdown("<!-- file: CHANGELOG.md -->") == text


@pytest.mark.parametrize(
    ("html", "fetched"),
    [
        ('<script src="https://cdn.example/x.js"></script>', True),
        ('<link href="//fonts.example/x.css" rel="stylesheet">', True),
        ('<img alt="" src=http://example/x.png>', True),
        ('<a href="https://example">a link is followed by a person</a>', False),
        ('<script src="assets/x.js"></script><link rel="stylesheet" href="x.css">', False),
    ],
)
def test_nothing_is_loaded_from_elsewhere(html: str, fetched: bool, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    config: Any = SimpleNamespace(site_dir=str(tmp_path))
    if not fetched:
        return hooks.on_post_build(config)
    with pytest.raises(PluginError, match=r"page\.html: this loads .*example"):
        hooks.on_post_build(config)
    return None
