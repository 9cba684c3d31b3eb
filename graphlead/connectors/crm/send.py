"""Records written into a customer system in batches, so that a push that ends anywhere can be taken up again.

A batch is written by external id, which may be repeated without harm. Where an answer is lost, the server is asked
which of the records it has, and only the others are sent again. What is written is noted on disk batch by batch; a
process that is killed in between has at most one batch that is written and not noted, which the next push finds out by
asking the server: what a record holds is forgotten before it is written, so that no older note stands for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphlead.connectors.crm.faults import ConnectorError, RefusedError, UncertainError
from graphlead.connectors.crm.mapping import FieldMapping
from graphlead.connectors.crm.patience import Patience, gives_no_answer
from graphlead.connectors.crm.plan import Deed, Row, batches, is_there, look_up
from graphlead.connectors.crm.state import State
from graphlead.connectors.crm.system import Answer, Record, Rejection, System
from graphlead.core.contracts import Progress, silent

ENOUGH = 10
"""Records refused one by one, of a first batch, after which no more are tried; a choice."""
SETTLED = 3
"""Times that records are sent again that the server says nothing of, or could not write just then; a choice."""
SILENT = Rejection("no answer", "the server says nothing of this record")


@dataclass
class Outcome:
    """What became of the records: how many were created and changed, and which were rejected, with the reason."""

    created: int = 0
    changed: int = 0
    rejected: list[tuple[Row, Rejection]] = field(default_factory=list)


@dataclass(kw_only=True)
class Sender:
    """Sends the rows of a plan; ``outcome`` grows as it does, also when it ends by an error."""

    system: System
    mapping: FieldMapping
    patience: Patience
    state: State
    place: str
    outcome: Outcome = field(default_factory=Outcome)
    _refused: int = 0

    def send(self, rows: Sequence[Row], progress: Progress = silent) -> Outcome:
        """Write the rows that are to be created or changed, and note those that the server has already.

        Raises ConnectorError where the server does not answer or refuses all, SettingsError where it does not let this
        user in; what was written before is noted.
        """
        self._note([row for row in rows if row.deed is Deed.LEAVE and row.seen])
        for row in rows:
            if row.deed is Deed.ABSENT:
                self.outcome.rejected.append((row, self._absent()))
        due = [row for row in rows if row.deed in (Deed.CREATE, Deed.CHANGE)]
        for done, batch in enumerate(batches(due, self.system.batch)):
            progress(done * self.system.batch, len(due))
            self.state.doubtful(self.place, [row.id for row in batch])
            self._write(batch)
        return self.outcome

    def _write(self, batch: list[Row]) -> None:
        """Write a batch to the end: each of its rows is noted or rejected when this returns."""
        left, silence, again = batch, 0, 0
        while left:
            try:
                answers = self._sent(left)
            except RefusedError as refused:
                self._write_in_halves(left, Rejection(refused.code, refused.reason))
                return
            except UncertainError as silent:
                silence += 1
                self.patience.wait(silence - 1, None, self.system.title)
                if silence >= self.patience.tries:
                    raise gives_no_answer(self.system.title, silent.reason, silence) from None
                left = self._missing(left)
                continue
            left = self._settled(left, answers, last=again >= SETTLED, doubtful=silence > 0)
            if left:
                self.patience.wait(again, None, self.system.title)
                left, again = self._missing(left), again + 1

    def _sent(self, rows: list[Row]) -> list[Answer]:
        records = [self._record(row) for row in rows]
        return self.patience.heard(
            lambda: self.system.upsert(self.mapping.kind, self.mapping.key, records), self.system.title
        )

    def _record(self, row: Row) -> Record:
        key = {self.mapping.key: row.id}
        return {**key, **row.new, **row.fields} if row.deed is Deed.CREATE else {**key, **row.fields}

    def _settled(
        self, rows: list[Row], answers: Sequence[Answer], *, last: bool, doubtful: bool
    ) -> list[Row]:
        """Note the rows that are written, put aside those that are rejected, and return the others.

        doubtful: they were sent before, without an answer, and that may be why the server rejects them now.
        """
        both = list(zip(rows, answers, strict=True))
        self._note([row for row, answer in both if answer.sure and not answer.rejection])
        rejected = {row.id: answer.rejection for row, answer in both if answer.sure and answer.rejection}
        left = [row for row, answer in both if not answer.sure]
        if last:
            rejected |= {row.id: answer.rejection or SILENT for row, answer in both if not answer.sure}
            left = []
        aside = [row for row in rows if row.id in rejected]
        for row in self._missing(aside) if doubtful and aside else aside:
            self.outcome.rejected.append((row, rejected[row.id]))
        return left

    def _missing(self, rows: list[Row]) -> list[Row]:
        """Those of the rows that the server has not as they are; the others are noted."""
        there = look_up(rows, self.mapping, self.system, self.patience)
        self._note([row for row in rows if is_there(row, there.get(row.id))])
        return [row for row in rows if not is_there(row, there.get(row.id))]

    def _write_in_halves(self, rows: list[Row], reason: Rejection) -> None:
        """Find the rows for which a whole batch was refused, and write the others."""
        if len(rows) == 1:
            self.outcome.rejected.append((rows[0], reason))
            self._refused += 1
            if self._refused >= ENOUGH and not (self.outcome.created or self.outcome.changed):
                raise ConnectorError(
                    f"{self.system.title} refuses every record: {reason.reason.rstrip('.')} ({reason.code}).",
                    remedy="Nothing was written. Mend that, and run the same command again.",
                )
            return
        middle = len(rows) // 2
        self._write(rows[:middle])
        self._write(rows[middle:])

    def _note(self, rows: Sequence[Row]) -> None:
        if rows:
            self.state.sent(self.place, {row.id: row.hash for row in rows})
        self.outcome.created += sum(row.deed is Deed.CREATE for row in rows)
        self.outcome.changed += sum(row.deed is Deed.CHANGE for row in rows)

    def _absent(self) -> Rejection:
        return Rejection(
            "not there",
            f"no {self.mapping.kind} has this {self.mapping.key}; in the mapping file, name the field that has the "
            "list's ids (key), or make new records (create = true)",
            self.mapping.key,
        )
