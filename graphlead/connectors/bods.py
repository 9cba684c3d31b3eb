"""Beneficial Ownership Data Standard 0.4: from statements to companies and links.

Open Ownership, https://standard.openownership.org/en/0.4.0/
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graphlead.connectors.interests import KIND_NOTE, KINDS
from graphlead.connectors.published import group_by_standard, stage
from graphlead.connectors.sql import mapping, parquet, session
from graphlead.connectors.standards import BODS
from graphlead.connectors.tables import Imported, open_journal, set_aside, write_tables
from graphlead.core.contracts import Progress, silent
from graphlead.engines.duckdb import Db, literal

PLACE = "STRUCT(name VARCHAR, code VARCHAR)"
SEAT = f"STRUCT(type VARCHAR, address VARCHAR, postCode VARCHAR, country {PLACE})"
RECORD = {
    "name": "VARCHAR", "alternateNames": "VARCHAR[]", "entityType": "STRUCT(type VARCHAR)", "jurisdiction": PLACE,
    "identifiers": "STRUCT(id VARCHAR, scheme VARCHAR, schemeName VARCHAR)[]", "foundingDate": "VARCHAR",
    "dissolutionDate": "VARCHAR", "addresses": f"{SEAT}[]",
    "publicListing": "STRUCT(hasPublicListing VARCHAR)", "uri": "VARCHAR",
    "names": "STRUCT(type VARCHAR, fullName VARCHAR, givenName VARCHAR, familyName VARCHAR)[]",
    "subject": "JSON", "interestedParty": "JSON", "componentRecords": "VARCHAR[]",
    "interests": "STRUCT(type VARCHAR, directOrIndirect VARCHAR, details VARCHAR, share STRUCT(exact VARCHAR, "
                 "minimum VARCHAR, maximum VARCHAR, exclusiveMinimum VARCHAR, exclusiveMaximum VARCHAR), "
                 "startDate VARCHAR, endDate VARCHAR)[]",
}  # fmt: skip
FIELDS = (
    "recordId: 'VARCHAR', recordType: 'VARCHAR', recordStatus: 'VARCHAR', statementDate: 'VARCHAR', "
    "publicationDetails: 'STRUCT(publicationDate VARCHAR)', "
    f"recordDetails: 'STRUCT({', '.join(f'{name} {kind}' for name, kind in RECORD.items())})'"
)


def read_bods(files: Sequence[Path], out: Path, progress: Progress = silent) -> Imported:
    """Read BODS 0.4 statements (JSON lines or arrays, plain, .gz or .zip) into the folder ``out``.

    The newest statement about a record counts. Registered entities, and any entity somebody has an interest in,
    become companies; other entities and persons are owners. Every interest is a link of its own. Where component
    records lead from the interested party to the subject, they become the links and the relationship's own indirect
    interests do not. Set aside: what is superseded, or closed, ended or dissolved by the newest day in the data, and
    parties that are not specified; the reason for those stays with the company in ``unspecified_owner``. Raises
    InputError when a file cannot be used.
    """
    sources = group_by_standard(files, (BODS,), BODS)[BODS]
    total = len(sources) + 3
    with session(out) as (db, folder):
        open_journal(db)
        staged = [folder / f"{i:05}.parquet" for i in range(len(sources))]
        for i, (source, path) in enumerate(zip(sources, staged, strict=True)):
            progress(i, total, f"reading {source.name}")
            selected = (
                f"{literal(source.name)} AS file, {i}::BIGINT AS part, recordId AS record, recordType AS type, "
                "recordStatus AS status, statementDate AS stated, publicationDetails.publicationDate AS published, "
                "recordDetails AS details"
            )
            stage(db, source, folder, selected, path, FIELDS)
        progress(len(sources), total, "finding the newest statement of each record")
        _find_newest(db, staged)
        progress(len(sources) + 1, total, "reading the relationships")
        _find_relations(db)
        _find_interests(db)
        progress(len(sources) + 2, total, "writing")
        companies = _companies(db)
        _set_aside_bystanders(db)
        return write_tables(db, folder, out, companies, LINKS, ", ".join(str(path) for path in files))


def _find_newest(db: Db, staged: list[Path]) -> None:
    """Make the view ``newest`` with the last statement of each record, and ``standing`` with those not closed."""
    db.execute(
        "CREATE TEMP VIEW statement AS SELECT *, (part << 40) + file_row_number AS position, "
        "coalesce(iso_day(stated), iso_day(published)) AS day "
        f"FROM {parquet(staged)}"
    )
    db.execute(
        "CREATE TEMP TABLE last AS SELECT max({'day': coalesce(day, DATE '0001-01-01'), 'position': position})"
        ".position AS position FROM statement WHERE record IS NOT NULL AND type IS NOT NULL GROUP BY type, record"
    )
    db.execute("CREATE TEMP VIEW newest AS SELECT * FROM statement SEMI JOIN last USING (position)")
    db.execute("CREATE TEMP VIEW standing AS SELECT * FROM newest WHERE coalesce(status <> 'closed', true)")
    db.execute(
        "CREATE TEMP TABLE today AS SELECT coalesce(max(greatest(iso_day(stated), iso_day(published))), "
        "DATE '9999-12-31') AS day FROM statement"
    )
    set_aside(
        db,
        "SELECT file, record, CASE WHEN record IS NULL OR type IS NULL THEN 'statement without recordId or recordType' "
        "ELSE type || ' superseded by a newer statement' END, stated FROM statement ANTI JOIN last USING (position)",
    )
    set_aside(db, "SELECT file, record, type || ' closed', stated FROM newest WHERE status = 'closed'")


def _find_relations(db: Db) -> None:
    """Make ``relationship``, and the view ``relation`` of those between two named parties; set the others aside."""
    name = "CASE WHEN json_type({0}) = 'VARCHAR' THEN {0} ->> '$' END"
    reason = "coalesce({0} ->> '$.reason', 'unknown')"
    subject, party = "details.subject", "details.interestedParty"
    db.execute(
        f"CREATE TEMP TABLE relationship AS SELECT position, file, record, {name.format(subject)} AS target, "
        f"{name.format(party)} AS source, {reason.format(subject)} AS no_target, {reason.format(party)} AS no_source, "
        "details.componentRecords AS components, details.interests AS interests FROM standing "
        "WHERE type = 'relationship'"
    )
    db.execute(
        "CREATE TEMP VIEW relation AS FROM relationship WHERE source IS NOT NULL AND target IS NOT NULL"
    )
    set_aside(
        db,
        "SELECT file, record, CASE WHEN target IS NULL THEN 'subject not specified' "
        "ELSE 'interested party not specified' END, CASE WHEN target IS NULL THEN no_target ELSE no_source END "
        "FROM relationship WHERE source IS NULL OR target IS NULL",
    )


COVERED = """
WITH RECURSIVE part AS (
  SELECT whole.position, whole.source AS start, whole.target AS goal, step.source, step.target
  FROM (SELECT position, source, target, unnest(components) AS component FROM relation) AS whole
  JOIN relation AS step ON step.record = whole.component),
