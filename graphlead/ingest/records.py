"""The register and its noise report on disk: Parquet files and two small JSON files."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq

from graphlead.common.files import read_json, write_json
from graphlead.core.errors import damage
from graphlead.core.noise import Finding, Noise
from graphlead.core.register import Column, Register, Role

COMPANIES, LINKS, SET_ASIDE = "companies.parquet", "links.parquet", "set_aside.parquet"
COLUMNS, NOISE = "columns.json", "noise.json"


def save_register(register: Register, work: Path) -> None:
    """Write what the Parquet files do not hold: the columns' roles and the counts."""
    content = {
        "n_companies": register.n_companies,
        "n_links": register.n_links,
        "columns": [asdict(column) for column in register.columns],
    }
    write_json(work / COLUMNS, content)


def load_register(work: Path) -> Register:
    """The register that ``ingest`` wrote into a folder. Raises RunFolderError when it is missing or incomplete."""
    content = read_json(work / COLUMNS)
    for name in (COMPANIES, LINKS):
        with damage(work / name):
            pq.read_metadata(work / name)
    with damage(work / COLUMNS):
        columns = tuple(Column(**{**column, "role": Role(column["role"])}) for column in content["columns"])
        return Register(
            companies=work / COMPANIES,
            links=work / LINKS,
            columns=columns,
            n_companies=content["n_companies"],
            n_links=content["n_links"],
        )


def save_noise(noise: Noise, work: Path) -> None:
    """Write the findings as JSON."""
    content = {"n_set_aside": noise.n_set_aside, "findings": [asdict(finding) for finding in noise.findings]}
    write_json(work / NOISE, content)


def load_noise(work: Path) -> Noise:
    """The noise report that ``ingest`` wrote into a folder. Raises RunFolderError when it is missing."""
    content = read_json(work / NOISE)
    with damage(work / NOISE):
        findings = tuple(
            Finding(**{**finding, "examples": tuple(finding["examples"])}) for finding in content["findings"]
        )
        return Noise(findings, work / SET_ASIDE, content["n_set_aside"])
