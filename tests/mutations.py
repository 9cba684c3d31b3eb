"""Damage to files: of bytes, of delimited text, of JSON and TOML, and of Parquet tables; each takes a seeded Random."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

Change = Callable[[Random, bytes], bytes]

HUGE = [
    "1e39",
    "-1e300",
    "9" * 400,
    "1e999",
    "NaN",
    "-inf",
    str(2**63),
    "0x1F",
    "1e-320",
    "٣",
    "1_000",
    "999999999999999",
]
ODD_NAMES = ["", "\x07", "a\tb", "'; DROP TABLE x; --", '"', "row", "c0", "company_id", "COMPANY_ID", "\u202e", "=1+1",
             "é" * 300, "a\nb", "\\u0060", "file_row_number"]  # fmt: skip
MARKS = [
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xff\xfe\0\0",
    b"\x1f\x8b",
    b"PAR1",
    b"PK\x03\x04",
    b"\0",
    b"sep=;\n",
]


def _slice(random: Random, content: bytes, longest: int = 60) -> tuple[int, int]:
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + random.randint(1, longest))


def flip(random: Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice([1, 3, 20])):
        if changed:
            changed[random.randrange(len(changed))] ^= random.randint(1, 255)
    return bytes(changed)


def cut_off(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def cut_out(random: Random, content: bytes) -> bytes:
    start, end = _slice(random, content, 400)
    return content[:start] + content[end:]


def repeat(random: Random, content: bytes) -> bytes:
    start, end = _slice(random, content, 400)
    return content[:end] + content[start:end] * random.choice([1, 2, 50]) + content[end:]


def zero(random: Random, content: bytes) -> bytes:
    start, end = _slice(random, content)
    return content[:start] + bytes(end - start) + content[end:]


def insert(random: Random, content: bytes) -> bytes:
    start, _ = _slice(random, content)
    return content[:start] + random.randbytes(random.randint(1, 40)) + content[start:]


def mark(random: Random, content: bytes) -> bytes:
    return random.choice(MARKS) + content


BYTES: list[Change] = [flip, cut_off, cut_out, repeat, zero, insert, mark]


def recode(random: Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(
        random.choice(["utf-16", "utf-16-le", "utf-32", "latin-1", "cp1250", "shift_jis"]), "replace"
    )


def symbol(random: Random, content: bytes) -> bytes:
    """Another delimiter, quote or line end, everywhere or in a few places."""
    old, new = (
        random.choice([b",", b"\n", b'"', b" "]),
        random.choice([b";", b"\t", b"|", b'"', b"'", b"\r", b"\r\n", b",", b"~"]),
    )
    return content.replace(old, new, random.choice([1, 2, -1]))


def unbalanced(random: Random, content: bytes) -> bytes:
    start, _ = _slice(random, content)
    return content[:start] + random.choice([b'"', b'"""', b"\\", b'","']) + content[start:]


def number(random: Random, content: bytes) -> bytes:
    """Some numbers that no column expects."""
    odd = random.choice(HUGE).encode()
    places = list(re.finditer(rb"(?<![\w.])\d+(?![\w.])", content))
    for place in sorted(
        random.sample(places, min(len(places), random.choice([1, 4]))), key=lambda m: -m.start()
    ):
        content = content[: place.start()] + odd + content[place.end() :]
    return content


def long_cell(random: Random, content: bytes) -> bytes:
    start, _ = _slice(random, content)
    return (
        content[:start]
        + random.choice([b"x", b"9", b"\xc3\xa4", b"a ", b"(", b"1,"]) * 100_000
        + content[start:]
    )


def header(random: Random, content: bytes) -> bytes:
    """A column name doubled, emptied or made of control characters, or a header that is missing or alone."""
    first, _, rest = content.partition(b"\n")
    names = first.split(b",")
    at = random.randrange(len(names))
    names[at] = random.choice([names[0], names[-1], *(f'"{name}"'.encode() for name in ODD_NAMES)])
    return random.choice(
        [b",".join(names) + b"\n" + rest] * 4 + [rest, first, first + b"\n", first + b",x\n" + rest]
    )


def shuffled_columns(random: Random, content: bytes) -> bytes:
    lines = [line.split(b",") for line in content.splitlines()]
    a, b = (random.randrange(max(map(len, lines), default=0) or 1) for _ in range(2))
    for line in lines:
        if max(a, b) < len(line):
            line[a], line[b] = line[b], line[a]
            break
    return b"\n".join(map(b",".join, lines))


TEXT: list[Change] = [*BYTES, recode, symbol, unbalanced, number, long_cell, header, header, shuffled_columns]


def _odd_value(random: Random) -> Any:
    return random.choice(
        [
            None,
            10**30,
            -1.5,
            True,
            "",
            "é\u0000",
            [],
            {},
            [[]],
            {"id": {}},
            "x" * 5000,
            float("inf"),
            ["a", 1, None],
        ]
    )


def nested(random: Random, content: bytes) -> bytes:
    opening, closing = random.choice([(b"[", b"]"), (b'{"a":', b"}")])
    return opening * 20_000 + content + closing * random.choice([0, 20_000])


def json_value(random: Random, content: bytes) -> bytes:
    """A value of another type, or a key left out, somewhere in one of the lines."""
    lines = content.splitlines()
    at = random.randrange(len(lines) or 1)
    try:
        record = json.loads(lines[at])
    except (ValueError, IndexError):
        return content
    inside: Any = record
    while isinstance(inside, dict) and inside:
        key = random.choice(sorted(inside))
        if random.random() < 0.4 or not isinstance(inside[key], dict | list):
            inside.update({key: _odd_value(random)}) if random.random() < 0.8 else inside.pop(key)
            break
        inside = inside[key][0] if isinstance(inside[key], list) and inside[key] else inside[key]
    lines[at] = json.dumps(record).encode()
    return b"\n".join(lines)


