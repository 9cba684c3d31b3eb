"""`recommend` from end to end, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from graphlead.common.console import Console
from graphlead.common.disk import disk_errors
from graphlead.core.arrays import Json
from graphlead.core.errors import unknown
from graphlead.core.recommend import RecommendSettings
from graphlead.pipeline.outputs import check_run, parts_of
from graphlead.pipeline.recommend.choose import choose, train
from graphlead.pipeline.recommend.deliver import Delivered, hand_over
from graphlead.pipeline.recommend.prospects import find_prospects
from graphlead.pipeline.recommend.read import Found, read
from graphlead.report.recommend.summary import recommend_summary
from graphlead.runs.layout import RunFolder
from graphlead.runs.manifest import hash_inputs, hash_run
from graphlead.runs.recommend_stages import RECOMMEND_STAGES
from graphlead.runs.run import open_run


@dataclass(frozen=True, kw_only=True)
class Recommended:
    """The outcome: as text for the terminal, and as JSON."""

    delivered: Delivered
    text: str
    summary: Json


def recommend(settings: RecommendSettings, console: Console, *, config: Path | None = None) -> Recommended:
    """What each customer buys next: read, compare the models at an earlier day, train the best, recommend.

    config: the file that the settings are from, if any; like the inputs, it is not replaced by a result.
    """
    check_run(
        settings.out, [config, *settings.inputs().values(), *(parts_of(settings.run) if settings.run else ())]
    )
    inputs = hash_inputs(settings.inputs()) | ({"run": hash_run(settings.run)} if settings.run else {})
    with (
        disk_errors(settings.out),
        open_run(settings.out, inputs, settings.to_json(), RECOMMEND_STAGES, "recommend") as run,
    ):
        found = read(run, settings, console)
        check_product(found, settings)
        choice = choose(run, found, settings, console)
        trained = train(run, found, choice, settings, console)
        find_prospects(run, found, choice, settings, console)
        return outcome_of(hand_over(run, found, choice, trained, settings, console))


def check_product(found: Found, settings: RecommendSettings) -> None:
    """Raise SettingsError, with the nearest name, for a product that nobody bought."""
    bought = set(found.purchases.bought.item[found.purchases.of_known_items])
    sold = [item for at, item in enumerate(found.purchases.items) if at in bought]
    if settings.product and settings.product not in sold:
        raise unknown("item", settings.product, sold, "--product")


def outcome_of(delivered: Delivered) -> Recommended:
    """What the verb prints of what it has handed over."""
    folder = RunFolder(delivered.folder)
    files = {"recommendations": folder.recommendations, "report": folder.report, "figures": folder.metrics}
    if delivered.content.prospects is not None:
        files["prospects"] = folder.prospects
    summary = delivered.metrics | {"files": {name: str(path) for name, path in files.items()}}
    return Recommended(delivered=delivered, text=recommend_summary(delivered.content, files), summary=summary)
