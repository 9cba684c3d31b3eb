"""What `push` and `pull` do with customer systems: parse, call, print."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphlead.connectors.crm.faults import ConnectorError
from graphlead.connectors.crm.mapping import FieldMapping, Source
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.plan import Deed
from graphlead.pipeline.crm.push import Pushed, PushSettings, push
from graphlead.report.summary import counted

if TYPE_CHECKING:
    from graphlead.common.console import Console

SAMPLES, WIDTH = 5, 30
"""Records shown of what is new or changed, and letters of a value: a screen holds them."""


def push_list(
    name: str,
    run: Path,
    console: Console,
    *,
    send: bool,
    mapping: Path | None,
    every: bool,
    state: Path | None,
    seconds: float | None,
) -> None:
    """Write the list of a run into a system with records, or show what would be written.

    Raises ConnectorError after the outcome is printed where the server did not take every record.
    """
    settings = PushSettings(
        run=run,
        system=name,
        mapping=mapping,
        state=state,
        send=send,
        every=every,
        patience=_patience(seconds),
    )
    with console.stage("sending" if send else "comparing") as progress:
        pushed = push(settings, progress=progress)
    console.outcome("\n".join(_lines(pushed)), _content(pushed))
    if pushed.rejected and pushed.outcome:
        raise ConnectorError(
            f"{pushed.title} did not take {counted(len(pushed.outcome.rejected), 'record')}.",
            where=str(pushed.rejected),
            remedy="Mend what it names there, and run the same command again: it sends only those.",
        )


def push_digest(
    run: Path,
    console: Console,
    *,
    send: bool,
    link: str,
    again: bool,
    state: Path | None,
    seconds: float | None,
) -> None:
    """Post the digest of a run, or print the message."""
    from graphlead.pipeline.crm.digest import digest, post_digest

    message = digest(run, link)
    if not send:
        console.answer(json.dumps(message, indent=None if console.as_json else 1, ensure_ascii=False))
        console.info("Nothing was posted: this is the message; --send posts it.")
        return
    with console.stage("posting"):
        posted = post_digest(run, message, state, _patience(seconds), again=again)
    text = (
        "Posted to Slack."
        if posted
        else "Slack has this message already; nothing was posted (--again posts it)."
    )
    console.outcome(text, {"posted": posted})


def pull_files(name: str, out: Path, console: Console, *, seconds: float | None) -> None:
    """Write the files that a run reads of a system's customers and deals."""
    from graphlead.connectors.crm.pull import file_of
    from graphlead.connectors.crm.registry import system_named
    from graphlead.pipeline.crm.pull import pull_customers

    title = system_named(name).title
    with console.stage(f"reading from {title}") as progress:
        pulled = pull_customers(name, out, _patience(seconds), progress)
    files = {name: file_of(out, name) for name in pulled.rows}
    lines = [
        f"Written to {out}: "
        + ", ".join(f"{path.name} ({pulled.rows[name]:,})" for name, path in files.items())
        + "."
    ]
    if pulled.homeless:
        lines.append(f"{counted(pulled.homeless, 'deal')} of no account known here; deals.csv has them.")
    lines.append(
        f"Then: graphlead run --companies FILE --clients {files['clients']} --outcomes {files['outcomes']} "
        f"--suppress {files['suppress']} --out DIR"
    )
    console.outcome(
        "\n".join(lines),
        {
            "files": {name: str(path) for name, path in files.items()},
            "rows": pulled.rows,
            "deals_without_account": pulled.homeless,
        },
    )


def _patience(seconds: float | None) -> Patience:
    return Patience() if seconds is None else Patience(seconds=seconds)


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
    outcome = pushed.outcome
    changed = (Deed.CREATE, Deed.CHANGE)
    samples = [row for row in pushed.rows if row.deed in changed][:SAMPLES]
    return {
        "system": pushed.title,
        "object": pushed.mapping.kind,
        "key": pushed.mapping.key,
        "sent": outcome is not None,
        "compared": bool(pushed.where),
        "created": outcome.created if outcome else pushed.count(Deed.CREATE),
        "changed": outcome.changed if outcome else pushed.count(Deed.CHANGE),
        "left_alone": pushed.count(Deed.LEAVE),
        "rejected": len(outcome.rejected) if outcome else pushed.count(Deed.ABSENT),
        "gone": pushed.gone,
        "rejected_file": str(pushed.rejected) if pushed.rejected else None,
        "samples": [{"id": row.id, "deed": row.deed.value, "fields": dict(row.fields)} for row in samples],
    }
