"""From files to a Register: open, understand, type, clean, resolve the links, look for outliers, write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from graphlead.common.files import scratch
from graphlead.core.contracts import Progress, silent
from graphlead.core.errors import InputError
from graphlead.core.noise import Noise
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
        progress(0, STAGES, "reading the companies")
        source, typed = _open_companies(db, companies, overrides, folder)
        progress(2, STAGES, "cleaning the companies")
        n_companies = clean_companies(db, source, typed, journal, work / records.COMPANIES)
        if not n_companies:
            raise InputError("no row has a company id.", where=str(companies), remedy="Fill the id column.")
        readings = typed.readings
        source.release(db)
        typed.release(db)
        del source, typed
        progress(3, STAGES, "reading the links")
        n_links = _ingest_links(db, links, work, journal, folder, _only_name(readings))
        register = Register(
            companies=work / records.COMPANIES,
            links=work / records.LINKS,
            columns=tuple(reading.column for reading in readings),
            n_companies=n_companies,
            n_links=n_links,
        )
        progress(4, STAGES, "looking for outliers")
        _note_outliers(db, register, journal, seed)
        progress(5, STAGES, "writing")
        n_set_aside = journal.write_set_aside(work / records.SET_ASIDE)
        noise = Noise(tuple(journal.findings), work / records.SET_ASIDE, n_set_aside)
    records.save_register(register, work)
    records.save_noise(noise, work)
    progress(STAGES, STAGES, "done")
    return register, noise


def _open_companies(db: Db, path: Path, overrides: Mapping[str, str], folder: Path) -> tuple[Held, Typed]:
    source = open_source(db, path, "companies", folder)
    if not source.rows:
        raise InputError(
            "there are no companies, only a header.", where=str(path), remedy="Give a file with rows."
        )
    held, readings = make_plan(db, hold(db, source, folder), overrides)
    return held, type_values(db, held, readings)


def _only_name(readings: tuple[Reading, ...]) -> str:
    """The column with the companies' names where their ids were made here, else empty."""
    made = any(reading.made for reading in readings)
    names = [reading.column.name for reading in readings if reading.column.role is Role.NAME]
    return names[0] if made else ""


def _ingest_links(
    db: Db, links: Path | None, work: Path, journal: Journal, folder: Path, by_name: str
) -> int:
    companies, path = work / records.COMPANIES, work / records.LINKS
    if links is None:
        write_no_links(db, path)
        return 0
    source = open_source(db, links, "links", folder)
    held = hold(db, source, folder)
    found = clean_links(db, held, companies, journal, path, by_name=by_name)
    held.release(db)
    note_links(found, journal)
    return len(found.kept)


def _note_outliers(db: Db, register: Register, journal: Journal, seed: int) -> None:
    names = register.names_of(Role.NUMBER)
    if not names or register.n_companies < FEWEST:
        return
    values = _numbers(db, register, names)
    found = find_outliers(values, seed)
    rows, columns = found.rows[:N_EXAMPLES], found.columns[:N_EXAMPLES]
    ids = db.execute(
        "SELECT file_row_number, company_id FROM read_parquet(?, file_row_number = true) "
        "WHERE file_row_number IN (SELECT unnest(?))",
        [plain(register.companies), [int(row) for row in rows]],
    ).fetchall()
    name_of = dict(ids)
    examples = [
        f"{name_of[int(row)]}: {names[column]} {values[row, column]:,.6g}"
        for row, column in zip(rows, columns, strict=True)
    ]
    message = "companies with outlying numbers (isolation forest and local outlier factor agree)"
    journal.note("outliers", "companies", len(found.rows), message, action=KEPT, examples=examples)


def _numbers(db: Db, register: Register, names: list[str]) -> Matrix:
    """The number columns as float32 (n, k), NaN where missing."""
    selected = ", ".join(
        f"coalesce({quoted(name)}, 'nan'::DOUBLE)::FLOAT AS n{i}" for i, name in enumerate(names)
    )
    result = db.execute(f"SELECT {selected} FROM read_parquet(?)", [plain(register.companies)]).fetchnumpy()
    return np.stack([np.asarray(result[f"n{i}"], np.float32) for i in range(len(names))], axis=1)
