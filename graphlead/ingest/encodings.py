"""Text files of any common encoding, gzipped or not, to UTF-8."""

from __future__ import annotations

import codecs
import gzip
import itertools
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

from graphlead.core.errors import InputError

CHUNK = 1 << 20
SAMPLE = 1 << 18
"""Bytes read at once, and bytes of text that the encoding is guessed from."""

# The longer mark comes first: UTF-32's begins with UTF-16's.
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
LATIN = ("cp1252", "cp1250", "iso8859_2")
OTHER_SCRIPTS = ("cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr")
SYMBOL_IN_A_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s]|[^\w\s](?=[^\W\d_])")
COMMON_SYMBOLS = frozenset("®©™«»¿¡“”‘’„‚–—…€·´¨°")
CLEARLY_BETTER = 0.1
"""By how much the chaos (charset-normalizer's measure of garbling) of another script must lie below that of cp1252
before it is preferred: most registers that reach this point are Western."""

MOSTLY = 0.9
"""The share of special characters that must be valid UTF-8 for a damaged file to count as UTF-8."""


def is_gzip(path: Path) -> bool:
    """Whether the file is gzip, by its content."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def open_bytes(path: Path) -> BinaryIO | gzip.GzipFile:
    """The file's bytes, decompressed when it is gzip."""
    return gzip.open(path, "rb") if is_gzip(path) else path.open("rb")


def chunks(path: Path) -> Iterator[bytes]:
    """The decompressed file in pieces. Raises InputError when it cannot be decompressed."""
    try:
        with open_bytes(path) as file:
            while piece := file.read(CHUNK):
                yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise InputError(
            f"the compressed file cannot be unpacked ({broken}).",
            where=str(path),
            remedy="It may have been cut off on its way: fetch it again.",
        ) from broken


def find_encoding(path: Path) -> tuple[str, str]:
    """The codec and error handler that read the whole file.

    A byte order mark decides; then UTF-8 if the whole file is valid; then the encoding in which the lines with
    special characters look least garbled. Raises InputError when the file is not text.
    """
    head = next(chunks(path), b"")[:SAMPLE]
    for mark, codec in MARKS:
        if head.startswith(mark):
            return codec, "replace"
    if wide := _utf16_without_mark(head):
        return wide, "replace"
    if b"\0" in head:
        raise InputError(
            "this is not a text file: it holds zero bytes.",
            where=str(path),
            remedy="Give a CSV or a Parquet file.",
        )
    odd = _bytes_beyond_utf8(path)
    return ("utf-8", "strict") if odd is None else _guess(odd)


def to_utf8(path: Path, folder: Path) -> tuple[Path, str, int]:
    """A UTF-8 file with the same text (the file itself if it is UTF-8), the codec, and the number of characters
    that it could not read."""
    codec, errors = find_encoding(path)
    if codec == "utf-8" and errors == "strict" and not is_gzip(path):
        return path, codec, 0
    decoder = codecs.getincrementaldecoder(codec)(errors)
    copy, damaged = folder / "text.csv", 0
    with copy.open("w", encoding="utf-8", newline="") as out:
        for piece in itertools.chain(chunks(path), [b""]):
            text = decoder.decode(piece, final=not piece)
            damaged += text.count("\ufffd")
            out.write(text)
    return copy, codec, damaged


def _utf16_without_mark(head: bytes) -> str:
    """The UTF-16 codec when every other byte is mostly zero, as in Western text; else empty."""
    if len(head) < 4:
        return ""
    even, odd = head[0::2].count(0) / len(head[0::2]), head[1::2].count(0) / len(head[1::2])
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""


def _bytes_beyond_utf8(path: Path) -> bytes | None:
    """Lines with special characters from the first piece that is not valid UTF-8; None if all are."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    piece = b""
    try:
        for piece in chunks(path):
            decoder.decode(piece)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        lines = [line for line in piece.splitlines() if not line.isascii()]
        return b"\n".join(lines)[:SAMPLE]
    return None


def _guess(odd: bytes) -> tuple[str, str]:
    text = odd.decode("utf-8", "replace")
    special = sum(not letter.isascii() for letter in text)
    if text.count("\ufffd") < (1 - MOSTLY) * special:
        return "utf-8", "replace"
    found = {
        match.encoding: match.chaos for match in from_bytes(odd, cp_isolation=["cp1252", *OTHER_SCRIPTS])
    }
    best = min(found, key=lambda codec: found[codec], default="cp1252")
    if best != "cp1252" and found[best] < found.get("cp1252", 1.0) - CLEARLY_BETTER:
        return best, "replace"
    return min(LATIN, key=lambda codec: _misplaced_symbols(odd, codec)), "replace"


def _misplaced_symbols(odd: bytes, codec: str) -> int:
    """The number of symbols inside words, as Polish or Czech letters become under cp1252: "Spó³ka"."""
    found = SYMBOL_IN_A_WORD.findall(odd.decode(codec, "replace"))
    return sum(not sign.isascii() and sign not in COMMON_SYMBOLS for sign in found)
