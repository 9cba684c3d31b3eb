"""Cypher taken apart into tokens, as both stores do: words, names in back-quotes, parameters, strings, symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of a token. UNCLEAR: what is opened and never closed, and a number that runs into a word."""

    WORD = "word"
    NAME = "name"
    PARAMETER = "parameter"
    STRING = "string"
    NUMBER = "number"
    SYMBOL = "symbol"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Token:
    """A token. text: of a name or parameter without its quotes and ``$``, of a word in upper case."""

    kind: Kind
    text: str


END = Token(Kind.SYMBOL, ";")
"""The end of a statement."""

_TOKEN = re.compile(
    r"""(?P<blank>\s+|//[^\r\n]*|/\*.*?\*/)
    |(?P<string>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")
    |`(?P<name>(?:``|[^`])*)`
    |\$(?:(?P<parameter>[^\W\d]\w*|\d+(?!\w))|`(?P<quoted>(?:``|[^`])+)`)
    |(?P<number>(?:0[xX][0-9a-fA-F]+|0o[0-7]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?[fFdD]?)(?!\w))
    |(?P<word>[^\W\d]\w*)
    |(?P<unclear>['"`]|/\*|\d\w*)
    |(?P<symbol>.)""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:\\|u([0-9a-fA-F]{4}))")


def tokens(cypher: str) -> Iterator[Token]:
    """The tokens of a text, without blanks and comments; none after one that is opened and never closed."""
    for found in _TOKEN.finditer(cypher):
        kind = found.lastgroup or ""
        if kind == "blank":
            continue
        yield _token(kind, found[kind])
        if kind == "unclear" and not found[kind][0].isdigit():
            return


def _token(kind: str, text: str) -> Token:
    if kind == "quoted":
        return Token(Kind.PARAMETER, text.replace("``", "`"))
    if kind == "name":
        return Token(Kind.NAME, text.replace("``", "`"))
    return Token(Kind(kind), text.upper() if kind == "word" else text)


def unescaped(cypher: str) -> str:
    """The text as Neo4j takes it apart: each ``\\uXXXX`` is its character, wherever it stands.

    A backslash that another one precedes does not begin an escape.
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[0], cypher)
