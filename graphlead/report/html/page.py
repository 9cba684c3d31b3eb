"""A self-contained HTML file: text by escaping templates, data as JSON, charts by a vendored library."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphlead.common.files import write_whole
from graphlead.core.arrays import Json
from graphlead.report.html import figures

ECHARTS = "6.1.0"
"""The version of assets/echarts.min.js, as published, unchanged; its licence lies beside it."""

HOME = "graphlead.report.html"
ASSETS = files(HOME) / "assets"


def write_page(path: Path, page: str) -> None:
    """Write a page under a temporary name, then rename it."""
    write_whole(path, lambda part: part.write_bytes(page.encode("utf-8", "replace")))


def render_page(
    template: str,
    view: Json,
    data: Json,
    scripts: tuple[str, ...],
    styles: tuple[str, ...] = ("report.css",),
    package: str = HOME,
) -> str:
    """A self-contained page. view: values for the template; data: values for the scripts; scripts, styles: assets.

    package: where templates and assets are looked for before this package.

    It requests nothing: its Content-Security-Policy allows its own scripts, by their hashes, and forbids all else.
    Every text of the register and the lists is escaped.
    """
    texts = [_asset(name, package) for name in scripts]
    return (
        _environment(package)
        .get_template(template)
        .render(
            **view,
            policy=_policy(texts),
            scripts=texts,
            style=Markup().join(_asset(name, package) for name in styles),
            echarts=ECHARTS,
            data=figures.script_json(data),
        )
    )


def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader(HOME)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": figures.percent, "count": figures.count}
    return environment


def _asset(name: str, package: str) -> Markup:
    """An asset, inserted unescaped: it must not contain the end of its element."""
    own = files(package) / "assets" / name
    return Markup((own if own.is_file() else ASSETS / name).read_text("utf-8"))  # noqa: S704


def _policy(scripts: list[Markup]) -> str:
    """A Content-Security-Policy for these scripts and the page's own styles alone."""
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
