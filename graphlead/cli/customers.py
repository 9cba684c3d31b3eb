"""What `push` and `pull` print of customer systems."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from graphlead.connectors.crm.faults import ConnectorError
from graphlead.connectors.crm.mapping import FieldMapping, Source
from graphlead.connectors.crm.plan import Deed
from graphlead.pipeline.crm.digest import Digest
from graphlead.pipeline.crm.push import Pushed
from graphlead.report.summary import counted

if TYPE_CHECKING:
    from graphlead.common.console import Console
    from graphlead.pipeline.exchange.results import PullResult

SAMPLES, WIDTH = 5, 30
"""Records shown of what is new or changed, and letters of a value: a screen holds them."""


def show_pushed(done: Pushed | Digest, console: Console) -> None:
    """Print what a push of a list or of a digest did, or would do.

    Raises ConnectorError after the outcome is printed where the server did not take every record.
    """
    if isinstance(done, Digest):
        _show_digest(done, console)
        return
    console.outcome("\n".join(_lines(done)), _content(done))
    if done.rejected and done.outcome:
        raise ConnectorError(
            f"{done.title} did not take {counted(len(done.outcome.rejected), 'record')}.",
            where=str(done.rejected),
            remedy="Mend what it names there, and run the same command again: it sends only those.",
        )


def _show_digest(done: Digest, console: Console) -> None:
    if done.posted is None:
        console.answer(json.dumps(done.message, indent=None if console.as_json else 1, ensure_ascii=False))
        console.info("Nothing was posted: this is the message; --send posts it.")
        return
    text = (
        "Posted to Slack."
        if done.posted
        else "Slack has this message already; nothing was posted (--again posts it)."
    )
    console.outcome(text, {"posted": done.posted})


def show_pulled(pulled: PullResult, console: Console) -> None:
    """Print which files hold the customers and deals of a system, and what to do with them."""
    files, homeless = pulled.files, pulled.deals_without_account
    written = ", ".join(f"{path.name} ({pulled.rows[name]:,})" for name, path in files.items())
    lines = [f"Written to {pulled.folder}: {written}."]
    if homeless:
        lines.append(f"{counted(homeless, 'deal')} of no account known here; deals.csv has them.")
    lines.append(
        f"Then: graphlead run --companies FILE --clients {files['clients']} --outcomes {files['outcomes']} "
        f"--suppress {files['suppress']} --out DIR"
    )
    content = {"files": {name: str(path) for name, path in files.items()}, "rows": pulled.rows}
    console.outcome("\n".join(lines), {**content, "deals_without_account": homeless})


def _lines(pushed: Pushed) -> Iterator[str]:
    """What a push did, or would do, in lines."""
    mapping, outcome = pushed.mapping, pushed.outcome
    if outcome:
        left = pushed.count(Deed.LEAVE)
        yield (
            f"{pushed.title} ({mapping.kind}): {outcome.created:,} created, {outcome.changed:,} changed, "
            f"{left:,} left alone, {len(outcome.rejected):,} rejected."
        )
    else:
        parts = [f"{pushed.count(deed):,} would be {deed}" for deed in (Deed.CREATE, Deed.CHANGE, Deed.LEAVE)]
        absent = pushed.count(Deed.ABSENT)
        parts += [f"{absent:,} rejected, for they are not there"] if absent else []
        yield f"{pushed.title} ({mapping.kind}, found by {mapping.key}): {', '.join(parts)}."
    if pushed.gone:
        yield f"{counted(pushed.gone, 'record')} of earlier pushes, not on this list any more, stay as they are there."
    if not outcome:
        yield from _mapped(mapping)
        yield from _samples(pushed)
        if not pushed.where:
            yield "Not compared with the server, whose address and token are not set: see `graphlead push --help`."
        yield "Nothing was written; --send writes."


def _mapped(mapping: FieldMapping) -> Iterator[str]:
    """Which columns go where."""
    yield f"  {mapping.key} = id"
    for name, source in mapping.fields.items():
        yield f"  {name} = {_source(source)}"
    for name, source in mapping.new.items():
        yield f"  {name} = {_source(source)}, in new records"


def _source(source: Source) -> str:
    return source if isinstance(source, str) else repr(source.value)


def _samples(pushed: Pushed) -> Iterator[str]:
    """A table of the first records that would be written."""
    from graphlead.common.console import laid_out

    rows = [row for row in pushed.rows if row.deed in (Deed.CREATE, Deed.CHANGE)][:SAMPLES]
    if rows:
        names = list(pushed.mapping.fields)
        cells = [[row.deed.value, row.id, *(_short(row.fields[name]) for name in names)] for row in rows]
        yield laid_out("The first of them:", ["", pushed.mapping.key, *names], cells)


def _short(value: Any) -> str:
    text = "" if value is None else " ".join(str(value).split())
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}\N{HORIZONTAL ELLIPSIS}"


def _content(pushed: Pushed) -> dict[str, Any]:
    """The outcome as JSON."""
    changed = (Deed.CREATE, Deed.CHANGE)
    samples = [row for row in pushed.rows if row.deed in changed][:SAMPLES]
    return {
        "system": pushed.title,
        "object": pushed.mapping.kind,
        "key": pushed.mapping.key,
        "sent": pushed.outcome is not None,
        "compared": bool(pushed.where),
        **pushed.counts(),
        "rejected_file": str(pushed.rejected) if pushed.rejected else None,
        "samples": [{"id": row.id, "deed": row.deed.value, "fields": dict(row.fields)} for row in samples],
    }
