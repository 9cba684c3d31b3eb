"""Results that appear all at once: staged under another name, planned in a journal, then renamed one by one.

A process killed before the journal is written has changed nothing; afterwards, the next one to work in the folder
completes the plan. The folder may come from somebody else, so names in its journal and its manifest are plain ones.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.common.files import link, remove, sha256, sync, write_json
from graphlead.core.errors import MOST_SHOWN, CarrierError, RunFolderError, damage
from graphlead.runs.layout import RunFolder

if TYPE_CHECKING:
    from graphlead.core.arrays import Json


def entries_of(folder: RunFolder) -> list[Path]:
    """Every file and folder that a run writes into its folder."""
    names = [name for name, value in vars(RunFolder).items() if isinstance(value, property)]
    paths: list[Path] = [getattr(folder, name) for name in names]
    listed = ("leads", "review", "recommendations", "prospects", "segments", "assignment")
    paths += [folder.workbook(getattr(folder, name)) for name in listed]
    return [path for path in paths if path.parent == folder.path]


def staged_in(folder: RunFolder) -> Path:
    """The folder of the entries about to be published, complete; this module alone writes and reads it."""
    return folder.publication / "new"


def prepare(folder: RunFolder, entries: Mapping[str, Path], manifest: Json) -> None:
    """Stage the entries and the manifest, which gets their fingerprints as ``files``, and write the journal."""
    remove(folder.publication)
    staged_in(folder).mkdir(parents=True)
    new = RunFolder(staged_in(folder))
    for name, source in entries.items():
        if not _is_plain(folder, name):
            raise CarrierError(f"publish: expected the plain name of a file or folder, got {name!r}.")
        link(source, new.path / name)
    write_json(new.manifest, {**manifest, "files": {name: _fingerprint(new.path / name) for name in entries}})
    sync(new.path)
    write_json(folder.journal, _plan(folder, list(entries)))
    sync(folder.publication, deep=False)


def complete(folder: RunFolder) -> None:
    """Carry out the plan of the journal, if there is one, from wherever it was cut off."""
    out, new = folder.path, staged_in(folder)
    if is_cut_off(folder):
        plan = _written_plan(folder)
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
    """The manifest of the last publication, empty when there is none by graphlead.

    Raises RunFolderError when it lists anything but plain names: what they lead to is not this run's.
    """
    try:
        manifest = json.loads(folder.manifest.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    ours = isinstance(manifest, dict) and "graphlead" in manifest and isinstance(manifest.get("files"), dict)
    if ours:
        _check_names(
            folder, manifest["files"], folder.manifest, "Remove it, and what it lists counts as yours"
        )
    return manifest if ours else {}


def _is_plain(folder: RunFolder, name: object) -> bool:
    """Whether this is the name of a file or folder that a run publishes: one component of a path."""
    reserved = ("..", folder.work.name, folder.manifest.name)
    return (
        isinstance(name, str)
        and name == Path(name).name
        and name.isprintable()
        and name not in ("", *reserved)
    )


def _check_names(folder: RunFolder, names: Iterable[object], where: Path, remedy: str) -> None:
    for name in names:
        if not _is_plain(folder, name):
            raise RunFolderError(
                f"graphlead did not write this: {str(name)[:MOST_SHOWN]!r} is not the name of a result.",
                where=str(where),
                remedy=f"{remedy}, or give another --out.",
            )


def _written_plan(folder: RunFolder) -> Json:
    """The plan of the journal. Raises RunFolderError when it is none, or has anything but plain names."""
    with damage(folder.journal):
        plan: Json = json.loads(folder.journal.read_text("utf-8"))
        names = [*plan["names"], *plan["gone"], *plan["kept"]]
        beside = [name for name in names if name != folder.manifest.name]
        remedy = f"Remove {folder.publication}"
        _check_names(folder, [*beside, *plan["kept"].values()], folder.journal, remedy)
        return plan


def move(source: Path, target: Path) -> None:
    source.replace(target)


def _plan(folder: RunFolder, names: list[str]) -> Json:
    """The entries to move in, to remove, and to keep under another name because graphlead did not publish them."""
    out, manifest = folder.path, published(folder)
    written = dict(manifest.get("files", {}))
    if manifest:
        written[folder.manifest.name] = _fingerprint(folder.manifest)
    names = [*names, folder.manifest.name]
    here = [name for name in dict.fromkeys([*names, *written]) if os.path.lexists(out / name)]
    foreign = {name for name in here if _fingerprint(out / name) != written.get(name)}
    return {
        "names": names,
        "gone": [name for name in here if name not in names and name not in foreign],
        "kept": {name: _free_name(out, name) for name in names if name in foreign},
    }


def _make_way(new: Path, old: Path, kept_as: str | None) -> None:
    """Remove or rename what is in the way, unless a file replaces a file, which is one step."""
    if kept_as and os.path.lexists(old) and not old.with_name(kept_as).exists():
        move(old, old.with_name(kept_as))
    elif old.is_dir() or new.is_dir():
        remove(old)


def _fingerprint(path: Path) -> str:
    """The SHA-256 of a file; the same word for every folder, and for every link, which is never one of ours."""
    if path.is_symlink():
        return "link"
    return "folder" if path.is_dir() else sha256(path)


def _free_name(out: Path, name: str) -> str:
    number = 1
    while os.path.lexists(out / f"{name}.before{'' if number == 1 else f'-{number}'}"):
        number += 1
    return f"{name}.before{'' if number == 1 else f'-{number}'}"
