"""The code that results depend on: every file of graphlead reached by imports, with the assets beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from graphlead.common.files import sha256
from graphlead.core.errors import CarrierError

PACKAGE = Path(__file__).parents[1]
LEAF = "pipeline"
"""Its modules import every package, so only their own text counts, not what they import."""

NAMED = re.compile(r"graphlead(\.\w+)+(:\w+)?")
"""A string that names a module or its member, to be imported when first needed, as registries do."""


def hashes_behind(doors: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file reached from the doors, by its path within the package."""
    return {path.relative_to(PACKAGE).as_posix(): sha256(path) for path in files_behind(doors)}


def files_behind(doors: Iterable[str]) -> list[Path]:
    """The files reached by imports, also imports within functions, from the doors, and their assets; sorted.

    doors: names of modules within the package, such as ``graph.build``. Raises CarrierError for an unknown one.
    """
    found: set[Path] = set()
    waiting = [_door(name) for name in doors]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [] if _is_leaf(path) else _imported(path)
    assets = {asset for folder in {path.parent for path in found} for asset in _assets(folder)}
    return sorted(found | assets)


def all_files() -> list[Path]:
    """Every file of the package, sorted."""
    return sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _door(name: str) -> Path:
    path = _file_of(name.split("."))
    if path is None:
        raise CarrierError(f"stages: expected a module of graphlead as a door, got {name!r}.")
    return path


def _is_leaf(path: Path) -> bool:
    return path.relative_to(PACKAGE).parts[0] == LEAF


def _imported(path: Path) -> list[Path]:
    files = (_file_of(parts) for parts in _imports(path.read_text("utf-8")))
    return [file for file in files if file is not None]


def _file_of(parts: list[str]) -> Path | None:
    """The file of a module or a package, None for a name that is neither."""
    base = PACKAGE.joinpath(*parts)
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


@cache
def _imports(text: str) -> tuple[list[str], ...]:
    """The names within graphlead that a module's text imports, split at the dots; members of modules among them."""
    names = [name for node in ast.walk(ast.parse(text)) for name in _names(node)]
    return tuple(name.split(".")[1:] for name in names if name.startswith("graphlead."))


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str(module), level=0):
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)
        case ast.Constant(value=str(text)) if NAMED.fullmatch(text):
            yield text.partition(":")[0]


def _assets(folder: Path) -> Iterator[Path]:
    """The files other than Python in a folder and in its subfolders that are no packages."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from _assets(path)
        elif path.suffix not in (".py", ".pyc"):
            yield path
