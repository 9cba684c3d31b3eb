"""Company names to their normal form, as DuckDB macros: one implementation for ten names and for ten million."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pyarrow as pa

from graphlead.match import words
from graphlead.match.sql import identifier, literal, literals, run, table

LONGEST_NAME = 240
"""Characters of a name that are looked at; what follows never decides which company is meant."""

PREFIX = 7
"""Characters of the name without spaces that catch words written together."""

_LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
_ENTITIES = {
    "&amp;": "&",
    "&quot;": '"',
    "&apos;": "'",
    "&#39;": "'",
    "&lt;": "<",
    "&gt;": ">",
    "&nbsp;": " ",
}


def _alternatives(values: Iterable[str]) -> str:
    return "|".join(re.escape(value) for value in sorted(set(values), key=lambda value: (-len(value), value)))


def _replacements(expression: str, letters: Mapping[str, str]) -> str:
    for old, new in letters.items():
        expression = f"replace({expression}, {literal(old)}, {literal(new)})"
    return expression


def _map(entries: Mapping[str, str]) -> str:
    return "MAP {" + ", ".join(f"{literal(key)}: {literal(value)}" for key, value in entries.items()) + "}"


def _macros() -> list[str]:
    clear, every = _alternatives(words.CLEAR_FORMS), _alternatives(words.CLEAR_FORMS + words.TRAILING_FORMS)
    leading, connectors = _alternatives(words.LEADING_WORDS), literal(words.CONNECTORS)
    return [
        f"match_lower(s) AS {_replacements(f'lower(left(s, {LONGEST_NAME}))', _ENTITIES)}",
        f"match_plain(s) AS strip_accents({_replacements('match_lower(s)', _LETTERS)})",
        """match_words(s) AS trim(regexp_replace(regexp_replace(
            regexp_replace(s, '[''’`´ʼ]', '', 'g'), '(株式会社|有限会社|合同会社|有限公司)', ' \\1 ', 'g'),
            '[^\\pL\\pN]+', ' ', 'g'))""",
        # Runs of single letters are one word. The spaces are doubled so that neighbours do not overlap.
        """match_joined(s) AS regexp_replace(replace(replace(regexp_replace(
            ' ' || replace(s, ' ', '  ') || ' ', ' (\\pL) ', ' ¤\\1¤ ', 'g'), '¤  ¤', ''), '¤', ''),
            ' +', ' ', 'g')""",
        """match_text(s) AS trim(match_joined(trim(regexp_replace(
            ' ' || match_words(replace(match_plain(s), '+', ' and ')) || ' ', '( (?:and|und|et))+ ', ' ', 'g'))))""",
        f"""match_stripped(t) AS trim(regexp_replace(regexp_replace(regexp_replace(
            ' ' || t || ' ', '( (?:{every}))+ $', ' '), '( (?:{clear}))+ ', ' ', 'g'), '^( (?:{leading}))+ ', ' '))""",
        "match_core(t) AS coalesce(nullif(match_stripped(t), ''), t)",
        f"match_short(w) AS coalesce({_map(words.ABBREVIATIONS)}[w], w)",
        "match_tokens(c) AS list_transform(string_split(c, ' '), lambda w: match_short(w))",
        "match_key(c) AS array_to_string(list_sort(list_distinct(match_tokens(c))), ' ')",
        "match_id(s) AS upper(regexp_replace(regexp_replace(trim(s), '\\.0+$', ''), '[^\\pL\\pN]+', '', 'g'))",
        f"match_split(s) AS string_split_regex(match_lower(s), {connectors})",
        f"match_whole(s) AS regexp_replace(match_lower(s), {connectors}, ' ', 'g')",
        """match_parts(s) AS CASE WHEN len(match_split(s)) = 1 THEN [s] ELSE list_prepend(match_whole(s),
            list_filter(match_split(s), lambda p: length(match_words(p)) > 2)) END""",
        """match_place(s) AS array_to_string(list_transform(string_split(match_text(s), ' '),
            lambda w: coalesce(MAP {'saint': 'st', 'sainte': 'st', 'ste': 'st', 'mount': 'mt', 'fort': 'ft'}[w], w)), ' ')""",
        f"match_region(s) AS coalesce({_map(words.REGIONS)}[match_place(s)], match_place(s))",
        f"match_country(s) AS coalesce({_map(words.COUNTRIES)}[match_place(s)], match_place(s))",
        "match_postcode(s) AS match_id(s)",
        """match_variants(l) AS flatten(list_transform(list_filter(l, lambda s: s IS NOT NULL),
            lambda s: match_parts(s)))""",
        """match_host(s) AS regexp_replace(regexp_replace(lower(trim(s)), '^(mailto:|[a-z]+://)?([^/@]*@)?(www\\d?\\.)?', ''),
            '[/:?#,; ].*$', '')""",
        f"""match_domain(s) AS CASE WHEN list_contains({literals(words.FREE_MAIL)}, match_host(s))
            OR NOT contains(match_host(s), '.') THEN NULL ELSE match_host(s) END""",
    ]


def install(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the macros known to a connection: match_text (all words), match_core (without legal form), match_key
    (words of the core, abbreviated, sorted), match_tokens, match_parts (a name and its alternative names), match_id.
    """
    for macro in _macros():
        run(connection, f"CREATE OR REPLACE TEMP MACRO {macro}")


def names_query(number: str, columns: Sequence[str], source: str) -> str:
    """The query for all names of ``source`` in normal form, one row a name or alternative name.

    Its columns: ``number`` (as in source), part (0 for the name as a whole), said (lower case), text, core, prefix (the
    first PREFIX characters of the core without spaces) and key.
    """
    listed = ", ".join(f"{identifier(column)}::VARCHAR" for column in columns)
    return f"""
        SELECT {number}, part::UTINYINT AS part, match_lower(said) AS said, text, core,
            left(replace(core, ' ', ''), {PREFIX}) AS prefix, match_key(core) AS key
        FROM (SELECT *, match_core(text) AS core FROM (SELECT *, match_text(said) AS text FROM (
            SELECT {number}, unnest(parts) AS said, generate_subscripts(parts, 1) - 1 AS part
            FROM (SELECT {number}, match_variants([{listed}]::VARCHAR[]) AS parts FROM {source}))))
        WHERE text <> ''"""


def normalise(names: Sequence[str]) -> pa.Table:
    """The normal forms of some names.

    Returns a table of as many rows as names: ``text`` (lower case, without accents and punctuation), ``core``
    (text without legal form), ``key`` (the words of the core in one spelling, sorted: equal keys, same name).
    """
    with duckdb.connect() as connection:
        install(connection)
        connection.register("given", pa.table({"name": pa.array(names, pa.string())}))
        return table(
            connection,
            "SELECT match_text(name) AS text, match_core(match_text(name)) AS core,"
            " match_key(match_core(match_text(name))) AS key FROM given",
        )


def header(name: str) -> str:
    """A column header as words.HEADERS writes them: ``EmployerName`` and ``employer_name`` are "employer name"."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    plain = unicodedata.normalize("NFKD", spaced.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return " ".join(re.findall(r"[a-z0-9]+", plain.lower()))
