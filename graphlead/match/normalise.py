"""Normal forms of company names, as DuckDB macros: one implementation for ten names and for ten million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from graphlead.common.words.countries import codes, parts
from graphlead.common.words.places import REGIONS, WORDS, towns
from graphlead.engines import names
from graphlead.engines.duckdb import Db, literal, literals, open_db, quoted, run, table
from graphlead.match import words


def _map(entries: Mapping[str, str]) -> str:
    return "MAP {" + ", ".join(f"{literal(key)}: {literal(value)}" for key, value in entries.items()) + "}"


def _macros() -> list[str]:
    connectors = literal(words.CONNECTORS)
    named = {**{town: town for town in towns().values()}, **towns()}
    return [
        "match_text(s) AS name_text(s)",
        "match_core(t) AS name_core(t)",
        f"match_short(w) AS coalesce({_map(words.ABBREVIATIONS)}[w], w)",
        "match_tokens(c) AS list_transform(string_split(c, ' '), lambda w: match_short(w))",
        "match_sorted(w) AS array_to_string(list_sort(list_distinct(w)), ' ')",
        "match_key(c) AS match_sorted(match_tokens(c))",
        """match_id(s) AS CASE WHEN regexp_full_match(s, '[A-Z0-9]*') THEN s
            ELSE upper(regexp_replace(regexp_replace(trim(s), '\\.0+$', ''), '[^\\pL\\pN]+', '', 'g')) END""",
        """match_loose(key) AS ltrim(CASE WHEN regexp_matches(key, '^[A-Z]{2}[0-9]{8,12}$')
            THEN substr(key, 3) ELSE key END, '0')""",
        "match_loose_id(s) AS match_loose(match_id(s))",
        f"""match_parts(s) AS CASE WHEN NOT regexp_matches(s, {connectors}) THEN [s] ELSE list_prepend(
            regexp_replace(s, {connectors}, ' ', 'g'), list_filter(string_split_regex(s, {connectors}),
            lambda p: length(name_words(p)) > 2)) END""",
        f"""match_town(s) AS array_to_string(list_transform(string_split(name_text(s), ' '),
            lambda w: coalesce({_map(WORDS)}[w], w)), ' ')""",
        f"match_place(s) AS coalesce({_map(named)}[replace(match_town(s), ' ', '')], match_town(s))",
        f"match_region(s) AS replace(coalesce({_map(REGIONS)}[name_text(s)], name_text(s)), ' ', '')",
        """match_country(s) AS coalesce((SELECT code FROM match_countries
            WHERE name = replace(name_text(s), ' ', '')), name_text(s))""",
        "match_postcode(s) AS match_id(s)",
        """match_host(s) AS regexp_replace(regexp_replace(
            lower(trim(s)), '^(mailto:|[a-z]+://)?([^/@]*@)?(www\\d?\\.)?', ''),
            '[/:?#,; ].*$', '')""",
        f"""match_domain(s) AS CASE WHEN list_contains({literals(words.FREE_MAIL)}, match_host(s))
            OR NOT contains(match_host(s), '.') THEN NULL ELSE match_host(s) END""",
    ]


def install(db: Db) -> None:
    """Create the macros in a connection, among them match_text (all words), match_core (without legal form), match_key
    (words of the core, abbreviated, sorted), match_tokens, match_parts (a name and its alternative names), match_id.
    """
    names.install(db)
    known = {**codes(), **parts()}
    columns = {"name": pa.array(known, pa.string()), "code": pa.array(known.values(), pa.string())}
    db.register("match_countries_given", pa.table(columns))
    run(db, "CREATE OR REPLACE TEMP TABLE match_countries AS SELECT * FROM match_countries_given")
    for macro in _macros():
        run(db, f"CREATE OR REPLACE TEMP MACRO {macro}")


_NAME_STEPS = (
    "SELECT *, name_lower(given) AS whole FROM ({query}) WHERE given IS NOT NULL",
    "SELECT *, match_parts(whole) AS parts FROM ({query})",
    "SELECT {number}, unnest(parts) AS written, (generate_subscripts(parts, 1) - 1)::UTINYINT AS part FROM ({query})",
    # Materialized: else the condition would be pushed below and every text worked out twice.
    "WITH spelled AS MATERIALIZED (SELECT *, match_text(written) AS text FROM ({query})) "
    "SELECT *, match_core(text) AS core FROM spelled WHERE text <> ''",
    "SELECT *, match_tokens(core) AS words FROM ({query})",
)


def names_query(number: str, columns: Sequence[str], source: str) -> str:
    """The query for all names of ``source`` in normal form, one row per name or alternative name.

    Its columns: ``number`` (as in source), part (0 for a name as a whole), written (lower case), text, core and words
    (of the core, in one spelling).
    """
    listed = ", ".join(f"{quoted(column)}::VARCHAR" for column in columns)
    query = f"SELECT {number}, unnest([{listed}]::VARCHAR[]) AS given FROM {source}"
    for step in _NAME_STEPS:
        query = step.format(query=query, number=number)
    return query


def normalise(names: Sequence[str]) -> pa.Table:
    """The normal forms of names, one row each.

    Columns: ``text`` (lower case, without accents and punctuation), ``core`` (text without legal form), ``key`` (the
    words of the core in one spelling, sorted: equal keys, same name).
    """
    with open_db() as db:
        install(db)
        db.register("given", pa.table({"name": pa.array(names, pa.string())}))
        return table(
            db,
            "SELECT match_text(name) AS text, match_core(match_text(name)) AS core,"
            " match_key(match_core(match_text(name))) AS key FROM given",
        )
