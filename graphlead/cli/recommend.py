"""From orders to what each customer is offered next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graphlead.cli.options import AsJson, Config, Quiet, console_of, separated
from graphlead.core.recommend import RecommendGiven, RecommendSettings, help_of
from graphlead.recommenders.registry import RECOMMENDERS


def _given(key: str) -> object:
    return typer.Option(f"--{key}", help=help_of(key))


Events = Annotated[list[Path] | None, typer.Option("--events", help=f"{help_of('events')} Repeatable.")]
Models = Annotated[
    list[str] | None,
    typer.Option(
        "--models",
        help=f"{help_of('models')} Separated by commas, or given repeatedly: {', '.join(RECOMMENDERS)}.",
    ),
]


def recommend(
    *,
    events: Events = None,
    items: Annotated[Path | None, _given("items")] = None,
    customers: Annotated[Path | None, _given("customers")] = None,
    companies: Annotated[Path | None, _given("companies")] = None,
    links: Annotated[Path | None, _given("links")] = None,
    run: Annotated[Path | None, _given("run")] = None,
    reviewed: Annotated[Path | None, _given("reviewed")] = None,
    out: Annotated[Path | None, _given("out")] = None,
    config: Config = None,
    id_: Annotated[str | None, _given("id")] = None,
    item: Annotated[str | None, _given("item")] = None,
    product: Annotated[str | None, _given("product")] = None,
    repeat: Annotated[bool, typer.Option("--repeat", help=help_of("repeat"))] = False,
    top: Annotated[int | None, typer.Option(help=f"{help_of('top')} Default: 10.")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=help_of("as_of"))] = None,
    within: Annotated[
        int | None, typer.Option(metavar="DAYS", help=f"{help_of('within')} Default: 90.")
    ] = None,
    models: Models = None,
    exclude: Annotated[list[str] | None, typer.Option(help=f"{help_of('exclude')} Repeatable.")] = None,
    seed: Annotated[int | None, _given("seed")] = None,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """What each customer buys next, and who wants a product: from orders to lists with reasons."""
    given = RecommendGiven(
        events=tuple(events) if events else None, items=items, customers=customers, companies=companies, links=links,
        run=run, reviewed=reviewed, out=out, id=id_, item=item, product=product, repeat=repeat or None, top=top,
        as_of=as_of, within=within, models=separated(models), exclude=separated(exclude), seed=seed,
    )  # fmt: skip
    settings, console = RecommendSettings.load(config, given), console_of(quiet, as_json)

    from graphlead.common.files import check_readable

    check_readable(settings.inputs().values())

    from graphlead.pipeline.recommend.recommend import recommend as recommended

    result = recommended(settings, console, config=config)
    console.outcome(result.text, result.summary)
