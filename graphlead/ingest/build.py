"""From files to a Register: open, understand, type, clean, resolve the links, look for outliers, write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from graphlead.common.files import scratch
from graphlead.common.parallel import meanwhile
from graphlead.core.arrays import Longs, Reals
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError
from graphlead.core.noise import Noise
from graphlead.core.paths import file_of
from graphlead.core.register import Column, Register, Role
from graphlead.engines.duckdb import Db, open_db, plain, quoted
from graphlead.ingest import records
from graphlead.ingest.companies import clean_companies
from graphlead.ingest.damage import damage_named
from graphlead.ingest.held import Held, hold
from graphlead.ingest.journal import KEPT, N_EXAMPLES, Journal
from graphlead.ingest.link_findings import note_links
from graphlead.ingest.links import clean_links, write_no_links
from graphlead.ingest.open_file import open_source
from graphlead.ingest.outliers import Matrix, find_outliers
from graphlead.ingest.plan import Reading, make_plan
from graphlead.ingest.typed import Typed, type_values

STAGES = 6
HELD = 10
"""Bytes held for a byte of a file of links, by which they may be read beside the companies."""
WEIGHED = 200
"""Bytes a company that the search for outliers takes."""
FEWEST = 50
"""Companies below which no outliers are sought: neighbourhoods of 20 then span much of the register."""


def understand(companies: Path, overrides: Mapping[str, str] = {}) -> tuple[Column, ...]:
    """The plan: the role of every column of a companies file, and the reason for it.

    ``overrides`` sets roles by column name: a value of Role, or industry:NACE, industry:NAICS, industry:SIC.
    Raises InputError when the file cannot be used, SettingsError when an override names no column or no role.
    """
    with damage_named(companies), scratch() as folder, open_db(folder) as db:
        _, typed = _open_companies(db, companies, overrides, folder)
        return tuple(reading.column for reading in typed.readings)


def ingest(
    companies: Path,
    links: Path | None,
    work: Path,
    *,
    overrides: Mapping[str, str] = {},
    seed: int = 0,
    progress: Progress = silent,
) -> tuple[Register, Noise]:
    """Read, understand and clean the files into the folder ``work``, which must exist.

    Writes companies.parquet and links.parquet (see Register), set_aside.parquet, columns.json and noise.json.
    ``seed`` draws the samples for outlier detection. Raises InputError when a file cannot be used, SettingsError
    when an override names no column or no role.
    """
    with damage_named(companies, links), scratch(work) as folder, open_db(folder) as db:
        journal = Journal(db)
        room = HELD * file_of(links).stat().st_size if links and file_of(links).is_file() else 0
        with meanwhile(lambda: _read_links(links, folder), room) as stated:
            readings, n_companies = _ingest_companies(
                db, companies, overrides, work, journal, folder, progress
            )
            progress(3, STAGES, "reading the links")
            held = stated()
        names = [reading.column.name for reading in readings if reading.column.role is Role.NUMBER]
        path = work / records.COMPANIES
        with meanwhile(lambda: _outlying(path, names, n_companies, seed), WEIGHED * n_companies) as outlying:
            n_links = _ingest_links(db, held, work, journal, _only_name(readings))
            progress(4, STAGES, "looking for outliers")
            _note_outliers(db, path, outlying(), journal)
        progress(5, STAGES, "writing")
        n_set_aside = journal.write_set_aside(work / records.SET_ASIDE)
        noise = Noise(tuple(journal.findings), work / records.SET_ASIDE, n_set_aside)
    register = Register(
        companies=path,
        links=work / records.LINKS,
        columns=tuple(reading.column for reading in readings),
        n_companies=n_companies,
        n_links=n_links,
    )
    records.save_register(register, work)
    records.save_noise(noise, work)
    progress(STAGES, STAGES, "done")
    return register, noise


def _ingest_companies(
    db: Db,
    path: Path,
    overrides: Mapping[str, str],
    work: Path,
    journal: Journal,
    folder: Path,
    progress: Progress,
) -> tuple[tuple[Reading, ...], int]:
    """Write the companies; returns how their columns were read, and their number."""
    progress(0, STAGES, "reading the companies")
    source, typed = _open_companies(db, path, overrides, folder)
    progress(2, STAGES, "cleaning the companies")
    n_companies = clean_companies(db, source, typed, journal, work / records.COMPANIES)
    if not n_companies:
        raise InputError("no row has a company id.", where=str(path), remedy="Fill the id column.")
    source.release(db)
    typed.release(db)
    return typed.readings, n_companies


def _open_companies(db: Db, path: Path, overrides: Mapping[str, str], folder: Path) -> tuple[Held, Typed]:
    source = open_source(db, path, "companies", folder)
    if not source.rows:
        raise InputError(
            "there are no companies, only a header.", where=str(path), remedy="Give a file with rows."
        )
    held, readings = make_plan(db, hold(db, source, folder).register(db), overrides)
    return held, type_values(db, held, readings)


def _only_name(readings: tuple[Reading, ...]) -> str:
    """The column with the companies' names where their ids were made here, else empty."""
    made = any(reading.made for reading in readings)
    names = [reading.column.name for reading in readings if reading.column.role is Role.NAME]
    return names[0] if made else ""


