"""The verb init: a configuration file to edit, from the data at hand."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Annotated

import typer

from graphlead.cli.options import AsJson, Clients, Links, Quiet, SomeRegister, console_of
from graphlead.cli.sales import (
    Customers,
    Deals,
    Discovery,
    Events,
    Id,
    Item,
    Items,
    Leads,
    Open,
    Outcome,
    Positive,
)
from graphlead.core.errors import SettingsError
from graphlead.core.sales import SalesGiven, SalesSettings

TAKEN = {
    "run": ("companies", "links", "clients"),
    "convert": ("leads", "open", "deals", "companies", "links", "run", "outcome", "positive", "id"),
    "churn": (
        "customers", "events", "open", "items", "companies", "links", "run", "outcome", "positive", "id", "item",
    ),
}  # fmt: skip
"""What the configuration of each verb is made from."""
Columns = dict[str, str]
"""How each column was understood; those of a second table with its name in front."""


def init(
    *,
    companies: SomeRegister = None,
    links: Links = None,
    clients: Clients = None,
    leads: Leads = None,
    customers: Customers = None,
    events: Events = None,
    open_: Open = None,
    items: Items = None,
    deals: Deals = None,
    run: Discovery = None,
    outcome: Outcome = None,
    positive: Positive = None,
    id_: Id = None,
    item: Item = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")] = Path(
        "graphlead.toml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Write a configuration file from the data at hand: how each column is understood, and every setting.

    Of leads it is one for convert, of customers or events one for churn, of companies alone one for run.
    """
    from graphlead.report.summary import counted

    given = SalesGiven(
        leads=leads, customers=customers, events=tuple(events) if events else None, open=open_, items=items,
        deals=deals, companies=companies, links=links, run=run, outcome=outcome, positive=positive, id=id_, item=item,
    )  # fmt: skip
    verb = "convert" if leads else "churn" if customers or events else "run"
    _refuse_foreign(verb, {**given, "clients": clients})
    if os.path.lexists(output) and not force:
        raise SettingsError(
            "the file exists already.", where=str(output), remedy="Use --force, or another name with -o."
        )
    columns = _discovery(companies, links, clients, output) if verb == "run" else _sales(verb, given, output)
    source = leads or customers or (events[0] if events else companies)
    console_of(quiet, as_json).outcome(
        f"{output} shows how {counted(len(columns), 'column')} of {source} were understood. Edit it, then:\n"
        f"  graphlead {verb} --config {output}",
        {"config": str(output), "columns": columns},
    )


def _refuse_foreign(verb: str, given: Mapping[str, object]) -> None:
    """Raise SettingsError for a table or an option that does not go with the verb."""
    for key, value in given.items():
        if value is not None and key not in TAKEN[verb]:
            raise SettingsError(
                f"{key} is no setting of `graphlead {verb}`.", where=f"--{key}",
                remedy="Write a file for each verb: --leads for convert, --customers or --events for churn, "
                "--companies and --clients for run.",
            )  # fmt: skip


def _discovery(companies: Path | None, links: Path | None, clients: Path | None, output: Path) -> Columns:
    """Write a configuration for `graphlead run`."""
    if companies is None:
        raise SettingsError(
            "companies is missing.",
            where="init",
            remedy="Give --companies, or --leads, --customers or --events, with a table.",
        )
    paths = {"companies": companies, "links": links, "clients": clients}

    def text() -> tuple[str, Columns]:
        from graphlead.cli.starter import template
        from graphlead.ingest import understand

        columns = understand(companies)
        written = {key: path and _seen_from(output.parent, path) for key, path in paths.items()}
        return template(columns, written), {each.name: str(each.role) for each in columns}

    return _write(output, paths.values(), text)


def _sales(verb: str, given: SalesGiven, output: Path) -> Columns:
    """Write a configuration for a sales verb."""
    settings = SalesSettings.load(verb, None, {**given, "out": Path("out")})

    def text() -> tuple[str, Columns]:
        from graphlead.cli.starter_sales import sales_template
        from graphlead.pipeline.sales.understand import understand

        columns = understand(settings)
        written = {key: _written(value, output.parent) for key, value in given.items() if value is not None}
        found = {f"{each.table}: {each.name}" if each.table else each.name: each.word for each in columns}
        return sales_template(verb, columns, {**written, "out": settings.out}), found

    return _write(output, settings.inputs().values(), text)


def _write(output: Path, inputs: Collection[Path | None], text: Callable[[], tuple[str, Columns]]) -> Columns:
    """Write the text into a file that is none of the inputs; returns how the columns were understood."""
    from graphlead.common.disk import disk_errors
    from graphlead.common.files import check_readable, write_whole
    from graphlead.common.outputs import check_files, writing

    check_readable(inputs)
    check_files([output], inputs)
    with disk_errors(output):
        made, columns = text()
    with writing(output):
        write_whole(output, lambda part: part.write_text(made, "utf-8"))
    return columns


def _written(value: object, folder: Path) -> object:
    """A setting as it stands in a file of this folder."""
    if isinstance(value, tuple):
        return tuple(_written(each, folder) for each in value)
    return _seen_from(folder, value) if isinstance(value, Path) else value


def _seen_from(folder: Path, path: Path) -> Path:
    """A relative path, made relative to the configuration file's folder."""
    return path if path.is_absolute() else Path(os.path.relpath(path, folder or "."))
