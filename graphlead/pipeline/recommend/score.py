"""A finished run of `recommend` on another day: newer orders, by its model, without comparing or training again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.core.errors import SettingsError
from graphlead.core.recommend import RecommendGiven, RecommendSettings
from graphlead.ingest.cases.events.purchases import layout_of_purchases
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.recommend.choose import load_choice, trained_of
from graphlead.pipeline.recommend.deliver import hand_over
from graphlead.pipeline.recommend.finished import FinishedRecommend
from graphlead.pipeline.recommend.prospects import find_prospects
from graphlead.pipeline.recommend.read import read
from graphlead.pipeline.recommend.recommend import Recommended, check_product, outcome_of
from graphlead.pipeline.take_over import take_over
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.recommend_stages import RECOMMEND_STAGES
from graphlead.runs.run import open_run


@dataclass(frozen=True, kw_only=True)
class NewerOrders:
    """What is recommended from: newer tables of orders, with all that customers bought so far; the rest as before where
    it is None. as_of: by default the day after the last purchase."""

    events: tuple[Path, ...]
    items: Path | None = None
    as_of: str | date | None = None
    top: int | None = None


def recommend_again(run: Path, newer: NewerOrders, out: Path, console: Console) -> Recommended:
    """Recommend from newer orders by the model of a finished run. Raises SettingsError where there are no orders."""
    earlier = FinishedRecommend(run)
    settings = _settings(earlier, newer, out)
    check_run(out, [*settings.inputs().values(), *parts_of(run)])
    inputs = hash_inputs(settings.inputs()) | {"earlier": hash_run(run)}
    with disk_errors(out), open_run(out, inputs, settings.to_json(), RECOMMEND_STAGES, "recommend") as again:
        found = read(again, settings, console, layout_of_purchases(earlier.purchases))
        check_product(found, settings)
        choice = load_choice(
            again.stage("choice", lambda folder: take_over(earlier.folder.judgement, folder))
        )
        model = again.stage("model", lambda folder: take_over(earlier.folder.model, folder))
        trained = trained_of(model, found, choice, settings)
        find_prospects(again, found, choice, settings, console)
        return outcome_of(hand_over(again, found, choice, trained, settings, console, earlier))


def _settings(earlier: FinishedRecommend, newer: NewerOrders, out: Path) -> RecommendSettings:
    if not newer.events:
        raise SettingsError(
            "there are no orders to recommend from.",
            where="--events",
            remedy="Give tables of orders up to now, with the columns of the earlier ones.",
        )
    before = replace(earlier.settings, companies=None, links=None, run=None)
    changes = {"events": newer.events, "items": newer.items, "top": newer.top}
    given = {**before.to_json(), **{name: value for name, value in changes.items() if value}}
    settings: RecommendGiven = {**given, "as_of": newer.as_of, "out": out}  # type: ignore[typeddict-item]
    return RecommendSettings.load(None, settings)