def _read_links(path: Path | None, folder: Path) -> Held | None:
    """The links as they are in the file, read by a connection of their own."""
    if path is None:
        return None
    with open_db(folder) as db:
        return hold(db, open_source(db, path, "links", folder), folder)


def _ingest_links(db: Db, held: Held | None, work: Path, journal: Journal, by_name: str) -> int:
    companies, path = work / records.COMPANIES, work / records.LINKS
    if held is None:
        write_no_links(db, path)
        return 0
    found = clean_links(db, held.register(db), companies, journal, path, by_name=by_name)
    held.release(db)
    note_links(found, journal)
    return len(found.kept)


@dataclass(frozen=True)
class _Outlying:
    """Companies with outlying numbers, of the columns ``names`` (k,): row in the file, column and number (m,)."""

    names: Sequence[str]
    rows: Longs
    columns: Longs
    numbers: Reals


def _outlying(companies: Path, names: Sequence[str], n: int, seed: int) -> _Outlying:
    nobody = np.zeros(0, np.int64)
    if not names or n < FEWEST:
        return _Outlying(names, nobody, nobody, np.zeros(0))
    with open_db() as db:
        values = _numbers(db, companies, names)
    found = find_outliers(values, seed)
    return _Outlying(names, found.rows, found.columns, values[found.rows, found.columns].astype(np.float64))


def _note_outliers(db: Db, companies: Path, found: _Outlying, journal: Journal) -> None:
    rows = found.rows[:N_EXAMPLES].tolist()
    ids = db.execute(
        "SELECT file_row_number, company_id FROM read_parquet(?, file_row_number = true) "
        "WHERE file_row_number IN (SELECT unnest(?))",
        [plain(companies), rows],
    ).fetchall()
    name_of = dict(ids)
    examples = [
        f"{name_of[row]}: {found.names[column]} {number:,.6g}"
        for row, column, number in zip(rows, found.columns.tolist(), found.numbers.tolist(), strict=False)
    ]
    message = "companies with outlying numbers (isolation forest and local outlier factor agree)"
    journal.note("outliers", "companies", len(found.rows), message, action=KEPT, examples=examples)


def _numbers(db: Db, companies: Path, names: Sequence[str]) -> Matrix:
    """The number columns as float32 (n, k), NaN where missing."""
    selected = ", ".join(
        f"coalesce({quoted(name)}, 'nan'::DOUBLE)::FLOAT AS n{i}" for i, name in enumerate(names)
    )
    result = db.execute(f"SELECT {selected} FROM read_parquet(?)", [plain(companies)]).fetchnumpy()
    return np.stack([np.asarray(result[f"n{i}"], np.float32) for i in range(len(names))], axis=1)
