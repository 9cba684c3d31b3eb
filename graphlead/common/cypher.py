"""Names in the text of a Cypher query: of properties, labels and types.

Neo4j reads ``\\u0060`` as a back-quote before it takes a text apart, even between back-quotes, so only names without a
backslash may stand in a text for it; others travel as parameters.
"""

from __future__ import annotations


def quoted(name: str) -> str:
    """A name as an identifier: for LadybugDB whatever its characters, for Neo4j where it is ``portable``."""
    return "`" + name.replace("`", "``") + "`"


def portable(name: str) -> bool:
    """Whether every store reads the quoted name as this name: it is printable and without a backslash."""
    return bool(name) and name.isprintable() and "\\" not in name
