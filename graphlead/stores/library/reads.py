"""Reads told from whatever would change the graph, the settings or files, before a store sees a query."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import dropwhile

from graphlead.stores.faults import QueryError, read_only
from graphlead.stores.library.tokens import END, Kind, Token, tokens

PREFIXES = {"EXPLAIN", "PROFILE", "LOGICAL"}
"""Words before a statement that show its plan."""
READS = {"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL", "SHOW"}
"""The first words of statements that only read."""
REFUSED = {
    "LOAD", "COPY", "EXPORT", "IMPORT", "ATTACH", "DETACH", "INSTALL", "UNINSTALL", "EXTENSION", "USE", "CALL",
    "CHECKPOINT", "FOREACH", "TERMINATE",
}  # fmt: skip
"""Words of clauses that reach files, addresses, settings, other databases or other users' work."""
CHANGES = {"CREATE", "MERGE", "SET", "DELETE", "REMOVE", "DROP", "ALTER", "INSERT"}
"""Words of clauses that change the graph, which a store refuses in a read by itself."""

AFTER_NAMES = set(".:,)]}[{=<>+-*/%^|&;")
"""Symbols after a variable, a key or a label, and never after the first word of a clause."""
WORDS_AFTER_NAMES = {
    "AND", "AS", "ASC", "CONTAINS", "DESC", "ELSE", "END", "ENDS", "IN", "IS", "LIMIT", "MATCH", "OPTIONAL", "OR",
    "ORDER", "RETURN", "SKIP", "STARTS", "THEN", "UNION", "UNWIND", "WHEN", "WHERE", "XOR",
}  # fmt: skip
"""Words after a variable that cannot continue LOAD, COPY and the like."""
PROCEDURES = "DB"
"""The namespace of the Neo4j server's own procedures that read; others may do anything."""
FUNCTIONS = {
    "SHOW_TABLES", "TABLE_INFO", "SHOW_CONNECTION", "SHOW_FUNCTIONS", "SHOW_INDEXES", "SHOW_MACROS", "SHOW_SEQUENCES",
    "SHOW_WARNINGS", "SHOW_LOADED_EXTENSIONS", "CURRENT_SETTING", "DB_VERSION", "CATALOG_VERSION", "STORAGE_INFO",
    "STATS_INFO",
}  # fmt: skip
"""The functions that describe the embedded store."""

RUNNER = ["APOC", ".", "CYPHER"]
"""The beginning of the names of functions that run a text as a query."""


def require_read(cypher: str) -> None:
    """Raise QueryError unless the text is one statement that only reads, as far as its tokens tell."""
    found = list(tokens(cypher))
    unclear = next((token.text for token in found if token.kind == Kind.UNCLEAR), None)
    if unclear is not None:
        raise QueryError(
            f"the query is wrong: {unclear!r} is never closed, or is a number that runs into a word.",
            remedy="cypher/README.md describes the graph.",
        )
    if not _reads(found):
        raise read_only()


def only_reads(cypher: str) -> bool:
    """Whether ``require_read`` accepts the text."""
    try:
        require_read(cypher)
    except QueryError:
        return False
    return True


def changes(cypher: str) -> bool:
    """Whether a text is to be run as a change: it is no read, or has a clause that changes the graph."""
    return not only_reads(cypher) or _has(list(tokens(cypher)), CHANGES)


def _reads(found: Sequence[Token]) -> bool:
    statement = found[:-1] if found[-1:] == [END] else found
    first = next(dropwhile(lambda token: token.text in PREFIXES, statement), END)
    begins = first.kind == Kind.WORD and first.text in READS
    refused = END in statement or _has(statement, REFUSED) or _runs_text(statement)
    return begins and not refused


def _has(statement: Sequence[Token], words: set[str]) -> bool:
    """Whether one of the words stands where it begins a clause and is no name."""
    around = [END, END, *statement, END, END]
    return any(
        token.kind == Kind.WORD and token.text in words and not _is_name(around[i : i + 5])
        for i, token in enumerate(statement)
    )


def _is_name(around: Sequence[Token]) -> bool:
    """Whether the word in the middle of five tokens is a property, a key, a label or a variable."""
    earlier, before, word, after, last = around
    if before.kind == Kind.SYMBOL and before.text in ".:" and earlier.kind != Kind.NUMBER:
        return True
    if after.kind == Kind.SYMBOL:
        return after.text in AFTER_NAMES or (word.text == "CALL" and after.text == "(")
    if word.text == "CALL":
        described = after.text in FUNCTIONS and last.text == "("
        return after.kind == Kind.WORD and (described or (after.text, last.text) == (PROCEDURES, "."))
    return after.kind == Kind.WORD and after.text in WORDS_AFTER_NAMES and word.text != "USE"


def _runs_text(statement: Sequence[Token]) -> bool:
    """Whether a function is called that runs a text as a query."""
    parts = [token.text.upper() for token in statement]
    return any(parts[i : i + 3] == RUNNER for i in range(len(parts)))
