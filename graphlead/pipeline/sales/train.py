"""The middle part of a sales verb: late columns, models with and without the register, and hazards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graphlead.common.console import Console
from graphlead.common.files import read_json, write_json
from graphlead.core.around import Around
from graphlead.core.arrays import Json
from graphlead.core.cases import Cases
from graphlead.core.errors import InputError, damage
from graphlead.core.late import Late
from graphlead.core.sales import SalesSettings
from graphlead.evaluate.cases.auc import auc, auc_difference
from graphlead.evaluate.metrics import Z95
from graphlead.learn.cases.fit import Fitted, fit, load, save
from graphlead.learn.cases.hazard import Hazard, fit_hazard
from graphlead.learn.cases.quick import are_alike, quick_odds
from graphlead.pipeline.sales.read import Read
from graphlead.profile.late.find import find_late, hidden_from_survival, left_out
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

GRAPH, HAZARD = "graph.json", "hazard.json"
OWN, JOINED, SHORT, HAZARDS = "own", "joined", "joined_in_short", "hazards"
"""Within the folder of the models: by the rows' own columns, with all that the register knows or with that in short, of
which one is there, and of survival."""


@dataclass(frozen=True, kw_only=True)
class Trained:
    """The models that score, and the cases as they see them.

    graph: the verdict on the register, as metrics.json has it; None where none was given. hazard, c_index: None where
    no duration is known.
    """

    late: tuple[Late, ...]
    cases: Cases
    fitted: Fitted
    graph: Json | None
    hazard: Hazard | None
    c_index: float | None
    notes: tuple[str, ...]


def train(run: Run, found: Read, around: Around | None, settings: SalesSettings, console: Console) -> Trained:
    """Look for late columns, then train with and without what is around; the better on held-out cases scores.

    Raises InputError where the known cases are all alike.
    """
    _refuse_alike(found.cases, settings)
    late = _look_for_late(run, found, settings, console)
    usable = found.cases.without(left_out(late))
    _refuse_alike(usable, settings)

    def make(folder: RunFolder) -> None:
        folder.model.mkdir()
        own = fit(
            around.folded(usable) if around else usable, settings.seed, progress, trials=settings.automl
        )
        save(own, folder.model / OWN)
        if around:
            with_all, short = (
                fit(each, settings.seed, progress, trials=settings.automl)
                for each in (around.joined(usable), around.in_short(usable))
            )
            name, joined, sure = SHORT, short, 1.0
            if _gain(with_all, short, Z95):
                name, joined, sure = JOINED, with_all, Z95
            save(joined, folder.model / name)
            write_json(folder.model / GRAPH, _verdict(own, joined, around, sure))
        timed = found.cases.without({*hidden_from_survival(late), *found.durations})
        if timed.duration is not None and not are_alike(timed.rows(timed.known), settings.seed):
            hazard, measured = _hazard(timed, settings.seed)
            hazard.save(folder.model / HAZARDS)
            write_json(folder.model / HAZARD, measured)

    with console.stage("training") as progress:
        return load_trained(run.stage("model", make), late, usable, around)


def load_trained(folder: RunFolder, late: tuple[Late, ...], usable: Cases, around: Around | None) -> Trained:
    """The models that a run has trained, and the cases as they see them."""
    model = folder.model
    graph = read_json(model / GRAPH) if (model / GRAPH).exists() else None
    joined = graph is not None and bool(graph["helps"])
    own = around.folded(usable) if around else usable
    short = (model / SHORT).exists()
    hazards = read_json(model / HAZARD) if (model / HAZARD).exists() else None
    return Trained(
        late=late,
        cases=(around.in_short if short else around.joined)(usable) if joined and around else own,
        fitted=load(model / ((SHORT if short else JOINED) if joined else OWN)),
        graph=graph,
        hazard=Hazard.load(model / HAZARDS) if hazards else None,
        c_index=hazards["c_index"] if hazards else None,
        notes=tuple(hazards["notes"]) if hazards else (),
    )


def _refuse_alike(cases: Cases, settings: SalesSettings) -> None:
    """Raise InputError where there is nothing that any model could learn from."""
    if are_alike(cases.rows(cases.known), settings.seed):
        raise InputError(
            "the known cases are all alike, so that nothing can be learned from them.",
            where=str(settings.leads or settings.customers or settings.events[0]),
            remedy="Give more cases, or more columns; --keep COLUMN uses one that was left out.",
        )


def _look_for_late(run: Run, found: Read, settings: SalesSettings, console: Console) -> tuple[Late, ...]:
    def auc_of(cases: Cases) -> float:
        area = auc(cases.outcome == 1, quick_odds(cases, settings.seed))
        return area.value if area else 0.5

    def make(folder: RunFolder) -> None:
        late = find_late(found.cases, auc_of, settings.keep, found.absent)
        write_json(folder.leaks, {"late": [each.to_json() for each in late]})

    with console.stage("looking for columns known only afterwards"):
        late = load_late(run.stage("leaks", make))
    for each in late:
        console.warn(f"{each.column} is {each.verdict}: {each.why}.")
    return late


def load_late(folder: RunFolder) -> tuple[Late, ...]:
    """The late columns that a run has found. Raises RunFolderError when the file is missing or damaged."""
    content = read_json(folder.leaks)
    with damage(folder.leaks):
        return tuple(Late(**each) for each in content["late"])


def _gain(more: Fitted, fewer: Fitted, sure: float) -> bool:
    """Whether more columns are better on held-out cases, by more than so many standard errors."""
    gain = auc_difference(more.heldout.outcome == 1, more.heldout.chosen, fewer.heldout.chosen)
    return gain is not None and gain.value - sure * (gain.high - gain.low) / (2 * Z95) > 0


def _verdict(own: Fitted, joined: Fitted, around: Around, sure: float) -> Json:
    """Whether the register helps on the cases that both models held out, by more than so many standard errors.

    What sums up the register is hardly another model where it says nothing: one is enough for it. On three tables of
    700 leads the gain is .010 to .033 with a standard error of .008 to .011, and .007 to .015 on the open leads.
    """
    positive = own.heldout.outcome == 1
    without, with_ = auc(positive, own.heldout.chosen), auc(positive, joined.heldout.chosen)
    gain = auc_difference(positive, joined.heldout.chosen, own.heldout.chosen)
    if without is None or with_ is None or gain is None:
        return {"matched": around.matched, "auc_without": None, "auc_with": None, "low": None, "high": None,
                "helps": False, "text": "The register cannot be judged: one outcome alone was held out."}  # fmt: skip
    helps = _gain(joined, own, sure)
    text = (
        f"With the register, which {around.matched:.0%} of the cases were found in, the AUC is {with_.value:.3f} "
        f"instead of {without.value:.3f} ({gain.value:+.3f}, interval {gain.low:+.3f} to {gain.high:+.3f}): "
        f"{_says(helps, gain.low > 0)}."
    )
    return {"matched": around.matched, "auc_without": without.value, "auc_with": with_.value, "low": gain.low,
            "high": gain.high, "helps": helps, "text": text}  # fmt: skip


def _says(helps: bool, certain: bool) -> str:
    if not helps:
        return "no more than chance, so the model without it scores"
    return "it helps, and its model scores" if certain else "it seems to help, and its model scores"


def _hazard(cases: Cases, seed: int) -> tuple[Hazard, Json]:
    """The hazards, their concordance on held-out cases, and notes for the user."""
    from graphlead.evaluate.cases.figures import c_index

    hazard, ratio = fit_hazard(cases, seed)
    learned = ~np.isnan(ratio)
    known = cases.rows(cases.known).rows(learned)
    index = None if known.duration is None else c_index(known.duration, known.outcome == 1, ratio[learned])
    note = f"Hazards and median times are learned from {learned.sum():,} of the {len(learned):,} known cases."
    return hazard, {"c_index": index, "notes": [] if learned.all() else [note]}
