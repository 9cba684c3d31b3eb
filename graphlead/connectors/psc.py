"""Persons with significant control (PSC): their identities, and links from their natures of control."""

from __future__ import annotations

from pathlib import Path

from graphlead.connectors.sql import parquet
from graphlead.connectors.tables import NO_LINKS, set_aside
from graphlead.engines.duckdb import Db, literal

FIELDS = (
    "company_number: 'VARCHAR', data: 'STRUCT(kind VARCHAR, name VARCHAR, name_elements STRUCT(forename VARCHAR, "
    "middle_name VARCHAR, surname VARCHAR), date_of_birth STRUCT(month VARCHAR, year VARCHAR), "
    "natures_of_control VARCHAR[], notified_on VARCHAR, ceased_on VARCHAR, ceased VARCHAR, statement VARCHAR, "
    "identification STRUCT(registration_number VARCHAR, country_registered VARCHAR), links STRUCT(self VARCHAR))'"
)
PERSONS = (
    "company_number, data.kind AS kind, filled(data.name) AS name, data.natures_of_control AS natures, "
    "filled(concat_ws(' ', data.name_elements.forename, data.name_elements.middle_name, data.name_elements.surname)) "
    "AS full_name, data.date_of_birth.year || '-' || data.date_of_birth.month AS born, "
    "iso_day(data.notified_on) AS date, data.ceased_on AS ceased_on, data.ceased = 'true' AS ceased, "
    "data.statement AS statement, filled(data.identification.registration_number) AS number, "
    "filled(data.identification.country_registered) AS country, data.links.self AS self"
)

KINDS = (
    ("ownership-of-shares-", "shareholding"),
    ("voting-rights-", "voting_rights"),
    ("right-to-share-surplus-assets-", "rights_to_surplus_assets"),
    ("part-right-to-share-surplus-assets-", "rights_to_surplus_assets"),
    ("right-to-appoint-and-remove-", "appointment_of_board"),
    ("significant-influence-or-control", "significant_influence_or_control"),
)
"""The beginning of a nature of control, and the kind of its link."""

BRITISH = r"\b(england|wales|scotland|northern ireland|united kingdom|great britain|uk|u\.k\.?|gb|gbr)(\b|$)"
NOT_BRITISH = r"\b(new south wales|new england|virgin)\b"

FORMAL = (
    "CASE WHEN kind LIKE '%statement%' THEN 'statement that names no person' "
    "WHEN kind LIKE 'super-secure%' THEN 'protected person' "
    "WHEN kind LIKE 'totals%' OR kind LIKE 'exemptions%' OR kind IS NULL OR company_number IS NULL THEN 'no person' "
    "WHEN ceased_on IS NOT NULL OR ceased THEN 'ceased' END"
)
REGISTERED = (
    r"CASE WHEN regexp_full_match(bare, '[0-9]{1,8}') THEN lpad(bare, 8, '0') "
    r"WHEN regexp_full_match(bare, '[A-Z]{2}[0-9]{1,6}') THEN bare[:2] || lpad(bare[3:], 6, '0') "
    r"WHEN regexp_full_match(bare, 'R[0-9]{1,7}') THEN 'R' || lpad(bare[2:], 7, '0') END"
)
"""SQL that restores the eight characters of a company number as people type it."""
SAME_NAME = "regexp_replace(replace({}, 'LIMITED', 'LTD'), '[^A-Z0-9]', '', 'g')"
"""SQL that reduces a name for comparison: no punctuation, the legal form in one spelling."""


