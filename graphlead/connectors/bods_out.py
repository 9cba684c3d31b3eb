"""A register as Beneficial Ownership Data Standard 0.4: one JSON line per statement.

Open Ownership, https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from graphlead.connectors.interests import KIND_NOTE, KINDS
from graphlead.connectors.sql import mapping, parquet, session
from graphlead.core.register import Register, Role
from graphlead.engines.duckdb import literal, quoted

PUBLISHER = "graphlead"
FOUNDED = r"(^|_)(founded|founding|incorporated|incorporation|established|created|registered)(_|$)"

OWNERS = """
SELECT source_id AS record, max(source_type = 'person') AS is_person, max(source_name) AS name
FROM link WHERE source_type <> 'company' GROUP BY source_id
"""
HOLDERS = """
SELECT record, record AS subject, json_object('isComponent', false, 'entityType', json_object('type', 'legalEntity'),
  'name', coalesce(name, record)) AS details
FROM owner WHERE NOT is_person ORDER BY record
"""
PERSONS = """
SELECT record, record AS subject, json_object('isComponent', false, 'personType', 'knownPerson',
  'names', [json_object('fullName', coalesce(name, record))]) AS details
FROM owner WHERE is_person ORDER BY record
"""
TYPES = {kind: name for name, kind in KINDS.items()} | {"owns": "shareholding", "holds": "shareholding"}
OWN_WORDS = (
    "seniorManagingOfficial", "settlor", "trustee", "protector", "beneficiaryOfLegalArrangement",
    "rightsToProfitOrIncome", "rightsGrantedByContract", "conditionalRightsGrantedByContract",
    "controlViaCompanyRulesOrArticles", "boardMember", "boardChair", "unknownInterest", "unpublishedInterest",
    "enjoymentAndUseOfAssets", "rightToProfitOrIncomeFromAssets", "nominee", "nominator",
)  # fmt: skip
"""Interest types of BODS that, in snake case, are themselves the kind of the link."""
TYPES |= {re.sub("([a-z])([A-Z])", r"\1_\2", name).lower(): name for name in OWN_WORDS}
RELATIONSHIPS = f"""
WITH typed AS (SELECT *, map_extract_value({mapping(TYPES)}, kind) AS type FROM link),
one AS (SELECT source_id, target_id, dense(json_object('type', coalesce(type, 'otherInfluenceOrControl'),
    'directOrIndirect', 'unknown',
    'details', CASE WHEN type IS NULL OR kind = 'owns' THEN {literal(KIND_NOTE)} || kind END,
    'share', CASE WHEN share_low = share_high THEN json_object('exact', round(100 * share_low, 10))
      WHEN share_low IS NOT NULL
      THEN json_object('minimum', round(100 * share_low, 10), 'maximum', round(100 * share_high, 10)) END,
    'startDate', date)) AS interest, file_row_number AS row FROM typed)
SELECT 'relationship:' || md5(source_id || '|' || target_id) AS record, target_id AS subject,
  json_object('isComponent', false, 'subject', target_id, 'interestedParty', source_id,
    'interests', list(interest ORDER BY row)) AS details
FROM one GROUP BY source_id, target_id ORDER BY min(row)
"""


def write_bods(register: Register, out: Path, *, day: date) -> int:
    """Write entity, person and relationship statements of BODS 0.4, dated ``day``; returns how many.

    A company becomes a registered entity under its company_id, a holder a legal entity. All links between the same
    two parties are interests of one relationship. Kinds unknown to BODS are kept in the interest's details, so that
    ``read_bods`` returns the same links.
    """
    with session(out.parent) as (db, folder):
        db.execute("CREATE TEMP MACRO dense(x) AS json_merge_patch('{}', x)")
        db.execute(f"CREATE TEMP VIEW company AS FROM {parquet([register.companies])}")
        db.execute(f"CREATE TEMP VIEW link AS FROM {parquet([register.links])}")
        db.execute(f"CREATE TEMP TABLE owner AS {OWNERS}")
        unfinished = folder / "statements"
        parts = (
            (_entities(register), "entity"),
            (HOLDERS, "entity"),
            (PERSONS, "person"),
            (RELATIONSHIPS, "relationship"),
        )
        statements = " UNION ALL ".join(f"FROM ({_statement(query, sort, day)})" for query, sort in parts)
        done = db.execute(
            f"COPY ({statements}) TO {literal(unfinished)} "
            "(FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')"
        ).fetchone()
        unfinished.replace(out)
    return int(done[0]) if done else 0


def _entities(register: Register) -> str:
    """The query for the company statements: record, subject, details."""
    name, country, postcode = (_first(register, role) for role in (Role.NAME, Role.COUNTRY, Role.POSTCODE))
    seat = [quoted(each) for each in register.names_of(Role.ADDRESS, Role.CITY, Role.REGION)]
    days = (each for each in register.names_of(Role.DATE) if re.search(FOUNDED, each.lower()))
    founded = next((quoted(each) for each in days), "NULL")
    address = f"filled(concat_ws(', ', {', '.join(seat)}))" if seat else "NULL"
    known = " OR ".join(f"{part} IS NOT NULL" for part in (address, postcode, country))
    land = (
        f"CASE WHEN {country} IS NOT NULL THEN json_object('name', {country}, 'code', "
        f"CASE WHEN regexp_full_match({country}, '[A-Z]{{2}}') THEN {country} END) END"
    )
    return (
        "SELECT company_id AS record, company_id AS subject, json_object('isComponent', false, "
        f"'entityType', json_object('type', 'registeredEntity'), 'name', {name}, 'foundingDate', {founded}, "
        f"'addresses', CASE WHEN {known} THEN [dense(json_object('type', 'registered', 'address', {address}, "
        f"'postCode', {postcode}, 'country', {land}))] END, 'identifiers', {_identifiers(register)}) AS details "
        "FROM company ORDER BY file_row_number"
    )


def _first(register: Register, role: Role) -> str:
    return next((quoted(name) for name in register.names_of(role)), "NULL::VARCHAR")


def _identifiers(register: Register) -> str:
    """SQL for the company's other identifiers, each under its column's name, an LEI under its scheme."""
    named = [c.name for c in register.columns if c.role is Role.IDENTIFIER or c.name.lower() == "lei"]
    schemes = [
        "'scheme', 'XI-LEI'" if name.lower() == "lei" else f"'schemeName', {literal(name)}" for name in named
    ]
    each = [
        f"CASE WHEN {quoted(name)} IS NOT NULL THEN json_object('id', {quoted(name)}, {scheme}) END"
        for name, scheme in zip(named, schemes, strict=True)
    ]
    found = f"list_filter([{', '.join(each)}], lambda i: i IS NOT NULL)"
    return f"CASE WHEN len({found}) > 0 THEN {found} END" if each else "NULL"


def _statement(query: str, sort: str, day: date) -> str:
    """The query that wraps the records of ``query`` into statements, as JSON."""
    dated = literal(day.isoformat())
    return (
        f"SELECT dense(json_object('statementId', md5(concat_ws('|', {literal(sort)}, record, {dated})), "
        f"'declarationSubject', subject, 'statementDate', {dated}, 'publicationDetails', "
        f"json_object('publicationDate', {dated}, 'bodsVersion', '0.4', "
        f"'publisher', json_object('name', {literal(PUBLISHER)})), 'recordId', record, 'recordType', {literal(sort)}, "
        f"'recordStatus', 'new', 'recordDetails', details)) AS statement FROM ({query})"
    )
