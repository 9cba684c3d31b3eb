"""The code that results depend on: every file of graphlead reached by imports, with the assets beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from graphlead.common.files import sha256
from graphlead.core.errors import CarrierError

PACKAGE = Path(__file__).parents[1]
LEAF = "pipeline"
"""Its modules import every package, so only their own text counts, not what they import."""

IMPORT = re.compile(r"^\s*(?:from|import)\s+(graphlead[\w.]*)(?:\s+import\s+(\([^)]*\)|.*))?", re.MULTILINE)
MEMBER = re.compile(r"\w+")
"""An import statement, and a name in its list; to parse all modules would take every run a second."""
NAMED = re.compile(r"[\"'](graphlead(?:\.\w+)+)(?::\w+)?[\"']")
"""A string that names a module or its member, to be imported when first needed, as registries do."""


def hashes_behind(doors: Iterable[str]) -> dict[str, str]:
    """The SHA-256 of each file reached from the doors, by its path within the package."""
    return {path.relative_to(PACKAGE).as_posix(): _read(path).sha256 for path in files_behind(doors)}


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
            waiting += () if _is_leaf(path) else _read(path).imported
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


@dataclass(frozen=True)
class _Content:
    """What a file says: its hash, and the files of the package that it imports."""

    sha256: str
    imported: tuple[Path, ...]


def _read(path: Path) -> _Content:
    about = path.stat()
    return _content_of(path, about.st_mtime_ns, about.st_size)


@cache
def _content_of(path: Path, changed: int, size: int) -> _Content:
    """The content of a file as it was at that time, with that size: most files are behind most stages."""
    files = map(_file_of, _imports(path.read_text("utf-8"))) if path.suffix == ".py" else ()
    return _Content(sha256(path), tuple(file for file in files if file is not None))


def _file_of(parts: list[str]) -> Path | None:
    """The file of a module or a package, None for a name that is neither."""
    base = PACKAGE.joinpath(*parts)
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


def _imports(text: str) -> tuple[list[str], ...]:
    """The names within graphlead that a module's text imports, split at the dots; members of modules among them."""
    names = {named.group(1) for named in NAMED.finditer(text)}
    for found in IMPORT.finditer(text):
        module, members = found.group(1), found.group(2) or ""
        names |= {module, *(f"{module}.{member}" for member in MEMBER.findall(members))}
    return tuple(sorted(name.split(".")[1:] for name in names if "." in name))


def _assets(folder: Path) -> Iterator[Path]:
    """The files other than Python in a folder and in its subfolders that are no packages."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__" and not (path / "__init__.py").exists():
                yield from _assets(path)
        elif path.suffix not in (".py", ".pyc"):
            yield path
