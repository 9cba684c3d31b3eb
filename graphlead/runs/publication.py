"""Results that appear all at once: staged under another name, planned in a journal, then renamed one by one.

A process killed before the journal is written has changed nothing; afterwards, the next one to open the folder
completes the plan.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import link, remove, sha256, sync, write_json
from graphlead.core.errors import CarrierError
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from graphlead.core.arrays import Json


def prepare(folder: RunFolder, entries: Mapping[str, Path], manifest: Json) -> None:
    """Stage the entries and the manifest, which gets their fingerprints as ``files``, and write the journal."""
    remove(folder.publication)
    folder.staged.mkdir(parents=True)
    new = RunFolder(folder.staged)
    for name, source in entries.items():
        if not name or Path(name).name != name or name in ("..", folder.work.name, folder.manifest.name):
            raise CarrierError(f"publish: expected the plain name of a file or folder, got {name!r}.")
        link(source, new.path / name)
    write_json(new.manifest, {**manifest, "files": {name: _fingerprint(new.path / name) for name in entries}})
    sync(new.path)
    write_json(folder.journal, _plan(folder, list(entries)))
    sync(folder.publication, deep=False)


def complete(folder: RunFolder) -> None:
    """Carry out the plan of the journal, if there is one, from wherever it was cut off."""
    out, new = folder.path, folder.staged
    if is_cut_off(folder):
        plan = json.loads(folder.journal.read_text("utf-8"))
        for name in plan["gone"]:
            remove(out / name)
        for name in plan["names"]:
            if (new / name).exists():
                _make_way(new / name, out / name, plan["kept"].get(name))
                move(new / name, out / name)
        sync(out, deep=False)
    remove(folder.publication)


def is_cut_off(folder: RunFolder) -> bool:
    """Whether a publication was planned but not completed."""
    return folder.journal.is_file()


def published(folder: RunFolder) -> Json:
    """The manifest of the last publication, empty when there is none by graphlead."""
    try:
        manifest = json.loads(folder.manifest.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    ours = isinstance(manifest, dict) and "graphlead" in manifest and isinstance(manifest.get("files"), dict)
    return manifest if ours else {}


def move(source: Path, target: Path) -> None:
    source.replace(target)


def _plan(folder: RunFolder, names: list[str]) -> Json:
    """The entries to move in, to remove, and to keep under another name because graphlead did not publish them."""
    out, manifest = folder.path, published(folder)
    written = {name: print_ for name, print_ in manifest.get("files", {}).items() if Path(name).name == name}
    if manifest:
        written[folder.manifest.name] = _fingerprint(folder.manifest)
    names = [*names, folder.manifest.name]
    here = [name for name in dict.fromkeys([*names, *written]) if (out / name).exists()]
    foreign = {name for name in here if _fingerprint(out / name) != written.get(name)}
    return {
        "names": names,
        "gone": [name for name in here if name not in names and name not in foreign],
        "kept": {name: _free_name(out, name) for name in names if name in foreign},
    }


def _make_way(new: Path, old: Path, kept_as: str | None) -> None:
    """Remove or rename what is in the way, unless a file replaces a file, which is one step."""
    if kept_as and old.exists() and not old.with_name(kept_as).exists():
        move(old, old.with_name(kept_as))
    elif old.is_dir() or new.is_dir():
        remove(old)


def _fingerprint(path: Path) -> str:
    """The SHA-256 of a file; the same word for every folder."""
    return "folder" if path.is_dir() else sha256(path)


def _free_name(out: Path, name: str) -> str:
    number = 1
    while (out / f"{name}.before{'' if number == 1 else f'-{number}'}").exists():
        number += 1
    return f"{name}.before{'' if number == 1 else f'-{number}'}"
