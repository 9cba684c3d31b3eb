"""The connectors by name: each is a function in a file of its own and a line here; none is loaded before it is used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from graphlead.connectors.standards import BODS, COMPANY_DATA, ENTITIES, PSC, RELATIONSHIPS
from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.connectors.tables import Imported
    from graphlead.core.contracts import Progress

    Read = Callable[[Sequence[Path], Path, Progress], Imported]


@dataclass(frozen=True)
class Entry:
    """A connector.

    read: ``module:function`` that makes files of its source into the companies and links that a run reads, in a
    folder; help: what it reads, for people; standards: those of published files that it is the one to read.
    """

    read: str
    help: str
    standards: tuple[str, ...] = ()


CONNECTORS = {
    "bods": Entry(
        "graphlead.connectors.bods:read_bods",
        "statements of the Beneficial Ownership Data Standard 0.4, JSON lines or arrays",
        (BODS,),
    ),
    "gleif": Entry(
        "graphlead.connectors.gleif:read_gleif",
        "GLEIF golden copy CSV, level 1 (entities) and, if given, level 2 (relationships)",
        (ENTITIES, RELATIONSHIPS),
    ),
    "companies-house": Entry(
        "graphlead.connectors.companies_house:read_companies_house",
        "UK Companies House, the basic company data and, if given, people with significant control",
        (COMPANY_DATA, PSC),
    ),
}


def reader(name: str) -> Read:
    """The reading function of a connector. Raises SettingsError, with the name probably meant, for none."""
    found: Read = loaded(entry_of(CONNECTORS, name, "connector", "import").read)
    return found


def reader_of(standard: str) -> str | None:
    """The name of the connector for files of a standard, None where there is none."""
    return next((name for name, entry in CONNECTORS.items() if standard in entry.standards), None)


def listed() -> str:
    """The connectors with what each reads, for the help of the command line."""
    return "; ".join(f"{name}: {entry.help}" for name, entry in CONNECTORS.items())
