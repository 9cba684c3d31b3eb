"""The rankers by name: each is a class in a file of its own and a line here, imported when it is used."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphlead.common.files import read_json
from graphlead.core.contracts import BuiltOn
from graphlead.core.errors import SettingsError, damage
from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.core.contracts import Ranker, RankerSetup, TaskKind
    from graphlead.learn.crossfit import Models

INDEX = "rankers.json"
FEW_CLIENTS = 50
"""Clients below which every ranker takes part in the list. On a register of US filings (6 sellers), from 25 and 40 of
their clients, the blend of all four had an average precision of 0.237 and 0.231, of those that held-out clients chose
0.227 and 0.211."""
PU: frozenset[TaskKind] = frozenset({"pu"})


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A ranker that a run may train.

    make: ``module:name`` of a callable that makes an untrained one from a RankerSetup; kinds: the kinds of task that it
    learns; sees: the companies alone, their surroundings as well, or only the way to the clients; row_wise: whether it
    can score rows that are no company of the register, as explanations need. One that cannot is compared with the
    others, but never ranks the list. base: the ranker that it is built on, which is trained with it and takes its place
    where it finds no more clients than that. trained_by, needs: the packages that train it, and those without which it
    does not score either; the others are needed by all.
    """

    make: str
    kinds: frozenset[TaskKind]
    sees: Literal["company", "surroundings", "way"] = "surroundings"
    row_wise: bool = True
    base: str = ""
    trained_by: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


RANKERS = {
    "pagerank": Entry(make="graphlead.learn.rankers.pagerank:PageRank", kinds=PU, sees="way"),
    "tabular": Entry(make="graphlead.learn.rankers.tabular:tabular", kinds=PU, sees="company"),
    "tabular_graph": Entry(make="graphlead.learn.rankers.tabular:tabular_graph", kinds=PU),
    "linear": Entry(make="graphlead.learn.rankers.tabular:linear", kinds=PU),
    "gnn": Entry(
        make="graphlead.learn.rankers.gnn:DecoupledGnn", kinds=PU, base="linear", trained_by=("torch",)
    ),
    "sage": Entry(
        make="graphlead.learn.rankers.sage:Sage", kinds=PU, row_wise=False, needs=("torch", "torch_geometric")
    ),
}
DRIVERS = ("libcuda.so.1", "nvcuda.dll")
AMD = Path("/dev/kfd")
"""What a machine has where PyTorch may find a GPU: a driver of CUDA as Linux and Windows name it, or AMD's device."""


def import_early(names: Sequence[str]) -> None:
    """Import the packages that these rankers are trained by: seconds, which a thread of its own has while files are
    read."""
    for name in names:
        loaded(RANKERS[name].make)
        for package in (*RANKERS[name].trained_by, *RANKERS[name].needs):
            import_module(package)


def check_rankers(names: Sequence[str], kind: TaskKind) -> None:
    """Raise SettingsError unless these rankers exist and learn this kind of task, and one of them can rank the list."""
    for name in names:
        if kind not in entry_of(RANKERS, name, "ranker", "rankers").kinds:
            able = ", ".join(each for each, entry in RANKERS.items() if kind in entry.kinds)
            raise SettingsError(
                f"{name} does not learn tasks of the kind {kind}.",
                where="rankers",
                remedy=f"Leave it out; these do: {able}.",
            )
    if not row_wise(names):
        raise SettingsError(
            f"{' and '.join(names) or 'no ranker'} can only be compared with others, not rank the list.",
            where="rankers",
            remedy=f"Add one of {', '.join(row_wise(list(RANKERS)))}.",
        )
    for name in names:
        _check_installed(name, (*RANKERS[name].trained_by, *RANKERS[name].needs), "trained")


