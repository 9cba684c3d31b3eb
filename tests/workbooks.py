"""Workbooks as tests need them: .xlsx by xlsxwriter, .ods and .xls byte by byte."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

Rows = Sequence[Sequence[object]]


def xlsx(
    path: Path, sheets: dict[str, Rows], more: Callable[[dict[str, Worksheet]], None] | None = None
) -> Path:
    """Write sheets of rows: texts as texts, dates with a format of dates, None as no cell."""
    book = xlsxwriter.Workbook(path, {"strings_to_numbers": False, "strings_to_formulas": False})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    made = {}
    for name, rows in sheets.items():
        made[name] = sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(at, column, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(at, column, datetime(value.year, value.month, value.day), day)
                elif value is not None and value != "":
                    sheet.write(at, column, value)
    if more:
        more(made)
    book.close()
    return path


def ods(path: Path, sheets: dict[str, Rows]) -> Path:
    """Write sheets of rows as OpenDocument."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}">'
        + "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
        f'manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def _ods_cell(value: object) -> str:
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int | float):
        kind = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def xls(path: Path, sheet: str, rows: Rows, locked: bool = False) -> Path:
    """Write one sheet as Excel 97 does: records of BIFF8 in the stream Workbook of a compound file."""
    path.write_bytes(compound({"Workbook": _biff(sheet, rows, locked)}))
    return path


def compound(streams: dict[str, bytes]) -> bytes:
    """A compound file with these streams, each padded beyond the size below which small ones are kept elsewhere."""
    sectors, starts = bytearray(), []
    chain: list[int] = []
    for content in streams.values():
        padded = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0")
        first, count = len(chain), len(padded) // SECTOR
        chain += [*range(first + 1, first + count), END]
        sectors += padded
        starts.append((first, len(padded)))
    directory = len(chain)
    chain += [END, FAT]
    entries = _entry("Root Entry", 5, END, 0, child=1)
    for at, (name, (first, size)) in enumerate(zip(streams, starts, strict=True), 2):
        entries += _entry(name, 2, first, size, right=at if at <= len(streams) else FREE)
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<9I", 0, 1, directory, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", directory + 1, *[FREE] * 108)
    return header + bytes(sectors) + entries.ljust(SECTOR, b"\0") + table


def _entry(name: str, kind: int, start: int, size: int, child: int = FREE, right: int = FREE) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def _biff(sheet: str, rows: Rows, locked: bool) -> bytes:
    fonts = b"".join(
        _record(0x31, struct.pack("<HHHHHBBBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 0, 0, 1, 0) + b"A")
        for _ in range(4)
    )
    formats = [0, 14]
    styles = b"".join(
        _record(0xE0, struct.pack("<HHHBBBBIIH", 0, form, 0, 0, 0, 0, 0, 0, 0, 0)) for form in formats
    )
    password = _record(0x2F, struct.pack("<HHH", 1, 1, 1)) if locked else b""
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("latin-1")
    length = len(begin + password + fonts + styles) + 4 + 6 + len(name) + 4
    place = _record(0x85, struct.pack("<IBB", length, 0, 0) + name)
    cells = b"".join(
        _biff_cell(at, column, value) for at, row in enumerate(rows) for column, value in enumerate(row)
    )
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0)) + cells + _record(0x0A, b"")
    return begin + password + fonts + styles + place + _record(0x0A, b"") + body


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _biff_cell(row: int, column: int, value: object) -> bytes:
    if value is None:
        return b""
    if isinstance(value, bool):
        return _record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))
    if isinstance(value, date):
        serial = (value - date(1899, 12, 30)).days
        return _record(0x203, struct.pack("<HHHd", row, column, 1, serial))
    if isinstance(value, int | float):
        return _record(0x203, struct.pack("<HHHd", row, column, 0, value))
    text = str(value).encode("utf-16-le")
    return _record(0x204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
