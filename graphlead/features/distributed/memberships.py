"""Which company is in which group of each relation, by statements: columns relation, grp, company and size.

A group has the number that orders it as one machine would: by its first member, words by how common they are, holders
by their ids. The group of a company's neighbours has the company's number, and the company in it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from graphlead.core.engine import Engine
from graphlead.engines.tables import ROW, Tables
from graphlead.features.distributed.entries import Entries, OwnNumbers
from graphlead.features.distributed.plan import Numbered
from graphlead.features.terms import FEWEST, LONGEST, SHORTEST, most_texts

MEMBERSHIPS, NUMBERS = "memberships", "own_numbers"
PLACES = 65_536
"""The entries that a company may have in a relation at most: more values stand in no cell."""


def entries_of(tables: Tables, numbered: Numbered, companies: str) -> None:
    """Make the tables of the numbers of each company and of its groups' keys, from the table of companies."""
    tables.engine.map_arrow("numbers_read", companies, OwnNumbers(numbered), (ROW,), (ROW,))
    tables.keep(NUMBERS, "SELECT company, numbers FROM numbers_read", order=("company",))
    tables.engine.map_arrow("entries_read", companies, Entries(numbered), (ROW,), (ROW,))
    tables.keep("entries", "SELECT * FROM entries_read")


def memberships_of(tables: Tables, numbered: Numbered, n: int, kinds: pa.Table, owned: pa.Table) -> None:
    """Make the table of memberships, from the entries and the links of n companies.

    kinds: kind, relation (the number of its links, -1 for none); owned: company and grp, the members of ownership
    groups. Kinds that are not among them do not count.
    """
    engine = tables.engine
    engine.read("kinds", kinds)
    engine.read("owned", owned)
    _groups(engine, numbered, n)
    _links(engine)
    _owners(engine, numbered)
    parts = ["by_columns", *(["by_links"] if numbered.links else [])]
    parts += ["by_owner"] if numbered.plan.relations.owned else []
    parts += ["by_holder"] if numbered.plan.relations.held else []
    union = " UNION ALL ".join(f"SELECT relation, grp, company, size FROM {part}" for part in parts)
    tables.keep(MEMBERSHIPS, union)


def _groups(engine: Engine, numbered: Numbered, n: int) -> None:
    engine.sql(
        "keyed",
        f"""SELECT relation, one, two, min(company * {PLACES} + place) AS first, count(*) AS size, min(word) AS word
        FROM entries GROUP BY relation, one, two""",
    )
    alone = f"AND (size > 1 OR relation NOT IN ({listed(numbered.named)}))" if numbered.named else ""
    engine.sql(
        "groups",
        f"""SELECT relation, one, two, first AS grp, size FROM keyed WHERE word IS NULL {alone}
        UNION ALL
        SELECT relation, one, two, CAST(row_number() OVER (PARTITION BY relation ORDER BY size DESC, word) AS BIGINT)
            AS grp, size
        FROM keyed WHERE size BETWEEN {FEWEST} AND {most_texts(n)} AND length(word) BETWEEN {SHORTEST} AND {LONGEST}""",
    )
    engine.sql(
        "by_columns",
        """SELECT e.relation AS relation, g.grp AS grp, e.company AS company, g.size AS size
        FROM entries AS e JOIN groups AS g ON e.relation = g.relation AND e.one = g.one AND e.two = g.two""",
    )


def _links(engine: Engine) -> None:
    engine.sql(
        "stated",
        """SELECT k.relation AS relation, CAST(l.source AS BIGINT) AS source, CAST(l.target AS BIGINT) AS target,
            l.source_id AS source_id, CASE WHEN l.source_type = 'person' THEN 1 ELSE 0 END AS person
        FROM links AS l JOIN kinds AS k ON coalesce(l.kind, 'related') = k.kind WHERE l.target IS NOT NULL""",
    )
    engine.sql(
        "pairs",
        """SELECT DISTINCT relation, grp, company FROM (
            SELECT relation, source AS grp, target AS company FROM stated WHERE source <> target AND relation >= 0
            UNION ALL
            SELECT relation, target AS grp, source AS company FROM stated WHERE source <> target AND relation >= 0
        ) AS both_ways""",
    )
    engine.sql("degrees", "SELECT relation, grp, count(*) + 1 AS size FROM pairs GROUP BY relation, grp")
    engine.sql(
        "by_links",
        """SELECT p.relation AS relation, p.grp AS grp, p.company AS company, d.size AS size
        FROM pairs AS p JOIN degrees AS d ON p.relation = d.relation AND p.grp = d.grp
        UNION ALL SELECT relation, grp, grp AS company, size FROM degrees""",
    )


def _owners(engine: Engine, numbered: Numbered) -> None:
    engine.sql(
        "by_owner",
        f"""SELECT CAST({numbered.owned} AS INTEGER) AS relation, o.grp AS grp, o.company AS company, s.size AS size
        FROM owned AS o JOIN (SELECT grp, count(*) AS size FROM owned GROUP BY grp) AS s ON o.grp = s.grp""",
    )
    engine.sql(
        "holdings",
        "SELECT DISTINCT person, source_id, target FROM stated WHERE source IS NULL AND source_id IS NOT NULL",
    )
    engine.sql(
        "holders", "SELECT person, source_id, count(*) AS size FROM holdings GROUP BY person, source_id"
    )
    engine.sql(
        "by_holder",
        f"""SELECT CAST({numbered.held} AS INTEGER) AS relation, h.grp AS grp, g.target AS company, h.size AS size
        FROM holdings AS g JOIN (
            SELECT person, source_id, size,
                CAST(row_number() OVER (ORDER BY person, source_id) AS BIGINT) AS grp
            FROM holders
        ) AS h ON g.person = h.person AND g.source_id = h.source_id""",
    )


def listed(numbers: Iterable[int]) -> str:
    """Numbers as the inside of an SQL list."""
    return ", ".join(str(number) for number in numbers)
