"""A table's source with the profiles of its columns."""

from __future__ import annotations

from dataclasses import dataclass

from graphlead.engines.duckdb import Db, one_row
from graphlead.ingest.column_profile import Profile
from graphlead.ingest.open_file import Source, as_text


@dataclass(frozen=True, kw_only=True)
class Profiled:
    """A source that is open in ``db``. seen: the profile of each of its columns."""

    db: Db
    source: Source
    seen: tuple[Profile, ...]

    @property
    def where(self) -> str:
        return str(self.source.path)

    def at(self, name: str) -> int:
        return self.source.names.index(name)

    def text(self, name: str) -> str:
        """SQL of a column's value as a string, 1.0 as 1."""
        at = self.at(name)
        return f"regexp_replace({as_text(self.source.columns[at], self.source.families[at])}, '^(-?\\d+)\\.0$', '\\1')"

    def counts(self, at: int) -> tuple[int, int]:
        """The filled cells of the column at this position and its different values."""
        column = self.source.columns[at]
        query = f"SELECT count({column}), count(DISTINCT {column}) FROM {self.source.view}"
        filled, distinct = one_row(self.db, query)
        return int(filled), int(distinct)
