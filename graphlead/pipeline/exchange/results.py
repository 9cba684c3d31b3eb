"""What a push did and what a pull brought, for a notebook."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphlead.common.console import Console
from graphlead.common.files import input_errors
from graphlead.core.exchange import PushGiven, PushOptions, PushSettings
from graphlead.core.registry import entry_of
from graphlead.pipeline.exchange.push import Loaded, push

if TYPE_CHECKING:
    import pandas as pd

    from graphlead.core.arrays import Json
    from graphlead.pipeline.crm.push import Pushed

AMOUNT = "amount"
"""The column of a customer system's tables that is a number."""


@dataclass(frozen=True, kw_only=True, eq=False)
class PushResult:
    """What a push did, or would do.

    - sent: whether it wrote there; False for a dry run, and for a digest that was posted before
    - new, changed, unchanged, rejected: how many records
    - gone: records of earlier pushes that are not on the list any more; they stay as they are there
    - rejected_file: what the server did not take, with its reasons; None where it took all
    - records: the list as it is written: id, deed (created, changed, left alone, rejected, not there), and the fields
    - graph: the name of the graph database, or the folder of the run whose own graph has this one
    - message: the digest, as Slack takes it

    Neither a graph database nor Slack counts records: these are None there.
    """

    target: str
    sent: bool
    new: int | None = None
    changed: int | None = None
    unchanged: int | None = None
    rejected: int | None = None
    gone: int | None = None
    rejected_file: Path | None = None
    records: pd.DataFrame | None = None
    graph: str | None = None
    message: Json | None = None

    @property
    def counts(self) -> dict[str, int]:
        """The records that are new, changed, unchanged and rejected, by that; empty where none are counted."""
        named = {name: getattr(self, name) for name in ("new", "changed", "unchanged", "rejected")}
        return {name: count for name, count in named.items() if count is not None}

    def __repr__(self) -> str:
        return f"<graphlead push to {self.target}: {self._headline()}>"

    def _repr_html_(self) -> str:
        from graphlead.report.cards import Bar, bars, card, counted, table

        rows = [Bar(label=name, value=n, text=counted(n)) for name, n in self.counts.items()]
        first = (
            ""
            if self.records is None
            else table(self.records, {str(name): str(name) for name in self.records})
        )
        title = f"To {self.target}: {self._headline()}"
        lines = [str(self.message["text"])] if self.message else []
        note = f"What was not taken, and why: {self.rejected_file}" if self.rejected_file else ""
        return card(title, lines, bars("Records", rows), first, note)

    def _headline(self) -> str:
        done = "sent" if self.sent else "nothing was sent"
        return "; ".join([*(f"{n:,} {name}" for name, n in self.counts.items()), done])


@dataclass(frozen=True, kw_only=True)
class PullResult:
    """Files of a customer system or a graph database, which the other functions take.

    - files, rows: the path of each table and how many rows it has, by name: companies and links of a graph database;
      clients, outcomes, suppress, events, deals, accounts and contacts of a customer system
    - deals_without_account: how many deals belong to no account; None for a graph database
    - own: the folder that was made for them, None where one was given

    A folder that was made is removed when nothing refers to the result any more.
    """

    source: str
    folder: Path
    files: dict[str, Path]
    rows: dict[str, int]
    deals_without_account: int | None = None
    own: tempfile.TemporaryDirectory[str] | None = None

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name; of a customer system all but amounts are text, as ids and postcodes have to be.

        Raises SettingsError, with the name most like it, where there is none, and InputError where its file is gone.
        """
        import pandas as pd

        path = entry_of(self.files, name, "table", self.source)
        with input_errors(path):
            return pd.read_parquet(path) if path.suffix == ".parquet" else _read_csv(path)

    def __repr__(self) -> str:
        rows = ", ".join(f"{count:,} {name}" for name, count in self.rows.items())
        return f"<graphlead pull from {self.source} in {self.folder}: {rows}>"

    def _repr_html_(self) -> str:
        from graphlead.report.cards import Bar, bars, card, counted

        rows = [Bar(label=name, value=count, text=counted(count)) for name, count in self.rows.items()]
        title = f"{len(self.files)} tables from {self.source}"
        return card(title, [], bars("Rows by table", rows), note=f"All of it: {self.folder}")


def pushed(run: Path, target: str, options: PushOptions, *, quiet: bool) -> PushResult:
    """What a push of a finished run does. Errors are those of ``PushSettings.load`` and ``push``."""
    settings = PushSettings.load(PushGiven(run=run, target=target, **options))
    done = push(settings, Console(quiet=quiet))
    if isinstance(done, Loaded):
        return PushResult(target=target, sent=True, graph=done.graph)

    from graphlead.pipeline.crm.digest import Digest

    if isinstance(done, Digest):
        return PushResult(target=target, sent=bool(done.posted), message=done.message)
    return _counted(target, done)


def _counted(target: str, done: Pushed) -> PushResult:
    counts = done.counts()
    return PushResult(
        target=target,
        sent=done.outcome is not None,
        new=counts["created"],
        changed=counts["changed"],
        unchanged=counts["left_alone"],
        rejected=counts["rejected"],
        gone=counts["gone"],
        rejected_file=done.rejected,
        records=_records(done),
    )


def _records(done: Pushed) -> pd.DataFrame:
    import pandas as pd

    rejected = {row.id for row, _ in done.outcome.rejected} if done.outcome else set()
    rows = [
        {"id": row.id, "deed": "rejected" if row.id in rejected else row.deed.value, **row.fields}
        for row in done.rows
    ]
    return pd.DataFrame(rows, columns=["id", "deed", *done.mapping.fields])


def _read_csv(path: Path) -> pd.DataFrame:
    import pandas as pd

    from graphlead.common.spreadsheets import restored

    form: dict[str, Any] = {"encoding": "utf-8-sig", "keep_default_na": False, "na_values": [""]}
    texts = {name: str for name in pd.read_csv(path, nrows=0, **form) if name != AMOUNT}
    return restored(pd.read_csv(path, dtype=texts, **form))
