"""The list of a run written into a customer system, or shown as it would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from graphlead.common.disk import disk_errors
from graphlead.common.locks import locked
from graphlead.common.spreadsheets import write_csv
from graphlead.connectors.crm.access import Access
from graphlead.connectors.crm.mapping import ID, FieldMapping, check_columns, check_fields, read_mapping
from graphlead.connectors.crm.patience import Patience
from graphlead.connectors.crm.plan import Deed, Row, compared, planned
from graphlead.connectors.crm.registry import Entry, system_named
from graphlead.connectors.crm.send import Outcome, Sender
from graphlead.connectors.crm.state import State
from graphlead.connectors.crm.system import Field, System
from graphlead.connectors.crm.usual import Usual
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import RunFolderError
from graphlead.core.exchange import PushSettings
from graphlead.core.registry import loaded
from graphlead.pipeline.crm.lists import SentList, list_of
from graphlead.runs.layout import RunFolder

PRIVATE = 0o700
"""The mode of the folder with the state: who is a lead is nobody else's business."""
STATE, REJECTED = "sent.sqlite", "rejected.csv"
"""The files in the folder of a system: what was sent, and what it did not take at the last push."""


@dataclass(frozen=True, kw_only=True)
class Pushed:
    """What a push did, or would do.

    rows: of the list with their deed; mapping: how they are written; where: the system, empty where it was not asked;
    outcome: None where nothing was sent; gone: records sent earlier that are not on the list any more; rejected: the
    file with what the server did not take, None where it took all.
    """

    title: str
    rows: Sequence[Row]
    mapping: FieldMapping
    where: str
    outcome: Outcome | None
    gone: int
    rejected: Path | None

    def count(self, deed: Deed) -> int:
        return sum(row.deed is deed for row in self.rows)

    def counts(self) -> dict[str, int]:
        """How many records were, or would be, created, changed, left alone and rejected, and how many are gone."""
        sent = self.outcome
        return {
            "created": sent.created if sent else self.count(Deed.CREATE),
            "changed": sent.changed if sent else self.count(Deed.CHANGE),
            "left_alone": self.count(Deed.LEAVE),
            "rejected": len(sent.rejected) if sent else self.count(Deed.ABSENT),
            "gone": self.gone,
        }


def push(settings: PushSettings, patience: Patience, progress: Progress = silent) -> Pushed:
    """Write the list of a finished run into a customer system; without ``send``, only find out what that would do.

    A dry run without an address and a token in the environment compares with what was sent before alone. Raises
    SettingsError for a mapping that does not fit the list or the system, for an address or a token that is missing or
    not accepted, and without the extra; InputError for ids that are empty or there twice; ConnectorError where the
    server does not answer: what was written by then is kept, and the same call continues.
    """
    entry = system_named(settings.target)
    sent_list = list_of(settings.run, every=settings.every)
    usual: Usual = loaded(entry.usual)
    mapping = _mapping(settings.mapping, usual, sent_list)
    check_columns(mapping, [str(name) for name in sent_list.rows])
    variables = entry.its_variables()
    if not settings.send and not variables.is_set():
        return _from_here(settings, entry, sent_list.rows, mapping)
    access = variables.access()
    with access.guarded():
        system = entry.opened(access, patience.seconds)
        return _Push(
            settings=settings,
            patience=patience,
            table=sent_list.rows,
            mapping=mapping,
            usual=usual,
            system=system,
            access=access,
        ).done(progress)


def folder_of(settings: PushSettings) -> Path:
    """The folder that keeps what was sent to a system."""
    if settings.state:
        return settings.state / settings.target
    return RunFolder(settings.run).pushed(settings.target)


def _mapping(path: Path | None, usual: Usual, sent: SentList) -> FieldMapping:
    mapping = usual.mapping(sent.verb, [str(name) for name in sent.rows], set(sent.rows[ID].astype(str)))
    if path:
        mapping = read_mapping(path, mapping)
    own = mapping.key == usual.own_id  # a record cannot be made under an id that the system has to give
    return FieldMapping(
        kind=mapping.kind,
        key=mapping.key,
        fields=mapping.fields,
        new=mapping.new,
        create=mapping.create and not own,
    )


