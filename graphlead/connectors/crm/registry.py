"""The customer systems by name: each is a class in a file of its own and a line here, loaded when it is used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphlead.core.registry import entry_of, loaded

if TYPE_CHECKING:
    from graphlead.connectors.crm.access import Access, Variables
    from graphlead.connectors.crm.system import System

    Opens = Callable[[Access, float], System]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A customer system.

    title: for people; variables: ``module:name`` of the environment variables it is reached by; system:
    ``module:class`` of the System, empty for one that takes messages alone; usual: ``module:name`` of what a list is
    written into, by verb; records: ``module:name`` of how its customers and deals are read.
    """

    title: str
    variables: str
    system: str = ""
    usual: str = ""
    records: str = ""

    def its_variables(self) -> Variables:
        found: Variables = loaded(self.variables)
        return found

    def opened(self, access: Access, seconds: float) -> System:
        """The system behind an address; seconds: to wait for an answer. Raises SettingsError without its library."""
        opens: Opens = loaded(self.system)
        return opens(access, seconds)


_CRM = "graphlead.connectors.crm"

SYSTEMS = {
    "salesforce": Entry(
        title="Salesforce",
        variables=f"{_CRM}.salesforce:VARIABLES",
        system=f"{_CRM}.salesforce:Salesforce",
        usual=f"{_CRM}.usual:SALESFORCE",
        records=f"{_CRM}.records:SALESFORCE",
    ),
    "hubspot": Entry(
        title="HubSpot",
        variables=f"{_CRM}.hubspot:VARIABLES",
        system=f"{_CRM}.hubspot:HubSpot",
        usual=f"{_CRM}.usual:HUBSPOT",
        records=f"{_CRM}.records:HUBSPOT",
    ),
    "slack": Entry(title="Slack", variables=f"{_CRM}.slack:VARIABLES"),
}


def system_named(name: str) -> Entry:
    """A system with records. Raises SettingsError, with the name probably meant, for none."""
    return entry_of(
        {name: entry for name, entry in SYSTEMS.items() if entry.system}, name, "customer system", name
    )


def with_records() -> str:
    """The systems with records, for the help of the command line."""
    return ", ".join(name for name, entry in SYSTEMS.items() if entry.system)
