"""GLEIF golden copy CSV: legal entities (level 1) and consolidation relationships (level 2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graphlead.connectors.published import Published, group_by_standard, stage
from graphlead.connectors.sql import parquet, session
from graphlead.connectors.standards import ENTITIES, RELATIONSHIPS
from graphlead.connectors.tables import NO_LINKS, Imported, open_journal, set_aside, write_tables
from graphlead.core.contracts import Progress, silent
from graphlead.engines.duckdb import Db, literal, quoted

ADDRESS = "Entity.LegalAddress"
COMPANY = {
    "company_id": "LEI",
    "name": "Entity.LegalName",
    "other_name": "Entity.OtherEntityNames.OtherEntityName.1",
    "country": f"{ADDRESS}.Country",
    "region": f"{ADDRESS}.Region",
    "city": f"{ADDRESS}.City",
    "postcode": f"{ADDRESS}.PostalCode",
    "address": f"{ADDRESS}.FirstAddressLine",
    "headquarters_country": "Entity.HeadquartersAddress.Country",
    "headquarters_city": "Entity.HeadquartersAddress.City",
    "jurisdiction": "Entity.LegalJurisdiction",
    "category": "Entity.EntityCategory",
    "legal_form": "Entity.LegalForm.EntityLegalFormCode",
    "registration_authority": "Entity.RegistrationAuthority.RegistrationAuthorityID",
    "registration_number": "Entity.RegistrationAuthority.RegistrationAuthorityEntityID",
    "entity_status": "Entity.EntityStatus",
    "registration_status": "Registration.RegistrationStatus",
    "created": "Entity.EntityCreationDate",
    "lei_since": "Registration.InitialRegistrationDate",
}
DAYS = ("created", "lei_since")
RELATION = {
    "child": "Relationship.StartNode.NodeID",
    "parent": "Relationship.EndNode.NodeID",
    "type": "Relationship.RelationshipType",
    "status": "Relationship.RelationshipStatus",
    "registration": "Registration.RegistrationStatus",
    "amount": "Relationship.Quantifiers.1.QuantifierAmount",
    "units": "Relationship.Quantifiers.1.QuantifierUnits",
}
PERIODS = range(1, 6)
NEEDED = {ENTITIES: ("LEI", "Entity.LegalName"), RELATIONSHIPS: tuple(RELATION.values())[:4]}

NO_RECORD = ("ANNULLED", "DUPLICATE", "CANCELLED")
KINDS = {
    "IS_DIRECTLY_CONSOLIDATED_BY": "parent",
    "IS_ULTIMATELY_CONSOLIDATED_BY": "ultimate_parent",
    "IS_INTERNATIONAL_BRANCH_OF": "branch",
    "IS_FUND-MANAGED_BY": "fund_manager",
    "IS_SUBFUND_OF": "umbrella_fund",
    "IS_FEEDER_TO": "master_fund",
}
"""The kind of the link from end node to start node: every GLEIF relationship points from the child upwards."""


def read_gleif(files: Sequence[Path], out: Path, progress: Progress = silent) -> Imported:
    """Read level 1 records and, if given, level 2 relationship records (plain, .gz or .zip) into the folder ``out``.

    Inactive companies and relationships and annulled records are set aside. Direct consolidation becomes a link of
    kind parent, with its percentage where one is reported. Raises InputError when a file cannot be used.
    """
    found = group_by_standard(files, (ENTITIES, RELATIONSHIPS), ENTITIES)
    total = sum(map(len, found.values())) + 1
    with session(out) as (db, folder):
        open_journal(db)
        staged: dict[str, list[Path]] = {standard: [] for standard in found}
        for i, source in enumerate(source for sources in found.values() for source in sources):
            progress(i, total, f"reading {source.name}")
            source.require(NEEDED[source.standard])
            path = folder / f"{i:05}.parquet"
            stage(db, source, folder, _selected(source), path)
            staged[source.standard].append(path)
        progress(total - 1, total, "writing")
        companies = _companies(db, staged[ENTITIES])
        links = _links(db, staged[RELATIONSHIPS])
        return write_tables(db, folder, out, companies, links, ", ".join(str(path) for path in files))


def _selected(source: Published) -> str:
    parts = COMPANY if source.standard == ENTITIES else {**RELATION, **_periods()}
    columns = (f"{_value(source, column)} AS {name}" for name, column in parts.items())
    return ", ".join([f"{literal(source.name)} AS file", *columns])


def _value(source: Published, column: str) -> str:
    """SQL for a column's value: NULL where it is empty or the word NULL, or where this edition lacks the column."""
    if column not in source.header:
        return "NULL::VARCHAR"
    return f"nullif(filled({quoted(column)}), 'NULL')"


