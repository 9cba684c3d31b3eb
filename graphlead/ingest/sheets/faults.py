"""The cells of a sheet that hold an error such as #N/A, which the library reads as empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

CHUNK = 1 << 20
LONGEST = 1 << 10
"""Bytes read at once, and of the longest beginning of a cell, which may lie across two pieces."""

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"
ERROR = re.compile(rb'<(?:\w+:)?c\b[^>]*?\bt="e"[^>]*>')
ADDRESS = re.compile(rb'\br="([A-Z]+\d+)"')


def error_cells(path: Path, sheet: str) -> tuple[int, str]:
    """How many cells of a sheet of an .xlsx file hold an error, and where the first one is."""
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member not in archive.namelist():
            return 0, ""
        count, first = 0, ""
        for piece in _pieces(archive, member):
            found = ERROR.findall(piece)
            if found and not first and (address := ADDRESS.search(found[0])):
                first = address[1].decode()
            count += len(found)
    return count, first


def _member(archive: zipfile.ZipFile, sheet: str) -> str:
    """The name within the archive of the sheet of this name."""
    entries = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()  # noqa: S314
    wanted = next(
        (each for each in entries if each.tag.endswith("}sheet") and each.get("name") == sheet), None
    )
    if wanted is None:
        return ""
    relation = wanted.get(RELATION) or wanted.get(STRICT)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    target = next((each.get("Target", "") for each in links if each.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The content of a member in pieces; the beginning of a cell is never cut."""
    rest = b""
    with archive.open(member) as file:
        while read := file.read(CHUNK):
            piece = rest + read
            cut = piece.rfind(b"<", max(0, len(piece) - LONGEST))
            cut = len(piece) if cut < 0 else cut
            rest = piece[cut:]
            yield piece[:cut]
    yield rest
