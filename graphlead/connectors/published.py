"""Published files: the standard each follows, also inside archives, and errors that name the line to mend."""

from __future__ import annotations

import csv
import gzip
import re
import zipfile
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from graphlead.common.archives import unpack
from graphlead.common.disk import FULL
from graphlead.common.files import check_readable
from graphlead.connectors.registry import reader_of
from graphlead.connectors.standards import (
    BODS,
    COMPANY_DATA,
    ENTITIES,
    EXCEPTIONS,
    JSON,
    OLD_BODS,
    OTHER,
    PSC,
    RELATIONSHIPS,
)
from graphlead.core.errors import InputError
from graphlead.engines.duckdb import UNREADABLE, Db, literal, plain

REMEDIES = {
    OLD_BODS: "Convert it to BODS 0.4 (recordType, recordDetails), or have the publisher's 0.4 edition.",
    EXCEPTIONS: "Leave it out: it gives the reasons why parents are not reported, and holds no relationship.",
}
HEAD = 1 << 16
"""Bytes read to recognise a file: GLEIF's header alone takes several thousand."""

GZIP, ZIP = b"\x1f\x8b", b"PK"
DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file, or the ``member`` of a zip archive, with its standard and, for CSV, its columns."""

    path: Path
    standard: str
    member: str = ""
    header: tuple[str, ...] = ()
    gzipped: bool = False

    @property
    def where(self) -> str:
        return f"{self.path}, {self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        return Path(self.member or self.path).name

    def require(self, columns: Sequence[str]) -> None:
        """Raise InputError when one of these columns is not in the header."""
        missing = [column for column in columns if column not in self.header]
        if missing:
            raise InputError(
                f"{self.standard} have the column {missing[0]}, this file has not.",
                where=f"{self.where}, columns {', '.join(self.header[:12])}",
                remedy="Give the file as it is published, with its own header.",
            )

    @contextmanager
    def readable(self, scratch: Path) -> Iterator[Path]:
        """A file that DuckDB can read; what is packed is unpacked into ``scratch`` for as long as it is used."""
        if not self.member and not self.gzipped:
            yield self.path
            return
        unpacked = scratch / "unpacked"
        try:
            with archive_errors(self.where):
                unpack(self.path, self.member, unpacked, self.where)
                self._check_unpacked(unpacked)
            yield unpacked
        finally:
            unpacked.unlink(missing_ok=True)

    def _check_unpacked(self, unpacked: Path) -> None:
        with unpacked.open("rb") as file:
            if file.read(2) in (GZIP, ZIP):
                raise InputError(
                    "the archive holds another archive.", where=self.where, remedy="Unpack it first."
                )


@contextmanager
def archive_errors(where: str) -> Iterator[None]:
    """Turn the errors of a damaged archive into an InputError."""
    try:
        yield
    except DAMAGED as broken:
        if getattr(broken, "errno", None) in FULL:
            raise
        raise InputError(
            f"the file cannot be unpacked ({broken}).", where=where, remedy="Get it again: it may be cut off."
        ) from broken


def group_by_standard(
    files: Sequence[Path], wanted: Collection[str], needed: str
) -> dict[str, list[Published]]:
    """The files grouped by standard; every one of ``wanted`` is a key.

    Raises InputError when a file is missing, empty or damaged, follows a standard that is not wanted, or when none
    follows ``needed``.
    """
    found: dict[str, list[Published]] = {standard: [] for standard in wanted}
    for path in files:
        for each in recognise(path):
            if each.standard not in found:
                raise InputError(
                    f"this is {each.standard}, not {' or '.join(wanted)}.",
                    where=each.where,
                    remedy=_remedy(each.standard),
                )
            found[each.standard].append(each)
    if not found[needed]:
        raise InputError(
            f"there are no {needed} among the files, so there are no companies.",
            where=", ".join(str(path) for path in files) or "no file",
            remedy=f"Give the {needed} too.",
        )
    return found


def _remedy(standard: str) -> str:
    name = reader_of(standard)
    if name is not None:
        return f"Use graphlead import {name} for it."
    return REMEDIES.get(standard, "Give the file as it is published.")


def recognise(path: Path) -> list[Published]:
    """The file itself, or the files inside an archive, each with its standard."""
    _check(path)
    check_readable([path])
    with archive_errors(str(path)):
        with path.open("rb") as file:
            magic = file.read(2)
        if magic == ZIP:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if _counts(name)]
                return [_published(path, _head(archive.open(name)), member=name) for name in names]
        if magic == GZIP:
            with path.open("rb") as file, gzip.open(file) as unpacked:
                return [_published(path, _head(unpacked), gzipped=True)]
        return [_published(path, _head(path.open("rb")))]


def _check(path: Path) -> None:
    if not path.exists():
        raise InputError("there is no such file.", where=str(path), remedy="Check the path.")
    if path.is_dir():
        raise InputError("this is a folder, not a file.", where=str(path), remedy="Name the files in it.")
    if not path.stat().st_size:
        raise InputError("the file is empty.", where=str(path), remedy="Get it again: it may be cut off.")


def _counts(member: str) -> bool:
    return (
        not member.endswith("/")
        and not member.startswith("__MACOSX")
        and not Path(member).name.startswith(".")
    )


def _head(file: IO[bytes] | gzip.GzipFile) -> str:
    with file:
        return file.read(HEAD).decode("utf-8", "replace").lstrip("\ufeff \r\n\t")


def _published(path: Path, head: str, *, member: str = "", gzipped: bool = False) -> Published:
    if head[:1] in ("{", "["):
        return Published(path=path, standard=_standard_of_json(head), member=member, gzipped=gzipped)
    header = tuple(name.strip() for name in next(csv.reader([head.splitlines()[0]] if head else []), []))
    return Published(
        path=path, standard=_standard_of_columns(header), member=member, header=header, gzipped=gzipped
    )


def _standard_of_json(head: str) -> str:
    for key, standard in (("recordDetails", BODS), ("recordType", BODS), ("statementType", OLD_BODS),
                          ("company_number", PSC)):  # fmt: skip
        if f'"{key}"' in head:
            return standard
    return JSON


def _standard_of_columns(header: tuple[str, ...]) -> str:
    starts = {name.partition(".")[0] for name in header if "." in name}
    if "Relationship" in starts:
        return RELATIONSHIPS
    if "Exception" in starts:
        return EXCEPTIONS
    if "Entity" in starts:
        return ENTITIES
    return COMPANY_DATA if "RegAddress" in starts or "CompanyNumber" in header else OTHER


def stage(
    db: Db,
    source: Published,
    scratch: Path,
    selected: str,
    target: Path,
    fields: str = "",
) -> None:
    """Write the ``selected`` expressions over a file to a Parquet file; ``fields`` gives the types of JSON keys.

    Raises InputError, naming the line, when the file does not follow the standard that its head shows.
    """
    with source.readable(scratch) as path:
        try:
            db.execute(
                f"COPY (SELECT {selected} FROM {_reader(source, path, fields)}) TO {literal(target)} (FORMAT parquet)"
            )
        except UNREADABLE as broken:
            raise _unreadable(source, str(broken)) from broken


def _reader(source: Published, path: Path, fields: str) -> str:
    file = f"{literal(plain(path))}, compression = 'none'"
    if not source.header:
        return f"read_json({file}, columns = {{{fields}}})"
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in source.header)
    return (
        f"read_csv({file}, auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
        f"columns = {{{columns}}})"
    )


def _unreadable(source: Published, message: str) -> InputError:
    """DuckDB's error as an InputError that names the line; for malformed JSON its count is one too high."""
    found = re.search(r"\b(line|record/value):? (\d+):?\s*", message, re.IGNORECASE)
    place, reason = "", message
    if found:
        number = int(found[2]) - ("Malformed JSON" in message)
        place = f", {'line' if found[1].lower() == 'line' else 'record'} {number}"
        reason = message[found.end() :]
    cause = re.split(r"\n(?:Try setting|Possible fixes)", reason)[0]
    return InputError(
        f"this cannot be read as {source.standard}: {' '.join(cause.split()).rstrip('. ')}.",
        where=f"{source.where}{place}",
        remedy="Mend or remove that line, or get the file again: it may be cut off.",
    )