def _periods() -> dict[str, str]:
    return {
        f"{part}_{i}": f"Relationship.Period.{i}.{name}"
        for i in PERIODS
        for part, name in (("period", "periodType"), ("start", "startDate"))
    }


def _companies(db: Db, staged: list[Path]) -> str:
    """The query for the companies table; sets aside the records that are no active company."""
    annulled = f"registration_status IN ({', '.join(map(literal, NO_RECORD))})"
    reason = (
        "CASE WHEN company_id IS NULL THEN 'no LEI' "
        f"WHEN {annulled} THEN 'LEI record ' || lower(registration_status) "
        "WHEN entity_status = 'INACTIVE' THEN 'entity inactive' END"
    )
    db.execute(f"CREATE TEMP VIEW entity AS SELECT *, {reason} AS fault FROM {parquet(staged)}")
    set_aside(db, "SELECT file, company_id, fault, name FROM entity WHERE fault IS NOT NULL")
    columns = (f"iso_day({name}) AS {name}" if name in DAYS else name for name in COMPANY)
    return f"SELECT {', '.join(columns)} FROM entity WHERE fault IS NULL"


def _links(db: Db, staged: list[Path]) -> str:
    """The query for the links table; sets aside the relationships that do not hold."""
    if not staged:
        return NO_LINKS
    annulled = f"registration IN ({', '.join(map(literal, NO_RECORD))})"
    reason = (
        f"CASE WHEN {annulled} THEN 'relationship record ' || lower(registration) "
        "WHEN status <> 'ACTIVE' THEN 'relationship ' || lower(status) "
        "WHEN child IS NULL OR parent IS NULL THEN 'relationship without both ends' END"
    )
    db.execute(f"CREATE TEMP VIEW relation AS SELECT *, {reason} AS fault FROM {parquet(staged)}")
    set_aside(
        db,
        "SELECT file, child, fault, concat_ws(' ', type, parent) FROM relation WHERE fault IS NOT NULL",
    )
    kinds = " ".join(f"WHEN {literal(name)} THEN {literal(kind)}" for name, kind in KINDS.items())
    since = " ".join(f"WHEN period_{i} = 'RELATIONSHIP_PERIOD' THEN start_{i}" for i in PERIODS)
    return (
        "SELECT parent AS source_id, NULL::VARCHAR AS source_name, 'company' AS source_type, child AS target_id, "
        f"CASE type {kinds} ELSE lower(type) END AS kind, {_share()} AS share, "
        f"iso_day(CASE {since} END) AS date, concat_ws(' ', type, amount, units) AS stated "
        "FROM relation WHERE fault IS NULL"
    )


def _share() -> str:
    """SQL for a direct parent's percentage: some write 1.00 for 100 %, and nobody consolidates one per cent.

    An ultimate parent's runs through other companies and follows from their links; it is only kept in ``stated``.
    """
    amount = "TRY_CAST(amount AS DOUBLE)"
    whole = f"CASE WHEN {amount} <= 1 THEN 100 * {amount} ELSE {amount} END"
    direct = f"type = 'IS_DIRECTLY_CONSOLIDATED_BY' AND units = 'PERCENTAGE' AND {amount} > 0"
    return f"CASE WHEN {direct} THEN share_text({whole}, {whole}) END"
