"""What an archive may unpack to: data that repeat themselves, but no bomb and no full disk."""

from __future__ import annotations

import gzip
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from graphlead.common import archives
from graphlead.connectors.bods import read_bods
from graphlead.core.errors import InputError
from graphlead.ingest import read_list

ENTITY = (
    b'{"recordId": "a", "recordType": "entity", "statementDate": "2024-01-01", '
    b'"recordDetails": {"entityType": {"type": "registeredEntity"}, "name": "A"}}\n'
)
MIB = 2**20
Read = Callable[[Path, Path], object]


@pytest.fixture(autouse=True)
def small_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The rule for archives beyond 1 MiB instead of 256, and temporary files in the test's own folder."""
    monkeypatch.setattr(archives, "UNSUSPICIOUS_MB", 1)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))


def zipped(path: Path, content: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("member.json", content)
    return path


def gzipped(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content))
    return path


def bods(path: Path, out: Path) -> object:
    return read_bods([path], out)


def listed(path: Path, out: Path) -> object:
    return read_list(path)


def refused(read: Read, path: Path, tmp_path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read(path, tmp_path / "out")
    assert str(path) in caught.value.where
    assert not list((tmp_path / "tmp").iterdir())
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
    return caught.value


@pytest.mark.parametrize(("read", "pack"), [(bods, zipped), (bods, gzipped), (listed, gzipped)])
def test_promise_4_a_small_file_that_becomes_a_large_one_is_refused_and_nothing_is_left(
    tmp_path: Path, read: Read, pack: Callable[[Path, bytes], Path]
) -> None:
    line = ENTITY if read is bods else b"name,city\n"
    error = refused(read, pack(tmp_path / "bomb", line * (40 * MIB // len(line))), tmp_path)
    assert "this archive grows more than 200 times" in error.problem
    noticed = re.search(r"unpack to (\d+) MiB", error.problem)
    assert noticed
    assert int(noticed[1]) < 40
    assert "give the unpacked file" in error.remedy


@pytest.mark.parametrize("pack", [zipped, gzipped])
def test_a_register_that_shrinks_to_a_sixtieth_is_read(
    tmp_path: Path, pack: Callable[[Path, bytes], Path]
) -> None:
    random, unused = np.random.default_rng(0), b'"unused": "' + b"n/a " * 250
    content = b"".join(
        ENTITY.replace(b'"a"', b'"%d"' % i).replace(
            b'"name"', unused + random.bytes(8).hex().encode() + b'", "name"'
        )
        for i in range(4_000)
    )
    packed = pack(tmp_path / "packed", content)
    assert 40 < len(content) / packed.stat().st_size < 80
    assert read_bods([packed], tmp_path / "out").n_companies == 4_000


@pytest.mark.parametrize(("read", "pack"), [(bods, zipped), (bods, gzipped), (listed, gzipped)])
def test_promise_4_an_archive_that_would_fill_the_disk_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Read, pack: Callable[[Path, bytes], Path]
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=100_000))
    error = refused(read, pack(tmp_path / "packed", ENTITY * 1_000), tmp_path)
    assert "fills too much of the disk" in error.problem
    assert "Free some space on the disk of" in error.remedy