def _check_installed(name: str, packages: Sequence[str], what: str) -> None:
    """Raise SettingsError where a ranker cannot be trained, or used, for want of a package."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        without = [other for other, entry in RANKERS.items() if not entry.trained_by and not entry.needs]
        raise SettingsError(
            f"{name} cannot be {what} without {missing[0]}, which is not installed.",
            where="rankers",
            remedy=f"Install it, or train with --rankers {','.join(without)}.",
        )


def row_wise(names: Sequence[str]) -> list[str]:
    """The rankers among ``names`` that can rank the list."""
    return [name for name in names if RANKERS[name].row_wise]


def with_bases(names: Sequence[str]) -> tuple[str, ...]:
    """The rankers and those that they are built on, each once, before those built on it."""
    pairs = ((RANKERS[name].base, name) for name in names)
    return tuple(dict.fromkeys(name for pair in pairs for name in pair if name))


def bases_of(names: Sequence[str]) -> dict[str, str]:
    """The ranker that each of these is built on, where there is one."""
    return {name: RANKERS[name].base for name in names if RANKERS[name].base}


def for_list(names: Sequence[str], clients: int) -> list[str]:
    """The rankers among ``names`` that the list is made of, learned from so many clients.

    One that sees each company alone takes part among few clients, and where no other learns from the register; one that
    another is built on, only as a part of it.
    """
    able = [name for name in row_wise(names) if name not in bases_of(names).values()]
    around = [name for name in able if RANKERS[name].sees == "surroundings"]
    if clients < FEW_CLIENTS or not around:
        return able
    return [name for name in able if RANKERS[name].sees != "company"]


def rankers(names: Sequence[str], setup: RankerSetup) -> list[Ranker]:
    """Untrained rankers in the order of the names, each built on its base where that is among them."""
    makers: dict[str, Callable[[RankerSetup], Ranker]] = {name: loaded(RANKERS[name].make) for name in names}
    made = {name: make(setup) for name, make in makers.items()}
    for name, base in bases_of(names).items():
        ranker = made[name]
        if base in made and isinstance(ranker, BuiltOn):
            ranker.build_on(made[base])
    return list(made.values())


def device_of(wanted: str) -> str:
    """The device to train on: ``wanted``, or for "auto" a GPU when there is one.

    PyTorch, which takes seconds to load, is asked only where the machine may have one.
    """
    if wanted != "auto":
        return wanted
    return "cuda" if _may_have_gpu() and _has_gpu() else "cpu"


def _may_have_gpu() -> bool:
    for driver in DRIVERS:
        with suppress(OSError):
            ctypes.CDLL(driver)
            return True
    return AMD.exists()


def _has_gpu() -> bool:
    try:
        import torch
    except ImportError:
        return False
    return torch.cuda.is_available()


def check_classifier(name: str) -> None:
    """Raise SettingsError unless this is a classifier that the tabular rankers can use."""
    if name != "xgboost":
        from graphlead.learn.classifiers import try_out

        try_out(name)


def save_models(models: Models, classifier: str, encodings: tuple[int, ...], folder: Path) -> None:
    """Write every fold's rankers into an existing folder, without pickle."""
    names = [ranker.name for ranker in models[0]]
    index = {"rankers": names, "classifier": classifier, "encodings": encodings, "folds": len(models)}
    (folder / INDEX).write_text(json.dumps(index), "utf-8")
    for f, trained in enumerate(models):
        (folder / f"fold-{f}").mkdir()
        for ranker in trained:
            ranker.save(folder / f"fold-{f}")


def load_models(folder: Path, device: str, only: Collection[str] | None = None) -> Models:
    """The rankers that ``save_models`` wrote, or ``only`` those with these names, on this device.

    Raises RunFolderError when a file is missing or damaged, and SettingsError for a ranker that needs a package that is
    not installed.
    """
    from graphlead.core.contracts import RankerSetup

    index = read_json(folder / INDEX)
    with damage(folder / INDEX):
        setup = RankerSetup(index["classifier"], tuple(index["encodings"]), device)
        names = [name for name in index["rankers"] if only is None or name in only]
        folds, needed = range(index["folds"]), {name: RANKERS[name].needs for name in names}
    for name, packages in needed.items():
        _check_installed(name, packages, "used")
    return tuple(_load_fold(folder / f"fold-{f}", names, setup) for f in folds)


def _load_fold(folder: Path, names: Sequence[str], setup: RankerSetup) -> tuple[Ranker, ...]:
    with damage(folder):
        return tuple(ranker.load(folder) for ranker in rankers(names, setup))
