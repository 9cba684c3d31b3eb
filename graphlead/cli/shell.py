"""A shell for free queries: statements of any number of lines, and commands."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO

from graphlead.cli.answers import complete_names, described, listing, pairs, table
from graphlead.common.console import laid_out, printable
from graphlead.core.contracts import GraphStore
from graphlead.core.errors import GraphleadError, SettingsError
from graphlead.stores.library.queries import run_query
from graphlead.stores.library.reads import changes
from graphlead.stores.library.tokens import END, tokens

PROMPT, MORE = "graphlead> ", "       ... "
COMMANDS = {
    ":queries": "the queries of the library, each with its question",
    ":describe NAME": "the parameters, columns and cost of a query of the library",
    ":run NAME KEY=VALUE ...": "the answer of a query of the library",
    ":help": "this",
    ":quit": "leave; so does the end of the input",
}


def shell(store: GraphStore, source: TextIO, out: TextIO, *, write: bool = False) -> None:
    """Answer statements, each ended by a semicolon, and commands, until ``:quit`` or the end of the input.

    An error is shown, and the shell goes on. Statements that would change the graph are refused unless ``write``.
    """
    lines = _typed() if source is sys.stdin and source.isatty() else iter(source)
    for statement in _statements(lines):
        if statement == ":quit":
            return
        try:
            shown = _command(store, statement) if statement[0] == ":" else _answer(store, statement, write)
        except GraphleadError as error:
            shown = printable(f"error: {error}")
        out.write(f"{shown}\n")
        out.flush()


def _answer(store: GraphStore, statement: str, write: bool) -> str:
    if write and changes(statement):
        store.update(statement)
        return "Done."
    return table(store.query(statement))


def _command(store: GraphStore, statement: str) -> str:
    word, *words = statement.split()
    if word == ":queries":
        return listing("Queries:")
    if word == ":help":
        return laid_out(
            "Statements end with a semicolon. Commands:", ("command", "shows"), list(COMMANDS.items())
        )
    if word == ":describe" and len(words) == 1:
        return described(words[0])
    if word == ":run" and words:
        return table(run_query(store, words[0], pairs(words[1:])))
    raise SettingsError(f"{statement!r} is no command.", remedy=":help shows them all.")


def _statements(lines: Iterable[str | None]) -> Iterator[str]:
    """Commands of one line and statements of any number; a line that is None discards an unfinished statement."""
    begun = ""
    for line in lines:
        if line is None:
            begun = ""
        elif not begun and line.strip().startswith(":"):
            yield line.strip().rstrip(";")
        else:
            begun = f"{begun}{line.rstrip()}\n" if begun or line.strip() else ""
            if _ends(begun):
                yield from _whole(begun)
                begun = ""
    yield from _whole(begun)


def _whole(begun: str) -> Iterator[str]:
    """A statement without the semicolon at its end; nothing where there is none."""
    statement = begun.strip().rstrip(";").rstrip()
    if statement:
        yield statement


def _ends(statement: str) -> bool:
    """Whether a statement ends here: with a semicolon outside strings, comments and quoted names."""
    return list(tokens(statement))[-1:] == [END]


def _typed() -> Iterator[str | None]:
    """Lines as a person types them, with completion; None where Ctrl-C was pressed."""
    import readline

    readline.set_completer(_completion)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
    begun = False
    while True:
        try:
            line = input(MORE if begun else PROMPT)
        except EOFError:
            return
        except KeyboardInterrupt:
            begun = False
            yield None
            continue
        yield line
        begun = bool(line.strip()) and not line.strip().startswith(":") and not _ends(line)


def _completion(text: str, state: int) -> str | None:
    """The state-th completion of a text, the form in which readline asks."""
    words = [word.split()[0] for word in COMMANDS if word.startswith(text)] if text.startswith(":") else []
    found = [*words, *complete_names(text)]
    return found[state] if state < len(found) else None