reach(position, goal, node) AS (
  SELECT position, goal, start FROM part
  UNION
  SELECT part.position, part.goal, part.target FROM reach
  JOIN part ON part.position = reach.position AND part.source = reach.node)
SELECT DISTINCT position FROM reach WHERE node = goal
"""
"""The relationships that their component records cover: these lead from the interested party to the subject."""


def _find_interests(db: Db) -> None:
    """Make the table ``interest``: one row per interest; ``fault`` is the reason why one gives no link."""
    db.execute(f"CREATE TEMP TABLE covered AS {COVERED}")
    each = "CASE WHEN len(interests) > 0 THEN interests ELSE [NULL] END"
    number = "coalesce(" + ", ".join("TRY_CAST(i.share.{} AS DOUBLE)" for _ in range(3)) + ")"
    low = number.format("exact", "minimum", "exclusiveMinimum")
    high = number.format("exact", "maximum", "exclusiveMaximum")
    db.execute(
        "CREATE TEMP TABLE interest AS WITH one AS ("
        f"SELECT position, file, record, source, target, unnest({each}) AS i FROM relation) "
        "SELECT one.position, file, record, source, target, i.type AS type, i.directOrIndirect AS way, "
        f"iso_day(i.startDate) AS date, share_text({low}, {high}) AS share, "
        f"CASE WHEN starts_with(i.details, {literal(KIND_NOTE)}) THEN i.details[{len(KIND_NOTE) + 1}:] END "
        "AS own_kind, "
        "CASE WHEN iso_day(i.endDate) <= today.day THEN 'interest ended' "
        "WHEN covered.position IS NOT NULL AND coalesce(i.directOrIndirect <> 'direct', true) "
        "THEN 'indirect interest, covered by its component records' END AS fault "
        "FROM one CROSS JOIN today LEFT JOIN covered ON covered.position = one.position"
    )
    set_aside(
        db,
        "SELECT file, record, fault, concat_ws(' ', source, type, share, 'of', target) FROM interest "
        "WHERE fault IS NOT NULL",
    )


SNAKE = "lower(regexp_replace(coalesce(interest.type, 'unknownInterest'), '([a-z])([A-Z])', '\\1_\\2', 'g'))"
JOINED_NAME = "filled(concat_ws(' ', details.names[1].givenName, details.names[1].familyName))"
PERSON_NAME = f"coalesce(details.names[1].fullName, {JOINED_NAME})"
KIND = f"map_extract_value({mapping(KINDS)}, interest.type)"
LINKS = f"""
WITH party AS (
  SELECT record, 'person' AS source_type, {PERSON_NAME} AS name FROM newest WHERE type = 'person'
  UNION ALL
  SELECT record, 'entity', details.name FROM newest WHERE type = 'entity'),
