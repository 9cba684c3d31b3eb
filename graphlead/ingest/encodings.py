"""Text files of any common encoding, gzipped or not, to UTF-8."""

from __future__ import annotations

import codecs
import gzip
import itertools
import re
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from charset_normalizer import from_bytes

from graphlead.common.archives import limited
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


def chunks(path: Path, folder: Path) -> Iterator[bytes]:
    """The decompressed file in pieces.

    Raises InputError when it cannot be decompressed, or would fill the disk of ``folder``.
    """
    try:
        with path.open("rb") as packed:
            if not is_gzip(path):
                yield from iter(partial(packed.read, CHUNK), b"")
                return
            with gzip.open(packed) as unpacked:
                pieces = iter(partial(unpacked.read, CHUNK), b"")
                yield from limited(pieces, packed.tell, folder, str(path))
    except (EOFError, zlib.error, gzip.BadGzipFile) as broken:
        raise InputError(
            f"the compressed file cannot be unpacked ({broken}).",
            where=str(path),
            remedy="It may have been cut off on its way: fetch it again.",
        ) from broken


def find_encoding(path: Path, folder: Path) -> tuple[str, str]:
    """The codec and error handler that read the whole file.

    A byte order mark decides; then UTF-8 if the whole file is valid; then the encoding in which the lines with
    special characters look least garbled. Raises InputError when the file is not text.
    """
    head = next(chunks(path, folder), b"")[:SAMPLE]
    for mark, codec in MARKS:
        if head.startswith(mark):
            return codec, "replace"
    if wide := _utf16_without_mark(head):
        return wide, "replace"
    odd = _bytes_beyond_utf8(path, folder)
    return ("utf-8", "strict") if odd is None else _guess(odd)


def to_utf8(path: Path, folder: Path) -> tuple[Path, str, int]:
    """A UTF-8 file with the same text (the file itself if it is UTF-8), the codec, and the number of characters
    that it could not read."""
    codec, errors = find_encoding(path, folder)
    if codec == "utf-8" and errors == "strict" and not is_gzip(path):
        return path, codec, 0
    decoder = codecs.getincrementaldecoder(codec)(errors)
    copy, damaged, line = folder / "text.csv", 0, 1
    with copy.open("w", encoding="utf-8", newline="") as out:
        for piece in itertools.chain(chunks(path, folder), [b""]):
            text = decoder.decode(piece, final=not piece)
            line = _refuse_zeros(text, path, line)
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


def _refuse_zeros(text: str, path: Path, line: int) -> int:
    """The number of the line after the text, which begins in ``line``. Raises InputError for a zero byte."""
    if "\0" in text:
        line += text.count("\n", 0, text.index("\0"))
        raise InputError(
            f"this is not a text file: it holds a zero byte in line {line:,}.",
            where=f"{path}, line {line}",
            remedy="Give a CSV, Excel or Parquet file, or remove that byte.",
        )
    return line + text.count("\n")


def _bytes_beyond_utf8(path: Path, folder: Path) -> bytes | None:
    """Lines with special characters from the first piece that is not valid UTF-8; None if all are."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    piece, line = b"", 1
    try:
        for piece in chunks(path, folder):
            line = _refuse_zeros(decoder.decode(piece), path, line)
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
