"""A workbook opened, and the sheet of it that is read."""

from __future__ import annotations

import difflib
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from graphlead.common.archives import MIB, check_growth
from graphlead.common.memory import share_of_budget
from graphlead.core.errors import MOST_LISTED, MOST_SHOWN, InputError
from graphlead.core.paths import file_of, sheet_of

Result = TypeVar("Result")

ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""The first bytes of .xlsx, .xlsm, .xlsb and .ods, which are archives, and of .xls and everything with a password."""

ENDINGS = {"xlsx": (".xlsx", ".xlsm"), "xlsb": (".xlsb",), "ods": (".ods",), "xls": (".xls",)}
"""The endings by which the library knows a kind of workbook."""

SHARE, LEAST = 0.5, 2**30
"""The part of the memory budget, and the bytes at least, that a workbook may unpack to: it is read whole."""

MANIFEST = "META-INF/manifest.xml"
ODS = {"content.xml", MANIFEST}
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A sheet of the workbook ``file``. kind: a key of ENDINGS; others: further visible sheets."""

    sheet: CalamineSheet
    file: Path
    kind: str
    others: tuple[str, ...]


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook, or another archive, by its content; the path may name a sheet."""
    with file_of(path).open("rb") as file:
        return file.read(4) in (ZIP, COMPOUND)


def open_sheet(path: Path, folder: Path) -> Opened:
    """The sheet that the path names, else the first visible one that has cells; folder: where tables are made.

    Raises InputError for an archive that is no workbook, for one with a password, for a damaged one, for one that
    unpacks to more than memory holds, and, naming the sheets, for a sheet that is not there or has no cells.
    """
    file = file_of(path)
    kind = _kind(file, folder)
    book = guarded(file, partial(_open, file, kind))
    wanted = _named(file, sheet_of(path), list(book.sheet_names))
    hidden, tables = _hidden(book), _tables(book)
    visible = [name for name in tables if name not in hidden]
    for name in [wanted] if wanted else visible:
        sheet = guarded(file, partial(book.get_sheet_by_name, name))
        if sheet.height:
            others = tuple(each for each in visible if each != name)
            return Opened(sheet=sheet, file=file, kind=kind, others=others)
    raise _empty(file, wanted, visible, [name for name in tables if name in hidden])


def _named(file: Path, wanted: str, names: list[str]) -> str:
    """The sheet of this name, whatever its case; empty where none is wanted."""
    if not wanted or wanted in names:
        return wanted
    near = {name.casefold().strip(): name for name in names}
    if wanted.casefold().strip() not in near:
        raise _no_sheet(file, wanted, names)
    return near[wanted.casefold().strip()]


def guarded(file: Path, read: Callable[[], Result]) -> Result:
    """What ``read`` returns. Raises InputError where the library finds a password or damage; it may panic over it."""
    try:
        return read()
    except PasswordError as locked:
        raise _locked(file) from locked
    except (CalamineError, OSError, ValueError) as broken:
        raise _broken(file, broken) from broken
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(file, error) from error


def _open(file: Path, kind: str) -> CalamineWorkbook:
    if file.suffix.lower() in ENDINGS[kind]:
        return CalamineWorkbook.from_path(file)
    return CalamineWorkbook.from_filelike(io.BytesIO(file.read_bytes()))


def _tables(book: CalamineWorkbook) -> list[str]:
    """The sheets that have cells: no charts, no macros."""
    return [each.name for each in book.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]


def _hidden(book: CalamineWorkbook) -> set[str]:
    return {each.name for each in book.sheets_metadata if each.visible is not SheetVisibleEnum.Visible}


def _kind(file: Path, folder: Path) -> str:
    """The kind of a workbook by its content."""
    with file.open("rb") as opened:
        if opened.read(4) == COMPOUND:
            opened.seek(0)
            if ENCRYPTED in opened.read():
                raise _locked(file)
            return "xls"
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
            unpacked = sum(each.file_size for each in archive.infolist())
            locked = members >= ODS and b"encryption-data" in archive.read(MANIFEST)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, ValueError, zlib.error) as broken:
        raise _broken(file, broken) from broken
    kinds = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
    kind = next((kind for member, kind in kinds.items() if member in members), "")
    if not kind:
        raise InputError(
            "this is an archive without a workbook in it.",
            where=str(file),
            remedy="Unpack it, or save the table as .xlsx or as CSV (UTF-8).",
        )
    if locked:
        raise _locked(file)
    _check_size(file, unpacked, folder)
    return kind


def _check_size(file: Path, unpacked: int, folder: Path) -> None:
    check_growth(file.stat().st_size, unpacked, folder, str(file))
    most = share_of_budget(SHARE, LEAST)
    if unpacked > most:
        raise InputError(
            f"the workbook unpacks to {unpacked / MIB:,.0f} MiB; {most / MIB:,.0f} MiB of memory are there for it.",
            where=str(file),
            remedy="Save the sheet as CSV (UTF-8), which is read in pieces.",
        )


def _locked(file: Path) -> InputError:
    return InputError(
        "the workbook is protected by a password.",
        where=str(file),
        remedy="Open it, remove the password (File, Info, Protect Workbook), and save it again; or save it as CSV.",
    )


def _broken(file: Path, broken: BaseException) -> InputError:
    reason = " ".join(str(broken).split())[:MOST_SHOWN].rstrip(".")
    return InputError(
        f"the workbook cannot be read ({reason}).",
        where=str(file),
        remedy="It may have been cut off on its way: fetch it again, or open it and save it as .xlsx or CSV (UTF-8).",
    )


def _no_sheet(file: Path, wanted: str, names: list[str]) -> InputError:
    near = difflib.get_close_matches(wanted, names, 1)
    meant = f"Did you mean {near[0]}? " if near else ""
    return InputError(
        f"there is no sheet {wanted!r}.", where=str(file), remedy=f"{meant}It has {_listed(names)}."
    )


def _empty(file: Path, wanted: str, visible: list[str], hidden: list[str]) -> InputError:
    others = [name for name in (*visible, *hidden) if name != wanted] if wanted else hidden
    what = f"the sheet {wanted!r} has no cells" if wanted else "no sheet that is not hidden has any cells"
    remedy = f"Name another, such as {file.name}:{others[0]}; it has {_listed(others)}." if others else (
        "Give a file with a header and rows.")  # fmt: skip
    return InputError(f"{what}.", where=str(file), remedy=remedy)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return f"the sheet{'s' if len(names) > 1 else ''} {', '.join(names[:MOST_LISTED])}{more}"