named AS (SELECT record, max(source_type) AS source_type, any_value(name) AS name FROM party GROUP BY record)
SELECT source AS source_id, named.name AS source_name,
  CASE WHEN named.source_type = 'person' THEN 'person' WHEN company.record IS NOT NULL THEN 'company' ELSE 'holder' END
    AS source_type,
  target AS target_id,
  coalesce(own_kind, CASE WHEN interest.type = 'shareholding' AND way = 'indirect' THEN 'indirect_shareholding' END,
    {KIND}, {SNAKE}) AS kind,
  share, date, concat_ws(' ', way, interest.type) AS stated
FROM interest LEFT JOIN named ON named.record = source LEFT JOIN company ON company.record = source
WHERE fault IS NULL ORDER BY position, kind, share, date
"""


def _companies(db: Db) -> str:
    """Make the table ``company`` of ids, set dissolved entities aside, and return the companies table's query."""
    db.execute(
        "CREATE TEMP VIEW entity AS SELECT *, coalesce(iso_day(details.dissolutionDate) <= (FROM today), false) "
        "AS dissolved, details.entityType.type AS sort FROM standing WHERE type = 'entity'"
    )
    set_aside(
        db, "SELECT file, record, 'entity dissolved', details.dissolutionDate FROM entity WHERE dissolved"
    )
    db.execute(
        "CREATE TEMP TABLE company AS SELECT record FROM entity WHERE NOT dissolved AND "
        "(sort = 'registeredEntity' OR record IN (SELECT target FROM relationship WHERE target IS NOT NULL))"
    )
    return """
WITH silent AS (
  SELECT target, min(no_source) AS unspecified_owner FROM relationship WHERE source IS NULL GROUP BY target),
chosen AS (SELECT *, coalesce(list_filter(details.addresses, lambda a: a.type = 'registered')[1], details.addresses[1])
    AS seat, list_filter(details.identifiers, lambda i: i.scheme = 'XI-LEI')[1].id AS lei,
    list_filter(details.identifiers, lambda i: i.id IS NOT NULL AND coalesce(i.scheme <> 'XI-LEI', true))[1] AS number
  FROM entity SEMI JOIN company USING (record))
SELECT record AS company_id, details.name AS name, details.alternateNames[1] AS other_name,
  coalesce(seat.country.code, seat.country.name, details.jurisdiction.code[:2], details.jurisdiction.name) AS country,
  seat.postCode AS postcode, seat.address AS address,
  coalesce(details.jurisdiction.code, details.jurisdiction.name) AS jurisdiction, sort AS entity_type,
  iso_day(details.foundingDate) AS founded, lei, number.id AS registration_number,
  coalesce(number.scheme, number.schemeName) AS registration_scheme,
  TRY_CAST(details.publicListing.hasPublicListing AS BOOLEAN) AS listed, details.uri AS website, unspecified_owner
FROM chosen LEFT JOIN silent ON silent.target = record ORDER BY position
"""


def _set_aside_bystanders(db: Db) -> None:
    """Set aside the persons and non-company entities that appear in no link, and records of unknown type."""
    owners = "SELECT source AS record FROM interest WHERE fault IS NULL"
    set_aside(
        db,
        "WITH aside AS (SELECT file, record, type, NULL AS detail FROM standing WHERE type = 'person' "
        "UNION ALL SELECT file, record, type, sort FROM entity WHERE NOT dissolved) "
        "SELECT file, record, type || ' that no link names', detail FROM aside "
        f"WHERE record NOT IN (FROM company) AND record NOT IN ({owners})",
    )
    set_aside(
        db,
        "SELECT file, record, 'unknown recordType', type FROM standing "
        "WHERE type NOT IN ('entity', 'person', 'relationship')",
    )