def _from_here(settings: PushSettings, entry: Entry, table: pd.DataFrame, mapping: FieldMapping) -> Pushed:
    """What is known of a push without asking the server: what differs from what was sent to the only one there was."""
    state = State(folder_of(settings) / STATE)
    same = [each for each in state.places() if _is_for(each, settings.target, mapping)]
    sent = state.hashes(same[0]) if len(same) == 1 else {}
    rows = planned(table, mapping, sent, {})
    return Pushed(
        title=entry.title,
        rows=rows,
        mapping=mapping,
        where="",
        outcome=None,
        gone=len(sent.keys() - {row.id for row in rows}),
        rejected=None,
    )


def _place(system: str, where: str, mapping: FieldMapping) -> str:
    """Where records are, as the state names it."""
    return f"{system} {where} {mapping.kind} {mapping.key}"


def _is_for(place: str, system: str, mapping: FieldMapping) -> bool:
    return place.startswith(f"{system} ") and place.endswith(f" {mapping.kind} {mapping.key}")


@dataclass(frozen=True, kw_only=True)
class _Push:
    """A push to a system that answers."""

    settings: PushSettings
    patience: Patience
    table: pd.DataFrame
    mapping: FieldMapping
    usual: Usual
    system: System
    access: Access

    @property
    def folder(self) -> Path:
        return folder_of(self.settings)

    @property
    def state(self) -> State:
        return State(self.folder / STATE)

    @property
    def place(self) -> str:
        return _place(self.settings.target, self.system.where, self.mapping)

    def done(self, progress: Progress) -> Pushed:
        """Find out what is to be done and, with ``send``, do it."""
        if not self.settings.send:
            return self._pushed(*self._plan(progress), outcome=None)
        with alone(self.folder):
            rows, gone = self._plan(progress)
            sender = Sender(
                system=self.system,
                mapping=self.mapping,
                patience=self.patience,
                state=self.state,
                place=self.place,
            )
            try:
                sender.send(rows, progress)
            finally:
                _write_rejected(self._rejected, sender.outcome, self.mapping, self.access)
            return self._pushed(rows, gone, outcome=sender.outcome)

    @property
    def _rejected(self) -> Path:
        return self.folder / REJECTED

    def _plan(self, progress: Progress) -> tuple[list[Row], int]:
        """The rows with what will happen to each, in the list's order, and how many earlier ones are not among them."""
        sent = self.state.hashes(self.place)
        fields = self.patience.asked(lambda: self.system.fields(self.mapping.kind), self.system.title)
        self._check(fields, making=False)
        rows = planned(self.table, self.mapping, sent, fields)
        found: list[Row] = []
        for some in compared(rows, self.mapping, self.system, self.patience):
            found += some
            progress(len(found), len(rows), "comparing")
        self._check(fields, making=any(row.deed is Deed.CREATE for row in found))
        return sorted(found, key=lambda row: row.line), len(sent.keys() - {row.id for row in rows})

    def _check(self, fields: dict[str, Field], *, making: bool) -> None:
        check_fields(self.mapping, fields, self.system, self.usual.types, making=making)

    def _pushed(self, rows: Sequence[Row], gone: int, *, outcome: Outcome | None) -> Pushed:
        return Pushed(
            title=self.system.title,
            rows=rows,
            mapping=self.mapping,
            where=self.system.where,
            outcome=outcome,
            gone=gone,
            rejected=self._rejected if outcome and outcome.rejected else None,
        )


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """The folder for this process alone, made when missing."""
    with disk_errors(folder):
        folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        with locked(folder / "sent.lock", lambda owner: _busy(folder, owner)):
            yield


def _busy(folder: Path, owner: str) -> RunFolderError:
    return RunFolderError(
        f"another process ({owner}) pushes this list.", where=str(folder), remedy="Wait until it is done."
    )


def _write_rejected(path: Path, outcome: Outcome, mapping: FieldMapping, access: Access) -> None:
    """The rows that the server did not take, with its reason; no file where there is none."""
    if not outcome.rejected:
        path.unlink(missing_ok=True)
        return
    rows = sorted(outcome.rejected, key=lambda each: each[0].line)
    table = pd.DataFrame([
        {
            "row": row.line, "id": row.id, "code": why.code, "reason": access.clean(why.reason), "fields": why.fields,
            **{name: value for name, value in {**row.new, **row.fields}.items() if name in mapping.written},
        }
        for row, why in rows
    ])  # fmt: skip
    write_csv(path, table)
