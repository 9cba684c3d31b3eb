"""The middle part of `recommend`: which way is best at an earlier day, and the model that recommends."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from graphlead.common.console import Console
from graphlead.common.files import read_json, write_json, write_whole
from graphlead.core.arrays import NONE, Flags, Ints, Json
from graphlead.core.contracts import Progress
from graphlead.core.errors import damage
from graphlead.core.recommend import RecommendSettings
from graphlead.pipeline.recommend.read import Found
from graphlead.recommenders.backtest import MOST_CUSTOMERS, Split, chosen, compare, cuts_of, split_at
from graphlead.recommenders.baskets import baskets_of
from graphlead.recommenders.candidates import Candidate, bases, default, for_products
from graphlead.recommenders.fresh import chance_of, described, fresh_items
from graphlead.recommenders.lists import Trained
from graphlead.recommenders.newcomers import trial, vectors_of
from graphlead.recommenders.plan import plan_items
from graphlead.recommenders.wanting import Way, compare_ways
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

WEIGHTS, KEPT = "weights.npz", "kept"
"""Within the folder of the model: what was learned, and the positions of its items among them."""
MOST_OFFERED = 20_000
"""Items without a buyer that are looked at, a choice: of more, most are no longer sold."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The way that recommends, how the ways compared, and that for one product.

    chance: that of items which nobody bought yet; newcomers: whether likeness beats popularity, None where untried.
    """

    candidate: Candidate
    models: tuple[Json, ...]
    backtest: Json | None
    way: Way | None
    chance: float
    newcomers: Json | None
    notes: tuple[str, ...]


def choose(run: Run, found: Found, settings: RecommendSettings, console: Console) -> Choice:
    """Compare the ways at an earlier day. Raises SettingsError for an unknown model."""
    customers = len(found.purchases.customers)
    bases(settings.models, customers)

    def make(folder: RunFolder) -> None:
        write_json(folder.judgement, _compared(found, settings, progress))

    with console.stage("comparing the models at an earlier day") as progress:
        return load_choice(run.stage("choice", make))


def load_choice(folder: RunFolder) -> Choice:
    """What ``choose`` wrote. Raises RunFolderError when the file is missing or damaged."""
    content = read_json(folder.judgement)
    with damage(folder.judgement):
        way = content["way"]
        return Choice(
            candidate=Candidate(**content["candidate"]),
            models=tuple(content["models"]),
            backtest=content["backtest"],
            way=_way(way) if way else None,
            chance=content["chance"],
            newcomers=content["newcomers"],
            notes=tuple(content["notes"]),
        )


def _way(content: Json) -> Way:
    lists = {name: tuple(content[name]) for name in ("parts", "weights", "lift")}
    return Way(**{**content, **lists})


def _compared(found: Found, settings: RecommendSettings, progress: Progress) -> Json:
    customers = len(found.purchases.customers)
    splits = _splits(found, settings)
    trial_ = trial(
        vectors_of(found.known), baskets_of(found.purchases, found.purchases.as_of), found.keys, settings.seed
    )
    base = {"way": None, "newcomers": trial_.to_json() if trial_ else None}
    if not splits:
        candidate = default(settings.models, customers)
        note = (
            f"The history is too short to compare models on (fewer than 50 customers bought something new after an "
            f"earlier day): {candidate.name} recommends, as it does best elsewhere."
        )
        return {
            **base,
            "candidate": asdict(candidate),
            "models": [],
            "backtest": None,
            "chance": 0.0,
            "notes": [note],
        }
    measured = compare(splits, settings.models, settings.seed, progress)
    ways = compare_ways(splits, for_products(customers), settings.seed) if settings.product else []
    last = splits[0]
    days = (last.until - last.cut).days
    shorter = (
        [f"The history allows to compare on {days} days, not on {settings.within}."]
        if days < settings.within
        else []
    )
    return {
        **base,
        "candidate": asdict(chosen(measured).candidate),
        "models": [each.to_json() for each in sorted(measured, key=lambda each: -each.ndcg.mean())],
        "backtest": {
            "cut": last.cut.isoformat(),
            "until": last.until.isoformat(),
            "customers": len(measured[0].customers),
            "cuts": [each.cut.isoformat() for each in splits],
        },
        "way": asdict(ways[0]) if ways else None,
        "chance": _chance(found, last),
        "notes": shorter,
    }


def _splits(found: Found, settings: RecommendSettings) -> list[Split]:
    """The last one first; an earlier one too, unless the last has as many customers as are ever judged."""
    splits: list[Split] = []
    for days in cuts_of(found.purchases, settings.within):
        if splits and len(splits[0].rows) == MOST_CUSTOMERS:
            break
        split = split_at(
            found.purchases, days, found.services, found.keys, settings.seed, repeat=settings.repeat
        )
        splits += [split] if split else []
    return splits


def _chance(found: Found, split: Split) -> float:
    """How items sold that nobody had bought before the cut, beside those they are like."""
    purchases = found.purchases
    before = baskets_of(purchases, split.cut).buyers
    new = _offered(before)
    if not len(new):
        return 0.0
    known = purchases.bought.rows(purchases.of_known_items)
    after = known.rows(known.day >= np.datetime64(split.cut, "D"))
    pairs = np.unique(after.customer.astype(np.int64) * len(purchases.items) + after.item)
    sold = np.bincount(pairs % len(purchases.items), minlength=len(purchases.items))
    return chance_of(new, split.kept, described(purchases.items, purchases.of_items)[0], sold)


def _offered(buyers: np.ndarray) -> Ints:
    return np.flatnonzero(buyers == 0)[:MOST_OFFERED].astype(np.int32)


def train(run: Run, found: Found, choice: Choice, settings: RecommendSettings, console: Console) -> Trained:
    """The chosen model, trained on everything before the day; the items that it learns from are planned here."""

    def make(folder: RunFolder) -> None:
        baskets = baskets_of(found.purchases, found.purchases.as_of)
        plan = plan_items(baskets.buyers, found.services)
        model = choice.candidate.recommender(settings.seed).fit(baskets.of_items(plan.kept))
        folder.model.mkdir()
        save_weights(folder, dict(model.arrays()), found.purchases.items[plan.kept])

    with console.stage("training"):
        return trained_of(run.stage("model", make), found, choice, settings)


def save_weights(folder: RunFolder, arrays: dict[str, np.ndarray], items: np.ndarray) -> None:
    """Write what a model has learned, and the ids of its items."""
    texts = {KEPT: np.array([*items], dtype=np.str_)}

    def write(part: object) -> None:
        with open(str(part), "wb") as file:  # noqa: PTH123, np.savez would add a suffix to a path
            np.savez(file, allow_pickle=False, **{**arrays, **texts})

    write_whole(folder.model / WEIGHTS, write)


def trained_of(folder: RunFolder, found: Found, choice: Choice, settings: RecommendSettings) -> Trained:
    """The model that a run has trained, on the purchases found: items that either does not know are left out."""
    path = folder.model / WEIGHTS
    with damage(path), np.load(path, allow_pickle=False) as held:
        arrays = {name: held[name] for name in held.files if name != KEPT}
        learned = held[KEPT].astype(object)
    place = {item: at for at, item in enumerate(found.purchases.items)}
    purchases = found.purchases
    kept = np.array([place.get(item, NONE) for item in learned], np.int32)
    arrays = {name: _of_items(array, kept != NONE) for name, array in arrays.items()}
    kept = kept[kept != NONE]
    whole = baskets_of(purchases, purchases.as_of)
    baskets = whole.of_items(kept)
    fresh = fresh_items(
        _offered(whole.buyers), kept, described(purchases.items, purchases.of_items), choice.chance
    )
    model = choice.candidate.recommender(settings.seed).with_arrays(arrays)
    return Trained(candidate=choice.candidate, model=model, kept=kept, baskets=baskets, fresh=fresh)


def _of_items(array: np.ndarray, known: Flags) -> np.ndarray:
    """What was learned of the known items, in an array whose rows, and maybe columns, are items."""
    if known.all():
        return array
    square = array.ndim == 2 and array.shape[0] == array.shape[1] == len(known)
    return array[np.ix_(known, known)] if square else array[known]
