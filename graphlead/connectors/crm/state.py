"""What was sent to a customer system, kept on this machine: one file, changed as a whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from graphlead.core.errors import damaged

FORM = (
    "CREATE TABLE IF NOT EXISTS sent (place TEXT, id TEXT, hash TEXT, PRIMARY KEY (place, id)) WITHOUT ROWID"
)


class State:
    """The hash of what each record of a place holds since it was last sent.

    A place is a system, a kind of records in it and the field they are found by. Raises RunFolderError for a file that
    is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def hashes(self, place: str) -> dict[str, str]:
        """The hash of each record that was sent there, by its id."""
        if not self.path.exists():
            return {}
        with self._opened() as db:
            return dict(db.execute("SELECT id, hash FROM sent WHERE place = ?", (place,)))

    def places(self) -> list[str]:
        """The places to which anything was sent."""
        if not self.path.exists():
            return []
        with self._opened() as db:
            return [place for (place,) in db.execute("SELECT DISTINCT place FROM sent ORDER BY place")]

    def sent(self, place: str, hashes: Mapping[str, str]) -> None:
        """Keep that these records were sent; on disk when this returns, all or none of them."""
        rows = [(place, name, value) for name, value in hashes.items()]
        with self._opened() as db, db:
            db.executemany("INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", rows)

    def doubtful(self, place: str, ids: Sequence[str]) -> None:
        """Forget what these records hold, before they are written: should nobody hear whether they were, the server is
        asked the next time, even if the list has by then what it had before."""
        with self._opened() as db, db:
            db.executemany("DELETE FROM sent WHERE place = ? AND id = ?", [(place, name) for name in ids])

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path)) as db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute(FORM)
                yield db
        except sqlite3.DatabaseError as error:
            raise damaged(self.path, str(error)) from error