def as_array(random: Random, content: bytes) -> bytes:
    return b"[" + b",".join(content.splitlines()) + random.choice([b"]", b"", b",]", b"]]"])


JSON: list[Change] = [
    *BYTES,
    recode,
    unbalanced,
    number,
    long_cell,
    nested,
    json_value,
    json_value,
    json_value,
    as_array,
]

TOML_VALUES = ["1", "-7", "1e400", "inf", "nan", "true", '""', '"x"', "[]", '["a", 1]', "{}", "{a = {b = 1}}",
               "2020-01-01", "12:00:00", "9" * 100,
               '"\\u0000"', "[[[]]]", '"é"', "'''\n'''", '"' + "a" * 5000 + '"']  # fmt: skip


def toml_value(random: Random, content: bytes) -> bytes:
    lines = content.decode("utf-8", "replace").splitlines()
    at = random.choice([i for i, line in enumerate(lines) if "=" in line] or [0])
    if lines:
        lines[at] = f"{lines[at].partition('=')[0]}= {random.choice(TOML_VALUES)}"
    return "\n".join(lines).encode()


def toml_key(random: Random, content: bytes) -> bytes:
    lines = content.decode("utf-8", "replace").splitlines()
    key = random.choice(
        [
            "companeis",
            "seed",
            '""',
            '"a.b"',
            "columns",
            "a.b.c",
            '"\\u0007"',
            "[companies]",
            "[[owners]]",
            "[[columns]]",
        ]
    )
    line = key if key.startswith("[") else f"{key} = {random.choice(TOML_VALUES)}"
    lines.insert(random.randrange(len(lines) + 1), line)
    return "\n".join(lines).encode()


def toml_nested(random: Random, content: bytes) -> bytes:
    opening, closing = random.choice([("[", "]"), ("{a = ", "}")])
    return content + f"\nexclude = {opening * 20_000}1{closing * 20_000}\n".encode()


TOML: list[Change] = [
    *BYTES,
    recode,
    unbalanced,
    number,
    long_cell,
    toml_value,
    toml_value,
    toml_value,
    toml_key,
    toml_key,
    toml_nested,
]


def _types(n: int) -> list[pa.Array]:
    """Columns of every type that a table may have, (n,) each, with values at its ends."""
    i = np.arange(n)
    return [
        pa.array([None] * n, pa.null()),
        pa.array([[1, None]] * n),
        pa.array([{"a": 1, "b": "x"}] * n),
        pa.array([[("k", 1)]] * n, pa.map_(pa.string(), pa.int64())),
        pa.array([b"\xff\x00\xfe"] * n),
        pa.array([Decimal("99999999999999999999999999999999999.5")] * n, pa.decimal128(38, 1)),
        pa.array(i - 2**40, pa.timestamp("s")),
        pa.array(i + 2**62, pa.timestamp("us", "UTC")),
        pa.array(i.astype(np.int32) * 40_000_000, pa.date32()),
        pa.array(i, pa.time64("us")),
        pa.array(i, pa.duration("s")),
        pa.array(i.astype(np.uint64) + np.uint64(2**63), pa.uint64()),
        pa.array(np.where(i % 2, np.inf, 1e300)),
        pa.array(np.full(n, np.nan, np.float16)),
        pa.array(i % 2 == 0),
        pa.array([f"v{k % 3}" for k in i]).dictionary_encode(),
        pa.array(["\x00\x1f\u202e"] * n),
    ]


def damaged_table(random: Random, path: Path) -> None:
    """Damage a Parquet file: a column of another type or name, or bytes of a page or of the footer."""
    table = pq.read_table(path)
    names, columns = list(table.column_names), list(table.columns)
    at = random.randrange(len(names))
    kind = random.choice(["type", "type", "name", "rows", "page", "page", "footer", "bytes"])
    if kind == "type":
        columns[at] = random.choice(_types(len(table)))
    elif kind == "name":
        names[at] = random.choice([*ODD_NAMES, names[0]])
    elif kind == "rows":
        kept = random.choice([0, 1, 3])
        columns = [column.slice(0, kept) for column in columns]
    pq.write_table(
        pa.table(columns, names=names), path, compression=random.choice(["snappy", "zstd", "none"])
    )
    content = path.read_bytes()
    footer = len(content) - 8 - int.from_bytes(content[-8:-4], "little")
    if kind == "page":
        path.write_bytes(random.choice([flip, zero, cut_out])(random, content[:footer]) + content[footer:])
    elif kind == "footer":
        path.write_bytes(content[:footer] + random.choice([flip, zero, repeat])(random, content[footer:]))
    elif kind == "bytes":
        path.write_bytes(random.choice(BYTES)(random, content))


def damage(random: Random, path: Path) -> None:
    """Damage a file once to three times, in the ways of its kind."""
    if path.suffix == ".parquet":
        damaged_table(random, path)
        return
    changes = {".json": JSON, ".toml": TOML, ".csv": TEXT}.get(path.suffix, BYTES)
    content = path.read_bytes()
    for _ in range(random.choice([1, 1, 2, 3])):
        content = random.choice(changes)(random, content)
    path.write_bytes(content)
