"""What MkDocs fills into the pages from the code, and what it checks of the finished site.

A page asks with a line of its own: ``<!-- commands -->``, ``<!-- settings: run -->``, ``<!-- python: functions -->``,
``<!-- file: CHANGELOG.md -->``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from inspect import isfunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

ASKED = re.compile(r"^<!-- (?P<what>commands|settings|python|file)(?:: (?P<which>\S+))? -->$", re.MULTILINE)
LOADED = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(?P<src>(?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon))[^>]*\bhref=["']?(?P<href>(?:https?:)?//[^"'\s>]+)"""
)
"""What a page would load from elsewhere."""


PICTURE = "data/report.png"
KINDS = {Path: "PATH", str: "TEXT", int: "NUMBER", float: "NUMBER", list[str]: "TEXT", list[Path]: "PATH"}
"""What the value of an option is, where the option has no word of its own for it."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The files of the site, with the picture of the README."""
    files.append(File.generated(config, "assets/report.png", abs_src_path=str(ROOT / PICTURE)))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page with what it asks for."""
    return ASKED.sub(_filled, markdown)


def on_post_build(config: MkDocsConfig) -> None:
    """Refuse a site that loads anything from elsewhere. Raises PluginError, naming the page and the address."""
    for page in Path(config.site_dir).rglob("*.html"):
        if found := LOADED.search(page.read_text(encoding="utf-8")):
            raise PluginError(f"{page}: this loads {found['src'] or found['href']} from elsewhere.")


def _filled(asked: re.Match[str]) -> str:
    match asked["what"]:
        case "commands":
            return commands()
        case "settings":
            return settings_of(asked["which"])
        case "python":
            return "\n\n".join(f"::: {path}" for path in public()[asked["which"]])
    return (ROOT / asked["which"]).read_text(encoding="utf-8")


def commands() -> str:
    """Every command with its usage, arguments and options."""
    import typer

    from graphlead.cli.app import app

    return "\n".join(_command("graphlead", typer.main.get_command(app)))


def _command(path: str, command: Any) -> Iterator[str]:
    deeper = getattr(command, "commands", {})
    yield f"{'##' if path == 'graphlead' else '###'} {path}\n"
    yield f"{_sentence(command.help)}\n"
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and not each.hidden]
    usage = [path, *(_placed(each) for each in arguments), "[OPTIONS]", *(["COMMAND"] if deeper else [])]
    yield f"```text\n{' '.join(usage)}\n```\n"
    rows = [f"| `{_placed(each)}` | {_cell(each.help)} |" for each in arguments] + [
        _option(each, command) for each in options
    ]
    yield "\n".join(["| | |", "|---|---|", *rows, ""])
    for name in sorted(deeper):
        yield from _command(f"{path} {name}", deeper[name])


def _placed(argument: Any) -> str:
    name = (argument.metavar or argument.name.upper()).strip("[]{}.")
    several = "..." if argument.nargs == -1 else ""
    return f"{name}{several}" if argument.required else f"[{name}{several}]"


def _option(option: Any, command: Any) -> str:
    names = ", ".join(f"`{name}`" for name in [*option.opts, *option.secondary_opts])
    names += "" if option.is_flag else f" {option.metavar or _kind(option)}"
    needed = " Required." if option.required else ""
    default, kinds = option.default, str | int | float | Path
    given = f" Default: `{default}`." if isinstance(default, kinds) and not isinstance(default, bool) else ""
    return f"| {names} | {_cell(option.help)}{needed}{given} |"


def _kind(option: Any) -> str:
    """What the value of an option is; versions of typer describe it in two ways."""
    if described := getattr(option, "type_descriptor", None):
        return KINDS.get(described.annotation, "")
    return str(option.type.name).upper()


def _cell(text: str | None) -> str:
    return _sentence(text).replace("|", r"\|").replace("<", "&lt;")


def _sentence(text: str | None) -> str:
    return " ".join((text or "").replace("\b", " ").split())


def public() -> dict[str, list[str]]:
    """What the package lets its users call: functions, the results that they return, and errors, each by its path."""
    import graphlead
    from graphlead import api
    from graphlead.core.errors import CarrierError, GraphleadError
    from graphlead.pipeline.deliver import Result

    of_package = [getattr(graphlead, name) for name in graphlead.__all__]
    classes = [
        Result,
        *(each for each in of_package if isinstance(each, type)),
        *(each for name in api.__all__ if isinstance(each := getattr(api, name), type)),
    ]
    paths = {kind: f"{kind.__module__}.{kind.__qualname__}" for kind in dict.fromkeys(classes)}
    return {
        "functions": [f"graphlead.{each.__name__}" for each in of_package if isfunction(each)],
        "results": [path for kind, path in paths.items() if not issubclass(kind, Exception)],
        "errors": [
            f"{kind.__module__}.{kind.__qualname__}"
            for kind in (GraphleadError, *GraphleadError.__subclasses__())
            if kind.__module__ == GraphleadError.__module__ and kind is not CarrierError
        ],
    }


def settings_of(verb: str) -> str:
    """A table of the settings of a verb: name, default, help."""
    rows = [
        f"| `{each.name}` | {_default(each)} | {_cell(str(each.metadata.get('help', '')))} |"
        for each in fields(_classes()[verb])
        if each.init and not each.name.startswith("_")
    ]
    return "\n".join(["| setting | default | |", "|---|---|---|", *rows, ""])


def _classes() -> dict[str, Any]:
    from graphlead.core.comparison import ComparisonSettings
    from graphlead.core.experiments import AssignSettings, ReadSettings
    from graphlead.core.recommend import RecommendSettings
    from graphlead.core.sales import SalesSettings
    from graphlead.core.segment import SegmentSettings
    from graphlead.core.settings import Settings

    return {
        "run": Settings, "sales": SalesSettings, "recommend": RecommendSettings, "segment": SegmentSettings,
        "compare": ComparisonSettings, "assign": AssignSettings, "read": ReadSettings,
    }  # fmt: skip


def _default(setting: Field[Any]) -> str:
    if setting.default is MISSING and setting.default_factory is MISSING:
        return "required"
    if setting.default is MISSING or setting.default in (None, ()):
        return ""
    value = setting.default
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"
