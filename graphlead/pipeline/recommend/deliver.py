"""The last part of `recommend`: what each customer is offered, who wants the product, the figures and the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa

from graphlead.common.console import Console
from graphlead.common.files import read_json, read_parquet, write_json, write_parquet
from graphlead.common.workbooks import Made
from graphlead.core.arrays import Json
from graphlead.core.contracts import Progress
from graphlead.core.recommend import RecommendSettings
from graphlead.pipeline.drifted import drift_notes
from graphlead.pipeline.recommend.choose import Choice
from graphlead.pipeline.recommend.drifted import Offered, save_drift_of_offers
from graphlead.pipeline.recommend.read import Found
from graphlead.recommenders.baskets import baskets_of
from graphlead.recommenders.lists import CONTENT, Trained, recommended
from graphlead.recommenders.newcomers import for_newcomers, vectors_of
from graphlead.recommenders.plan import plan_items
from graphlead.recommenders.rates import rates_of
from graphlead.report.recommend.build import write_recommend_report
from graphlead.report.recommend.content import RecommendContent
from graphlead.report.workbooks.lists import write_offers, write_prospects
from graphlead.runs.layout import RunFolder
from graphlead.runs.run import Run

VERB = "recommend"


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What ``recommend`` hands over: its tables, the figures, and the content of the report."""

    folder: Path
    content: RecommendContent

    @property
    def metrics(self) -> Json:
        return self.content.metrics


class Earlier(Protocol):
    """The finished run of which the model is applied again."""

    @property
    def path(self) -> Path: ...

    @property
    def offered(self) -> Offered: ...


def hand_over(
    run: Run,
    found: Found,
    choice: Choice,
    trained: Trained,
    settings: RecommendSettings,
    console: Console,
    earlier: Earlier | None = None,
) -> Delivered:
    """Write every result into the run's folder, and return them.

    earlier: the run of which the model is applied; what changed since is noted.
    """

    def make(folder: RunFolder) -> None:
        table = _recommendations(found, choice, trained, settings, progress)
        write_parquet(folder.recommendations, pa.Table.from_pandas(table, preserve_index=False))
        if earlier is not None:
            now = Offered(
                purchases=found.purchases, table=table, within=settings.within, model=choice.candidate.name
            )
            save_drift_of_offers(folder, earlier.path, earlier.offered, now)
        metrics = _metrics(found, choice, trained, table, settings)
        write_json(folder.metrics, metrics | {"notes": [*drift_notes(folder), *metrics["notes"]]})
        folder.noise.write_text("\n".join(_noise(found)) + "\n", "utf-8")

    with console.stage("recommending") as progress:
        results = run.stage("results", make)
    with console.stage("writing the results"):
        prospects = run.made("prospects")
        content = content_of(results, prospects, settings)
        made = replace(run.provenance, day=found.purchases.as_of)
        run.stage("report", lambda folder: _present(folder, content, made))
        run.publish(run.manifest(device="cpu", verb=VERB, model=choice.candidate.name))
    return Delivered(folder=run.folder.path, content=content)


def _present(folder: RunFolder, content: RecommendContent, made: Made) -> None:
    """Write what people open: the report and the workbooks."""
    write_recommend_report(folder.report, content)
    notes = content.metrics["notes"]
    write_offers(
        folder.workbook(folder.recommendations),
        content.recommendations,
        notes,
        made,
        folder.recommendations.name,
    )
    if content.prospects is not None:
        write_prospects(
            folder.workbook(folder.prospects),
            content.prospects,
            content.product,
            notes,
            made,
            folder.prospects.name,
        )


def content_of(
    results: RunFolder, prospects: RunFolder | None, settings: RecommendSettings
) -> RecommendContent:
    """The content of the report, from the results in a folder, and from that of the prospects, if there is one."""
    wanted = prospects.prospects if prospects else None
    return RecommendContent(
        title=settings.events[0].name,
        metrics=read_json(results.metrics),
        recommendations=read_parquet(results.recommendations).to_pandas(),
        prospects=read_parquet(wanted).to_pandas() if wanted and wanted.exists() else None,
        product=settings.product or "",
        top=settings.top,
        repeat=settings.repeat,
    )


def _recommendations(
    found: Found, choice: Choice, trained: Trained, settings: RecommendSettings, progress: Progress
) -> pd.DataFrame:
    purchases = found.purchases
    table = recommended(
        trained, purchases.customers, purchases.items, settings.top, repeat=settings.repeat, progress=progress
    )
    if not len(found.new):
        return table
    every = vectors_of(pd.concat([found.known, found.of_new], ignore_index=True))
    n = len(found.known)
    new = for_newcomers(
        found.new, every[n:], every[:n], trained.baskets, purchases.items[trained.kept], settings.top,
        helps=bool(choice.newcomers and choice.newcomers["helps"]),
    )  # fmt: skip
    return pd.concat([table, new], ignore_index=True)


def _metrics(
    found: Found, choice: Choice, trained: Trained, table: pd.DataFrame, settings: RecommendSettings
) -> Json:
    purchases = found.purchases
    plan = plan_items(baskets_of(purchases, purchases.as_of).buyers, found.services)
    kinds = table["kind"].value_counts()
    return {
        "verb": VERB,
        "as_of": purchases.as_of.isoformat(),
        "customers": len(purchases.customers),
        "new_customers": len(found.new),
        "items": len(trained.kept),
        "new_items": 0 if trained.fresh is None else len(trained.fresh.items),
        "purchases": len(purchases.bought),
        "seed": settings.seed,
        "models": list(choice.models),
        "chosen": choice.candidate.name,
        "backtest": choice.backtest,
        "newcomers": choice.newcomers,
        "recommended": {
            "customers": int(table["customer"].nunique()),
            "items": int(table["item"].nunique()),
            "coverage": table.loc[table["kind"] != CONTENT, "item"].nunique() / max(len(trained.kept), 1),
            **{kind: int(count) for kind, count in kinds.items()},
        },
        "product": _product(found, choice, settings) if settings.product else None,
        "notes": [*found.notes, *choice.notes, *([plan.note] if plan.note else [])],
    }


def _product(found: Found, choice: Choice, settings: RecommendSettings) -> Json:
    """How the prospects of the product were ranked, and how many bought it of late."""
    item = int(np.flatnonzero(found.purchases.items == settings.product)[0])
    rates = rates_of(found.purchases, item, settings.within)
    way = choice.way.to_json() if choice.way else {}
    return {"item": settings.product, "within": settings.within, **way, "lately": rates.to_json()}


def _noise(found: Found) -> list[str]:
    """The plan of the columns and the notes, as text."""
    rows = found.purchases.plan
    width = max((len(row[0]) for row in rows), default=0)
    plan = [f"{name:{width}}  {use}: {because}" for name, use, because in rows]
    return ["How the columns were understood:", *plan, "", "Notes:", *(found.notes or ("none",))]
