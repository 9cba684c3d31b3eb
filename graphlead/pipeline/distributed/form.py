"""The form of a register that an engine reads: Parquet with the columns of a cleaned one, in their types.

Other files are cleaned before, on the machine that starts the job, which spills to disk what does not fit into memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from graphlead.core.contracts import Progress
from graphlead.core.errors import InputError, Place
from graphlead.core.register import Column, Role
from graphlead.engines.parquet import schema_of
from graphlead.ingest import ingest

OfType = Callable[[pa.DataType], bool]
TYPES: Mapping[Role, OfType] = {
    Role.NUMBER: pa.types.is_floating, Role.DATE: pa.types.is_date, Role.BOOLEAN: pa.types.is_boolean,
}  # fmt: skip
"""The types of columns by role in a cleaned register, see ``Register``; all others are texts."""
LINKS = {
    "source_id": Role.NAME, "kind": Role.NAME, "source_type": Role.NAME, "share_low": Role.NUMBER,
    "share_high": Role.NUMBER, "date": Role.DATE,
}  # fmt: skip
"""The role of each column of the links, which decides its type; source and target are whole numbers."""


@dataclass(frozen=True)
class Source:
    """The files of a register, or the folders of them; no links where nobody reads them."""

    companies: Path
    links: Path | None = None

    def cleaned(
        self, columns: Iterable[Column], folder: Path, overrides: Mapping[str, str], progress: Progress
    ) -> Source:
        """The same register in the form of a cleaned one with these columns, where it is in another one made in
        ``folder`` by the roles of ``overrides``, see ``ingest``.

        Raises InputError where folders of files are in another form, or columns are not there after cleaning.
        """
        known = list(columns)
        if self._folders:
            self._check(known)
            return self
        with suppress(InputError):
            self._check(known)
            return self
        folder.mkdir()
        register, _ = ingest(self.companies, self.links, folder, overrides=overrides, progress=progress)
        made = Source(register.companies, self.links and register.links)
        made._check(known)
        return made

    @property
    def _folders(self) -> bool:
        return any(path.is_dir() for path in (self.companies, self.links) if path)

    def _check(self, columns: Sequence[Column]) -> None:
        """Raise InputError where a file is in another form."""
        _check(self.companies, {column.name: _fits(column.role) for column in columns})
        if self.links:
            ends = dict.fromkeys(("source", "target"), pa.types.is_integer)
            _check(self.links, {name: _fits(role) for name, role in LINKS.items()} | ends)


def _fits(role: Role) -> OfType:
    return TYPES.get(role, _is_text)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def _check(path: Path, expected: Mapping[str, OfType]) -> None:
    schema = schema_of(path)
    for name, fits in expected.items():
        place = schema.get_field_index(name)
        if place < 0 or not fits(schema.field(place).type):
            what = "is missing" if place < 0 else f"is {schema.field(place).type}"
            raise InputError(
                f"the column {what}; it has to be as in the run.",
                where=Place.of(path, column=name),
                remedy="Give a register with these columns, or companies.parquet and links.parquet as a run has "
                "cleaned them.",
            )