def make_links(db: Db, staged: list[Path]) -> str:
    """Make the table ``unspecified`` (company_id, unspecified_owner); returns the query for the links table.

    Needs the view ``company``. A corporate owner is a company of the register when its number is there and its stated
    country of registration is British, or none is stated and the names agree. Other owners are identified by what is
    published: persons by name and month of birth, others by name, number and country.
    """
    if not staged:
        db.execute("CREATE TEMP TABLE unspecified (company_id VARCHAR, unspecified_owner VARCHAR)")
        return NO_LINKS
    db.execute(
        "CREATE TEMP VIEW control AS SELECT *, "
        f"{FORMAL} AS fault, upper(regexp_replace(number, '[^A-Za-z0-9]', '', 'g')) AS bare FROM {parquet(staged)}"
    )
    _set_aside_others(db)
    _find_owners(db)
    kinds = " ".join(
        f"WHEN starts_with(nature, {literal(start)}) THEN {literal(kind)}" for start, kind in KINDS
    )
    low = r"TRY_CAST(regexp_extract(nature, '-([0-9]+)-(to-[0-9]+-)?percent', 1) AS DOUBLE)"
    high = r"TRY_CAST(regexp_extract(nature, '-to-([0-9]+)-percent', 1) AS DOUBLE)"
    return (
        "WITH nature AS (SELECT *, unnest(CASE WHEN len(natures) > 0 THEN natures ELSE [NULL] END) AS nature "
        "FROM owner) "
        "SELECT source_id, name AS source_name, source_type, company_number AS target_id, "
        f"CASE {kinds} ELSE coalesce(replace(nature, '-', '_'), 'unknown_interest') END AS kind, "
        f"CASE WHEN {low} IS NOT NULL THEN share_text({low}, {high}) END AS share, date, nature AS stated FROM nature "
        "ORDER BY part, file_row_number, nature"
    )


def _set_aside_others(db: Db) -> None:
    """Set aside the lines that name nobody in control; a statement made instead goes to ``unspecified``."""
    set_aside(
        db,
        "SELECT file, coalesce(self, company_number), fault, coalesce(statement, ceased_on, kind) FROM control "
        "WHERE fault IS NOT NULL",
    )
    db.execute(
        "CREATE TEMP TABLE unspecified AS SELECT company_number AS company_id, "
        "min(coalesce(statement, kind)) AS unspecified_owner FROM control "
        "WHERE fault IN ('statement that names no person', 'protected person') AND ceased_on IS NULL "
        "AND NOT coalesce(ceased, false) AND company_number IS NOT NULL GROUP BY company_number"
    )


def _find_owners(db: Db) -> None:
    """Make the view ``owner``: the lines that name somebody in control, with source_id and source_type."""
    db.execute(
        "CREATE TEMP TABLE corporate AS SELECT number AS of_number, country AS of_country, name AS of_name, company_id "
        "FROM ("
        f"SELECT DISTINCT number, country, upper(name) AS name, {REGISTERED} AS company_id FROM control "
        "WHERE fault IS NULL AND number IS NOT NULL) AS stated "
        "JOIN (SELECT company_id, any_value(upper(name)) AS listed FROM company GROUP BY company_id) "
        "USING (company_id) "
        f"WHERE CASE WHEN country IS NULL THEN {SAME_NAME.format('name')} = {SAME_NAME.format('listed')} "
        f"ELSE regexp_matches(lower(country), {literal(BRITISH)}) "
        f"AND NOT regexp_matches(lower(country), {literal(NOT_BRITISH)}) END"
    )
    person = (
        "identity('person', coalesce(lower(coalesce(full_name, name)) || '|' || born, self, company_number))"
    )
    others = "filled(lower(concat_ws('|', name, bare, country)))"
    holder = f"identity('holder', coalesce({others}, self, company_number))"
    db.execute(
        "CREATE TEMP VIEW owner AS SELECT control.*, coalesce(corporate.company_id, "
        f"CASE WHEN kind LIKE 'individual%' THEN {person} ELSE {holder} END) AS source_id, "
        "CASE WHEN corporate.company_id IS NOT NULL THEN 'company' WHEN kind LIKE 'individual%' THEN 'person' "
        "ELSE 'holder' END AS source_type FROM control LEFT JOIN corporate ON of_number = number "
        "AND of_country IS NOT DISTINCT FROM country AND of_name = upper(name) "
        "WHERE fault IS NULL"
    )
