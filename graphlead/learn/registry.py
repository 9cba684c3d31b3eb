"""The rankers of a run by name, and trained ones on disk."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch

from graphlead.core.contracts import Ranker
from graphlead.learn.classifiers import BoostedTrees, Classifier, ScikitLearn, scikit_learn_class
from graphlead.learn.crossfit import Models
from graphlead.learn.inputs import NeighbourInputs, TabularInputs
from graphlead.learn.rankers.gnn import DecoupledGnn
from graphlead.learn.rankers.pagerank import PageRank
from graphlead.learn.rankers.tabular import AdaptedClassifier

INDEX = "rankers.json"


def device_of(wanted: str) -> str:
    """The device to train on: what was asked for, or for "auto" a GPU when there is one."""
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    return wanted


def rankers(
    names: Sequence[str],
    classifier: str,
    encodings: tuple[int, ...],
    device: str,
    prior: float | None = None,
) -> list[Ranker]:
    """Untrained rankers in the order of the names; ``classifier`` is that of the tabular ones.

    encodings: which label features are target encodings of single columns, all that the tabular baseline sees. prior:
    share of clients-to-be among the unlabelled, when it is known; it decides the network's loss.
    """
    make = partial(_classifier, classifier, device)
    all_of_them: dict[str, Ranker] = {
        "pagerank": PageRank(),
        "tabular": AdaptedClassifier("tabular", TabularInputs(encodings), make),
        "tabular_graph": AdaptedClassifier("tabular_graph", NeighbourInputs(), make),
        "gnn": DecoupledGnn(device, prior),
    }
    return [all_of_them[name] for name in names]


def _classifier(name: str, device: str) -> Classifier:
    return BoostedTrees(device) if name == "xgboost" else ScikitLearn(name)


def check_classifier(name: str) -> None:
    """Raise SettingsError unless this is a classifier that ``rankers`` can use."""
    if name != "xgboost":
        scikit_learn_class(name)


def save_models(models: Models, classifier: str, encodings: tuple[int, ...], folder: Path) -> None:
    """Write every fold's rankers into an existing folder, without pickle."""
    names = [ranker.name for ranker in models[0]]
    index = {"rankers": names, "classifier": classifier, "encodings": encodings, "folds": len(models)}
    (folder / INDEX).write_text(json.dumps(index), "utf-8")
    for f, trained in enumerate(models):
        (folder / f"fold-{f}").mkdir()
        for ranker in trained:
            ranker.save(folder / f"fold-{f}")


def load_models(folder: Path, device: str) -> Models:
    """The rankers that ``save_models`` wrote, on this device."""
    index = json.loads((folder / INDEX).read_text("utf-8"))
    arguments = (index["rankers"], index["classifier"], tuple(index["encodings"]), device)
    return tuple(
        tuple(ranker.load(folder / f"fold-{f}") for ranker in rankers(*arguments))
        for f in range(index["folds"])
    )
