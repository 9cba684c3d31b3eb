"""UK Companies House: the free company data CSV and the snapshot of persons with significant control."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graphlead.connectors.psc import FIELDS, PERSONS, make_links
from graphlead.connectors.published import Published, group_by_standard, stage
from graphlead.connectors.sql import parquet, session
from graphlead.connectors.standards import COMPANY_DATA, PSC
from graphlead.connectors.tables import Imported, open_journal, set_aside, write_tables
from graphlead.core.contracts import Progress, silent
from graphlead.engines.duckdb import Db, literal, quoted

COMPANY = {
    "company_id": "CompanyNumber",
    "name": "CompanyName",
    "previous_name": "PreviousName_1.CompanyName",
    "address_country": "RegAddress.Country",
    "region": "RegAddress.County",
    "city": "RegAddress.PostTown",
    "postcode": "RegAddress.PostCode",
    "care_of": "RegAddress.CareOf",
    "po_box": "RegAddress.POBox",
    "line_1": "RegAddress.AddressLine1",
    "line_2": "RegAddress.AddressLine2",
    "category": "CompanyCategory",
    "status": "CompanyStatus",
    "country_of_origin": "CountryOfOrigin",
    "incorporated": "IncorporationDate",
    "dissolved": "DissolutionDate",
    "accounts_made_up": "Accounts.LastMadeUpDate",
    "accounts_category": "Accounts.AccountCategory",
    "mortgages": "Mortgages.NumMortCharges",
    "mortgages_outstanding": "Mortgages.NumMortOutstanding",
    **{f"sic_{i}": f"SICCode.SicText_{i}" for i in range(1, 5)},
}
NEEDED = ("CompanyNumber", "CompanyName")
NATIONS = (
    "ENGLAND", "WALES", "SCOTLAND", "NORTHERN IRELAND", "UNITED KINGDOM", "UK", "GREAT BRITAIN", "ENGLAND & WALES",
    "ENGLAND AND WALES",
)  # fmt: skip
OUTPUT = f"""
company_id, name, previous_name,
CASE WHEN upper(address_country) IN ({", ".join(map(literal, NATIONS))}) THEN 'GB'
  ELSE coalesce(address_country, CASE WHEN country_of_origin = 'United Kingdom' THEN 'GB' END, country_of_origin) END
  AS country,
region, city, postcode, filled(concat_ws(', ', care_of, po_box, line_1, line_2)) AS address,
{", ".join(f"filled(regexp_extract(sic_{i}, '^([0-9]{{4,5}})', 1)) AS sic_{i}" for i in range(1, 5))},
category, status, country_of_origin, uk_day(incorporated) AS incorporated, uk_day(accounts_made_up) AS accounts_made_up,
accounts_category, TRY_CAST(mortgages AS INTEGER) AS mortgages,
TRY_CAST(mortgages_outstanding AS INTEGER) AS mortgages_outstanding
"""


def read_companies_house(files: Sequence[Path], out: Path, progress: Progress = silent) -> Imported:
    """Read the company data CSV and, if given, parts of the PSC snapshot (plain, .gz or .zip) into the folder ``out``.

    Files are recognised by their content. Set aside: dissolved companies, persons who ceased, protected persons, and
    statements that there is no such person; why a company names nobody stays with it in ``unspecified_owner``. Each
    nature of control becomes a link, with the band of its share. Raises InputError when a file cannot be used.
    """
    found = group_by_standard(files, (COMPANY_DATA, PSC), COMPANY_DATA)
    total = sum(map(len, found.values())) + 2
    with session(out) as (db, folder):
        open_journal(db)
        db.execute("CREATE TEMP MACRO uk_day(x) AS TRY_STRPTIME(x, '%d/%m/%Y')::DATE")
        staged: dict[str, list[Path]] = {standard: [] for standard in found}
        for i, source in enumerate(source for sources in found.values() for source in sources):
            progress(i, total, f"reading {source.name}")
            path = folder / f"{i:05}.parquet"
            _stage(db, source, folder, i, path)
            staged[source.standard].append(path)
        progress(total - 2, total, "finding the owners among the companies")
        _find_companies(db, staged[COMPANY_DATA])
        links = make_links(db, staged[PSC])
        progress(total - 1, total, "writing")
        companies = (
            f"SELECT {OUTPUT}, unspecified_owner FROM company LEFT JOIN unspecified USING (company_id) "
            "ORDER BY part, file_row_number"
        )
        return write_tables(db, folder, out, companies, links, ", ".join(str(path) for path in files))


def _stage(db: Db, source: Published, folder: Path, part: int, path: Path) -> None:
    file = f"{literal(source.name)} AS file, {part} AS part"
    if source.standard == PSC:
        stage(db, source, folder, f"{file}, {PERSONS}", path, FIELDS)
        return
    source.require(NEEDED)
    columns = (
        f"{f'filled({quoted(column)})' if column in source.header else 'NULL::VARCHAR'} AS {name}"
        for name, column in COMPANY.items()
    )
    stage(db, source, folder, ", ".join([file, *columns]), path)


def _find_companies(db: Db, staged: list[Path]) -> None:
    """Make the view ``company``; set dissolved companies and rows without a number aside."""
    db.execute(
        "CREATE TEMP VIEW listed AS SELECT *, CASE WHEN company_id IS NULL THEN 'no company number' "
        f"WHEN dissolved IS NOT NULL THEN 'company dissolved' END AS fault FROM {parquet(staged)}"
    )
    db.execute("CREATE TEMP VIEW company AS FROM listed WHERE fault IS NULL")
    set_aside(
        db, "SELECT file, company_id, fault, coalesce(dissolved, name) FROM listed WHERE fault IS NOT NULL"
    )
